"""Hub and broker killed through a night: short here; `make chaos` is the long run."""

from pathlib import Path

import pytest

from tests.system.chaos.night import STEPS
from tests.system.chaos.outage import outage
from tests.system.chaos.storm import Storm, report

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(180)]


def test_no_alarm_is_lost_and_none_rings_twice(tmp_path: Path) -> None:
    night = STEPS[:15]
    with Storm(tmp_path, kills=20, seed=7, steps=night) as storm:
        storm.run()
        found = report(storm)
    assert storm.hub.kills + storm.broker_kills == 20
    assert min(storm.hub.kills, storm.broker_kills) > 0
    assert found["alarm changes"] == len(night)
    assert found["episodes"] == {"battery_low": 3, "seizure_like_movement": 3}
    assert found["changes never shown"] == 0
    assert found["changes shown twice"] == 0
    assert found["retained topics wrong at the end"] == []


def test_after_hours_without_a_broker_everything_comes_in_order_and_what_is_stale_says_so(tmp_path: Path) -> None:
    found = outage(tmp_path, STEPS[:15])
    assert (found.delivered, found.in_order, found.wrongly_marked) == (15, True, 0)
    assert found.historical == 13
    assert found.wrong_at_the_end == []
