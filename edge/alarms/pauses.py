"""Pauses of the watch, for a bath or a change of sensors.

A pause silences `no_data`, `not_worn` and `cannot_judge` of its sensors and nothing else. Alarms about the child are as
always: a bath is no reason to believe that nothing can happen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge.alarms.catalogue import INHIBITED_BY
from edge.alarms.condition_store import WATCH_LOST
from edge.errors import CommandRefused
from edge.model.alarm import AlarmKey
from edge.model.event import Command
from edge.model.language import N_
from edge.model.moment import Now

PAUSE_MINUTES = (10, 20, 30)
PAUSE_MAX_S = 60.0 * max(PAUSE_MINUTES)
NONE, NOBODY = N_("none"), N_("nobody is watched")


@dataclass(frozen=True, slots=True)
class Snooze:
    """Quiet for a while at a fever of this person, at this level and below. until_s: monotonic seconds.

    It outlives the episode, so that a temperature that swings around its limit does not notify each time. A worse level
    is another condition, which it does not silence.
    """

    key: AlarmKey
    caregiver: str
    until_s: float

    def covers(self, key: AlarmKey) -> bool:
        lesser = self.key.condition in INHIBITED_BY.get(key.condition, ())
        return self.key.person == key.person and (lesser or self.key.condition is key.condition)


@dataclass(frozen=True, slots=True)
class Pause:
    """device: empty for all sensors of the person. since_s, until_s: monotonic seconds."""

    person: str
    device: str
    caregiver: str
    since_s: float
    until_s: float

    def covers(self, person: str, device: str) -> bool:
        return person == self.person and self.device in ("", device)


def requested_pause(given: Command, sensors: Mapping[str, str], now: Now) -> Pause:
    """The pause that a command asks for; one that ends now for 0 minutes. sensors: the person of each.

    Raises CommandRefused for an unknown scope, a duration out of range, or without the caregiver's confirmation.
    """
    person, device = _scope(given, sensors)
    minutes = given.arguments.get("minutes", PAUSE_MINUTES[0])
    if minutes not in (0, *PAUSE_MINUTES):
        raise CommandRefused(
            N_("a pause is for {minutes} minutes, or 0 to end it"), minutes=", ".join(map(str, PAUSE_MINUTES))
        )
    if minutes and given.arguments.get("confirm") is not True:
        raise CommandRefused(N_('nothing is watched during a pause; confirm it with "confirm": true'))
    return Pause(person, device, given.caregiver, now.mono_s, now.mono_s + 60.0 * float(str(minutes)))


def _scope(given: Command, sensors: Mapping[str, str]) -> tuple[str, str]:
    person, device = given.arguments.get("person", ""), given.arguments.get("device", "")
    persons = sorted(set(sensors.values()))
    if device:
        owner = sensors.get(str(device))
        if owner is None or person not in ("", owner):
            raise CommandRefused(
                N_("there is no such sensor; known are {known}"), known=", ".join(sorted(sensors)) or NONE
            )
        return owner, str(device)
    if not person and len(persons) == 1:
        return persons[0], ""
    if person not in persons:
        raise CommandRefused(N_("say whose watch shall pause: {known}"), known=", ".join(persons) or NOBODY)
    return str(person), ""


def with_(pauses: Iterable[Pause], new: Pause) -> tuple[Pause, ...]:
    """The pauses with a new one, which replaces those that it covers."""
    kept = [each for each in pauses if not new.covers(each.person, each.device)]
    return (*kept, *([new] if new.until_s > new.since_s else []))


def until_s(pauses: Iterable[Pause], key: AlarmKey, now: Now) -> float | None:
    """Until when (monotonic seconds) this condition is silenced by a pause; None if it is not."""
    if key.condition not in WATCH_LOST:
        return None
    ends = [each.until_s for each in pauses if each.covers(key.person, key.device) and each.until_s > now.mono_s]
    return max(ends, default=None)
