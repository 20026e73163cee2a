"""The page of the benchmark: what was measured decides what it says, and only the generated part is replaced."""

import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.bench import detector, parts, report, roc, simulated, sweep, targets

OURS, OSD = len(sweep.OURS), len(sweep.OSD)


def results(delays=(8.0, 9.0, 11.0), false=0, rings=0):
    """A run of three bouts and two nights."""
    bout = {"sensor": "polar", "limb": "ankle", "magnitude": None, "OSD": None}
    swept = {"swept": [True] * OURS, "osd_swept": [False] * OSD}
    fever, soft = ["fever", "temperature", True, "rang"], ["no_data", "technical", False, "softly"]
    told = [["no_data", "technical", False, "rang"]] * rings + [fever, soft]
    night = {"OSD": 1, "same room": told, "same room, movement": false, "unwatched": 0.01}
    counts = {"swept": [1] * OURS, "osd_swept": [2] * OSD}
    return {
        "bouts": [[[n], {**bout, "feverhub": delay, **swept}] for n, delay in enumerate(delays)],
        "nights": [[[n], {**night, **counts}] for n in range(2)],
        "confounders": [[["patted", n], {"feverhub": n, "OSD": 0}] for n in range(3)],
        "speed": {"times_real_time": {"1": 2900.0, "60": 9000.0}, "state_bytes": 7000},
    }


def reached(found):
    return {target.what: target.reached for target in found}


def test_targets_follow_from_what_was_measured():
    good = reached(targets.simulated(results()))
    assert good["raised after onset, p50 and p95"]
    assert good["false movement alarms"]
    assert good["everything that rings without cause"], "a fever that is one is no false alarm"
    assert not good["clonic bouts found"], "three of three do not prove 97 %"
    assert not good["each confounder, 3 h"]
    bad = reached(targets.simulated(results(delays=(8.0, 30.0, None), false=1, rings=2)))
    assert not any(bad.values())
    assert all(reached(targets.program(results())).values())
    slow = {"speed": {"times_real_time": {"1": 2400.0, "60": 4900.0}, "state_bytes": 300_000}}
    assert not any(reached(targets.program(slow)).values())


def test_the_page_says_what_of_a_whole_run_was_measured(monkeypatch):
    text = report.text(results())
    assert text.startswith("**Part of a run**")
    assert "| clonic bouts | 3 | 1000 |" in text
    assert "| nights of 8 h without a seizure | 2 | 300 |" in text
    assert "| nights of each of 4 other sensors | **none** | 10 |" in text
    monkeypatch.setattr(report, "_made", lambda _: [("clonic bouts", 3, 3)])
    run = {"run": {"date": "2026-11-22", "source": "12345678"}}
    assert report.text(results() | run).startswith("A whole run of 2026-11-22 (source 12345678).")


def test_the_page_says_what_was_not_reached():
    text = report.text(results(rings=1))
    assert "| clonic bouts found | 98 %, lower bound 97 % | 3/3 (44-100 %) | **no** |" in text
    assert "| everything that rings without cause | 1 in 14 nights | 2: 1/night (0.12-3.6) | **no** |" in text
    assert "| each confounder, 3 h | at most 1 alarm | more for 1 of 1: patted 3 | **no** |" in text
    assert "| of it with the movement sensor at the wrist | 1: 1/night (0.025-5.6) |" in text
    assert "at the chest" not in text, "neither of the two nights had it there"
    assert "| technical | no data | 2 | 2 | 0 |" in text
    assert "| temperature | fever | 0 | 0 | 2 |" in text
    assert "Real recordings" not in text, "nothing is said of what was not measured"


def test_only_the_generated_part_of_a_page_is_replaced(tmp_path):
    page = tmp_path / "benchmark.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.replace(page, results())
    once = page.read_text()
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    report.replace(page, results())
    assert page.read_text() == once
    page.write_text("no markers")
    with pytest.raises(ValueError, match="no generated part"):
        report.replace(page, results())


def test_the_page_in_the_documentation_has_a_place_for_the_figures():
    page = Path(__file__).parents[2] / "docs/benchmark.md"
    text = page.read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1
    assert "## Reached, and not" in text
    assert page.with_name("detector-roc.png").stat().st_size < 150_000


def test_the_sweep_is_drawn(tmp_path):
    file = tmp_path / "roc.png"
    roc.draw(file, results())
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size < 100_000
    [panel] = roc.curves(results()).values()
    assert panel["feverhub: clonic bouts"] == ([1 / 8] * OURS, [1.0] * OURS)


@pytest.fixture
def bench(monkeypatch, capsys):
    """Run the benchmark as `make` does, in this process."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["detector.py", *map(str, arguments)])
        try:
            code = detector.main()
        except SystemExit as ended:
            code = ended.code
        return code, capsys.readouterr()

    return run


def test_without_data_it_says_so_and_fails(bench):
    code, said = bench("--data", "", "--only", "real")
    assert code == 1
    assert "DATA is not set: no real recording was judged" in said.err


def test_a_folder_that_is_not_there_is_usage(bench, tmp_path):
    code, said = bench("--data", tmp_path)
    assert code == 2
    assert "there is no folder" in said.err


def test_a_part_of_a_run_never_replaces_the_page(bench, tmp_path):
    code, said = bench("--quick", "--write", tmp_path / "benchmark.md")
    assert code == 2
    assert "--write needs every part" in said.err


def test_a_count_is_of_a_part_and_no_more_than_a_whole_run_has(bench):
    for wrong in ("bouts=1001", "bouts=0", "bouts", "naps=3"):
        code, said = bench("--count", wrong)
        assert code == 2
        assert f"--count {wrong}" in said.err


def test_jobs_hang_on_their_numbers_alone():
    assert simulated.bout(3) == simulated.bout(3)
    whole, fewer = parts.jobs(parts.WHOLE), parts.jobs(dict.fromkeys(parts.WHOLE, 2))
    count = Counter(job.part for job in whole)
    assert (count["bouts"], count["nights"]) == (1000, 300)
    assert count["confounders"] == 24 * len(simulated.CONFOUNDERS)
    assert len({(job.part, job.key) for job in whole}) == len(whole)
    assert {(job.part, job.key) for job in fewer} < {(job.part, job.key) for job in whole}


def test_a_run_that_broke_off_goes_on_where_it_was(tmp_path):
    made = tmp_path / "made"

    def job(number):
        return parts.Job("bouts", (number,), partial(noted, made, number), 1.0)

    detector.work([job(0), job(1)], parts.Kept(tmp_path))
    [file] = tmp_path.glob("*.jsonl")
    file.write_text(file.read_text() + '["bouts", [2], {"feverh')  # broken off in the middle of a line
    kept = parts.Kept(tmp_path)
    detector.work([job(0), job(1), job(2)], kept)
    assert sorted(made.read_text().split()) == ["0", "1", "2"]
    assert [kept.found["bouts", (n,)] for n in range(3)] == [{"number": n} for n in range(3)]
    assert parts.Kept(tmp_path).found == kept.found


def noted(file, number):
    with file.open("a") as out:
        out.write(f"{number}\n")
    return {"number": number}
