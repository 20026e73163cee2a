"""Points of the folds' curves, counted by hand; the picture is drawn."""

from pathlib import Path

import pytest

from tests.bench.fit import curves
from tests.bench.fit.test_page import line, row
from tests.bench.scores import wilson

LOG = {
    "scores": [
        row("muscle", "muscle", "family", line(1.0, 9, 40), line(2.0, 8, 30)),
        row("muscle", "muscle", "family", line(1.0, 1, 1), line(2.0, 1, 1), by="network"),
        row("muscle", "free", "takes", line(1.0, 2, 4), line(2.0, 1, 3)),
        row("real0", "wisdm_watch", "people", {**line(2.0, 0, 4), "of": 0, "delay_p50_p95_s": None}),
        row("real0", "osdb_events", "people", {**line(2.0, 7, 0), "hours": 0.0}),
    ]
}


def test_a_family_stands_by_what_was_left_out_of_it_alone():
    points = curves.curves(LOG)["Simulated: a family never learned from"]["muscle"]
    assert [(point.line, point.false_per_h, point.found) for point in points] == [(1.0, 2.0, 0.9), (2.0, 1.5, 0.8)]
    assert points[1].interval == pytest.approx(wilson(8, 10))


def test_of_people_all_hours_stand_against_all_seizures():
    folds = curves.curves(LOG)["Real: a third never learned from"]
    (point,) = folds["real0"]
    assert (point.line, point.false_per_h, point.found, point.delay_s) == (2.0, 0.2, 0.7, 8.0)
    assert folds["real1"] == []


def test_the_picture_is_drawn(tmp_path: Path):
    curves.draw(tmp_path / "folds.png", LOG)
    assert (tmp_path / "folds.png").read_bytes().startswith(b"\x89PNG")
