"""A quiet night, an alarm and a fever's curve as a hub tells them to a caregiver who reads German, in its own words."""

import zoneinfo

from edge.app.load.languages import load_languages
from edge.delivery import care_texts, messages, page_curve_texts, page_texts
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Verb
from edge.model.evidence import SeizureEvidence
from edge.model.language import Locale
from edge.model.people import CarePlan, Person, Role
from edge.web import lookup, wire
from edge.web.reader import Reader
from tests.support.page import NOW_WALL_S, child, reading, seizure, series, snapshot

GERMAN = Locale(load_languages()["de"], zone=zoneinfo.ZoneInfo("Europe/Berlin"))
READER = Reader("de")
CATALOGUES = {"de": wire.Catalogue(dict(GERMAN.language.texts), GERMAN.language.decimal, whole=True)}
SEIZURE = Alarm(
    *("mia-seizure-1", AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia"), Kind.PHYSIOLOGICAL, Priority.HIGH),
    *(Presence.ON, NOW_WALL_S - 75.0, NOW_WALL_S - 60.0, 1, Reason.EVIDENCE),
    evidence=SeizureEvidence(),
)


def rings() -> wire.Standing:
    told = messages.with_text(SEIZURE, Person("mia", "Mia", care_plan=CarePlan(ambulance="112")), (), GERMAN)
    say, verbs = GERMAN.say, page_texts.VERBS
    return seizure(
        word=page_texts.level_word(SEIZURE, GERMAN),
        text=told.text,
        guidance=told.guidance,
        choices=[
            wire.Choice("acknowledge", say(verbs[Verb.ACKNOWLEDGE])),
            wire.Choice("with_her", say(verbs[Verb.WITH_HER]), in_the_house=True),
            wire.Choice("snooze", page_texts.quiet_for(30, GERMAN), {"minutes": 30}),
            wire.Choice("snooze", page_texts.quiet_for(15, GERMAN), {"minutes": 15}, seldom=True),
        ],
    )


def night(*, alarm: bool = False) -> dict[str, object]:
    """What differs from `tests.support.page.snapshot`."""
    number = reading(
        place=care_texts.place_name("axilla", GERMAN),
        text=GERMAN.temperature(38.4),
        trend=page_texts.trend(0.8, GERMAN),
        last=page_texts.last(38.4, NOW_WALL_S, NOW_WALL_S, GERMAN),
    )
    given_s = NOW_WALL_S - 4 * 3600.0
    dose = page_texts.dose("Ibuprofen 5 ml", given_s, given_s + 6 * 3600.0, NOW_WALL_S, GERMAN)
    level, state = ("high", page_texts.texts.ALARM) if alarm else ("ok", page_texts.WATCHING)
    return {
        "reader": READER,
        "children": [child(readings=[number], doses=[dose], level=level, state=GERMAN.say(state))],
        "alarms": [rings()] if alarm else [],
        "watch": page_texts.on_watch("Anna", NOW_WALL_S - 5 * 3600.0, NOW_WALL_S, GERMAN),
        "foot": page_texts.foot(whole=True, since="19:02", hub=True, reachable=True, proven=2, phones=2, words=GERMAN),
        "caregivers": {**snapshot().caregivers, "anna": wire.Caregiver("Anna", Role.CAREGIVER, READER)},
    }


def finds(_question: lookup.Question) -> lookup.Found:
    """The curve, for `PageProcess.finds`."""
    told = series()
    return series(
        lines=[
            lookup.Line(name=page_curve_texts.name("axilla", "patch", GERMAN), raw=each.raw, trend=each.trend)
            for each in told.lines
        ],
        limits=[
            lookup.Limit(celsius=37.5, text=page_curve_texts.limit(37.5, GERMAN)),
            lookup.Limit(celsius=39.0, text=page_curve_texts.limit(39.0, GERMAN, high=True)),
        ],
        strips=[
            lookup.Strip(name=page_curve_texts.name("left_ankle", "ankle", GERMAN), moved=each.moved, sleep=each.sleep)
            for each in told.strips
        ],
        method=GERMAN.say(page_curve_texts.METHOD, minutes=1),
        summary=page_curve_texts.summary(37.0, 38.7, 2400.0, 2, GERMAN),
    )
