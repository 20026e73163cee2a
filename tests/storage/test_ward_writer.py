"""What hubs tell a ward, as points: the same as they keep themselves, and what is wrong with one hub is its own."""

import json
from dataclasses import replace

import pytest

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.storage import points
from edge.storage.influx_server import Answer, ServerLost
from edge.storage.ward_points import AHEAD_S, Unfit, lines
from edge.storage.ward_writer import BURST, Told, WardWriter
from tests.support.wards import WardHub

NOW_S = 1_795_000_000.0
HUB, OTHER = WardHub(1), WardHub(2)


class Server:
    """One that keeps what it takes. down: writes that fail first."""

    url = "http://127.0.0.1:1"

    def __init__(self, down: int = 0) -> None:
        self.lines: list[str] = []
        self.down = down

    def write(self, lines):
        if self.down:
            self.down -= 1
            raise ServerLost("it does not answer")
        self.lines += lines
        return Answer(204, "")


def told(hub: WardHub, message, **changes) -> Told:
    payload = message.payload if not changes else json.dumps({**json.loads(message.payload), **changes}).encode()
    return Told(hub.tag, message.topic.removeprefix(f"{hub.base}/"), payload)


def writer(server: Server, now_s: float = NOW_S) -> WardWriter:
    return WardWriter(server, wall_s=lambda: now_s, sleep=lambda _s: None)


def made(told: Told) -> list[str]:
    return lines(told.hub, told.rest, told.payload, NOW_S)


def test_an_alarm_becomes_the_point_that_the_hubs_own_replication_writes():
    (_, event) = HUB.alarm(41, NOW_S - 5.25)
    alarm = Alarm(
        id="fever-41",
        key=AlarmKey(Condition.FEVER, "mia", "patch"),
        kind=Kind.PHYSIOLOGICAL,
        priority=Priority.MEDIUM,
        presence=Presence.ON,
        onset_s=NOW_S - 5.25,
        raised_s=NOW_S - 5.25,
        sequence=41,
        reason=Reason.EVIDENCE,
        value=38.3,
        limit=37.5,
        changed_s=NOW_S - 5.25,
    )
    assert made(told(HUB, event)) == [*points.of_alarms([alarm], HUB.tag), *points.of_episodes([alarm], HUB.tag)]


def test_values_and_health_become_points_and_what_is_not_recorded_none():
    (value,) = made(told(HUB, HUB.temperature(37.2, NOW_S)))
    assert value == f"temperature,device=patch,hub={HUB.tag},person=mia,place=axilla,validity=valid value=37.2 " + str(
        round(NOW_S * 1e6)
    )
    health = made(told(HUB, HUB.health(7, NOW_S)))
    assert health[0].startswith(f"health,hub={HUB.tag} broker=1i,clock=1i,alarms=0i,readings_lost=0.0,self_check=7.0 ")
    assert len(health) == 3, "and a line for each sensor"
    state, _ = HUB.alarm(1, NOW_S)
    assert made(told(HUB, state)) == made(told(HUB, HUB.status())) == made(told(HUB, HUB.about("3"))) == []


def test_the_same_message_twice_is_the_same_point_and_two_hubs_of_one_name_are_two_series():
    first, second = HUB.temperature(37.2, NOW_S), OTHER.temperature(39.9, NOW_S)
    assert HUB.name == OTHER.name
    server = Server()
    writer(server).write([told(HUB, first), told(HUB, first), told(OTHER, second)])
    assert server.lines[0] == server.lines[1]
    assert server.lines[2].partition(" ")[0] != server.lines[0].partition(" ")[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 2},
        {"schema": None},
        {"condition": "hiccups"},
        {"changed": "yesterday"},
        {"changed": "2026-01-01T00:00:00"},
        {"sequence": -1},
        {"sequence": "1"},
        {"person": ["mia"]},
        {"kind": {}},
    ],
)
def test_what_another_release_or_nobody_writes_is_named_and_costs_no_other_hub_anything(changes):
    (_, event) = HUB.alarm(1, NOW_S)
    (_, good) = OTHER.alarm(2, NOW_S)
    with pytest.raises(Unfit):
        made(told(HUB, event, **changes))
    server = Server()
    recorder = writer(server)
    assert recorder.write([told(HUB, event, **changes), told(OTHER, good)])
    assert recorder.faults == {(HUB.tag, "schema"): 1}
    assert [line for line in server.lines if OTHER.tag in line] == made(told(OTHER, good))
    assert any(line.startswith(f"ward_fault,fault=schema,hub={HUB.tag} count=1i") for line in server.lines)


