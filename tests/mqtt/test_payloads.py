"""What stands in the messages, literally."""

import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import Reply, ShowLatest
from edge.model.reading import Quantity, Validity
from edge.mqtt import payloads

BASE_S = 1_795_000_000.0
ZONE = dt.timezone(dt.timedelta(hours=2))


def test_times_have_milliseconds_and_an_offset() -> None:
    assert payloads.rfc3339(BASE_S + 0.25) == "2026-11-18T11:06:40.250+00:00"
    assert payloads.rfc3339(BASE_S, ZONE) == "2026-11-18T13:06:40.000+02:00"


@pytest.mark.parametrize("zone", [dt.timezone(dt.timedelta(hours=9)), dt.UTC, dt.timezone(dt.timedelta(hours=-9))])
def test_a_certificate_without_end_has_a_time_in_every_zone(zone) -> None:
    """99991231235959Z (RFC 5280, 4.1.2.5)."""
    assert payloads.rfc3339(253402300799.0, zone).startswith("9999-12-")


def test_the_state_of_an_alarm(alarm: Alarm) -> None:
    state, _ = payloads.messages_for("cot", alarm, ZONE)
    assert (state.topic, state.retain, state.alarm_id) == ("feverhub/cot/mia/alarm/fever", True, "e-7")
    assert state.expires_s is None
    assert state.payload.decode() == (
        '{"schema":1,"id":"e-7","sequence":41,"condition":"fever","kind":"physiological","priority":"medium",'
        '"presence":"on","person":"mia","device":"patch","onset":"2026-11-18T13:06:40.000+02:00",'
        '"raised":"2026-11-18T13:11:40.000+02:00","cleared":null,"changed":"2026-11-18T13:11:40.500+02:00",'
        '"value":38.25,"limit":37.5,"unit":"Cel","reason":"evidence","text":"Mia 38.3 °C","guidance":"Look at her.",'
        '"acknowledged_by":"","attended_by":"","answered_by":"","silent_until":null,"evidence":{"p_core_38":0.875}}'
    )


def test_the_event_says_the_same_once_and_is_historical_a_minute_later(alarm: Alarm) -> None:
    state, event = payloads.messages_for("cot", alarm)
    assert (event.topic, event.retain, event.alarm_id) == ("feverhub/cot/mia/event", False, "e-7")
    assert event.expires_s == BASE_S + 300.5 + 60.0
    told = json.loads(event.payload)
    assert told.pop("historical") is False
    assert told.pop("urgent") is True
    assert told.pop("private") == "fever. Look at your child."
    assert told == json.loads(state.payload)
    assert json.loads(payloads.as_historical(event.payload)) == told | {
        "historical": True,
        "urgent": True,
        "private": "fever. Look at your child.",
    }


def test_a_hub_wide_alarm_names_no_person() -> None:
    alarm = Alarm(
        id="e-8",
        key=AlarmKey(Condition.BROKER_DOWN),
        kind=Kind.TECHNICAL,
        priority=Priority.MEDIUM,
        presence=Presence.OFF,
        onset_s=BASE_S,
        raised_s=BASE_S,
        sequence=1,
        reason=Reason.EVIDENCE_ENDED,
        cleared_s=BASE_S + 5.0,
        unjournalled=True,
    )
    state, event = payloads.messages_for("cot", alarm)
    assert (state.topic, event.topic) == ("feverhub/cot/alarm/broker_down", "feverhub/cot/event")
    fields = json.loads(state.payload)
    assert not {"person", "device"} & fields.keys()
    assert fields["cleared"] == "2026-11-18T11:06:45.000+00:00"
    assert fields["changed"] == fields["raised"]
    assert fields["unjournalled"] is True
    assert fields["value"] is None


def test_the_latest_temperature() -> None:
    shown = ShowLatest(
        "mia", "patch", "axilla", Quantity.TEMPERATURE, 37.9, "Cel", Validity.VALID, BASE_S, "", "worn", 0.4
    )
    topic, payload = payloads.latest("cot", shown)
    assert topic == "feverhub/cot/mia/temperature/patch"
    assert json.loads(payload) == {
        "schema": 1,
        "quantity": "temperature",
        "value": 37.9,
        "unit": "Cel",
        "validity": "valid",
        "time": "2026-11-18T11:06:40.000+00:00",
        "site": "axilla",
        "state": "worn",
        "reason": "",
        "trend_c_per_h": 0.4,
    }


def test_motion_that_is_not_to_be_trusted_has_no_value() -> None:
    shown = ShowLatest(
        "mia", "band", "ankle", Quantity.ACCELERATION, None, "g", Validity.INVALID, BASE_S, "not worn", "unknown"
    )
    topic, payload = payloads.latest("cot", shown)
    fields = json.loads(payload)
    assert topic == "feverhub/cot/mia/motion/band"
    assert (fields["value"], fields["limb"], fields["reason"], fields["state"]) == (
        None,
        "ankle",
        "not worn",
        "unknown",
    )


def test_health_says_what_is_watched_and_what_is_not_and_why() -> None:
    watches = [payloads.Watch("mia", "patch"), payloads.Watch("mia", "band", "nothing heard for 90 s")]
    payload = payloads.health(12, BASE_S, watches, {"outbox_rows": 3})
    assert json.loads(payload) == {
        "schema": 1,
        "outbox_rows": 3,
        "time": "2026-11-18T11:06:40.000+00:00",
        "self_check": 12,
        "watched": [{"person": "mia", "device": "patch"}],
        "not_watched": [{"person": "mia", "device": "band", "reason": "nothing heard for 90 s"}],
    }


def test_the_answer_to_a_command() -> None:
    payload = payloads.reply(Reply("anna", "r-1", ok=False, reason="that alarm is over"), BASE_S)
    assert json.loads(payload) == {
        "schema": 1,
        "request_id": "r-1",
        "ok": False,
        "reason": "that alarm is over",
        "time": "2026-11-18T11:06:40.000+00:00",
    }


def test_evidence_of_any_kind_becomes_json() -> None:
    evidence = {
        "rate_hz": np.float64(3.5),
        "snr_db": math.nan,
        "peaks_s": np.array([1.0, np.inf]),
        "count": np.int64(4),
        "limbs": ("left", "right"),
        "nested": {"worst": -math.inf},
        "stage": Priority.LOW,
        7: b"x",
    }
    assert json.loads(payloads.encode({"evidence": evidence})) == {
        "schema": 1,
        "evidence": {
            "rate_hz": 3.5,
            "snr_db": None,
            "peaks_s": [1.0, None],
            "count": 4,
            "limbs": ["left", "right"],
            "nested": {"worst": None},
            "stage": "low",
            "7": "b'x'",
        },
    }


def _refuse(word: str) -> float:
    raise AssertionError(f"{word} is not JSON")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_whatever_the_evidence_nan_never_reaches_json(evidence: object) -> None:
    json.loads(payloads.encode({"evidence": evidence}), parse_constant=_refuse)


@pytest.mark.parametrize("payload", [b"online", b"[1]", b"", b"\xff"])
def test_what_is_no_json_object_cannot_be_marked_and_stays(payload: bytes) -> None:
    assert payloads.as_historical(payload) == payload
