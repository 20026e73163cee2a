"""The questions of a first run, answered well and badly: what stands in the configuration afterwards."""

import asyncio
import datetime as dt
import json
import stat
import tomllib
from pathlib import Path

import pytest

from edge.app.load import first_run
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.first_run import Files, Unfinished
from edge.app.load.profiles import load_profiles, profiles_root
from edge.app.setup.finder import Finder
from edge.app.setup.first_run import FirstRun
from edge.config import WebTable
from edge.model.moment import Now
from edge.model.people import Limb, Site
from edge.web.setup_wire import STEPS
from edge.web.wire import Say
from tests.support.air.hub import simulated
from tests.support.air.sensors import BIND_KEY
from tests.support.servers import until

TODAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
WEB = WebTable("0.0.0.0", 8080)
DEVICE = '[[device]]\nid = "{}"\nprofile = "{}"\nperson = "mia"\n{}\n'


class Clock:
    """The hub's own clock. synced: whether it was set."""

    def __init__(self) -> None:
        self.synced = True

    def now(self) -> Now:
        return Now(1000.0, TODAY.timestamp(), self.synced)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Asked:
    """A family that answers; `again` is the hub after a power cut."""

    def __init__(self, folder: Path, owners: str = "", sensors: tuple[str, ...] = ("thermometer", "band")) -> None:
        self.files = Files(folder / "feverhub.toml", folder / "state")
        if owners:
            self.files.path.write_text(owners)
        self.sensors, self.clock = sensors, Clock()
        self.run = self.made()

    def made(self) -> FirstRun:
        unfinished = first_run.look(self.files)
        assert isinstance(unfinished, Unfinished)
        self.finder = Finder(simulated(40.0, self.sensors), load_profiles(profiles_root()))
        return FirstRun(self.files, unfinished, WEB, self.finder, self.clock)

    async def again(self) -> None:
        await self.finder.stop()
        self.run = self.made()
        await self.run.begin()

    async def say(self, verb: str, **fields: str) -> str:
        """Why it was not taken; empty: it was."""
        ok, why = await self.run.take(Say(1, "", verb, json.dumps(fields), local=True))
        assert ok == (why == "")
        assert "\n" not in why
        return why

    async def paired(self, step: str, place: str, number: int = 0) -> None:
        """number: of those that are near."""
        found = await until(lambda: self.run.shown().scan.found[number:], 30)
        assert await self.say("choose", step=step, key=found[0].key) == ""
        await until(lambda: self.run.shown().scan.state == "received", 30)
        assert await self.say(step, place=place) == ""

    async def until(self, step: str) -> None:
        """Everything before that step is answered well."""
        await self.run.begin()
        answers = {
            "you": {"name": "Anna"},
            "child": {"name": "Mia", "born": "2026-03-14"},
            "limits": {"watchfulness": "calm", "fever_c": ""},
            "others": {},
            "phone": {"way": "ntfy", "server": "127.0.0.1:2586"},
            "app": {},
        }
        for each in STEPS[: STEPS.index(step)] if step else STEPS:
            if each in answers:
                assert await self.say(each, **answers[each]) == ""
            else:
                await self.paired(each, Site.AXILLA if each == "thermometer" else Limb.RIGHT_ANKLE)

    def settings(self) -> dict[str, object]:
        return tomllib.loads((self.files.folder / "settings.toml").read_text())


@pytest.fixture
async def family(tmp_path):
    made = Asked(tmp_path)
    yield made
    await made.finder.stop()


async def test_all_answers_together_are_a_configuration_that_a_hub_runs_with(family):
    await family.until("")
    assert family.run.complete.is_set()
    found = first_run.look(family.files)
    assert isinstance(found, CheckedConfiguration)
    config = found.config
    (anna,), (mia,), (thermometer, band) = config.caregivers, config.persons, config.devices
    assert (anna.id, anna.name, anna.role, anna.share_details) == ("anna", "Anna", "owner", False)
    assert (mia.id, mia.born, mia.watchfulness) == ("mia", dt.date(2026, 3, 14), "calm")
    assert (thermometer.id, thermometer.site, thermometer.profile) == ("thermometer", "axilla", "health_thermometer")
    assert (band.limb, band.profile) == ("right_ankle", "polar_verity_sense")
    assert thermometer.address == "C0:00:00:00:00:0A"
    assert (config.web.host, config.web.port) == ("0.0.0.0", 8080)
    assert found.credentials.require("phone_anna").startswith("ntfy://127.0.0.1:2586/feverhub-")
    assert not family.files.path.exists(), "the owner's file is the owner's"


