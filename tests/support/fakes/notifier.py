"""A push channel and a sounder that write down what they were asked. Their contract tests are in tests/push."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.model.effect import Notify
from edge.ports import Outcome, Sent
from edge.sounder.tones import PATTERNS

_DELIVERED = Sent(Outcome.DELIVERED, "fake: delivered")


@dataclass
class FakeNotifier:
    """Answers with `script`, one result a message, then with `last` for ever."""

    script: Iterable[Sent] = ()
    last: Sent = _DELIVERED
    sent: list[Notify] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._answers = iter(self.script)

    async def send(self, message: Notify) -> Sent:
        self.sent.append(message)
        return next(self._answers, self.last)


@dataclass
class FakeSounder:
    """`patterns`: everything asked for, in order; the last one sounds."""

    patterns: list[str] = field(default_factory=list)
    answer: Sent = _DELIVERED
    levels: list[int] = field(default_factory=list)

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:
        if pattern and pattern not in PATTERNS:
            return Sent(Outcome.REFUSED, f"the sounder has no pattern {pattern!r}")
        self.patterns.append(pattern)
        self.levels.append(level_percent)
        return self.answer

    @property
    def sounding(self) -> str:
        return self.patterns[-1] if self.patterns else ""
