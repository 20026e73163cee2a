"""Lines of history that the core asks for, and what thermometers have read lately."""

from edge.app.hub.effects.journal_writer import LEVELS_MEMO, JournalWriter
from edge.model.effect import Note, RememberLevels, Withheld
from edge.pipeline import State


class WithheldHistory:
    """Keeps which message was not sent, and why."""

    def __init__(self, journal_writer: JournalWriter) -> None:
        self._journal_writer = journal_writer

    def execute(self, effect: Withheld, _state: State) -> None:
        """One line, in the name of the alarm and the caregiver."""
        self._journal_writer.note(f"{effect.alarm_id} to {effect.caregiver}", effect, effect.reason)


class NoteHistory:
    """Keeps who did or said what."""

    def __init__(self, journal_writer: JournalWriter) -> None:
        self._journal_writer = journal_writer

    def execute(self, effect: Note, _state: State) -> None:
        """One line."""
        self._journal_writer.note(effect.subject, effect.detail)


class LevelsMemo:
    """Keeps what the thermometers have read lately over a restart."""

    def __init__(self, journal_writer: JournalWriter) -> None:
        self._journal_writer = journal_writer

    def execute(self, effect: RememberLevels, _state: State) -> None:
        """Twice an hour for each thermometer."""
        self._journal_writer.remember(LEVELS_MEMO, effect.text)
