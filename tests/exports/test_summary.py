"""The doctor's page as HTML and PDF: the same facts, gaps as gaps, and nothing that somebody wrote is markup."""

import re
import subprocess
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from edge.app.reports import wording
from edge.app.reports.clinician_files import write
from edge.errors import EdgeError
from edge.exports import drawing
from edge.exports.summary import Answer, Curve, Dose, Episode, Movement, Note, Summary
from edge.model.language import IN_ENGLISH
from tests.cli.conftest import CONFIG, feverhub

__all__ = ["feverhub"]

HOSTILE = '<script>alert(1)</script> #panic("x") [b] $x$ *star* _line_ \\ @mia `raw` ü & "q"'
DAY_S = 86_400.0
T_S = np.arange(0.0, DAY_S, 60.0)


def page(**changes):
    celsius = 37.0 + np.sin(T_S / 9000.0)
    episode = Episode(
        number=1,
        when="Sat 14 Mar 2026 02:10",
        onset_s=30_000.0,
        length_s=95.0,
        false_alarm=False,
        answers=(
            Answer("How long", "about 95 s"),
            Answer("Film", HOSTILE),
            Answer("Absence", "nobody wrote it down", False),
        ),
        movement=(
            Movement(
                "movement, left ankle",
                "Movement, left ankle",
                np.arange(-60.0, 200.0, 0.04),
                np.abs(np.sin(np.arange(6500))) + 0.5,
            ),
        ),
    )
    made = Summary(
        language="en",
        decimal=".",
        labels=wording.labels(IN_ENGLISH, "Sat 14 Mar 2026 09:00, feverhub 1.0"),
        title="Mia, 14 months",
        period="Fri 13 Mar to Sat 14 Mar",
        sensors=("Patch, axilla (patch)",),
        figures=(("Highest temperature", "39.1 °C", "axilla"),),
        limits_c=(38.0,),
        start_s=0.0,
        end_s=DAY_S,
        days=((43_200.0, "14 Mar"),),
        curves=(Curve("axilla (patch)", T_S, celsius),),
        doses=(Dose(20_000.0, "Fri 13 Mar 23:00", HOSTILE, "Anna", "38.9 °C", "37.9 °C", "changed later"),),
        episodes=(episode,),
        notes=(Note("Fri 13 Mar 22:00", HOSTILE, "Tom"),),
        twitches=("13 Mar: 2 series",),
        unknown=("What was not there.",),
        method=("As measured.",),
        missing="",
    )
    return replace(made, **changes)


def texts(out):
    """What a reader sees, words in their order."""
    if out.suffix == ".pdf":
        done = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True)
        return re.sub(r"\s+", " ", done.stdout)
    plain = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", out.read_text("utf-8"))
    return re.sub(r"\s+", " ", unescape(plain))


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_both_say_the_same_and_take_nothing_as_markup(tmp_path, suffix):
    out = tmp_path / f"mia{suffix}"
    write(page(), out)
    said = texts(out)
    for wanted in (
        "Mia, 14 months",
        "39.1 °C",
        "about 95 s",
        "nobody wrote it down",
        "13 Mar: 2 series",
        "changed later",
    ):
        assert wanted in said, wanted
    for part in ("<script>alert(1)</script>", '#panic("x")', "[b]", "$x$", "*star*", "_line_", "@mia", "`raw`", "ü &"):
        assert said.count(part) >= 3 or suffix == ".pdf", part
        assert part in said, part
    if suffix == ".html":
        assert "<script>" not in out.read_text("utf-8")


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_a_child_of_whom_little_is_known_has_a_page_too(tmp_path, suffix):
    out = tmp_path / f"mia{suffix}"
    write(page(curves=(), doses=(), episodes=(), notes=(), twitches=(), figures=()), out)
    said = texts(out)
    assert "None was noticed while a movement sensor watched." in said
    assert "Nothing was written down." in said
    assert "No series of recurring twitches" in said


def paths(svg):
    """Each line of the picture as the lengths of its unbroken parts."""
    return [
        [part.count("L") + 1 for part in path.split("M")[1:]] for path in re.findall(r'<path d="(M[^"]*)" fill', svg)
    ]


def test_a_gap_is_never_joined():
    cut = (T_S < 20_000.0) | (T_S > 40_000.0)
    t_s, celsius = T_S[cut], 37.0 + np.sin(T_S[cut] / 9000.0)
    gap = int(np.flatnonzero(np.diff(t_s) > 1000.0)[0]) + 1
    with_gap = Curve("axilla", np.insert(t_s, gap, np.nan), np.insert(celsius, gap, np.nan))
    assert len(paths(drawing.temperature(page(curves=(with_gap,))))[0]) == 2
    assert len(paths(drawing.temperature(page()))[0]) == 1, "and without a gap it is one line"


def test_a_sensor_that_was_silent_within_an_episode_leaves_a_hole():
    movement = page().episodes[0].movement[0]
    silent = (movement.t_s < 30.0) | (movement.t_s > 50.0)
    holed = Movement("ankle", "ankle", movement.t_s[silent], movement.g[silent])
    assert len(paths(drawing.trace(page().episodes[0], holed))[0]) == 2
    assert len(paths(drawing.trace(page().episodes[0], movement))[0]) == 1


def test_a_month_is_drawn_small_and_keeps_its_peak():
    t_s = np.arange(0.0, 30 * DAY_S, 10.0)
    celsius = np.full(len(t_s), 37.0)
    celsius[100_003] = 40.6
    svg = drawing.temperature(page(curves=(Curve("axilla", t_s, celsius),), end_s=30 * DAY_S))
    assert len(svg) < 60_000
    heights = [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg)]
    assert min(heights) < 40.0, "the one value at the top"


@pytest.mark.parametrize(
    ("more", "code", "why"),
    [
        (("--out", "mia.doc"), 1, "a report is written as .html or .pdf"),
        ((), 2, "give --out FILE.html, --out FILE.pdf, or --json"),
        (("--out", "mia.html", "--person", "mio"), 3, "there is no person 'mio'"),
        (("--out", "mia.html"), 1, "there is no journal here; the hub has not run with this state folder"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(feverhub, tmp_path, more, code, why):
    (tmp_path / "credentials").mkdir()
    config = tmp_path / "feverhub.toml"
    config.write_text(CONFIG.format(folder=tmp_path, port=9))
    done = feverhub("report", "--config", config, "--state-dir", tmp_path / "state", *more)
    assert (done.code, why in done.err) == (code, True), done.err


def test_nothing_is_overwritten(tmp_path):
    out = tmp_path / "mia.html"
    write(page(), out)
    with pytest.raises(EdgeError, match="there is such a file"):
        write(page(), out)
