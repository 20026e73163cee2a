"""The page's curve: no line over a gap, no peak lost, the family's own clock, also in the night when it changes."""

import datetime as dt
import zoneinfo

from edge.app.hub.page_series import PIECES, Drawn, Measured, series
from edge.model.language import Locale
from edge.storage.rows import Value

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
END_S = 1_790_006_400.0  # a whole hour


def reading(wall_s, celsius, validity="valid", device="patch"):
    return Value(wall_s, device, "axilla", "temperature", celsius, validity, "")


def every(step_s, first_s, last_s, celsius=38.0):
    return [reading(first_s + n * step_s, celsius) for n in range(round((last_s - first_s) / step_s))]


def epoch(wall_s, count, state):
    return Value(wall_s, "ankle", "left_ankle", "activity_count", count, "questionable", f"{state}; not validated")


def of(values, epochs=(), hours=6, end_s=END_S, **drawn):
    zone = drawn.pop("zone", dt.UTC)
    known = {"reader": Locale(zone=zone), "gap_s": {"patch": 180.0}}
    dots = {}
    for each in values:
        dots.setdefault((each.device, each.place), []).append((each.wall_s, each.value))
    return series(Measured(values, list(epochs), dots), end_s, hours, Drawn(**(known | drawn)))


def test_a_line_ends_at_a_gap_and_begins_anew_behind_it():
    """github.com/emoncms/emoncms/issues/103: 15 min without data were drawn as a straight line."""
    values = [*every(10, END_S - 3600, END_S - 2400), *every(10, END_S - 1500, END_S, 39.0)]
    (line,) = of(values).lines
    ends = [n for n, point in enumerate(line.trend) if point.celsius is None]
    assert len(ends) == 1
    before, after = line.trend[ends[0] - 1], line.trend[ends[0] + 1]
    assert (before.celsius, after.celsius) == (38.0, 39.0)
    assert before.at_s < line.trend[ends[0]].at_s < after.at_s
    unbroken = of(every(10, END_S - 3600, END_S)).lines[0].trend
    assert len(unbroken) == 60
    assert all(point.celsius is not None for point in unbroken)


def test_a_gap_within_one_value_of_the_line_cuts_it_too():
    """With 72 h a value stands for 15 min, and 4 min are a gap."""
    values = [*every(10, END_S - 1800, END_S - 500), *every(10, END_S - 200, END_S, 39.0)]
    trend = of(values, hours=72).lines[0].trend
    assert [point.celsius for point in trend] == [38.0, 38.0, None, 39.0]


def test_what_cannot_be_trusted_is_a_faint_point_and_no_line():
    values = [*every(10, END_S - 1200, END_S - 600), *[reading(END_S - 500 + n, 41.0, "settling") for n in range(60)]]
    (line,) = of(values).lines
    assert max(point.celsius for point in line.raw) == 41.0
    assert {point.celsius for point in line.trend} == {38.0}
    assert of([reading(END_S - 60, 55.0, "invalid"), reading(END_S - 50, float("inf"))]).lines == []


def test_a_thermometer_that_measures_now_and_then_has_points_and_no_line():
    values = [reading(END_S - 7200 + n * 3600, 38.0 + n, device="hand_mia_ear") for n in range(3)]
    (line,) = of(values).lines
    assert len(line.raw) == 3
    assert line.trend == []


def test_a_peak_of_one_reading_is_a_dot_beside_a_line_that_is_a_median_and_says_so():
    values = every(1, END_S - 6 * 3600, END_S)
    values[12_345] = reading(values[12_345].wall_s, 40.7)
    (line,) = of(values).lines
    assert max(point.celsius for point in line.raw) == 40.7
    assert max(point.celsius for point in line.trend) == 38.0


