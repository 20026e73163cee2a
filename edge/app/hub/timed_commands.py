"""What caregivers say while a recording is played: one JSON object a line, as it would come over MQTT."""

from collections.abc import Sequence
from pathlib import Path

from edge import commands
from edge.commands import Speaker
from edge.errors import CommandRefused, RecordingError
from edge.model.event import Command
from edge.model.people import Caregiver

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
        said = commands.fields(line.encode())
        t_s, who, verb = said.pop("t", None), said.pop("as", None), said.pop("verb", None)
        if isinstance(t_s, bool) or not isinstance(t_s, int | float):
            raise CommandRefused("t must be a number of seconds")
        caregiver = next((each for each in caregivers if each.id == who), None)
        if caregiver is None:
            known = ", ".join(each.id for each in caregivers) or "none"
            raise CommandRefused(f"there is no caregiver {str(who)!r} (known: {known})")
        command = commands.command(str(verb), said, Speaker(caregiver.id, local=True, surface="replay"))
        return float(t_s), commands.checked(command, caregiver.role)
    except CommandRefused as refused:
        raise RecordingError(f"{where}: {str(refused).removeprefix('the command ')}") from None