async def test_secrets_lie_in_files_of_their_own_and_never_in_toml(family):
    await family.until("app")
    (secret,) = (family.files.folder / "credentials").iterdir()
    address = secret.read_text().strip()
    assert len(address.rpartition("-")[2]) == 24, "96 random bits"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert address not in (family.files.folder / "settings.toml").read_text()
    assert family.run.shown().link == address + "?secure=false"


def left_at(state: Path, step: str) -> None:
    """A hub that was switched off before that step."""
    state.mkdir()
    done = STEPS[: STEPS.index(step)]
    (state / "first_run.json").write_text(json.dumps({"done": done, "port": 8080}))
    rows = {
        "you": '[[caregiver]]\nid = "anna"\nname = "Anna"\nrole = "owner"\n',
        "child": '[[person]]\nid = "mia"\nname = "Mia"\nborn = 2026-03-14\n',
        "thermometer": DEVICE.format("thermometer", "health_thermometer", 'site = "axilla"'),
        "sensor": DEVICE.format("movement", "polar_verity_sense", 'limb = "left_ankle"'),
    }
    (state / "settings.toml").write_text("\n".join(rows.get(each, "") for each in done))


async def test_everyone_else_who_answers_gets_an_address_of_ntfy_and_who_only_looks_gets_none(tmp_path):
    left_at(tmp_path / "state", "others")
    family = Asked(tmp_path)
    await family.run.begin()
    assert await family.say("add", name="Tom") == ""
    assert await family.say("add", name="Oma", role="viewer") == ""
    assert "Oma, may only look" in family.run.shown().others
    assert await family.say("others") == ""
    assert await family.say("phone", way="ntfy", server="ntfy.home.arpa") == ""
    assert await family.say("app") == ""
    found = first_run.look(family.files)
    channels = {each.id: each.channels for each in found.config.caregivers}
    assert channels == {"anna": ("credential:phone_anna",), "tom": ("credential:phone_tom",), "oma": ()}
    toms = found.credentials.require("phone_tom")
    assert toms.startswith("ntfys://ntfy.home.arpa/feverhub-")
    assert toms != found.credentials.require("phone_anna")


NONSENSE = [
    ("you", {"name": ""}, "Say your name"),
    ("you", {"name": " \t "}, "Say your name"),
    ("you", {"name": "x" * 41}, "at most 40 letters"),
    ("you", {"name": "An\x1bna"}, "Say your name"),
    ("you", {}, "Say your name"),
    ("child", {"name": "Mia", "born": ""}, "Say the date of birth"),
    ("child", {"name": "Mia", "born": "tomorrow"}, "tomorrow is no date"),
    ("child", {"name": "Mia", "born": "2026-13-41"}, "2026-13-41 is no date"),
    ("child", {"name": "Mia", "born": "2027-03-14"}, "2027-03-14 is in the future"),
    ("child", {"name": "Mia", "born": "1986-03-14"}, "more than 18 years ago"),
    ("child", {"name": "Mia", "born": "0001-01-01"}, "more than 18 years ago"),
    ("limits", {"fever_c": "385"}, "385 °C is no fever limit: take one from 37.0 to 41.0 °C."),
    ("limits", {"fever_c": "101.3"}, "101.3 °C is no fever limit"),
    ("limits", {"fever_c": "hot"}, "hot is no temperature"),
    ("limits", {"fever_c": "nan"}, "nan is no temperature: write it as 38.5."),
    ("limits", {"fever_c": "-" + "9" * 4000}, "is no temperature"),
    ("limits", {"watchfulness": "asleep"}, "Load the page again"),
    ("phone", {"way": "ntfy", "server": "https://ntfy.sh/x"}, "is no name of a server"),
    ("phone", {"way": "ntfy", "server": "ntfy.sh/../../etc"}, "is no name of a server"),
    ("phone", {"way": "pushover", "user": "me", "token": ""}, "Pushover needs both"),
    ("phone", {"way": "other", "url": "nonsense"}, "cannot be rung so"),
    ("phone", {"way": "other", "url": "tgram://"}, "cannot be rung so"),
    ("thermometer", {"place": "axilla"}, "Wait until the sensor has said something"),
    ("choose", {"step": "thermometer", "key": "AA:BB"}, "Choose a sensor from the list"),
    ("dance", {}, "Load the page again"),
]


