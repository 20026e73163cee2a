"""Alarms in the journal's file: the JSON of one state."""

from dataclasses import fields, replace
from typing import Any

import msgspec

from edge.errors import Unstorable
from edge.model.alarm import Alarm
from edge.model.evidence_json import from_plain, to_plain
from edge.storage import sane

_NAMES = tuple(field.name for field in fields(Alarm))


def encoded(alarm: Alarm) -> bytes:
    """The whole state as one JSON object. Raises Unstorable."""
    plain = {name: getattr(alarm, name) for name in _NAMES}
    try:
        return msgspec.json.encode({**plain, "evidence": to_plain(alarm.evidence)}, enc_hook=_plain)
    except Exception as error:
        raise Unstorable(f"{alarm.key.condition} cannot be put into JSON ({type(error).__name__})") from error


def decoded(state: bytes) -> Alarm:
    """Raises msgspec.MsgspecError for what a newer release wrote, and for damage. Damaged evidence is left out."""
    try:
        plain = msgspec.json.decode(state, type=dict[str, Any])
    except RecursionError as error:
        raise sane.Damaged("it is nested too deeply") from error
    evidence = plain.pop("evidence", {})
    alarm = msgspec.convert(plain, Alarm)
    sane.times(
        onset_s=alarm.onset_s,
        raised_s=alarm.raised_s,
        cleared_s=alarm.cleared_s,
        silent_until_s=alarm.silent_until_s,
        changed_s=alarm.changed_s,
    )
    sane.numbers(value=alarm.value, limit=alarm.limit)
    sane.count(sequence=alarm.sequence)
    sane.ids(person=alarm.key.person, device=alarm.key.device)
    return replace(alarm, evidence=from_plain(alarm.key.condition, evidence if isinstance(evidence, dict) else {}))


def _plain(value: Any) -> object:
    """A figure may be a numpy scalar: an alarm is not lost for that."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
