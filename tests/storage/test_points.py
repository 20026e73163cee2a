from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edge.model.alarm import Presence, Reason
from edge.model.care import Dose, Drink, Entry, ManualReading, Remark, Stage, Symptoms, What
from edge.model.effect import KeepMotion
from edge.model.people import Site
from edge.model.reading import Quantity, Validity
from edge.storage.entries import Version
from edge.storage.points import (
    Momentary,
    Watched,
    line,
    of_alarms,
    of_entries,
    of_episodes,
    of_moment,
    of_motion,
    of_readings,
    of_samples,
)


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


def test_an_alarm_is_a_point_of_its_change_and_one_of_its_episode(make_alarm) -> None:
    latched = replace(make_alarm(7, presence=Presence.LATCH), limit=None, value=float("nan"), cleared_s=1060.0)
    over = replace(make_alarm(8, presence=Presence.OFF), cleared_s=1060.0, reason=Reason.FALSE_ALARM)
    tags = "condition=fever,hub=cot,kind=physiological,person=ada"
    states = [make_alarm(6), latched, over]
    assert list(of_alarms(states, "cot")) == [
        f"alarm,{tags} {changed} 1030500000"
        for changed in (
            'active=1i,priority=2i,sequence=6i,presence="on",id="fever-1",value=38.1,limit=37.5',
            'active=1i,priority=2i,sequence=7i,presence="latch",id="fever-1"',
            'active=0i,priority=2i,sequence=8i,presence="off",id="fever-1",value=38.1,limit=37.5',
        )
    ]
    assert list(of_episodes(states, "cot")) == [
        f'episode,{tags} count=1i,priority=2i{known},id="fever-1" 1000000000'
        for known in ("", ",duration_s=60.0", ",duration_s=60.0,false_alarm=1i")
    ]


def entry(what: What, number: int = 1, version: int = 1, **more: Any) -> Entry:
    return Entry(f"e{number}", version, "ada", what, 1_780_000_000.0, "anna", "anna", 1_780_000_060.0, **more)


def test_two_entries_of_one_minute_do_not_overwrite_each_other() -> None:
    """github.com/influxdata/influxdb/issues/4614: of two events of one time and the same tags one was left."""
    doses = [entry(Dose("Ibuprofen", 5.0, "ml", medicine="Ibuprofen"), number) for number in range(20)]
    versions = [Version(each, row) for row, each in enumerate(doses, 995)]
    lines = list(of_entries(versions, "cot"))
    assert len({text.rpartition(" ")[2] for text in lines}) == 20
    assert all(1_780_000_000_000_000 <= int(text.rpartition(" ")[2]) < 1_780_000_001_000_000 for text in lines)
    assert lines == list(of_entries(versions, "cot")), "the same whenever it is sent"


def test_a_dose_that_was_changed_and_one_that_was_taken_back_count_once_and_not_at_all() -> None:
    """github.com/VictoriaMetrics/VictoriaMetrics/issues/6819: of two values at one time the larger stays."""
    first, second = entry(Dose("Ibuprofen", 5.0, "ml")), entry(Dose("Ibuprofen", 4.0, "ml"), version=2)
    third = entry(second.what, version=3, withdrawn=True)
    versions = (Version(first, 7), Version(second, 8, first, 7), Version(third, 9, second, 8))
    lines = [list(of_entries([version])) for version in versions]
    assert [len(each) for each in lines] == [1, 2, 1]
    (made,), (changed, void), (gone,) = lines
    tags = "care,kind=dose,medicine=other,person=ada "
    assert all(text.startswith(tags) for text in (made, changed, void, gone))
    assert void.split(" ")[1:] == ["void=1i", made.rpartition(" ")[2]]
    assert gone.split(" ")[1:] == ["void=1i", changed.rpartition(" ")[2]]
    assert "amount=4.0" in changed


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (Dose("syrup", reason="crying", rescue=True), "kind=dose,medicine=other,person=ada count=1i,rescue=1i"),
        (Drink(120.0, "tea"), "kind=drink,person=ada count=1i,ml=120.0"),
        (Symptoms(Stage.AFTER, text="pale"), "kind=symptoms,person=ada,stage=after count=1i"),
        (Remark("she slept badly"), "kind=remark,person=ada count=1i"),
    ],
)
def test_what_somebody_typed_stays_in_the_house_unless_it_was_chosen(what, line) -> None:
    (text,) = of_entries([Version(entry(what), 1)], "cot")
    assert text.rpartition(" ")[0] == f"care,hub=cot,{line}"
    (chosen,) = of_entries([Version(entry(what), 1)], "cot", texts=True)
    assert 'text="' in chosen


def test_a_temperature_by_hand_is_a_reading_and_no_second_point() -> None:
    assert list(of_entries([Version(entry(ManualReading(38.2, Site.EAR)), 1)])) == []


def test_how_awake_she_was_is_a_number(make_reading) -> None:
    kept = make_reading(12.0, 40.0)
    reading = replace(kept.reading, quantity=Quantity.ACTIVITY_COUNT, reason="restless; not validated")
    kept = replace(kept, reading=reading)
    (text,) = of_readings([kept], "cot")
    assert text.endswith(' value=40.0,reason="restless; not validated",state=1i 12000000')


def test_how_the_hub_is_doing() -> None:
    moment = Momentary(9.0, {"broker": 1, "proof_age_s": None}, [Watched("ada", "patch", False, None, 80.0)])
    assert list(of_moment(moment, "cot")) == [
        "health,hub=cot broker=1i 9000000",
        "sensor,device=patch,hub=cot,person=ada watched=0i,battery_percent=80.0 9000000",
    ]


def test_no_series_is_made_of_an_id_or_of_a_text(make_alarm, make_reading, make_motion) -> None:
    """Thousands of alarms, entries and readings later there are as many series as after the first."""

    def series(count: int) -> set[str]:
        lines = [
            *of_alarms([replace(make_alarm(n), id=f"fever-{n}") for n in range(count)], "cot"),
            *of_entries(
                [Version(entry(Dose(f"drug {n}", reason=f"{n}"), n), n) for n in range(count)], "cot", texts=True
            ),
            *of_entries([Version(entry(Remark(f"text {n}"), n), n) for n in range(count)], "cot", texts=True),
            *of_readings([make_reading(float(n)) for n in range(count)], "cot"),
            *of_motion([make_motion(float(n)) for n in range(count)], "cot"),
        ]
        assert all(",hub=cot" in text for text in lines)
        return {text.split(" ")[0] for text in lines}

    assert series(1) == series(50)


def test_what_the_protocol_would_misread_is_escaped() -> None:
    text = line("m", {"place": "left ankle,=\n\\"}, {"said": 'a "b" \\ c\nd'}, 0.0)
    assert text == 'm,place=left\\ ankle\\,\\=\\ / said="a \\"b\\" \\\\ c d" 0'
