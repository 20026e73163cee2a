"""A family goes on with a backup on an empty hub, by phone: the real process, its disk, and a real browser."""

import contextlib
import io
import json
import shutil
import time
import tomllib
import zipfile
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from edge.storage.journal import SqliteJournal
from tests.support.browser import PHONE, chromium, picture, texts, theme, violations, waiting
from tests.support.first_run import EmptyHub, SettingUp, answered, feverhub, finished, patient, unhurried
from tests.support.push_service import push_service

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """A hub that was set up and has watched; its backup lies on a stick."""
    hub = EmptyHub(tmp_path_factory.mktemp("old"))
    phone = SettingUp(hub.url)
    with hub.running() as screen:
        phone.begin(screen.code())
        finished(phone, way="ntfy", server="127.0.0.1:2586")
        patient(phone, "/setup/done")
    stick = hub.folder / "stick"
    stick.mkdir()
    paths = ("--config", str(hub.config), "--state-dir", str(hub.state))
    done = feverhub("backup", *paths, "--out", str(stick))
    assert done.returncode == 0, done.stderr
    return hub


@pytest.fixture
def stick(old, tmp_path):
    """A copy of it, for a test to spoil."""
    shutil.copytree(old.folder / "stick", tmp_path / "stick")
    return tmp_path / "stick"


@pytest.fixture
def new(tmp_path, stick):
    made = EmptyHub(tmp_path)
    made.environment["FEVERHUB_BACKUP__FOLDER"] = f'"{stick}"'
    return made


def backup_in(stick: Path) -> Path:
    (found,) = stick.iterdir()
    return found


def zipped(folder: Path, *, top: str = "", junk: int = 0) -> bytes:
    """As a phone or a computer packs a folder. junk: bytes of what does not belong to it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{top}{path.relative_to(folder)}")
        archive.writestr("__MACOSX/._backup.json", b"\0" * 82)
        archive.writestr("../../outside", b"never")
        archive.writestr(zipfile.ZipInfo("film.mp4"), b"\x55" * junk)
    return out.getvalue()


def let_in(screen, hub: EmptyHub) -> SettingUp:
    phone = SettingUp(hub.url)
    code = screen.code()
    phone.get("/setup", params={"code": code})
    answer = phone.post("/setup", data={"code": code, "name": "", "instead": "restore"})
    assert answer.url.endswith("/setup/restore"), answer.text
    return phone


def sent(phone: SettingUp, data: bytes, name: str = "backup.zip"):
    files = {"file": (name, data, "application/zip")}
    where, origin = f"{phone.url}/setup/upload", {"origin": phone.url}
    answer = unhurried(lambda: phone.session.post(where, files=files, headers=origin, timeout=60))
    return _ended(phone) if answer.status_code == 200 else answer


def chosen(phone: SettingUp, folder: Path):
    answer = phone.post("/setup/restore", data={"verb": "restore", "key": str(folder)})
    assert answer.status_code == 200, answer.text
    return _ended(phone)


def _ended(phone: SettingUp):
    """What the page says once it works no more."""
    with contextlib.suppress(AssertionError):
        for _ in range(100):
            answer = patient(phone, "/setup/restore")
            if "is read and checked" not in answer.text and "put in its place" not in answer.text:
                return answer
            time.sleep(0.3)
    raise AssertionError("it does not end")


def settings(hub: EmptyHub):
    return tomllib.loads((hub.state / "settings.toml").read_text())


def test_an_empty_hub_goes_on_as_the_old_one_and_asks_the_phone_to_prove_itself(old, new, stick):
    with push_service() as ntfy, new.running() as screen, chromium() as browser:
        browser.get(f"{new.url}/setup?code={screen.code()}")
        theme(browser, "light")
        picture(browser, "20-door")
        browser.find_element(By.CSS_SELECTOR, "button[name=instead]").click()
        waiting(browser).until(lambda b: texts(b, ".near .name"))
        assert texts(browser, ".near .name")[0].endswith(", home")
        assert violations(browser) == []
        picture(browser, "21-restore-light")
        theme(browser, "dark")
        picture(browser, "21-restore-dark")
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        browser.find_element(By.CSS_SELECTOR, ".near button").click()

        # Its address is a secret, and so in no backup: this one question is asked again.
        waiting(browser, 90).until(lambda b: b.current_url.endswith("/setup/phone"))
        assert settings(new)["person"] == settings(old)["person"]
        assert settings(new)["device"] == settings(old)["device"]
        field = browser.find_element(By.NAME, "server")
        browser.execute_script("arguments[0].closest('details').open = true", field)
        field.clear()
        field.send_keys(f"127.0.0.1:{ntfy.port}")
        browser.find_element(By.CSS_SELECTOR, "button.main").click()
        waiting(browser).until(lambda b: b.current_url.endswith("/setup/app"))
        browser.find_element(By.CSS_SELECTOR, "button.main").click()
        waiting(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, "button[value=ring]"))
        assert "this phone was never proven" in texts(browser, ".banner")[0]
        browser.get(f"{new.url}/")
        waiting(browser).until(lambda b: "Mia" in " ".join(texts(b, "h1, h2")))
        assert browser.get_window_size()["width"] >= PHONE[0]
    assert not (new.state / "first_run.json").exists()
    journal = SqliteJournal(new.state / "journal.sqlite")
    assert journal.sequence() > 0
    journal.close()
    assert {each["id"] for each in settings(new)["caregiver"]} == {"anna", "tom"}


def test_where_the_secrets_are_still_there_the_watch_begins_at_once(old, new):
    """hassio-zigbee2mqtt #808: restored, it asked the questions of the first run again, in a loop."""
    shutil.copytree(old.state / "credentials", new.state / "credentials")
    with new.running() as screen:
        phone = let_in(screen, new)
        assert chosen(phone, backup_in(new.folder / "stick")).url.endswith("/setup/test")
        assert "never proven" in patient(phone, "/setup/test").text
        assert "Mia" in patient(phone, "/").text
    assert not (new.state / "first_run.json").exists()


