"""Every test that docs/hazards.md names as the proof of a control exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "hazards.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| \d+ \|", line)]
KINDS = {"missed", "late", "masked", "too many", "falsely reassuring", "misread", "leaked"}


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_the_test_of_a_control_exists(path: str, name: str) -> None:
    assert name in functions(ROOT / path)


def test_every_hazard_has_a_kind_a_control_and_a_test() -> None:
    numbers = []
    for row in ROWS:
        number, hazard, kinds, control, test = (cell.strip() for cell in row.strip("|").split("|"))
        numbers.append(int(number))
        assert hazard
        assert control
        assert set(kinds.split(", ")) <= KINDS
        assert "::test_" in test, number
    assert numbers == sorted(set(numbers))
    assert {kind for kind in KINDS if kind in TEXT} == KINDS
