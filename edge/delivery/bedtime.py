"""The bedtime check in words: whether this night would be watched and somebody woken, and what is not covered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.delivery.notices import Readers
from edge.delivery.roster import Proof
from edge.model.effect import Notify
from edge.model.language import N_, Locale

CHARGED_PERCENT = 30.0
"""A battery below this may not last the night."""
DAY_S = 86_400.0
ASKED_LATELY_S = 12 * 3600.0
"""Who asked since the afternoon is not reminded in the evening."""

TITLE = N_("Good night?")
GOOD = N_("Good night: all of it is watched, and somebody would be woken")
NOT_GOOD = N_("NOT ready for the night, mind {count} of these")
SENSOR_NOT = N_("{sensor} of {name} is NOT watched: {why}")
SENSOR_OK = N_("{sensor} of {name} is on and heard, battery {percent} %")
SENSOR_OK_BARE = N_("{sensor} of {name} is on and heard; it tells nothing of its battery")
SENSOR_LOW = N_("{sensor} of {name} is heard, but its battery has {percent} %: charge it first")
SPOT = N_("{sensor} of {name} measures only when somebody measures")
NO_SENSOR = N_("no sensor is set up for {name}")
ON_WATCH, EVERYONE = N_("{name} is on watch"), N_("everyone is on watch")
ON_WATCH_NO_PHONE = N_("{name} is on watch, and no phone is proven to wake them")
PHONE_OK = N_("{name}: the phone answered a test {when}, after {seconds} s")
PHONE_OLD = N_("{name}: the phone last answered a test {when}: test it again")
PHONE_NEVER = N_("{name}: the phone has never answered a test, or was changed since: test it")
NOBODY = N_("no phone is set up: only the sounder can wake somebody")
ROOM_OK, ROOM_OLD = N_("the sounder played its test {when}"), N_("the sounder was not tested in the last 30 days")
ROOM_NONE = N_("there is no sounder: only phones can wake you")
HUB = N_("the hub: {text}")
CLOCK = N_("the hub's clock is not set")
TODAY, YESTERDAY, DAYS = N_("today"), N_("yesterday"), N_("{days} days ago")
# What no check can promise.
UNCOVERED = (
    N_("A weak or purely stiff convulsion, and one of a limb without a sensor, can be missed."),
    N_("A phone that is off, without a network, or whose app was removed does not ring."),
)
UNCOVERED_MOVEMENT = N_("{name} wears no movement sensor: no convulsion is noticed, only fever.")
REMIND = N_(
    "{name} is ill or has a fever, and nobody has asked tonight whether all is watched: say good night on the page."
)
REMIND_BARE = N_("nobody has made the bedtime check tonight")


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the check. good: nothing is to be done about it."""

    good: bool
    text: str


def headline(findings: Sequence[Finding], words: Locale) -> str:
    """The first sentence."""
    bad = sum(not each.good for each in findings)
    return words.say(NOT_GOOD, count=bad) if bad else words.say(GOOD)


def ago(wall_s: float, now_s: float, words: Locale) -> str:
    """How long ago, in days."""
    days = int(max(now_s - wall_s, 0.0) // DAY_S)
    return words.say(TODAY) if days == 0 else words.say(YESTERDAY) if days == 1 else words.say(DAYS, days=days)


def phone(name: str, proof: Proof | None, *, lately: bool, now_s: float, words: Locale) -> Finding:
    """Of one caregiver. lately: whether the proof still counts."""
    if proof is None:
        return Finding(False, words.say(PHONE_NEVER, name=name))
    when = ago(proof.wall_s, now_s, words)
    if not lately:
        return Finding(False, words.say(PHONE_OLD, name=name, when=when))
    return Finding(True, words.say(PHONE_OK, name=name, when=when, seconds=words.short(round(proof.seconds))))


def sensor(name: str, of: str, percent: float | None, words: Locale) -> Finding:
    """One that is watched. percent: of its battery, None if it does not tell."""
    if percent is None:
        return Finding(True, words.say(SENSOR_OK_BARE, sensor=name, name=of))
    text = SENSOR_LOW if percent < CHARGED_PERCENT else SENSOR_OK
    return Finding(percent >= CHARGED_PERCENT, words.say(text, sensor=name, name=of, percent=f"{percent:.0f}"))


def remind(readers: Readers, name: str) -> list[Notify]:
    """At the family's hour, when nobody has asked."""
    return [
        readers.notice(
            each,
            "bedtime",
            TITLE,
            lambda words: words.say(REMIND, name=name),
            readers.locale_of(each).say(REMIND_BARE),
        )
        for each in readers.notifiable()
    ]