@pytest.mark.parametrize("payload", [b"", b"[]", b"\xff", b"{" * 5000, b'{"schema": 1'])
def test_bytes_that_are_no_message_are_set_aside(payload):
    recorder = writer(Server())
    assert recorder.write([Told(HUB.tag, "health", payload)])
    assert recorder.faults == {(HUB.tag, "schema"): 1}


@pytest.mark.parametrize("off_s", [365 * 86_400.0, -365 * 86_400.0, AHEAD_S + 60.0])
def test_of_a_hub_whose_clock_is_a_year_off_alarms_stand_at_their_arrival_and_values_nowhere(off_s):
    (_, event) = HUB.alarm(3, NOW_S + off_s)
    server = Server()
    recorder = writer(server)
    recorder.write([told(HUB, event), told(HUB, HUB.temperature(37.0, NOW_S + off_s))])
    assert recorder.faults == {(HUB.tag, "clock"): 2}
    stamps = {line.rpartition(" ")[2] for line in server.lines}
    assert stamps == {str(round(NOW_S * 1e6))}
    assert [line.partition(",")[0] for line in server.lines] == ["ward_fault", "alarm"]


def test_a_hub_that_floods_is_cut_and_its_alarms_and_all_other_hubs_are_not():
    server = Server()
    recorder = writer(server)
    flood = [told(HUB, HUB.temperature(37.0, NOW_S)) for _ in range(2_000)]
    (_, event) = HUB.alarm(3, NOW_S)
    recorder.write([*flood, told(HUB, event), told(OTHER, OTHER.temperature(37.0, NOW_S))])
    assert recorder.faults == {(HUB.tag, "flood"): 2_000 - BURST}
    assert sum(line.startswith("alarm,") for line in server.lines) == 1
    assert sum(OTHER.tag in line for line in server.lines) == 1


def test_what_waited_for_a_recorder_for_hours_is_no_flood():
    """Thousands at once, but the hub's own times are half a minute apart."""
    recorder = writer(Server())
    late = [told(HUB, HUB.health(n, NOW_S - 86_400.0 + 30.0 * n)) for n in range(2_880)]
    assert recorder.write(late)
    assert not recorder.faults


def test_it_returns_only_once_the_server_has_everything():
    server = Server(down=3)
    recorder = writer(server)
    assert recorder.write([told(HUB, HUB.temperature(37.0, NOW_S))])
    assert len(server.lines) == 1
    stopped = writer(Server(down=1))
    stopped.stop()
    assert not stopped.write([told(HUB, HUB.temperature(37.0, NOW_S))]), "not safe, so not to be acknowledged"


def test_a_text_of_a_hub_cannot_end_a_line_or_forge_a_tag():
    message = told(HUB, HUB.temperature(37.0, NOW_S), reason='x" 1\nfake value=1', site="a,b=c d")
    (line,) = made(message)
    assert "\n" not in line
    assert r"place=a\,b\=c\ d" in line


def test_a_topic_that_only_looks_like_a_value_is_none():
    state, _ = HUB.alarm(1, NOW_S)
    assert made(replace(told(HUB, state), rest="mia/alarm/fever")) == []
    assert made(replace(told(HUB, state), rest="alarm/adapter_down")) == []
