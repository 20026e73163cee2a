"""Evidence in JSON: the keys and nulls that receivers and journals know, and whatever may stand in an old row."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model.alarm import Condition
from edge.model.evidence import (
    Evidence,
    Movement,
    MovementEvidence,
    ProlongedEvidence,
    RigorEvidence,
    SeizureEvidence,
    TemperatureEvidence,
)
from edge.model.evidence_json import FAMILY, from_plain, to_plain

# As version 1.0 of the hub wrote them.
ROWS = (
    (
        Condition.SEIZURE_LIKE_MOVEMENT,
        (
            '{"pattern":"jerks","rate_hz":[2.6,2.5],"regularity":0.72,"share_3_8_hz":0.4,"level_g":0.213,"log_odds":1.2,'
            '"prior_log_odds":0.0,"axes":3,"bout":2,"cluster_before_s":61.5,"earlier_24_h":0,'
            '"first_two_hours_of_fever":null,"limbs":["left_ankle"],"extent":"unknown","focal":null,"sensors":["ankle"]}'
        ),
    ),
    (
        Condition.PROLONGED_MOVEMENT,
        '{"movement":"has stopped","bouts":2,"moved_for_s":41.0,"focal":null,"sensors":[],"awake_by":"anna"}',
    ),
    (Condition.RIGOR, '{"carrier_hz":9.1,"temperature_rising":null,"limbs":["chest"],"focal":false,"sensors":["b"]}'),
    (
        Condition.TEMPERATURE_RISING,
        (
            '{"level_c":37.3,"site":"axilla","p_core_38":0.031,"slope_c_per_30min":0.6,"forecast_s":[600,900,1500],'
            '"forecast_share":0.8,"sensors":["patch"]}'
        ),
    ),
    (Condition.NO_DATA, '{"silent_s":61,"ever_heard":false,"sensors":["patch"]}'),
    (Condition.HUB_DEGRADED, '{"detail":"","sensors":["*sounder"]}'),
    (Condition.BATTERY_LOW, '{"sensors":["patch"]}'),
)


@pytest.mark.parametrize(("condition", "row"), ROWS)
def test_a_row_comes_back_byte_for_byte(condition, row):
    evidence = from_plain(condition, json.loads(row))
    assert msgspec.json.encode(to_plain(evidence)).decode() == row


def test_every_condition_has_a_family():
    assert FAMILY.keys() == set(Condition)


def test_what_was_never_set_is_left_out_and_what_is_not_known_is_null():
    assert to_plain(SeizureEvidence()) == {}
    assert to_plain(SeizureEvidence(focal=None, rescue_given_s=None)) == {"focal": None}
    assert to_plain(RigorEvidence(temperature_rising=None)) == {"temperature_rising": None}


def test_newer_evidence_adds_and_replaces_and_takes_nothing_away():
    before = SeizureEvidence(bout=1, focal=True, sensors=("ankle",))
    assert before.updated(SeizureEvidence(episode_s=20.0, focal=None)) == SeizureEvidence(
        bout=1, focal=None, sensors=("ankle",), episode_s=20.0
    )
    assert before.updated(Evidence(awake_by="anna")) == SeizureEvidence(
        bout=1, focal=True, sensors=("ankle",), awake_by="anna"
    )
    assert Evidence(sensors=("a",)).updated(ProlongedEvidence(movement=Movement.STOPPED)) == ProlongedEvidence(
        sensors=("a",), movement=Movement.STOPPED
    )
    assert before.updated(MovementEvidence(extent="one_limb")).extent == "one_limb"


@pytest.mark.parametrize("value", [1e300, -1e300, float("nan"), float("inf"), "38", [], {}, True, None])
def test_a_damaged_figure_is_left_out_and_the_rest_is_kept(value):
    found = from_plain(Condition.FEVER, {"peak_c": value, "level_c": 38.2, "no such key": value})
    assert found == TemperatureEvidence(level_c=38.2)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(Condition), st.data())
def test_nothing_in_a_row_is_an_error_and_all_of_it_can_be_written_again(condition, data):
    names = st.sampled_from(sorted(FAMILY[condition].__dataclass_fields__))
    evidence = from_plain(condition, data.draw(st.dictionaries(names, PLAIN, max_size=6)))
    assert from_plain(condition, json.loads(msgspec.json.encode(to_plain(evidence)))) == evidence
