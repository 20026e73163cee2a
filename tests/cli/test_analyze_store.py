"""`feverhub analyze --from-store`: what the hub kept is judged as the same samples in a file are."""

import json
import time

import numpy as np
import pytest

from edge.model.effect import KeepMotion, KeepReading
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.simulation import SENSORS, clip, clonic
from edge.storage.sqlite import SqliteReadingStore

BEGIN_S = float(int(time.time())) - 6 * 3600.0
BOUT = clip(clonic(3, 60.0), SENSORS["watch"].on(Limb.ANKLE), 3, before_s=60.0, after_s=90.0)


@pytest.fixture
def keep(config):
    """Have the hub's store hold these."""

    def kept(*items: KeepMotion | KeepReading) -> None:
        folder = config.parent / "state"
        folder.mkdir(exist_ok=True)
        store = SqliteReadingStore(folder / "readings.sqlite", boot="this")
        store.keep(items)
        store.close()

    return kept


def moved(t_s, acc_g, begin_s=BEGIN_S, person="mia", device="ankle"):
    return [
        KeepMotion(person, device, "left_ankle", begin_s + t_s[i : i + 26], acc_g[i : i + 26], synced=True)
        for i in range(0, len(t_s), 26)
    ]


def warm(t_s, celsius, validity=Validity.VALID, device="cot", place="axilla"):
    reading = Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS, validity)
    return KeepReading("mia", device, place, reading, BEGIN_S + t_s, synced=True)


def asked(feverhub, config, *more):
    done = feverhub("analyze", "--from-store", "--config", config, "--state-dir", config.parent / "state", *more)
    return done, [json.loads(line) for line in done.lines]


def onsets(report, begin_s=0.0):
    return {each["condition"]: round(each["onset_s"] - begin_s, 1) for each in report["conditions"]}


def test_a_bout_in_the_store_is_found_where_it_is_found_in_the_file(feverhub, config, keep, tmp_path):
    keep(*moved(BOUT.t_s, BOUT.acc_g))
    file = tmp_path / "bout.csv"
    np.savetxt(file, np.column_stack((BOUT.t_s, BOUT.acc_g)), delimiter=",", header="t,x,y,z", comments="")
    of_file = json.loads(feverhub("analyze", "-m", file, "--limb", "left_ankle", "--json").lines[0])
    done, [of_store] = asked(feverhub, config, "--since", "1d")
    assert done.code == 0, done.err
    assert (of_store["person"], of_store["recording"]) == ("mia", "ankle")
    assert onsets(of_store, of_store["start_s"]) == onsets(of_file)
    assert "seizure_like_movement" in onsets(of_store)
    [movement] = [each for each in of_store["conditions"] if each["condition"] == "seizure_like_movement"]
    assert movement["evidence"]["limbs"] == ["left_ankle"]
    assert of_store["start_s"] == pytest.approx(BEGIN_S, abs=0.1)


def test_a_fever_is_judged_by_the_limit_of_its_site_and_beside_the_movement(feverhub, config, keep):
    keep(*moved(BOUT.t_s, BOUT.acc_g), *(warm(t, 36.9 + t / 1800.0) for t in np.arange(0.0, 3600.0, 30.0)))
    _, [report] = asked(feverhub, config, "--since", "1d")
    assert report["recording"] == "ankle+cot"
    found = {each["condition"]: each for each in report["conditions"]}
    assert found["fever"]["limit"] == pytest.approx(37.5)
    assert "seizure_like_movement" in found


def test_a_gap_of_hours_is_no_movement_and_an_invalid_value_no_temperature(feverhub, config, keep):
    keep(
        *moved(BOUT.t_s, BOUT.acc_g),
        *moved(BOUT.t_s, BOUT.acc_g, BEGIN_S + 3 * 3600.0),
        *(warm(t, 41.0, Validity.INVALID) for t in np.arange(0.0, 3600.0, 30.0)),
    )
    _, [report] = asked(feverhub, config, "--since", "1d")
    bouts = [each for each in report["conditions"] if each["condition"] == "seizure_like_movement"]
    assert [round(each["onset_s"] - bouts[0]["onset_s"]) for each in bouts] == [0, 3 * 3600]
    assert not {"fever", "high_fever"} & set(onsets(report))
    assert report["watched_s"] == pytest.approx(2 * BOUT.t_s[-1], abs=2.0)


def test_a_clock_that_was_set_back_tells_a_stretch_twice_and_it_is_counted_once(feverhub, config, keep):
    keep(*moved(BOUT.t_s, BOUT.acc_g), *moved(BOUT.t_s[:2600], BOUT.acc_g[:2600], BEGIN_S + 20.0, "mia"))
    done, [report] = asked(feverhub, config, "--since", "1d")
    assert done.code == 0
    assert any("clock that was set back" in note for note in report["notes"])
    assert report["watched_s"] <= BOUT.t_s[-1] + 1.0


def test_it_draws_the_familys_own_night(feverhub, config, keep, tmp_path):
    keep(*moved(BOUT.t_s, BOUT.acc_g))
    done, _ = asked(feverhub, config, "--since", "1d", "--plot", tmp_path / "night.png")
    assert done.code == 0, done.err
    assert (tmp_path / "night.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        (("--since", "1h"), (1, "nothing was kept in that time of any child")),
        (("--since", "9d"), (1, "at most 3 days of the store")),
        (("--person", "mio"), (3, "there is no person 'mio' in the configuration, did you mean 'mia'?")),
        (("--motion", "a.csv"), (2, "--from-store goes without --motion")),
        (("--limb", "ankle"), (2, "--from-store goes without --limb")),
        (("--since", "soon"), (2, "'soon' is neither like 48h or 3d nor a date")),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(feverhub, config, keep, more, refused):
    keep(*moved(BOUT.t_s, BOUT.acc_g))
    done, _ = asked(feverhub, config, *more)
    code, why = refused
    assert (done.code, why in done.err) == (code, True), done.err


def test_without_a_store_it_says_so_and_its_options_mean_nothing_without_it(feverhub, config, tmp_path):
    done, _ = asked(feverhub, config)
    assert (done.code, "there are no readings here" in done.err) == (1, True)
    done = feverhub("analyze", "--motion", tmp_path / "a.csv", "--since", "1d")
    assert (done.code, "--since belongs to --from-store" in done.err) == (2, True)
