from dataclasses import replace

import numpy as np
import pytest

from edge.model.alarm import Presence
from edge.model.effect import KeepMotion
from edge.model.reading import Validity
from edge.storage.points import line, of_alarms, of_motion, of_readings, of_samples


def test_a_reading(make_reading) -> None:
    assert list(of_readings([make_reading(1_780_000_000.25, 37.2)])) == [
        "temperature,device=patch,person=ada,place=axilla,validity=valid value=37.2 1780000000250000"
    ]


def test_a_doubtful_reading_before_the_clock_was_right(make_reading) -> None:
    kept = make_reading(12.0, 41.0, synced=False)
    kept = replace(kept, reading=replace(kept.reading, validity=Validity.QUESTIONABLE, reason='above "trust" range'))
    (text,) = of_readings([kept])
    assert text == (
        "temperature,clock=unsynchronised,device=patch,person=ada,place=axilla,validity=questionable"
        ' value=41.0,reason="above \\"trust\\" range" 12000000'
    )


def test_no_point_for_what_is_no_number(make_reading) -> None:
    assert list(of_readings([make_reading(1.0, float("nan"))])) == []


def test_movement_is_what_differs_from_the_mean() -> None:
    values = np.array([[0.0, 0.0, 1.5], [0.0, 0.0, 0.5], [np.nan] * 3, [0.3, 0.0, 1.0], [-0.3, 0.0, 1.0]])
    block = KeepMotion("ada", "ankle", "left_ankle", np.array([5.0, 5.1, 5.2, 5.3, 5.4]), values, True)
    (text,) = of_motion([block])
    head, fields, stamp = text.split(" ")
    assert (head, stamp) == ("motion,device=ankle,person=ada,place=left_ankle", "5000000")
    named = dict(pair.split("=") for pair in fields.split(","))
    assert named["n"] == "4i"
    assert float(named["peak_g"]) == pytest.approx(0.5)
    assert float(named["rms_g"]) == pytest.approx(np.sqrt((2 * 0.25 + 2 * 0.09) / 4))


def test_a_block_without_a_valid_sample_still_says_so() -> None:
    block = KeepMotion("ada", "ankle", "", np.array([5.0]), np.array([np.nan]), True)
    assert list(of_motion([block])) == ["motion,device=ankle,person=ada n=0i 5000000"]


def test_raw_samples_leave_out_the_invalid() -> None:
    axes = KeepMotion("ada", "ankle", "", np.array([5.0, 5.5]), np.array([[0.0, 0.5, 1.0], [np.nan] * 3]), True)
    magnitude = KeepMotion("ada", "ankle", "", np.array([6.0]), np.array([1.25]), True)
    assert list(of_samples([axes, magnitude])) == [
        "motion_raw,device=ankle,person=ada x=0.0,y=0.5,z=1.0 5000000",
        "motion_raw,device=ankle,person=ada m=1.25 6000000",
    ]


def test_an_alarm(make_alarm) -> None:
    latched = replace(make_alarm(7, presence=Presence.LATCH), limit=None, value=float("nan"))
    assert list(of_alarms([make_alarm(6), latched, make_alarm(8, presence=Presence.OFF)])) == [
        "alarm,condition=fever,kind=physiological,person=ada"
        f' active={active}i,priority=2i,sequence={sequence}i,presence="{presence}",id="fever-1"{value} 1030500000'
        for active, sequence, presence, value in (
            (1, 6, "on", ",value=38.1,limit=37.5"),
            (1, 7, "latch", ""),
            (0, 8, "off", ",value=38.1,limit=37.5"),
        )
    ]


def test_what_the_protocol_would_misread_is_escaped() -> None:
    text = line("m", {"place": "left ankle,=\n\\"}, {"said": 'a "b" \\ c\nd'}, 0.0)
    assert text == 'm,place=left\\ ankle\\,\\=\\ / said="a \\"b\\" \\\\ c d" 0'