@pytest.mark.parametrize(("verb", "fields", "why"), NONSENSE, ids=[f"{v} {f}"[:60] for v, f, _ in NONSENSE])
async def test_nonsense_is_one_clear_sentence_and_changes_nothing(tmp_path, verb, fields, why):
    step = {"choose": "thermometer", "dance": "child"}.get(verb, verb)
    left_at(tmp_path / "state", step)
    family = Asked(tmp_path)
    await family.run.begin()
    kept = family.settings() if step != "you" else {}
    assert why in await family.say(verb, **fields)
    assert family.run.step == step
    assert (family.settings() if step != "you" else {}) == kept
    await family.finder.stop()


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Anna", "anna"),
        ("Ömer Çelik", "omer-celik"),
        ("李雷", "owner"),
        ("Alarm", "alarm-2"),
        ("hub", "hub-2"),
        ('"]\n[mqtt]\nhost = "evil', "mqtt-host-evil"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("-- ..", "owner"),
    ],
)
async def test_any_name_becomes_an_id_and_stays_the_name(family, name, ident):
    assert await family.say("you", name=name) == ""
    (row,) = family.settings()["caregiver"]
    assert (row["id"], row["name"]) == (ident, " ".join(name.split()))
    assert set(family.settings()) == {"caregiver", "web"}


async def test_a_form_that_is_sent_twice_changes_nothing_the_second_time(family):
    await family.run.begin()
    for _ in range(2):
        assert await family.say("you", name="Anna") == ""
        assert await family.say("child", name="Mia", born="2026-03-14") == ""
    await family.paired("thermometer", Site.AXILLA)
    assert await family.say("thermometer", place="axilla") == ""
    await family.say("skip", step="sensor")
    assert await family.say("skip", step="sensor") == ""
    assert await family.say("limits", fever_c="38,5") == ""
    for _ in range(2):
        assert await family.say("add", name="Tom") == ""
    assert await family.say("others") == ""
    before = ""
    for _ in range(2):
        assert await family.say("phone", way="ntfy", server="ntfy.sh") == ""
        assert before in ("", family.run.shown().address), "the address that the app has stays"
        before = family.run.shown().address
    for _ in range(2):
        assert await family.say("app") == ""
    config = first_run.look(family.files).config
    assert [each.id for each in config.caregivers] == ["anna", "tom"]
    assert (len(config.persons), len(config.devices), config.limits.fever_c) == (1, 1, 38.5)


async def test_an_answer_can_be_changed_by_going_back(family):
    await family.until("limits")
    assert await family.say("you", name="Anne-Marie") == ""
    assert await family.say("child", name="Mia", born="2026-04-14") == ""
    config = family.run.shown().values
    assert (config["owner"], config["born"]) == ("Anne-Marie", "2026-04-14")
    assert [each["id"] for each in family.settings()["caregiver"]] == ["anna"]
    assert family.run.step == "limits"


async def test_no_step_is_taken_before_those_in_front_of_it(family):
    await family.run.begin()
    for step in STEPS[1:]:
        assert "This comes later" in await family.say(step, name="Mia", born="2026-03-14", place="axilla")
    assert not family.run.complete.is_set()


async def test_after_a_power_cut_it_goes_on_where_it_was(tmp_path):
    """zigbee2mqtt #27095: restarted before the end, its onboarding never came back, and nothing could start."""
    family = Asked(tmp_path)
    await family.run.begin()
    for step in STEPS[:-1]:
        await family.again()
        assert family.run.step == step
        if step in ("thermometer", "sensor"):
            assert family.run.shown().scan.state == "looking", "it looks by itself"
            await family.paired(step, Site.EAR if step == "thermometer" else Limb.LEFT_WRIST)
        else:
            answers = {"name": "Mia", "born": "2026-03-14", "way": "none", "fever_c": "38.2"}
            assert await family.say(step, **answers) == ""
    await family.again()
    assert family.run.step == "app"
    assert family.run.shown().values["fever_c"] == "38.2"
    assert await family.say("app") == ""
    assert isinstance(first_run.look(family.files), CheckedConfiguration)
    await family.finder.stop()


async def test_a_done_step_is_never_asked_for_anew(family):
    """home-assistant/frontend #22468: reloaded partway, it asked for the user again, and refused the answer."""
    await family.until("limits")
    await family.again()
    assert family.run.step == "limits"
    assert await family.say("you", name="Anna") == ""
    assert family.run.step == "limits"


async def test_the_hub_s_clock_may_be_years_behind_but_a_wrong_year_is_asked_about(family):
    assert await family.say("you", name="Anna") == ""
    family.clock.synced = False
    assert await family.say("child", name="Mia", born="2027-03-14") == "", "who knows what day it is"
    family.clock.synced = True
    assert "in the future" in await family.say("child", name="Mia", born="2027-03-14")


