"""Where secrets come from, and that they go nowhere else."""

import grp
import os
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.host.credentials import Credentials

SECRET = "hunter2-s3cret"


def put(folder: Path, name: str, content: bytes | str = SECRET + "\n", mode: int = 0o600) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)
    return file


def test_reads_a_private_file_without_its_line_end(tmp_path):
    put(tmp_path, "mqtt_password")
    assert Credentials(tmp_path, {}).get("mqtt_password") == SECRET


def test_what_reads_files_itself_is_told_where_it_lies(tmp_path):
    file = put(tmp_path, "mqtt_key")
    assert Credentials(tmp_path, {}).file("mqtt_key") == file
    with pytest.raises(ConfigError, match="there is no credential 'mqtt_cert'"):
        Credentials(tmp_path, {}).file("mqtt_cert")
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read the credential"):
        Credentials(tmp_path, {}).file("mqtt_key")


def test_keeps_what_belongs_to_the_secret(tmp_path):
    put(tmp_path, "key", " two\nlines \r\n")
    assert Credentials(tmp_path, {}).get("key") == " two\nlines "


@pytest.mark.parametrize("name", ["mqtt_password", "feverhub_mqtt_password"])
def test_what_systemd_hands_over_comes_first_whatever_its_mode(tmp_path, name):
    put(tmp_path / "systemd", name, "from systemd", mode=0o440)
    put(tmp_path / "folder", "mqtt_password", "from the folder")
    credentials = Credentials(tmp_path / "folder", {"CREDENTIALS_DIRECTORY": str(tmp_path / "systemd")})
    assert credentials.get("mqtt_password") == "from systemd"


def test_the_folder_serves_what_systemd_has_not(tmp_path):
    put(tmp_path / "folder", "phone_anna", "ntfy://x/y")
    (tmp_path / "systemd").mkdir()
    credentials = Credentials(tmp_path / "folder", {"CREDENTIALS_DIRECTORY": str(tmp_path / "systemd")})
    assert credentials.get("phone_anna") == "ntfy://x/y"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610])
def test_a_file_that_others_may_open_is_refused_with_the_command_that_mends_it(tmp_path, mode):
    file = put(tmp_path, "mqtt_password", mode=mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {file}") as caught:
        Credentials(tmp_path, {}).get("mqtt_password")
    assert SECRET not in str(caught.value)


def test_who_may_ask_the_hub_may_read_its_password_and_no_more(tmp_path, monkeypatch):
    """0640 for the group that install.sh makes, and for no other group."""
    file = put(tmp_path, "mqtt_password", mode=0o640)
    monkeypatch.setattr("edge.host.credentials.READERS", grp.getgrgid(file.stat().st_gid).gr_name)
    assert Credentials(tmp_path, {}).get("mqtt_password") == SECRET
    for mode in (0o644, 0o660, 0o650, 0o604):
        file.chmod(mode)
        with pytest.raises(ConfigError, match="others may read the credential"):
            Credentials(tmp_path, {}).get("mqtt_password")


def test_nothing_found_is_none_and_require_says_where_to_put_it(tmp_path):
    credentials = Credentials(tmp_path, {})
    assert credentials.get("phone_anna") is None
    with pytest.raises(ConfigError, match=f"{tmp_path}/phone_anna") as caught:
        credentials.require("phone_anna")
    assert "phone_anna" in str(caught.value)
    assert Credentials(None, {}).get("phone_anna") is None
    with pytest.raises(ConfigError, match="/etc/feverhub/credentials/phone_anna"):
        Credentials(None, {}).require("phone_anna")


def test_require_gives_it(tmp_path):
    put(tmp_path, "influx_token")
    assert Credentials(tmp_path, {}).require("influx_token") == SECRET


@pytest.mark.parametrize("name", ["", "../shadow", "/etc/shadow", "a/b", ".hidden", "a b", "x" * 65, "a\n"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path, name):
    with pytest.raises(ConfigError, match="cannot be the name of a credential"):
        Credentials(tmp_path, {}).get(name)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"\n\n", "empty"), (b"\xff\xfe", "not UTF-8"), (b"x" * 70_000, "longer than 65536")],
)
def test_a_secret_that_cannot_be_one_is_refused(tmp_path, content, why):
    put(tmp_path, "key", content)
    with pytest.raises(ConfigError, match=why):
        Credentials(tmp_path, {}).get("key")


def test_a_folder_in_its_place_is_refused(tmp_path):
    (tmp_path / "key").mkdir(mode=0o700)
    with pytest.raises(ConfigError, match=r"cannot be read|not a file"):
        Credentials(tmp_path, {}).get("key")


def test_a_folder_that_may_not_be_searched_matters_only_without_systemd(tmp_path):
    closed = tmp_path / ("x" * 300)  # looking into it fails for root too
    with pytest.raises(ConfigError, match="cannot be looked for"):
        Credentials(closed, {}).get("key")
    assert Credentials(closed, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).get("key") is None


def test_never_printed(tmp_path):
    put(tmp_path, "key")
    credentials = Credentials(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    credentials.get("key")
    assert SECRET not in repr(credentials) + str(vars(credentials))
    assert SECRET not in os.environ.values()
