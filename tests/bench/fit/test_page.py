"""The page says what the log says, and chooses a fold's line without looking at what was left out."""

import json
from pathlib import Path

from tests.bench.fit import page

ROOT = Path(__file__).resolve().parents[3]


def line(at, found, false):
    return {
        "line": at,
        "found": found,
        "of": 10,
        "found_interval": [0.5, 0.9],
        "delay_p50_p95_s": [8.0, 20.4],
        "false": false,
        "hours": 20.0,
    }


def row(left, name, held_out, *lines, by="both"):
    return {"left": left, "set": name, "held_out": held_out, "by": by, "lines": list(lines)}


def test_a_folds_line_is_chosen_by_what_it_kept_back_of_what_it_learned_from():
    left_out = row("muscle", "muscle", "family", line(1.0, 9, 40), line(2.0, 8, 30), line(3.0, 7, 1))
    alone = row("muscle", "muscle", "family", line(1.0, 5, 7), line(2.0, 4, 6), line(3.0, 3, 1), by="network")
    kept_back = row("muscle", "free", "takes", line(1.0, 9, 4), line(2.0, 8, 3), line(3.0, 1, 0))
    text = page.text({"scores": [left_out, alone, kept_back], "steps": {"shipped": 6, "folds": 3}})
    assert "| muscle | 8/10 (50-90 %) | 8 and 20 s | 30 in 20.0 h | 2 | 8/10" in text
    assert "| 30 in 20.0 h | 4/10 (50-90 %) | 6 in 20.0 h |" in text
    assert text.count("| muscle |") == 1


def test_the_page_holds_what_the_log_in_the_repository_says():
    log = json.loads((ROOT / "docs" / "fit-detector.json").read_text("utf-8"))
    text = (ROOT / "docs" / "benchmark.md").read_text("utf-8")
    assert f"{page.BEGIN}\n\n{page.text(log)}\n\n{page.END}" in text
