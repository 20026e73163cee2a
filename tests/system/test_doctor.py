"""`feverhub doctor` beside a hub that runs, one that does not, and a broker that is gone."""

import asyncio
import datetime as dt
import json

import pytest

from edge.app.client import doctor
from edge.host.checkup import Level
from edge.host.machine import Machine

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def well(monkeypatch):
    """The computer beneath is well, whatever this one is."""
    seen = Machine(adapters=("hci0",), synced=True, bluez="", free_bytes=20_000_000_000, total_bytes=30_000_000_000)
    monkeypatch.setattr(doctor.machine, "look", lambda *_args, **_more: seen)


def levels(found):
    return {(each.subject, each.level) for each in found.checks}


async def test_a_hub_that_runs_is_asked_and_one_that_does_not_is_named(home):
    with home.running():
        await home.online()
        done = await asyncio.to_thread(home.feverhub, "doctor", "--config", str(home.config), "--json")
        told = json.loads(done.stdout)
        rows = {(row["subject"], row["level"]): row for row in told["checks"]}
        assert (done.returncode, told["healthy"]) == (6, False)
        assert ("broker", "OK") in rows
        assert "is not watched" in rows["sensor", "FAIL"]["sentence"]  # there is no radio here
        assert rows["phone", "FAIL"]["todo"] == "feverhub test-alarm, then answer it on the phone"
    done = await asyncio.to_thread(home.feverhub, "doctor", "--config", str(home.config))
    assert done.returncode == 6
    assert "FAIL  hub: the hub does not run, so nothing is watched\n      sudo systemctl start feverhub" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.usefixtures("well")
async def test_a_broker_that_is_gone_fails_and_the_rest_is_told(home):
    home.broker.stop()
    found = await doctor.examine(home.config)
    assert not found.healthy
    assert {("configuration", Level.OK), ("broker", Level.FAIL), ("disk", Level.OK)} <= levels(found)


@pytest.mark.usefixtures("well")
async def test_a_configuration_that_cannot_be_used_fails_and_the_computer_is_told(home):
    home.config.write_text('[hubb]\nname = "cot"\n[limits]\nfever_c = 50\n')
    found = await doctor.examine(home.config)
    wrong = [each for each in found.checks if each.subject == "configuration"]
    assert [each.level for each in wrong] == [Level.FAIL, Level.FAIL]
    assert "did you mean 'hub'?" in wrong[0].sentence
    assert found.loaded is None


@pytest.mark.usefixtures("well")
async def test_backups_and_their_age(home, tmp_path):
    async def backup():
        found = await doctor.examine(home.config)
        return next(each for each in found.checks if each.subject == "backup")

    assert (await backup()).level is Level.WARN
    stick = tmp_path / "stick"
    home.config.write_text(f'{home.config.read_text()}\n[backup]\nfolder = "{stick}"\n')
    assert (await backup()).todo == "see that the stick is in"
    stick.mkdir()
    assert (await backup()).sentence == f"there is no backup in {stick} yet"
    for days, expected in ((30, Level.WARN), (2, Level.OK)):
        made = dt.datetime.now().astimezone() - dt.timedelta(days=days)
        folder = stick / f"feverhub-cot-{made:%Y%m%d-%H%M%S}"
        folder.mkdir()
        (folder / "backup.json").write_text("{}")
        newest = await backup()
        assert (newest.level, newest.sentence) == (expected, f"the last backup is {days} days old")
    (stick / "feverhub-cot-99999999-999999").mkdir()
    assert (await backup()).level is Level.OK


@pytest.mark.usefixtures("well")
async def test_certificates_of_a_hub_that_does_not_run_are_read_from_their_files(home, monkeypatch):
    monkeypatch.setattr(doctor, "SERVER_CERTIFICATE", home.broker.ca_file.with_name("server.crt"))
    found = await doctor.examine(home.config)
    [check] = [each for each in found.checks if each.subject == "certificate"]
    assert check.sentence.startswith("The broker's certificate ends in ")
