"""Quiet words to caregivers about the watch itself: pauses and hand-overs. Never urgent; they are no alarms."""

import datetime as dt
from collections.abc import Sequence

from edge.delivery.roster import Roster, notifiable
from edge.delivery.texts import SOMEBODY
from edge.model.effect import Notify
from edge.model.people import Caregiver

Names = Sequence[Caregiver]
TEST_IT = "Nobody knows any more whether this phone rings for an alarm. Send a test, and answer it on the locked phone."


def paused(caregivers: Names, what: str, who: str, until: dt.datetime) -> list[Notify]:
    """Everyone but who paused it hears of a pause."""
    text = f"{_name(caregivers, who)} paused watching {what} until {until:%H:%M}. It ends by itself."
    bare = f"the watch is paused until {until:%H:%M}"
    return [_notice(each, "pause", "Paused", text, bare) for each in notifiable(caregivers) if each.id != who]


def pause_over(caregivers: Names, what: str, missing: Sequence[str]) -> list[Notify]:
    """The reminder at the end of a pause."""
    if missing:
        text = f"The pause is over, and {', '.join(missing)} is not watched yet: put it back on."
        title, bare = "Not watching", "the pause is over, and not everything is watched yet"
    else:
        text = f"The pause is over: watching {what} again."
        title, bare = "Watching", "the pause is over"
    return [_notice(each, "pause", title, text, bare) for each in notifiable(caregivers)]


def watch_changed(caregivers: Names, before: Roster, after: Roster) -> list[Notify]:
    """Who was asked to take the watch, who has it now, and that an offer came to nothing."""
    updates: list[Notify] = []
    offer = after.offer
    if after.on_watch != before.on_watch:
        name = _name(caregivers, after.on_watch) if after.on_watch else "Everyone"
        text = f"{name} is on watch now."
        others = [each for each in notifiable(caregivers) if each.id != after.on_watch]
        updates += [_notice(each, "on_watch", "On watch", text, "the watch was handed over") for each in others]
    elif offer is not None and offer != before.offer:
        text = f'{_name(caregivers, offer.by)} asks you to take the watch. Press "I\'m on watch" to confirm.'
        bare = "somebody asks you to take the watch"
        updates += [_notice(c, "on_watch", "On watch?", text, bare) for c in caregivers if c.id == offer.to]
    elif before.offer is not None and offer is None and after.on_watch != before.offer.to:
        still = _name(caregivers, after.on_watch) if after.on_watch else "everyone"
        text = f"{_name(caregivers, before.offer.to)} has not taken the watch; {still} still has it."
        bare = "the watch was not taken over"
        updates += [_notice(c, "on_watch", "On watch", text, bare) for c in caregivers if c.id == before.offer.by]
    return updates


def phone_changed(caregivers: Names, whose: str) -> list[Notify]:
    """The phone of that caregiver is to be tested anew."""
    return [_notice(each, "phone", "Test it", TEST_IT, TEST_IT) for each in caregivers if each.id == whose]


def _notice(to: Caregiver, subject: str, title: str, text: str, bare: str) -> Notify:
    """Without leave of the family, no name goes through other people's servers."""
    return Notify(to.id, subject, title, text if to.share_details else f"feverhub: {bare}", urgent=False)


def _name(caregivers: Names, who: str) -> str:
    return next((each.name for each in caregivers if each.id == who), SOMEBODY)
