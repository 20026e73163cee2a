"""A shipped unit's filter, put on a program that does the unit's work."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


@pytest.fixture
def under_the_filter() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `sandboxed.py` with this unit and these words."""

    def run(unit: Path, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(FOLDER / "sandboxed.py"), str(unit), *words],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            env=os.environ | {"PYTHONPATH": str(FOLDER.parents[1])},
        )

    return run