async def test_without_a_movement_sensor_it_says_what_is_missed(family):
    await family.until("sensor")
    assert await family.say("skip", step="sensor") == ""
    assert "Without a movement sensor no convulsion is noticed: only fever." in family.run.shown().limits


async def test_the_sentence_of_the_limits_follows_the_settings(family):
    await family.until("limits")
    first, high, movement = family.run.shown().limits
    assert first == "We ring at 37.5 °C in the armpit for 10 min, or when nothing is received for 3 min."
    assert high.startswith("From 39.0 °C")
    assert "nothing is received for 60 s" in movement
    assert await family.say("limits", fever_c="38.5") == ""
    assert family.run.shown().limits[0].startswith("We ring at 38.5 °C in the armpit")
    assert family.run.shown().limits[1].startswith("From 40.0 °C")


async def test_a_sensor_that_nobody_can_find_is_a_sentence_with_what_to_do(tmp_path):
    family = Asked(tmp_path, sensors=("band",))
    await family.until("thermometer")
    await until(lambda: family.run.shown().scan.state == "over", 30)
    assert "No thermometer was received within 120 s" in family.run.shown().scan.words
    assert await family.say("look", step="thermometer") == ""
    assert family.run.shown().scan.state == "looking"
    await family.finder.stop()


async def test_what_the_owner_wrote_by_hand_stays_as_it_is(tmp_path):
    owners = '[web]\nhost = "127.0.0.1"\nport = 9090\n[mqtt]\nhost = "broker.home.arpa"\n[hub]\nname = "cot"\n'
    family = Asked(tmp_path, owners)
    assert await family.say("you", name="Anna") == ""
    assert set(family.settings()) == {"caregiver"}
    assert family.files.path.read_text() == owners
    await family.finder.stop()


async def test_the_password_that_the_installation_made_is_used(tmp_path, monkeypatch):
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "feverhub_mqtt_password").write_text("secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "service"))
    family = Asked(tmp_path)
    assert await family.say("you", name="Anna") == ""
    assert family.settings()["mqtt"] == {"host": "127.0.0.1", "username": "hub"}
    await family.finder.stop()


async def test_who_writes_a_sensor_by_hand_has_finished_without_the_page(tmp_path):
    family = Asked(tmp_path)
    await family.until("limits")
    await family.finder.stop()
    family.files.path.write_text(
        '[[device]]\nid = "ankle"\nprofile = "osd_watch"\nperson = "mia"\nlimb = "left_ankle"\n'
    )
    assert isinstance(first_run.look(family.files), CheckedConfiguration)


async def test_settings_that_nobody_can_read_are_put_aside_and_kept(tmp_path):
    family = Asked(tmp_path)
    await family.until("limits")
    file = family.files.folder / "settings.toml"
    file.write_bytes(file.read_bytes()[:40] + b"\0\0\0")
    await family.again()
    shown = family.run.shown()
    assert "settings.toml: not TOML" in shown.trouble[0]
    assert shown.aside
    assert "Load the page again" in await family.say("limits")
    assert "still not right" in await family.say("again")
    assert await family.say("aside") == ""
    assert (family.run.step, family.run.shown().trouble) == ("you", [])
    assert len(list(family.files.folder.glob("settings.toml.damaged-*"))) == 1
    assert await family.say("you", name="Anna") == ""
    await family.finder.stop()


async def test_a_state_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "state").write_text("a file in the place of the folder")
    family = Asked(tmp_path)
    with pytest.raises(first_run.StorageError, match=r"state: cannot be written: .*--state-dir"):
        await family.run.begin()


