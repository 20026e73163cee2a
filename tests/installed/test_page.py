"""docs/benchmark-hub.md is made by this: what was measured stands in it, and what was not reached is said."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench import report
from tests.installed import figures, run

PAGE = Path(__file__).parents[2] / "docs/benchmark-hub.md"


def test_a_figure_is_a_line_of_the_page_with_whether_it_was_reached(tmp_path, monkeypatch):
    file = tmp_path / "figures"
    monkeypatch.setenv(figures.FILE, str(file))
    monkeypatch.setattr(figures, "busy", lambda: 2.0)
    figures.took("quick", 3.0, 5.0)
    figures.took("slow, and others are the excuse", 9.0, 5.0)
    with pytest.raises(AssertionError, match="slower than that"):
        figures.took("slower than that", 11.0, 5.0)
    text = run.page(file, "load average 4.0 before and 4.0 after", 60.0)
    assert "| quick | <= 5 s | 3.0 s | yes |" in text
    assert "| slow, and others are the excuse | <= 5 s | 9.0 s | **no** |" in text
    assert "load average 4.0" in text
    assert len(file.read_text().splitlines()) == 3
    assert json.loads(file.read_text().splitlines()[0]) == ["quick", "<= 5 s", "3.0 s", True]


def test_only_the_generated_part_of_the_page_is_replaced(tmp_path):
    text = PAGE.read_text("utf-8")
    assert text.count(run.BEGIN) == text.count(run.END) == 1
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    report.between(page, run.BEGIN, run.END, text.partition(run.BEGIN)[2].partition(run.END)[0].strip())
    assert page.read_text("utf-8") == text


def test_a_part_of_a_run_never_replaces_it(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run.py", "--write", "nowhere.md", "-k", "frozen"])
    with pytest.raises(SystemExit) as ended:
        run.main()
    assert ended.value.code == 2
    assert "--write needs a whole run" in capsys.readouterr().err
