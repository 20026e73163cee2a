"""Caregivers as they are written down: over what stands by hand, checked as a whole, with no secret left behind."""

import datetime as dt
import stat
import tomllib
from zoneinfo import ZoneInfo

import pytest

from edge.app.load import caregivers, checked
from edge.errors import EdgeError
from edge.model.people import Role

NOW = dt.datetime(2026, 3, 28, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
OWNERS = '[hub]\nname = "cot"\n\n[[caregiver]]\nid = "anna"\nrole = "owner"\n'


@pytest.fixture
def hub(tmp_path):
    """The owner's file, the state folder, and what they say together."""
    owner, folder = tmp_path / "feverhub.toml", tmp_path / "state"
    owner.write_text(OWNERS)

    def load():
        return checked.load(owner, state_dir=folder)

    return owner, folder, load


def keep(hub, **said):
    owner, folder, load = hub
    return caregivers.keep(owner, folder, load().config, said, NOW)


def test_who_is_new_gets_an_id_an_address_of_ntfy_and_nothing_by_hand_is_touched(hub):
    owner, folder, load = hub
    assert keep(hub, name="Ömer Çelik", language="de", unit="fahrenheit") == "Ömer Çelik"
    (omer,) = [each for each in load().config.caregivers if each.id != "anna"]
    assert (omer.id, omer.role, omer.language, omer.unit) == ("omer-celik", Role.CAREGIVER, "de", "fahrenheit")
    secret = folder / "credentials" / "phone_omer-celik"
    assert secret.read_text().startswith("ntfys://ntfy.sh/feverhub-")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert owner.read_text() == OWNERS
    assert caregivers.by_hand(load().config) == {"anna": f"{owner}:5"}


def test_what_is_not_said_stays_as_it_is_and_what_is_emptied_is_gone(hub):
    keep(hub, name="Tom", language="de", role="viewer")
    keep(hub, id="tom", role="caregiver", language="")
    _, folder, load = hub
    (row,) = tomllib.loads((folder / "settings.toml").read_text())["caregiver"]
    assert row == {"id": "tom", "name": "Tom", "role": "caregiver", "channels": [], "share_details": False}
    keep(hub, id="tom", way="ntfy", server="192.168.1.20:8080")
    first = load().credentials.require("phone_tom")
    assert first.startswith("ntfy://192.168.1.20:8080/feverhub-")
    keep(hub, id="tom", way="keep", name="Thomas")
    assert load().credentials.require("phone_tom") == first


def test_the_end_of_a_sitter_is_on_the_family_s_clock_also_in_the_night_in_which_it_changes(hub):
    _, _, load = hub
    keep(hub, name="Lea", until="2026-03-29 03:30", way="none")
    (lea,) = [each for each in load().config.caregivers if each.id == "lea"]
    assert lea.until_s == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC).timestamp()
    here = [each.id for each in caregivers.present(load(), lea.until_s - 1.0).config.caregivers]
    gone = [each.id for each in caregivers.present(load(), lea.until_s).config.caregivers]
    assert (here, gone) == (["anna", "lea"], ["anna"])
    keep(hub, id="lea", until="")
    assert caregivers.present(load(), 4e9).config.caregivers[1].until_s is None


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Eve", "language": "xx"},
        {"name": "Eve", "until": "soon"},
        {"name": "Eve", "until": "2026-03-28 21:59"},
        {"name": "Eve", "way": "other", "url": "nonsense"},
        {"name": "Eve", "role": "owner", "until": "2026-04-01"},
    ],
)
def test_who_is_refused_leaves_neither_a_row_nor_a_secret(hub, said):
    _, folder, load = hub
    with pytest.raises(EdgeError):
        keep(hub, **said)
    assert [each.id for each in load().config.caregivers] == ["anna"]
    assert not (folder / "credentials").exists() or not list((folder / "credentials").iterdir())


def test_whoever_ends_is_gone_with_the_secret_and_the_last_one_who_can_be_rung_is_not(hub):
    owner, folder, load = hub
    keep(hub, name="Tom")
    caregivers.end(owner, folder, ["tom", "never there"])
    assert [each.id for each in load().config.caregivers] == ["anna"]
    assert not (folder / "credentials" / "phone_tom").exists()
    assert "caregiver" not in tomllib.loads((folder / "settings.toml").read_text())
    owner.write_text(OWNERS.replace("owner", "viewer"))
    (folder / "settings.toml").write_text('[[caregiver]]\nid = "tom"\n')
    with pytest.raises(EdgeError, match="all caregivers are viewers"):
        caregivers.end(owner, folder, ["tom"])
    assert "tom" in (folder / "settings.toml").read_text()


def test_an_end_without_a_zone_and_an_owner_who_ends_are_refused_by_the_file_too(hub):
    owner, _, load = hub
    owner.write_text(OWNERS + "until = 2026-03-29T03:30:00\n")
    with pytest.raises(EdgeError) as why:
        load()
    assert f"{owner}:7: caregiver.until: 2026-03-29 03:30:00 needs its zone" in str(why.value)
    assert f"{owner}:7: caregiver.until: 'anna' is an owner, whose access does not end by itself" in str(why.value)
