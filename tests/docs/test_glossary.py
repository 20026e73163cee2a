"""The glossary of edge/README.md: each of its words is one that the code uses."""

import re

import pytest

from edge.delivery import dispatch
from tests.support.walks import PACKAGE

SECTION = (PACKAGE / "README.md").read_text().split("\n## Glossary\n")[1].split("\n## ")[0]
ROWS = [line.strip("|").split("|") for line in SECTION.splitlines() if line.startswith("| ")][1:]
TERMS = [term.strip() for row in ROWS if not row[0].startswith(" ---") for term in row[0].split(",")]
CODE = "\n".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py"))).lower()


def used(term: str) -> bool:
    """Whether the code has it: in a sentence, or in a name such as `event_queue` or `EventQueue`."""
    return re.search("[ _-]?".join(map(re.escape, term.lower().split())), CODE) is not None


@pytest.mark.parametrize("term", TERMS)
def test_the_code_uses_the_word(term: str) -> None:
    assert used(term)


def test_no_word_is_defined_twice() -> None:
    assert len(TERMS) >= 30
    assert len(set(TERMS)) == len(TERMS)


def test_a_word_that_the_code_does_not_use_is_found() -> None:
    """The positive control: a word that the code had once, and one that it has only in names."""
    assert not used("intake ladder")
    assert used("push deadline")


def test_its_push_deadline_is_the_one_that_counts() -> None:
    [row] = [row for row in ROWS if row[0].strip() == "push deadline"]
    assert row[1].strip().startswith(f"{dispatch.PUSH_DEADLINE_S:g} s:")
