"""What a family is told of a watchfulness is what the benchmark measured."""

from pathlib import Path

import pytest

from edge.app.client.measured import MEASURED
from edge.model.people import Watchfulness

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmark.md"


def measured() -> dict[str, tuple[str, str, str]]:
    """The rows of the page: watchfulness, then missed, seconds, false alarms."""
    _, _, table = PAGE.read_text("utf-8").partition("| Watchfulness |")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:5]]
    return {name: (missed, after, wakes) for name, missed, after, wakes in rows}


@pytest.mark.parametrize("chosen", Watchfulness)
def test_the_sentence_holds_the_figures_of_the_page(chosen):
    each = MEASURED[chosen]
    assert measured()[chosen] == (f"{each.missed_of_100:.1f}", f"{each.after_s:.0f} s", f"{each.wakes:.1f}")


def test_who_is_woken_less_misses_no_fewer():
    calm, balanced, watchful = (MEASURED[each] for each in Watchfulness)
    assert calm.missed_of_100 >= balanced.missed_of_100 >= watchful.missed_of_100
    assert calm.wakes <= balanced.wakes <= watchful.wakes