def test_a_backup_that_the_phone_sends_may_be_large_and_packed_in_any_way(old, new, stick):
    """home-assistant/core #178574: no more than 16 MB before the first user; #181621: './backup.json' was not found."""
    new.environment.clear()
    shutil.copytree(old.state / "credentials", new.state / "credentials")
    folder = backup_in(stick)
    with new.running() as screen:
        phone = let_in(screen, new)
        assert "No backup was found" in phone.get("/setup/restore").text
        answer = sent(phone, zipped(folder, top=f"./{folder.name}/", junk=40 * MEGABYTE))
        assert answer.url.endswith("/setup/test"), answer.text
        assert "Mia" in patient(phone, "/").text
    assert not (new.state / "upload").exists()
    assert not (new.state / "outside").exists()
    assert not list(new.folder.rglob("film.mp4"))


def _cut(stick: Path) -> bytes:
    return zipped(backup_in(stick))[:-2000]


def _half(stick: Path) -> bytes:
    (backup_in(stick) / "readings.sqlite").unlink()
    return zipped(backup_in(stick))


def _other_bytes(stick: Path) -> bytes:
    with (backup_in(stick) / "journal.sqlite").open("r+b") as file:
        file.seek(200)
        file.write(b"\xff" * 20)
    return zipped(backup_in(stick))


def _newer(stick: Path) -> bytes:
    file = backup_in(stick) / "backup.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"schema": 99, "program": "9.0"}))
    return zipped(backup_in(stick))


def _no_zip(_stick: Path) -> bytes:
    return b"<html>not what you downloaded</html>" * 100


def _none(stick: Path) -> bytes:
    (backup_in(stick) / "backup.json").unlink()
    return zipped(backup_in(stick))


REFUSED = [
    (_cut, "this is no ZIP file that can be read, or only a part of one. Nothing was changed."),
    (_half, "readings.sqlite of this backup cannot be read (No such file or directory). Nothing was changed."),
    (_other_bytes, "journal.sqlite of this backup is not what was written; take another one. Nothing was changed."),
    (_newer, "this backup was made by a newer feverhub (9.0): upgrade first. Nothing was changed."),
    (_no_zip, "this is no ZIP file that can be read, or only a part of one. Nothing was changed."),
    (_none, "this is no backup of a hub: backup.json is not in it. Nothing was changed."),
]


def content(hub: EmptyHub):
    kept = ("settings.toml", "first_run.json", "phones", "journal.sqlite", "readings.sqlite")
    found = (path for name in kept for path in (hub.state / name, *(hub.state / name).glob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in found}


def test_what_is_no_whole_backup_is_one_sentence_and_nothing_has_changed(old, new, stick):
    with new.running() as screen:
        phone = SettingUp(new.url)
        phone.begin(screen.code())
        before = content(new)
        assert len(before) == 3
        for spoil, why in REFUSED:
            shutil.rmtree(stick)
            shutil.copytree(old.folder / "stick", stick)
            answer = sent(phone, spoil(stick))
            assert f"The file that was sent: {why}" in answer.text.replace("&#39;", "'"), spoil.__name__
            assert content(new) == before, spoil.__name__
            assert not (new.state / "upload").exists()
        for data, why in ((b"", "Choose a file first"), (None, "Choose a file first")):
            files = {"file": ("backup.zip" if data is not None else "", data or b"", "application/zip")}
            answer = phone.session.post(f"{new.url}/setup/upload", files=files, headers={"origin": new.url}, timeout=20)
            assert (answer.status_code, why in answer.text) == (400, True)
        answered(phone)  # and the questions go on
        assert phone.get("/").url.endswith("/setup/thermometer")


def test_a_backup_of_another_hub_or_family_is_refused(old, new, stick):
    new.config.write_text('[hub]\nname = "cot"\nsounder = "null"\n')
    folder = backup_in(stick)
    with new.running() as screen:
        phone = let_in(screen, new)
        said = chosen(phone, folder).text.replace("&#39;", "'")
        assert "This backup is of the hub home, and this one is cot. Nothing was changed." in said
    new.config.unlink()
    with new.running() as screen:
        screen.until("open")
        phone.post("/setup/you", data={"name": "Zoe"})
        phone.post("/setup/child", data={"name": "Leo", "born": "2026-01-02"})
        phone.post("/setup/restore", data={"verb": "find"})
        said = chosen(phone, folder).text
        assert "This backup is of another family: Leo is not in it. Nothing was changed." in said
        assert [each["name"] for each in settings(new)["person"]] == ["Leo"]


def test_a_hub_of_another_name_takes_the_name_of_its_backup(new, stick):
    """What somebody wrote by hand on the old computer is in no settings.toml: it is taken along."""
    folder = backup_in(stick)
    (folder / "feverhub.toml").write_text('[hub]\nname = "cot"\nnight = "20:00-06:00"\nstate_dir = "/old"\n')
    known = json.loads((folder / "backup.json").read_text())
    known["files"].pop("feverhub.toml", None)
    (folder / "backup.json").write_text(json.dumps(known | {"hub": "cot"}))
    with new.running() as screen:
        phone = let_in(screen, new)
        assert chosen(phone, folder).url.endswith("/setup/phone")
        assert settings(new)["hub"] == {"name": "cot", "night": "20:00-06:00"}