def test_strips_say_asleep_restless_up_and_nothing_where_nothing_was_measured():
    epochs = [
        epoch(END_S - 3600 + n * 30, 750 * (n // 20) / 2, ("asleep", "restless", "up")[n // 20]) for n in range(60)
    ]
    (strip,) = of([], epochs).strips
    assert (strip.name, len(strip.sleep), strip.sleep[0], strip.moved[0]) == ("left ankle, ankle", 360, None, None)
    known = [(state, moved) for state, moved in zip(strip.sleep, strip.moved, strict=True) if state]
    assert [known[0], known[15], known[-1]] == [("asleep", 0.0), ("restless", 0.5), ("up", 1.0)]
    row = of([], epochs).rows[0]
    assert row.sleep == "asleep 10 min, restless 10 min, up 10 min"


def test_the_table_says_of_each_hour_what_the_curve_shows():
    values = [*every(10, END_S - 7200, END_S - 5400, 37.2), *every(10, END_S - 3600, END_S, 38.5)]
    made = of(values, doses=[(END_S - 3000, "Ibuprofen 5 ml")])
    newest, before = made.rows[:2]
    assert (newest.lowest, newest.median, newest.highest) == ("38.5 °C", "38.5 °C", "38.5 °C")
    assert newest.doses.startswith("Ibuprofen 5 ml ")
    assert (before.highest, before.missing) == ("37.2 °C", "30 min without readings")
    assert made.rows[3].lowest == ""
    assert made.summary == "37.2 °C to 38.5 °C, 4 h 30 min without readings, one dose"


def test_the_hour_that_comes_twice_stands_there_twice_and_nothing_is_lost_in_it():
    """github.com/louislam/uptime-kuma/issues/5256: the graph of the night in which clocks went back was a mess."""
    end_s = dt.datetime(2026, 10, 25, 5, tzinfo=BERLIN).timestamp()
    twice = dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN).timestamp()
    made = of(every(60, end_s - 6 * 3600, end_s), zone=BERLIN, end_s=end_s, doses=[(twice, "Ibuprofen")])
    hours = [row.hour for row in made.rows]
    assert hours == ["04:00", "03:00", "02:00 CET", "02:00 CEST", "01:00", "00:00"]
    assert [row.hour for row in made.rows if row.doses] == ["02:00 CET"]
    assert all(row.median == "38.0 °C" and not row.missing for row in made.rows)
    ticks = [(tick.text, tick.at_s) for tick in made.ticks]
    assert ticks == [
        ("Sun", 0),
        ("01:00", 3600),
        ("02:00 CEST", 7200),
        ("02:00 CET", 10800),
        ("03:00", 14400),
        ("04:00", 18000),
    ]
    assert None not in [point.celsius for point in made.lines[0].trend]


def test_the_hour_that_is_left_out_is_no_gap():
    """github.com/visjs/vis/issues/749: in the night in which clocks went forward points fell on top of each other."""
    end_s = dt.datetime(2026, 3, 29, 5, tzinfo=BERLIN).timestamp()
    made = of(every(60, end_s - 6 * 3600, end_s), zone=BERLIN, end_s=end_s)
    assert [row.hour for row in made.rows] == ["04:00", "03:00", "01:00", "00:00", "23:00", "22:00"]
    assert not any(row.missing for row in made.rows)


def test_hours_follow_a_clock_that_lies_by_quarters():
    nepal = zoneinfo.ZoneInfo("Asia/Kathmandu")
    ticks = of(every(60, END_S - 6 * 3600, END_S), zone=nepal).ticks
    assert len(ticks) == 6
    assert all(dt.datetime.fromtimestamp(END_S - 6 * 3600 + tick.at_s, nepal).minute == 0 for tick in ticks)


def test_a_curve_fits_through_the_pipe_whatever_was_measured():
    from edge.web import wire

    # Of each piece the store gives no more than four dots.
    step_s = 72 * 3600 // (4 * PIECES)
    many = [
        reading(END_S - 72 * 3600 + n, 37.123, device=f"patch{d}")
        for n in range(0, 72 * 3600, step_s)
        for d in range(12)
    ]
    epochs = [epoch(END_S - 72 * 3600 + n * 30, 400, "restless") for n in range(72 * 120)]
    gaps = {f"patch{n}": 60.0 for n in range(12)}
    line = wire.line(wire.Told(1, of(many, epochs, hours=72, gap_s=gaps)))
    assert len(line) < wire.MOST_LINE_BYTES / 2
