"""Run by test_unit.py: put on the unit's system call filter and memory rule, then do what the hub does.

systemd itself is not needed: the same filter is loaded through the library that systemd uses (libseccomp).
"""

import asyncio
import ctypes
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ALLOW, REFUSE_WITH_EPERM = 0x7FFF0000, 0x00050001  # <seccomp.h>
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1  # <linux/prctl.h>; what MemoryDenyWriteExecute= sets


def expand(name: str) -> set[str]:
    """The system calls of a set such as @clock."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    words = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return set().union(*(expand(word) for word in words if word and not word.startswith("#")))


def filter_of(unit: str) -> set[str]:
    """What SystemCallFilter= lets through, its lines taken in order as systemd.exec(5) says."""
    allowed = expand("@default")
    for line in unit.splitlines():
        if line.startswith("SystemCallFilter="):
            names = line.partition("=")[2]
            calls = set().union(*(expand(name) for name in names.lstrip("~").split()))
            allowed = allowed - calls if names.startswith("~") else allowed | calls
    return allowed


def put_on(allowed: set[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(REFUSE_WITH_EPERM))
    for name in allowed:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert library.seccomp_rule_add(context, ALLOW, number, 0) == 0
    ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0)  # kernels before 6.3 do not know it
    assert library.seccomp_load(context) == 0


def privileges_are_gone() -> None:
    try:
        os.sched_setaffinity(0, {0})
    except PermissionError:
        return
    raise AssertionError("the filter is not in force")


def clock_can_be_read() -> None:
    assert ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(256)) >= 0
    from edge.host.clock import SystemClock

    assert SystemClock().now().mono_s > 0


def numbers_and_store() -> None:
    import numpy as np

    assert np.abs(np.fft.rfft(np.ones(4096)))[0] == 4096
    assert np.linalg.inv(np.eye(64)).trace() == 64
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(Path(folder) / "db")
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE t (x)")
        store.commit()
        store.close()


async def sound_network_and_radio() -> None:
    from edge.ports import Outcome
    from edge.push.service import problem
    from edge.sounder.loudspeaker import AplaySounder

    sounder = AplaySounder("null")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(sounder.run())
        sent = await sounder.play("test")
        assert sent.outcome is Outcome.DELIVERED, sent.detail
        task.cancel()
    assert await asyncio.to_thread(problem, "ntfy://127.0.0.1/topic") == ""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1])
    server.close()
    one, other = socket.socketpair(socket.AF_UNIX)  # D-Bus hands over descriptors and checks who calls
    socket.send_fds(one, [b"x"], [0])
    assert socket.recv_fds(other, 1, 1)[0] == b"x"
    import bleak
    import paho.mqtt.client

    assert bleak.BleakClient
    assert paho.mqtt.client.Client


def main() -> None:
    put_on(filter_of(Path(sys.argv[1]).read_text(encoding="utf-8")))
    privileges_are_gone()
    if "sounder" not in sys.argv[2:]:  # which asks nobody what time it is
        clock_can_be_read()
    numbers_and_store()
    asyncio.run(sound_network_and_radio())


if __name__ == "__main__":
    main()
