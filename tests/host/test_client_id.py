"""A secret name at the broker."""

import os
import stat

import pytest

from edge.host.client_id import client_id


def test_it_is_made_once_and_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        made = client_id(tmp_path / "state")
    finally:
        os.umask(before)
    assert client_id(tmp_path / "state") == made
    [file] = (tmp_path / "state").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert client_id(tmp_path / "other") != made


@pytest.mark.parametrize("damage", [b"", b"feverhub-cot", b"\xff\xfe", b"feverhub-" + b"0" * 31, b"x" * 10_000])
def test_one_that_is_damaged_is_made_anew(tmp_path, damage):
    (tmp_path / "client_id").write_bytes(damage)
    made = client_id(tmp_path)
    assert made.startswith("feverhub-")
    assert len(made) == 41
    assert client_id(tmp_path) == made


def test_where_it_cannot_be_kept_it_holds_for_this_run(tmp_path):
    (tmp_path / "file").touch()
    assert client_id(tmp_path / "file" / "state") != client_id(tmp_path / "file" / "state")
