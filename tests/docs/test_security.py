"""Every test that docs/security.md names exists, each claim has one, and everything that listens stands in its list."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.test_hazards import functions

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", TEXT)))
WHO = (
    *("A neighbour with a radio", "A guest on the Wi-Fi", "A stolen phone", "A hostile client at the broker"),
    *("A poisoned profile, backup or recording", "A push server that lies", "A Bluetooth proxy that lies"),
)
LISTENS = frozenset(
    {"bind", "listen", "start_server", "create_server", "start_unix_server", "create_datagram_endpoint"}
)
OTHERS = {"edge/push/service.py"}
"""Of `bounded.bind`, which binds a service to its bounds."""


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_the_test_of_a_claim_exists(path: str, name: str) -> None:
    assert name in functions(ROOT / path)


@pytest.mark.parametrize("who", WHO)
def test_for_each_it_is_said_what_stops_it_by_which_test_and_what_remains(who: str) -> None:
    part = TEXT.split(f"\n## {who}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ") and not line.startswith(("| could", "| ---"))]
    assert len(rows) >= 4
    for row in rows:
        could, stops, test = (cell.strip() for cell in row.strip("|").split("|"))
        assert could
        assert stops
        assert "::test_" in test, row
    assert "**Remains.**" in part


def listening(path: Path) -> bool:
    """Whether something in that file opens a socket for others, by the names of what it calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return any(isinstance(each, ast.Attribute) and each.attr in LISTENS for each in calls)


def test_everything_that_listens_is_listed() -> None:
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "edge").rglob("*.py") if listening(path)} - OTHERS
    listed = set(re.findall(r"^\| `(edge/\S+)` \|", TEXT, re.MULTILINE))
    assert found == listed | {"edge/app/hub/demo.py"} & found
    assert "edge/web/__main__.py" in found
