"""What caregivers say while a recording is played: one JSON object a line, as it would come over MQTT."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from edge.errors import CommandRefused, RecordingError
from edge.model.event import Command
from edge.model.people import Caregiver
from edge.mqtt.commands import parse_command

MOST_LINES = 100_000

Timed = tuple[float, Command]


def read_events(path: Path, caregivers: Sequence[Caregiver]) -> list[Timed]:
    """Lines such as `{"t": 19845.0, "as": "anna", "verb": "dose", "drug": "Ibuprofen"}`, in the order of their time.

    t: seconds on the recordings' own time. as: a caregiver's id, who is in the house. verb and the rest: as on
    `cmd/<user>/<verb>`. Raises
    RecordingError: one sentence that names file and line.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise RecordingError(f"{path}: cannot be read: {why}") from None
    if len(lines) > MOST_LINES:
        raise RecordingError(f"{path}: more than {MOST_LINES} lines")
    found = [_event(line, f"{path}:{number}", caregivers) for number, line in enumerate(lines, 1) if line.strip()]
    return sorted(found, key=lambda event: event[0])


def _event(line: str, where: str, caregivers: Sequence[Caregiver]) -> Timed:
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        raise RecordingError(f"{where}: is not JSON") from None
    if not isinstance(fields, dict):
        raise RecordingError(f"{where}: is not a JSON object")
    t_s, who, verb = fields.pop("t", None), fields.pop("as", None), fields.pop("verb", None)
    if isinstance(t_s, bool) or not isinstance(t_s, int | float) or not math.isfinite(t_s):
        raise RecordingError(f"{where}: t must be a number of seconds")
    return float(t_s), _command(fields, str(who), str(verb), where, caregivers)


def _command(fields: Mapping[str, object], who: str, verb: str, where: str, caregivers: Sequence[Caregiver]) -> Command:
    caregiver = next((each for each in caregivers if each.id == who), None)
    if caregiver is None:
        known = ", ".join(each.id for each in caregivers) or "none"
        raise RecordingError(f"{where}: there is no caregiver {who!r} (known: {known})")
    try:
        topic = f"feverhub/replay/cmd/{caregiver.mqtt_user}/{verb}"
        command = parse_command("replay", topic, msgspec.json.encode(fields), caregivers, house=(caregiver.mqtt_user,))
    except CommandRefused as refused:
        raise RecordingError(f"{where}: {refused}") from None
    return replace(command, surface="replay")
