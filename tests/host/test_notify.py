"""Systemd and Watchdog against a real datagram socket in systemd's place."""

import os
import socket
from collections.abc import Iterator

import pytest

from edge.host.notify import Systemd, Watchdog


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path) -> Iterator[tuple[socket.socket, str]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@feverhub-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0" + name[1:] if name.startswith("@") else name)
        receiver.settimeout(2)
        yield receiver, name


def nothing_waits(receiver: socket.socket) -> bool:
    receiver.setblocking(False)
    try:
        return not receiver.recv(4096)
    except BlockingIOError:
        return True


def test_says_each_word_in_its_own_datagram(manager):
    receiver, name = manager
    systemd = Systemd({"NOTIFY_SOCKET": name})
    assert all([systemd.ready(), systemd.status("watching Mia,\n all well"), systemd.feed(), systemd.stopping()])
    said = [receiver.recv(4096) for _ in range(4)]
    assert said == [b"READY=1", b"STATUS=watching Mia, all well", b"WATCHDOG=1", b"STOPPING=1"]
    assert systemd.give_up()
    assert receiver.recv(4096) == b"WATCHDOG=trigger"


def test_does_nothing_without_a_manager():
    systemd = Systemd({})
    assert not any([systemd.ready(), systemd.status("x"), systemd.feed(), systemd.stopping()])
    assert systemd.watchdog_s is None


def test_a_manager_that_has_gone_does_not_stop_us(tmp_path):
    assert not Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


def test_a_manager_that_does_not_read_does_not_block_us(manager):
    _, name = manager
    systemd = Systemd({"NOTIFY_SOCKET": name})
    handed_over = [systemd.feed() for _ in range(2000)]
    assert handed_over[0]
    assert not handed_over[-1]


@pytest.mark.parametrize(
    ("environment", "expected_s"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "nonsense"}, None),
        ({}, None),
    ],
)
def test_the_interval_is_half_of_what_systemd_allows(environment, expected_s):
    assert Systemd(environment).watchdog_s == expected_s


def test_feeds_while_every_stage_moves(manager):
    receiver, name = manager
    watchdog = Watchdog(Systemd({"NOTIFY_SOCKET": name}))
    watchdog.register("radio", allowed_age_s=30, mono_s=100)
    watchdog.register("storage", allowed_age_s=60, mono_s=100)
    watchdog.beat("radio", 125)
    assert watchdog.feed(150) is None
    assert receiver.recv(4096) == b"WATCHDOG=1"


def test_one_stage_that_stands_still_starves_it_though_all_others_move(manager):
    receiver, name = manager
    watchdog = Watchdog(Systemd({"NOTIFY_SOCKET": name}))
    for stage in ("radio", "rules", "storage"):
        watchdog.register(stage, allowed_age_s=30, mono_s=0)
    for second in range(60):
        watchdog.beat("radio", second)
        watchdog.beat("rules", second)
    assert watchdog.feed(60) == "storage"
    assert nothing_waits(receiver)
    watchdog.beat("storage", 61)
    assert watchdog.feed(61) is None
    assert not nothing_waits(receiver)


def test_a_stage_that_never_beats_is_given_its_time_and_no_more(manager):
    _, name = manager
    watchdog = Watchdog(Systemd({"NOTIFY_SOCKET": name}))
    watchdog.register("radio", allowed_age_s=30, mono_s=1000)
    assert watchdog.feed(1030) is None
    assert watchdog.feed(1030.1) == "radio"


def test_without_any_stage_there_is_no_proof(manager):
    receiver, name = manager
    assert Watchdog(Systemd({"NOTIFY_SOCKET": name})).feed(0) == "none registered"
    assert nothing_waits(receiver)


def test_names_the_stage_that_is_longest_overdue():
    watchdog = Watchdog(Systemd({}))
    watchdog.register("radio", allowed_age_s=10, mono_s=0)
    watchdog.register("storage", allowed_age_s=40, mono_s=0)
    assert watchdog.feed(50) == "radio"


def test_a_beat_of_an_unknown_stage_is_a_mistake():
    with pytest.raises(KeyError):
        Watchdog(Systemd({})).beat("typo", 0)
