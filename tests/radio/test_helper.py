"""Asking the helper is writing a file that systemd watches."""

import configparser
from pathlib import Path

import pytest

from edge.radio.helper import in_service

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


async def test_the_file_that_the_shipped_unit_watches_is_written(tmp_path):
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read(UNITS / "feverhub-bluetooth.path")
    watched = Path(unit["Path"]["PathChanged"])
    assert watched.parent == Path("/run/feverhub")
    ask = in_service({"RUNTIME_DIRECTORY": str(tmp_path)})
    assert ask is not None
    for why in ("the scan is stuck", "it still is"):
        await ask(why)
        assert (tmp_path / watched.name).read_text() == f"{why}\n"


async def test_a_folder_that_is_gone_is_an_error_that_the_ladder_survives(tmp_path):
    ask = in_service({"RUNTIME_DIRECTORY": str(tmp_path / "gone")})
    assert ask is not None
    with pytest.raises(OSError, match="gone"):
        await ask("the scan is stuck")


def test_outside_a_service_there_is_nobody_to_ask():
    assert in_service({}) is None
