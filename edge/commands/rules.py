"""Every verb once: who may say it, whether only in the house, and which arguments it takes. Nothing else checks these.

What an argument means (which entry, which minutes at this hour, which child) is for the verb's handler to judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.errors import CommandRefused
from edge.model.alarm import Condition
from edge.model.care import Stage
from edge.model.event import Command, Verb
from edge.model.language import N_, TemperatureUnit
from edge.model.people import Role, Site

# Characters of a text: a name, a few words, the address of a film, a remark.
NAME, WORDS, LINK, TEXT = 60, 100, 300, 1000
# No number that a family writes down is larger; beyond 2^53 a float no longer tells neighbours apart.
LARGEST = 1e15
LARGEST_AMOUNT = 10_000.0
# A day: the longest that a number of minutes may stand for, but for `minutes_ago` (a week).
DAY_MIN, WEEK_MIN = 1440.0, 10_080.0


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `most` printable characters; runs of white space count as one blank."""

    most: int = NAME

    def read(self, key: str, value: object) -> str:
        text = " ".join(value.split()) if isinstance(value, str) else None
        if text is None or len(text) > self.most or not text.isprintable():
            raise CommandRefused(N_("{key} must be a text of at most {most} characters"), key=key, most=self.most)
        return text


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number between `least` and `most`, both included. positive: 0 itself is refused."""

    least: float = -LARGEST
    most: float = LARGEST
    positive: bool = False

    def read(self, key: str, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
            raise CommandRefused(N_("{key} must be a number"), key=key)  # also NaN, which lies nowhere
        if self.positive and not 0 < value <= self.most:
            raise CommandRefused(
                N_("{key} must be above 0 and at most {most}, not {value}"), key=key, most=self.most, value=value
            )
        if not self.least <= value <= self.most:
            raise CommandRefused(
                N_("{key} must lie between {least} and {most}, not {value}"),
                key=key,
                least=self.least,
                most=self.most,
                value=value,
            )
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    def read(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise CommandRefused(N_("{key} must be true or false"), key=key)
        return value


@dataclass(frozen=True, slots=True)
class OneOf:
    words: tuple[str, ...]

    def read(self, key: str, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise CommandRefused(N_("{key} must be one of {known}"), key=key, known=", ".join(self.words))
        return str(value)


Argument = Text | Number | Flag | OneOf

# Who looks on (grandparents, a tablet on the wall) is told nothing that wakes, and answers nothing.
ABLE = frozenset({Role.OWNER, Role.CAREGIVER})
OWNERS = frozenset({Role.OWNER})
OWNERS_ONLY = N_("Only an owner may change who is there.")
AWAY = N_("Who is there can be changed from the house alone.")
SECRET = frozenset({"user", "token", "url"})
"""Arguments that are kept in no journal."""


@dataclass(frozen=True, slots=True)
class Rule:
    """roles: who may say it; a thing of the house, which belongs to nobody, may say everything.

    arguments: by name, what each must be. Others are refused: a misspelt one would silently mean its default.
    in_the_house: whether only who can see her can say it. nulls: whether null clears what an earlier version of the
    entry said; elsewhere it is as if nothing had been said. not_yours, not_here: what is said to others, and elsewhere.
    """

    arguments: Mapping[str, Argument] = field(default_factory=dict)
    roles: frozenset[Role] = ABLE
    in_the_house: bool = False
    nulls: bool = False
    not_yours: str = OWNERS_ONLY
    not_here: str = N_("only who is in the house can say that; press it there, or say that you are coming")


_WHICH: Mapping[str, Argument] = {"condition": OneOf(("", *Condition)), "person": Text()}
_ENTRY: Mapping[str, Argument] = {
    "id": Text(64),
    "person": Text(),
    "time": Text(),
    "minutes_ago": Number(0, WEEK_MIN),
    "withdraw": Flag(),
}

RULES: Mapping[Verb, Rule] = {
    Verb.ACKNOWLEDGE: Rule(_WHICH),
    Verb.WITH_HER: Rule(_WHICH, in_the_house=True),
    Verb.AWAKE: Rule(_WHICH, in_the_house=True),
    Verb.FALSE_ALARM: Rule(_WHICH, in_the_house=True),
    Verb.SNOOZE: Rule({"minutes": Number(0, DAY_MIN), **_WHICH}),
    Verb.PAUSE: Rule({"minutes": Number(0, DAY_MIN), "confirm": Flag(), "person": Text(), "device": Text()}),
    Verb.ON_WATCH: Rule({"to": Text()}),
    Verb.PHONE_CHANGED: Rule({"of": Text()}),
    Verb.DOSE: Rule(
        {
            "drug": Text(),
            "amount": Number(0, LARGEST_AMOUNT, positive=True),
            "unit": Text(),
            "reason": Text(WORDS),
            "rescue": Flag(),
            **_ENTRY,
        },
        nulls=True,
    ),
    Verb.NOTE: Rule(
        {
            "kind": OneOf(("remark", "symptoms", "temperature", "drink", "vaccination")),
            "name": Text(WORDS),
            "text": Text(TEXT),
            "stage": OneOf(tuple(Stage)),
            "wetting": Flag(),
            "crying": Flag(),
            "absence": Flag(),
            "regular": Flag(),
            "eyes": Text(WORDS),
            "colour": Text(WORDS),
            "side": Text(WORDS),
            "parts": Text(WORDS),
            "film": Text(LINK),
            "ml": Number(),
            "celsius": Number(),
            "site": OneOf(tuple(Site)),
            "method": Text(WORDS),
            **_ENTRY,
        },
        nulls=True,
    ),
    Verb.ILLNESS: Rule({"diagnosis": Text(WORDS), "over": Flag(), **_ENTRY}, nulls=True),
    Verb.TEST: Rule(),
    Verb.DRILL: Rule({"later": Flag()}),
    Verb.GOOD_NIGHT: Rule(),
    Verb.CAREGIVER: Rule(
        {
            "id": Text(32),
            "name": Text(40),
            "role": OneOf(tuple(Role)),
            "until": Text(40),
            "language": Text(16),
            "unit": OneOf(tuple(TemperatureUnit)),
            "way": OneOf(("keep", "ntfy", "pushover", "other", "none")),
            "server": Text(200),
            "user": Text(40),
            "token": Text(40),
            "url": Text(500),
            "details": Flag(),
            "seen": Text(64),
        },
        roles=OWNERS,
        in_the_house=True,
        not_here=AWAY,
    ),
    Verb.CAREGIVER_REMOVE: Rule({"id": Text(32), "seen": Text(64)}, OWNERS, in_the_house=True, not_here=AWAY),
    Verb.BROKER_USER: Rule({"id": Text(32)}, OWNERS, in_the_house=True, not_here=AWAY),
    Verb.FRAMES: Rule(
        roles=OWNERS,
        in_the_house=True,
        not_yours=N_("Only an owner may ask what the radio heard."),
        not_here=N_("What the radio heard is told in the house alone."),
    ),
}


def checked(given: Command, role: Role | None) -> Command:
    """The command with its arguments as the table wants them. role: of its caregiver, None for a thing of the house.

    Raises CommandRefused with one sentence for who may not say it, from where it cannot be said, or what is no such
    argument.
    """
    rule = RULES[given.verb]
    if role is not None and role not in rule.roles:
        viewer = role not in ABLE
        raise CommandRefused(N_("{who} may look, not command") if viewer else rule.not_yours, who=given.caregiver)
    if rule.in_the_house and not given.local:
        raise CommandRefused(rule.not_here)
    read: dict[str, object] = {}
    for key, value in given.arguments.items():
        kind = rule.arguments.get(key)
        if kind is None:
            takes = ", ".join(rule.arguments) or "none"
            raise CommandRefused(
                N_("{verb} has no argument {key}; it has {known}"), verb=given.verb, key=repr(key[:NAME]), known=takes
            )
        if value is not None:
            read[key] = kind.read(key, value)
        elif rule.nulls:
            read[key] = None
    return replace(given, arguments=read)
