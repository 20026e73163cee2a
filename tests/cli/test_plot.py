"""`feverhub analyze --plot`: the picture is made, labelled, and says why where it cannot be."""

import sys

import numpy as np
import pytest

from edge.app.reports import offline, plot, trace
from edge.model.people import Limb
from edge.recordings.files import read_motion, read_temperature

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def drawn(motion_file, fever_file):
    """The picture of a clonic bout beside a fever, and the report that it shows."""
    recordings = [read_motion(motion_file(start_s=-50.0)), read_temperature(fever_file(start_s=-50.0))]
    report = offline.report(recordings, offline.Child(limbs=(Limb.ANKLE,)))
    return plot.picture(recordings, trace.traces(recordings), report), report


def test_a_picture_is_written_beside_the_report(feverhub, tmp_path, motion_file, fever_file):
    file = tmp_path / "night.png"
    done = feverhub("analyze", "-m", motion_file(), "-t", fever_file(), "--limb", "ankle", "--plot", file)
    assert done.code == 0, done.err
    assert file.read_bytes().startswith(PNG)
    assert len(done.lines) == 1


def test_every_recording_has_a_picture_of_its_own(feverhub, tmp_path, motion_file):
    file = tmp_path / "night.png"
    feverhub("analyze", "-m", motion_file("a.csv"), "-m", motion_file("b.csv"), "--plot", file)
    assert sorted(each.name for each in tmp_path.glob("*.png")) == ["night-2.png", "night.png"]


def test_a_temperature_alone_has_one_panel(feverhub, tmp_path, fever_file):
    recordings = [read_temperature(fever_file())]
    figure = plot.picture(recordings, [], offline.report(recordings, offline.Child()))
    assert [axes.get_ylabel() for axes in figure.axes] == ["temperature\n(°C)"]


def test_a_recording_of_a_moment_and_one_of_stillness_can_be_drawn(feverhub, tmp_path):
    moment, still = tmp_path / "moment.csv", tmp_path / "still.csv"
    moment.write_text("t,m\n0,1\n0.02,1\n")
    still.write_text("t,x,y,z\n" + "".join(f"{n / 25:.2f},0,0,1\n" for n in range(500)))
    done = feverhub("analyze", "-m", moment, "-m", still, "--plot", tmp_path / "p.png")
    assert done.code == 0, done.err
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_axes_are_labelled_with_their_units(drawn):
    figure, _ = drawn
    labels = [axes.get_ylabel() for axes in figure.axes]
    for quantity in ("movement\n(g, RMS)", "rhythm\n(jerks a second, Hz)", "evidence\n(log-odds)", "temperature\n(°C)"):
        assert labels.count(quantity) == 2, "the whole, and the movement alarm enlarged"
    assert any("time from the beginning" in axes.get_xlabel() for axes in figure.axes)


def test_episodes_limits_and_lines_are_named(drawn):
    figure, report = drawn
    words = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"seizure-like movement", "fever", "alarm", "warning", "limit of fever 37.5 °C"} <= words
    movement = next(each for each in report["conditions"] if each["condition"] == "seizure_like_movement")
    marks = {round(float(line.get_xdata()[0]), 1) for line in figure.axes[0].lines if len(line.get_xdata()) == 2}
    assert {round(movement[key] + 50.0, 1) for key in ("onset_s", "raised_s", "cleared_s")} <= marks


def test_the_rate_falls_in_the_trace_as_it_did_in_the_bout(motion_file, bout):
    *_, truth = bout
    [seen] = trace.traces([read_motion(motion_file())])
    rates_hz = seen.rates_hz(truth.start_s, truth.end_s)
    assert rates_hz[:10].mean() == pytest.approx(truth.rate_hz_start, rel=0.2)
    assert rates_hz[-10:].mean() == pytest.approx(truth.rate_hz_end, rel=0.3)
    assert not np.isfinite(seen.rate_hz[seen.t_s > truth.end_s + 6]).any()


def test_without_matplotlib_one_sentence_says_how_to_get_it(feverhub, monkeypatch, tmp_path, motion_file):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = feverhub("analyze", "-m", motion_file(), "--plot", tmp_path / "night.png")
    assert (done.code, done.out) == (1, "")
    assert done.err == "feverhub: --plot needs matplotlib; install it with: pip install 'feverhub[plot]'\n"


@pytest.mark.parametrize(("name", "why"), [("nowhere/night.png", "there is no folder"), ("night.xyz", "not supported")])
def test_a_picture_that_cannot_be_written_is_one_sentence(feverhub, tmp_path, motion_file, name, why):
    done = feverhub("analyze", "-m", motion_file(), "--plot", tmp_path / name)
    assert done.code == 1
    assert why in done.err
    assert done.err.startswith("feverhub: cannot write the picture ")
