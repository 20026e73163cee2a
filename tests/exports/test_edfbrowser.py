"""The exported EDF+ opens in EDFbrowser, which checks every field of the format, and says what it does not like."""

import pytest

from tests.cli.conftest import feverhub
from tests.exports.test_exports import export, home
from tests.support import edfbrowser

__all__ = ["feverhub", "home"]

pytestmark = pytest.mark.system


def cut(data):
    return data[:-300]


def wrong_date(data):
    """EDF+ says the day twice; here they differ."""
    return data[:168] + b"01.01.85" + data[176:]


def test_edfbrowser_opens_it_and_refuses_one_that_is_spoilt(feverhub, home, tmp_path):
    out, _ = export(feverhub, home, "edf", "night.edf")
    with edfbrowser.screen() as display:
        assert edfbrowser.windows(display, out, tmp_path) == {"night.edf - EDFbrowser", "Add signals"}
        for spoil in (cut, wrong_date):
            bad = tmp_path / f"{spoil.__name__}.edf"
            bad.write_bytes(spoil(out.read_bytes()))
            assert edfbrowser.windows(display, bad, tmp_path) == {"EDFbrowser", "Error"}, spoil.__name__