async def test_a_fault_inside_one_step_is_said_and_the_others_go_on(family, monkeypatch):
    await family.run.begin()

    def breaks(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("edge.app.load.answers.ident", breaks)
        assert "failed inside the hub" in await family.say("you", name="Anna")
    assert await family.say("you", name="Anna") == ""


async def test_a_second_child_has_sensors_and_limits_of_her_own(tmp_path):
    family = Asked(tmp_path, sensors=("thermometer", "band", "thermometer 2", "band 2"))
    await family.run.begin()
    assert "This comes later" in await family.say("another")
    await family.until("limits")
    assert await family.say("limits", watchfulness="calm", fever_c="38.5") == ""
    first = {each.address for each in family.run.record.need().config.devices}

    assert await family.say("another") == ""
    assert (family.run.step, family.run.shown().children, family.run.shown().values["child"]) == ("child", ["Mia"], "")
    await family.again()  # a power cut before she has a name
    assert family.run.step == "child"
    assert await family.say("child", name="Max", born="2024-05-06") == ""
    taken = await until(lambda: [it for it in family.run.shown().scan.found if it.key.split()[0] in first], 30)
    assert await family.say("choose", step="thermometer", key=taken[0].key) == ""
    await until(lambda: family.run.shown().scan.state == "received", 30)
    assert await family.say("thermometer", place="ear") == "Mia wears this sensor already: take another one."
    for step, place in (("thermometer", "ear"), ("sensor", "left_wrist")):
        await family.say("look", step=step)
        free = await until(lambda: [it for it in family.run.shown().scan.found if it.key.split()[0] not in first], 30)
        assert await family.say("choose", step=step, key=free[0].key) == ""
        await until(lambda: family.run.shown().scan.state == "received", 30)
        assert await family.say(step, place=place) == ""
        assert place.replace("_", " ") in family.run.shown().paired[step]
    assert "in the ear" in family.run.shown().limits[0]
    assert "armpit" not in " ".join(family.run.shown().limits), "of the child who is asked about"
    assert await family.say("limits", watchfulness="watchful", fever_c="38.2") == ""
    await family.again()
    assert family.run.step == "others"
    for step in ("others", "phone", "app"):
        assert await family.say(step, way="none") == ""
    config = first_run.look(family.files).config
    assert [(each.id, each.watchfulness) for each in config.persons] == [("mia", "calm"), ("max", "watchful")]
    worn = {each.id: each.person for each in config.devices}
    assert worn == {"thermometer": "mia", "movement": "mia", "max-thermometer": "max", "max-movement": "max"}
    limits = {each.id: config.limits_for(each).fever_c for each in config.devices if each.site}
    assert limits == {"thermometer": 38.5, "max-thermometer": 38.2}
    await family.finder.stop()


async def test_no_other_child_after_all_asks_nothing_anew(family):
    await family.until("others")
    assert await family.say("another") == ""
    assert await family.say("no_other") == ""
    assert (family.run.step, family.run.shown().values["child"]) == ("others", "Mia")
    assert await family.say("no_other") == "", "sent twice"


async def test_a_key_is_asked_for_only_where_the_sensor_encrypts_and_shown_to_open_it(tmp_path):
    family = Asked(tmp_path, sensors=("sealed",))
    await family.until("thermometer")
    found = await until(lambda: family.run.shown().scan.found, 30)
    assert "No sensor asks for a key" in await family.say("key", step="thermometer", key=BIND_KEY)
    assert await family.say("choose", step="thermometer", key=found[0].key) == ""
    await until(lambda: family.run.shown().scan.state == "locked", 30)
    shown = family.run.shown().scan
    assert shown.words == "This sensor encrypts what it sends. Type its key, as its app or its maker gives it."
    assert shown.form == "32 digits and letters from a to f."
    for nonsense in ("", "hunter2", BIND_KEY[:-1], BIND_KEY + "00", "x" * 32):
        assert "That is no key: 32 digits" in await family.say("key", step="thermometer", key=nonsense)
    assert "Wait until the sensor has said something" in await family.say("thermometer", place="axilla")

    assert await family.say("key", step="thermometer", key="00" * 16) == ""
    await until(lambda: family.run.shown().scan.state == "locked", 30)
    assert "This key does not open what this sensor sends" in family.run.shown().scan.words

    assert await family.say("key", step="thermometer", key=f" {BIND_KEY[:16].upper()} {BIND_KEY[16:]} ") == ""
    await until(lambda: family.run.shown().scan.state == "received", 30)
    assert family.run.shown().scan.words.startswith("✓ The key opens what it sends: first value 25.1 °C")
    assert await family.say("thermometer", place="axilla") == ""
    secret = family.files.folder / "credentials" / "thermometer_key"
    assert secret.read_text().strip().lower() == BIND_KEY
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert BIND_KEY not in (family.files.folder / "settings.toml").read_text().lower()
    (device,) = family.run.record.need().config.devices
    assert device.key.lower() == BIND_KEY
    await family.finder.stop()


async def test_a_sensor_that_does_not_encrypt_is_never_asked_for_a_key(family):
    await family.until("thermometer")
    states = set()
    found = await until(lambda: family.run.shown().scan.found, 30)
    await family.say("choose", step="thermometer", key=found[0].key)
    await until(lambda: states.add(family.run.shown().scan.state) or "received" in states, 30)
    assert "locked" not in states
