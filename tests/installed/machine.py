"""A computer of the family's, in QEMU: booted, asked over a serial line, switched off by pulling its plug."""

import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.radio.vm.run import QEMU, ROOT
from tests.support.servers import free_port

BOOT_S = 150.0
TLS_PORT = 8883
BUSY_BEFORE = os.getloadavg()[0]


def busy() -> float:
    """How many times as long all may take, since others want this machine's processors too: by the load average of the
    minute before now, or of that before the run, whichever is higher.
    """
    return max(1.0, *(load / (os.cpu_count() or 1) for load in (BUSY_BEFORE, os.getloadavg()[0])))


_WATCHDOG = {"execute": "watchdog-set-action"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a command in the guest. said: both its outputs."""

    code: int
    said: str


class PowerCut(Exception):
    """The machine is off, or does not answer."""


class Machine:
    """base: the image's folder. share: /out of the guest. child: how she is, for the simulated air. port: the broker's
    for phones, on this computer.
    """

    def __init__(self, base: Path, folder: Path) -> None:
        self._base = base
        self.folder = folder
        self.share, self.child = folder / "out", folder / "child"
        self.port = free_port()
        self._disk, self._line, self._radio = folder / "disk.qcow2", folder / "line", folder / "radio"
        self._monitor = folder / "monitor"
        self._process: subprocess.Popen[bytes] | None = None
        self._air: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        for made in (self.share, self.child):
            made.mkdir(parents=True)
        make = ("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(base / "root.ext4"), str(self._disk))
        subprocess.run(make, check=True)

    def boot(self, cache: str = "none") -> None:
        """Until its agent answers. cache: `none`, a flush of the guest's reaches the disk; `unsafe`, none does.

        Once more if it does not: a kernel under emulation sometimes dies while it starts.
        Raises PowerCut.
        """
        try:
            self._boot(cache)
        except PowerCut as died:
            print(f"test-hub: the virtual machine did not start, once more: {died}", file=sys.stderr)
            self.pull_the_plug()
            self._boot(cache)

    def _boot(self, cache: str) -> None:
        for left in (self._line, self._radio, self._monitor):
            left.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                *(*QEMU, "-display", "none", "-monitor", "none"),
                *("-kernel", str(self._base / "vmlinuz"), "-initrd", str(self._base / "initrd")),
                *("-append", "console=ttyS0 quiet panic=0 net.ifnames=0 random.trust_cpu=on mitigations=off"),
                *("-drive", f"file={self._disk},format=qcow2,if=virtio,cache={cache}"),
                *("-netdev", f"user,id=house,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:{TLS_PORT}"),
                *("-device", "virtio-net-pci,netdev=house"),
                # On a busy machine systemd is late for it, and a reset in the midst of the set-up is no finding: it
                # resets in `panic` alone.
                *("-device", "i6300esb", "-action", "watchdog=none"),
                *("-qmp", f"unix:{self._monitor},server=on,wait=off"),
                *("-serial", f"file:{self.folder / 'console'}"),
                *("-serial", f"unix:{self._line},server=on,wait=off"),
                *("-chardev", f"socket,id=radio,path={self._radio},server=on,wait=off"),
                *("-device", "pci-serial,chardev=radio"),
                *("-virtfs", f"local,path={self.share},mount_tag=out,security_model=none"),
            ],
            stdin=subprocess.DEVNULL,
        )
        self._agent = socket.socket(socket.AF_UNIX)
        self._connect()

    def _connect(self) -> None:
        """Let there be air, and speak to the agent, which has to boot first."""
        deadline_s = time.monotonic() + BOOT_S * busy()
        while True:
            try:
                self._agent.connect(str(self._line))
                break
            except OSError:
                if time.monotonic() > deadline_s or self._off():
                    raise PowerCut(f"no serial line: {self.console()}") from None
                time.sleep(0.1)
        self.new_air()
        self._rest = b""
        while "up" not in self._heard(deadline_s):
            pass

    def new_air(self) -> None:
        """Adapter and sensors as new."""
        self._end_air()
        with (self.folder / "air.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.installed.air", str(self._radio), str(self.child)]
            self._air = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _end_air(self) -> None:
        if self._air is not None:
            self._air.kill()
            self._air.wait()
            self._air = None

    def is_ill(self, celsius: float | None) -> None:
        """From now on she has that temperature; None: she is well."""
        file = self.child / "celsius"
        file.write_text(f"{celsius}") if celsius else file.unlink(missing_ok=True)

    def panic(self) -> None:
        """Its kernel dies; until it is up again, reset by its watchdog. Raises PowerCut if nothing resets it."""
        self._watchdog("reset")
        order = {"number": next(self._numbers), "run": "echo c >/proc/sysrq-trigger", "longest_s": 60}
        self._agent.sendall(json.dumps(order).encode() + b"\n")
        deadline_s = time.monotonic() + BOOT_S * busy()
        self.new_air()  # the sensors lose their connections
        while "up" not in self._heard(deadline_s):
            pass
        self._watchdog("none")

    def _watchdog(self, action: str) -> None:
        """What the hardware watchdog does when it is not fed any more."""
        with socket.socket(socket.AF_UNIX) as monitor, monitor.makefile("rw") as lines:
            monitor.settimeout(10.0)
            monitor.connect(str(self._monitor))
            for order in ({}, {"execute": "qmp_capabilities"}, _WATCHDOG | {"arguments": {"action": action}}):
                if order:
                    lines.write(json.dumps(order) + "\n")
                    lines.flush()
                said = json.loads(lines.readline())
                assert "error" not in said, said

    def run(self, command: str, longest_s: float = 120.0) -> Answer:
        """In a shell of root's. Raises PowerCut."""
        number = next(self._numbers)
        order = {"number": number, "run": command, "longest_s": longest_s * busy()}
        try:
            self._agent.sendall(json.dumps(order).encode() + b"\n")
        except OSError as error:
            raise PowerCut(str(error)) from error
        deadline_s = time.monotonic() + longest_s * busy() + 60.0
        while (heard := self._heard(deadline_s)).get("number") != number:
            pass
        return Answer(int(str(heard["code"])), str(heard["said"]))

    def ok(self, command: str, longest_s: float = 120.0) -> str:
        """The output of a command that must succeed."""
        answer = self.run(command, longest_s)
        assert answer.code == 0, f"{command}: {answer.code}\n{answer.said}"
        return answer.said

    def until(self, command: str, longest_s: float, every_s: float = 0.5) -> float:
        """Until a command succeeds; how long that took, s. AssertionError with its last words if it never does."""
        began_s = time.monotonic()
        while True:
            answer = self.run(command)
            took_s = time.monotonic() - began_s
            if answer.code == 0:
                return took_s
            assert took_s < longest_s * busy(), f"{command}, for {took_s:.0f} s: {answer.said}\n{self.state()}"
            time.sleep(every_s)

    def state(self) -> str:
        """How the hub is, for a failure's message."""
        words = "systemctl status feverhub --no-pager -n 40; journalctl -b -u feverhub-trial --no-pager -n 20"
        return self.run(words).said

    def pull_the_plug(self) -> None:
        """Kill -9: what stood in the guest's memory is gone."""
        self._end_air()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._agent.close()

    def power_off(self) -> None:
        """In good order."""
        with contextlib.suppress(PowerCut):
            self.run("systemctl --no-block poweroff")
        assert self._process is not None
        self._process.wait(120 * busy())
        self._end_air()
        self._agent.close()

    def console(self) -> str:
        file = self.folder / "console"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""

    def _off(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _heard(self, deadline_s: float) -> dict[str, object]:
        while b"\n" not in self._rest:
            self._agent.settimeout(max(0.1, deadline_s - time.monotonic()))
            try:
                more = self._agent.recv(65536)
            except OSError as error:
                raise PowerCut(f"no answer: {error}: {self.console()}") from error
            if not more:
                raise PowerCut(f"it went off: {self.console()}")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        try:
            heard = json.loads(line)
        except ValueError:  # the kernel's own words before the agent has the line
            return {}
        return heard if isinstance(heard, dict) else {}


@contextlib.contextmanager
def machine(base: Path) -> Iterator[Machine]:
    """With a disk of its own; off and gone at the end."""
    folder = Path(tempfile.mkdtemp(dir=base.parent))
    made = Machine(base, folder)
    try:
        yield made
    finally:
        made.pull_the_plug()
        shutil.rmtree(folder)
