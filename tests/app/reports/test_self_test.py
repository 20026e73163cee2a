"""Can this release watch here? Each part is asked, and each can say no."""

import dataclasses

import pytest

from edge.app.reports import self_test
from edge.errors import ConfigError
from edge.recordings.files import MotionRecording


def troubles(config=None) -> dict[str, str]:
    return {each.part: each.trouble for each in self_test.run(config)}


def test_here_every_part_works():
    assert set(troubles().values()) == {""}
    assert set(troubles()) == {"program", "profiles and languages", "detector", "fever", "store"}


def test_a_detector_that_hears_nothing_is_found(monkeypatch):
    def deaf(recordings, child, **_):
        still = [dataclasses.replace(r, values=0 * r.values + [0, 0, 1]) for r in recordings]
        return report(still, child)

    report = self_test.report
    monkeypatch.setattr(self_test, "report", deaf)
    assert self_test._movement() == "seizure_like_movement is not raised where it must be"


def test_a_detector_that_rings_for_everything_is_found():
    track = self_test.clip(self_test.clonic(3, 75.0), self_test.SENSORS["polar"], 3, before_s=120.0)
    convulsion = MotionRecording("x", track.t_s, track.acc_g, track.rate_hz)
    said = self_test._rings(self_test.Condition.SEIZURE_LIKE_MOVEMENT, convulsion, convulsion)
    assert said.startswith("seizure_like_movement")
    assert said.endswith("raised where there is nothing")


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(self_test, "LIBRARIES", ("no_such_library",))
    assert "no_such_library" in troubles()["program"]


def test_a_configuration_that_this_release_cannot_use_is_said_with_its_line(tmp_path):
    file = tmp_path / "feverhub.toml"
    file.write_text("[hub]\nnmae = 'home'\n")
    assert "nmae" in troubles(file)["configuration"]
    with pytest.raises(ConfigError):
        self_test.checked.load(file)
