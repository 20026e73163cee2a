"""The page of the benchmark: what was measured decides what it says, and only the generated part is replaced."""

import sys
from pathlib import Path

import pytest

from tests.bench import detector, report, roc, simulated, sweep, targets

OURS, OSD = len(sweep.OURS), len(sweep.OSD)


def results(delays=(8.0, 9.0, 11.0), false=0, rings=0):
    """A run of three bouts and two nights."""
    bout = {"sensor": "polar", "limb": "ankle", "magnitude": None, "OSD": None}
    swept = {"swept": [True] * OURS, "osd_swept": [False] * OSD}
    told = [["no_data", "technical", False]] * rings + [["fever", "temperature", True]]
    night = {"OSD": 1, "same room": told, "same room, movement": false, "unwatched": 0.01}
    counts = {"swept": [1] * OURS, "osd_swept": [2] * OSD}
    return {
        "bouts": [[[n], {**bout, "feverhub": delay, **swept}] for n, delay in enumerate(delays)],
        "nights": [[[n], {**night, **counts}] for n in range(2)],
        "confounders": [[["patted", n], {"feverhub": n, "OSD": 0}] for n in range(3)],
        "speed": {"times_real_time": {"1": 900.0, "60": 9000.0}, "state_bytes": 7000},
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
    slow = {"speed": {"times_real_time": {"1": 9.0}, "state_bytes": 300_000}}
    assert not any(reached(targets.program(slow)).values())


def test_the_page_says_what_was_not_reached():
    text = report.text(results(rings=1))
    assert "| clonic bouts found | 98 %, lower bound 97 % | 3/3 (44-100 %) | **no** |" in text
    assert "| everything that rings without cause | 1 in 14 nights | 2: 1/night (0.12-3.6) | **no** |" in text
    assert "| each confounder, 3 h | at most 1 alarm | more for 1 of 1: patted 3 | **no** |" in text
    assert "| technical | no data | 2 | 0 |" in text
    assert "| temperature | fever | 0 | 2 |" in text
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
    assert "--write needs a whole run" in said.err


def test_jobs_hang_on_their_number_alone():
    assert simulated.bout(3) == simulated.bout(3)
    quick, whole = detector.jobs(quick=True), detector.jobs(quick=False)
    assert len(whole["bouts"]) == 1000
    assert len(whole["nights"]) == 300
    assert len(whole["confounders"]) == 24 * len(simulated.CONFOUNDERS)
    assert all(calls == whole[name][: len(calls)] for name, calls in quick.items() if name == "bouts")
