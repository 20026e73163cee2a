"""The log says what was learned from, a line for each part; PyTorch is asked for by training alone."""

import json
import subprocess
import sys

from tests.bench.fit import __main__ as command
from tests.bench.fit.test_folds import everything


def test_the_log_is_json_with_a_line_for_each_set_that_was_judged_by():
    log = {"seeds": {"free": (77, 0)}, "losses": {"none": [0.3]}, "scores": [{"set": "free"}, {"set": "muscle"}]}
    text = command._text(log)
    assert json.loads(text) == json.loads(json.dumps(log))
    assert sum('"set"' in line for line in text.splitlines()) == 2
    assert json.loads(command._text({"scores": []})) == {"scores": []}


def test_what_was_learned_from_is_counted_without_what_was_kept_back():
    counted = command._counted(everything())
    assert counted["muscle"] == {"examples": 8, "hours": round(8 * 30 / 3600, 2), "convulsions": 0, "drawn": 1.0}
    assert counted["wisdm_watch"]["examples"] == 12


def test_nothing_but_training_asks_for_pytorch():
    """It is no part of what tests need: the command, examples, folds, judging and the written weights come without."""
    found = subprocess.run(
        [sys.executable, "-c", "import sys; import tests.bench.fit.__main__; print('torch' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "False"
