"""Why an alarm rang, in words: every reason and every family of evidence has some."""

from dataclasses import replace

import pytest

from edge.delivery import page_why_texts as words
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.evidence import (
    FaultEvidence,
    RigorEvidence,
    SeizureEvidence,
    SilenceEvidence,
    TemperatureEvidence,
    TwitchEvidence,
    UnjudgedEvidence,
    WearEvidence,
)
from edge.model.language import IN_ENGLISH

ALARM = Alarm(
    *("mia-x-1", AlarmKey(Condition.FEVER, "mia"), Kind.PHYSIOLOGICAL, Priority.HIGH, Presence.ON),
    *(1000.0, 1090.0, 1, Reason.EVIDENCE),
)


def test_every_reason_and_every_presence_has_words():
    assert set(words.REASONS) == set(Reason)
    assert set(words.PRESENCE) == set(Presence)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (
            SeizureEvidence(
                rate_hz=(2.6, 1.4), regularity=0.72, decided_by=("rhythm", "strength"), limbs=("left_ankle",)
            ),
            [
                "Jerks a second: 2.6 at first, 1.4 at last.",
                "How evenly they came: 0.72 of 1.",
                "What decided: rhythm, strength.",
                "Seen at: left ankle.",
            ],
        ),
        (
            TemperatureEvidence(peak_c=39.04, duration_s=4200, p_core_38=0.93),
            [
                "The highest was 39.0 °C, beyond the limit for 1 h 10 min.",
                "That the temperature inside is 38.0 °C or more is likely to 93 %.",
            ],
        ),
        (
            SilenceEvidence(silent_s=700, ever_heard=False),
            ["Nothing was ever received since the hub began.", "Nothing was received for 12 min."],
        ),
        (WearEvidence(why="it is cold"), ["It is cold."]),
        (UnjudgedEvidence(why="the samples come and go"), ["The samples come and go."]),
        (FaultEvidence(detail="no Bluetooth adapter"), ["No Bluetooth adapter."]),
        (TwitchEvidence(count=7), ["7 of them came."]),
        (RigorEvidence(carrier_hz=8.04), ["She shivered 8.0 times a second."]),
        (FaultEvidence(), ["No figures are kept of it."]),
    ],
)
def test_evidence_in_sentences(evidence, said):
    assert words.evidence(replace(ALARM, evidence=evidence), IN_ENGLISH) == said


def test_the_value_and_the_limit_come_first_and_who_answered_stands_with_the_change():
    warm = replace(ALARM, value=38.9, limit=38.5, unit="Cel")
    assert words.evidence(warm, IN_ENGLISH)[0] == "It measured 38.9 °C; the limit there is 38.5 °C."
    coming = replace(warm, presence=Presence.ACK, reason=Reason.ACKNOWLEDGED, acknowledged_by="anna")
    assert words.transition(coming, {"anna": "Anna"}, IN_ENGLISH) == "Somebody is coming or there: answered, by Anna"
    assert words.raised_after(ALARM, IN_ENGLISH) == "It rang 2 min after it began."
    assert words.raised_after(replace(ALARM, raised_s=1030.0), IN_ENGLISH) == ""
