"""The doctor's report in German: dates, decimal comma, and not a word of English in what the program says.

Others translated the screen and forgot what is printed: month names, labels that come from the data, the sign before
the tenths (otherworld-dev/Budget#377, reactive-resume/app#893, kimai/kimai#3172).
"""

import json
import re
import subprocess
import time
from html import unescape

import pytest

from edge.app.load.languages import load_languages
from edge.app.reports import questions, wording
from tests.cli.conftest import feverhub
from tests.support import two_children

__all__ = ["feverhub"]

ENGLISH = (
    *("Highest", "Temperature", "Medicine", "Episodes", "longest gap", "watched", "How often", "jerks", "nobody"),
    *("not known", "written", "ankle", "armpit", "months", "Mon ", "Tue ", "Wed ", "What", "Which", "page", "during"),
)


@pytest.fixture
def hub(tmp_path):
    """Options for a family that reads German."""
    two_children.write(tmp_path / "state", float(int(time.time()) - 30_000))
    head = f'[hub]\nlanguage = "de"\nsounder = ""\ncredentials_dir = "{tmp_path}"\n'
    (tmp_path / "feverhub.toml").write_text(head + two_children.SETUP)
    return ("--config", tmp_path / "feverhub.toml", "--state-dir", tmp_path / "state", "--person", "mia")


def read(out):
    if out.suffix == ".pdf":
        return subprocess.run(
            ["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True
        ).stdout
    return unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", out.read_text("utf-8")))


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_a_german_family_has_a_german_report_with_its_dates_and_its_comma(feverhub, hub, tmp_path, suffix):
    out = tmp_path / f"mia{suffix}"
    done = feverhub("report", *hub, "--out", out)
    assert done.code == 0, done.err
    said = read(out)
    assert "37,2 °C" in said
    assert not re.search(r"\d\.\d (°C|g|h)", said)
    assert "38,0" in said, "the limit in the drawing"
    assert re.search(r"(Mo|Di|Mi|Do|Fr|Sa|So), \d+\. \S+ 20\d\d, \d\d:\d\d", said)
    assert "linker Knöchel" in said
    assert [word for word in ENGLISH if re.search(rf"\b{word.strip()}\b", said)] == []
    if suffix == ".html":
        assert '<html lang="de">' in out.read_text("utf-8")


def test_the_language_can_be_chosen_and_the_figures_stay_the_same(feverhub, hub):
    both = [json.loads(feverhub("report", *hub, "--language", code, "--json").out) for code in ("en", "de")]
    english, german = both
    assert (english["language"], german["language"]) == ("en", "de")
    assert english["figures"][0]["what"] == "Episodes of rhythmic movement"
    numbers = [[re.findall(r"\d+", each["value"]) for each in report["figures"]] for report in both]
    assert numbers[0] == numbers[1]
    assert [each["onset_s"] for each in english["episodes"]] == [each["onset_s"] for each in german["episodes"]]
    assert [each["at_s"] for each in english["doses"]] == [each["at_s"] for each in german["doses"]]


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(feverhub, hub):
    done = feverhub("report", *hub, "--language", "tlh", "--json")
    assert (done.code, "there is no language 'tlh' (known: de, en, es, fr, tr)" in done.err) == (3, True)


def test_every_word_of_the_frame_is_german():
    german = load_languages()["de"].texts
    same = {"Film", "Temperature"}
    words = [*wording.LABELS.values(), *wording.UNKNOWN, *wording.EXTENTS.values(), *wording.CONDITIONS.values()]
    words += [value for name, value in vars(questions).items() if name.isupper() and isinstance(value, str)]
    assert [word for word in words if german.get(word, word) == word and word not in same and "{" not in word] == []
