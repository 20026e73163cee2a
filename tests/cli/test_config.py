"""`feverhub config check`."""

import datetime as dt
import json
import re

import pytest

from edge.app.load import checked


def test_a_good_configuration_is_good_and_says_what_should_be_known(feverhub, config):
    done = feverhub("config", "check", "--config", config)
    assert done.code == 0, done.err
    assert done.out == f"{config}: good. 1 watched, 2 sensors, 1 caregiver.\n"
    assert "no caregiver has a push channel" in done.err


def test_the_same_as_json(feverhub, config):
    facts = json.loads(feverhub("config", "check", "-c", config, "--json").out)
    assert facts["devices"] == ["patch", "ankle"]
    assert facts["warnings"]


THERMOMETER = 'profile = "health_thermometer"\nperson = "mia"\nsite = "axilla"'
ROOM = THERMOMETER.replace("health_thermometer", "ruuvi_tag")
NO_PATHS = [f'"/{"x" * 5000}"', r'"/a\u0000"', "9" * 400, "9" * 5000, "nan"]


def spoil(config, old, new):
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    return next((n for n, line in enumerate(config.read_text().splitlines(), 1) if new.split("\n")[-1] in line), 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 9", "prot = 9", "mqtt.prot: not a known key; did you mean 'port'?"),
        ("port = 9", "port = 99999", "mqtt.port: 99999 is not allowed: expected a whole number from 1 to 65535"),
        ('site = "axilla"', 'site = "toe"', "device.site: 'toe' is not allowed: expected one of axilla"),
        ('site = "axilla"', 'site = "axilla"\nlimits = { fever_c = 42 }', "fever_c: 42 is not allowed"),
        ('limb = "left_ankle"', 'site = "oral"\nlimb = "left_ankle"', "has both a site"),
        ('person = "mia"', 'person = "leo"', "there is no [[person]] with id 'leo'"),
        ('name = "Anna"', 'name = "Anna"\nchannels = ["tgram://secret"]', "an Apprise URL is a secret"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(feverhub, config, old, new, said):
    line = spoil(config, old, new)
    done = feverhub("config", "check", "--config", config)
    assert (done.code, done.out) == (3, "")
    [first, *_] = done.err.splitlines()
    assert first.startswith(f"feverhub: {config}:")
    assert said in done.err
    assert "tgram" not in done.err
    if "limits" not in new and "both" not in said:
        assert first.startswith(f"feverhub: {config}:{line}: ")


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ('ca_file = "/nowhere/ca.crt"', 0, "mqtt.ca_file is of no use without mqtt.tls"),
        ('tls = true\nkey_file = "{readable}"', 3, "mqtt.key_file: others may read the key {readable}; run: chmod 600"),
        ('tls = true\nca_file = "/nowhere/ca.crt"', 3, "mqtt.ca_file: /nowhere/ca.crt cannot be read: No such file"),
        (
            'tls = true\ncert_file = "credential:mqtt_cert"',
            3,
            "mqtt.cert_file: there is no credential 'mqtt_cert'",
        ),
    ],
)
def test_the_files_for_the_broker_are_looked_at(feverhub, config, tmp_path, lines, code, said):  # noqa: PLR0917
    readable = tmp_path / "hub.key"
    readable.touch(mode=0o644)
    spoil(config, "port = 9", "port = 9\n" + lines.format(readable=readable))
    done = feverhub("config", "check", "--config", config)
    assert done.code == code
    assert said.format(readable=readable) in done.err


def test_every_problem_is_found_in_one_pass(feverhub, config):
    spoil(config, "port = 9", "prot = 9")
    spoil(config, 'site = "axilla"', 'site = "toe"')
    done = feverhub("config", "check", "--config", config)
    assert done.code == 3
    assert len(done.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('profile = "health_thermometer"', 'profile = "health_thermometr"', "did you mean 'health_thermometer'?"),
        ('site = "axilla"', "", "needs a site"),
        ('limb = "left_ankle"', "", "needs a limb"),
        ('site = "axilla"', 'limb = "chest"', "health_thermometer measures no movement; give a site"),
        (
            'limb = "left_ankle"',
            'site = "oral"',
            "a site is for a thermometer, and the temperature of osd_watch is none",
        ),
        (
            THERMOMETER,
            THERMOMETER.replace("health_thermometer", "ruuvi_tag"),
            "the temperature of ruuvi_tag is that of the room or of its chip",
        ),
        (
            '"osd_watch"',
            '"infinitime_watch"',
            "infinitime_watch is too slow to show a convulsion, and mia has no other",
        ),
    ],
)
def test_devices_are_checked_against_their_profiles(feverhub, config, old, new, said):
    line = spoil(config, old, new)
    done = feverhub("config", "check", "--config", config)
    assert done.code == 3
    assert said in done.err
    if new:
        assert done.err.startswith(f"feverhub: {config}:{line}: device ")


def test_a_slow_movement_sensor_beside_one_with_rhythm_is_fine(feverhub, config):
    more = '\n[[device]]\nid = "counts"\nprofile = "infinitime_watch"\nperson = "mia"\nlimb = "right_wrist"\n'
    config.write_text(config.read_text() + more)
    assert feverhub("config", "check", "--config", config).code == 0


def test_a_birth_in_the_future_is_refused_by_the_check_and_not_by_the_daemon(feverhub, config):
    """Whose clock may stand years behind until the network is there."""
    line = spoil(config, "born = 2025-08-01", "born = 2999-08-01")
    done = feverhub("config", "check", "--config", config)
    assert done.code == 3
    assert done.err.startswith(f"feverhub: {config}:{line}: person.born: 2999-08-01 is in the future (today is ")
    assert checked.load(config).config.persons[0].born == dt.date(2999, 8, 1)


def test_a_database_without_a_token_is_said_and_not_refused(feverhub, config):
    """VictoriaMetrics asks for none, and the daemon runs so."""
    config.write_text(config.read_text() + '\n[influx]\nurl = "http://127.0.0.1:8428"\n')
    done = feverhub("config", "check", "--config", config)
    assert done.code == 0
    assert "there is no credential 'influx_token'" in done.err
    token = config.parent / "credentials" / "influx_token"
    token.touch(mode=0o644)
    token.write_text("secret")
    assert "others may read the credential" in feverhub("config", "check", "--config", config).err
    token.chmod(0o600)
    assert "influx_token" not in feverhub("config", "check", "--config", config).err


def test_what_an_editor_of_windows_writes_is_read(feverhub, config):
    """A byte order mark and CR LF, in the configuration and in a secret."""
    spoil(config, 'name = "Anna"', 'name = "Anna"\nchannels = ["credential:anna_phone"]\nshare_details = true')
    config.write_bytes(b"\xef\xbb\xbf" + config.read_bytes().replace(b"\n", b"\r\n"))
    secret = config.parent / "credentials" / "anna_phone"
    secret.touch(mode=0o600)
    secret.write_bytes(b"\xef\xbb\xbfntfys://ntfy.sh/owls\r\n")
    done = feverhub("config", "check", "--config", config)
    assert done.code == 0, done.err
    assert checked.load(config).credentials.get("anna_phone") == "ntfys://ntfy.sh/owls"


@pytest.mark.parametrize("value", NO_PATHS, ids=lambda v: v[:9])
@pytest.mark.parametrize("key", ["state_dir", "credentials_dir"])
def test_a_path_that_cannot_be_one_is_one_sentence(feverhub, config, key, value):
    text = re.sub(rf"(?m)^{key} = .*\n", "", config.read_text())
    config.write_text(text.replace("[hub]\n", f"[hub]\n{key} = {value}\n"))
    done = feverhub("config", "check", "--config", config)
    assert (done.code, len(done.err.splitlines())) == (3, 1)
    assert len(done.err) < 500
    assert key in done.err or "not TOML" in done.err


def test_secrets_that_are_not_there_are_named_before_the_night(feverhub, config):
    spoil(config, "port = 9", 'port = 9\nusername = "hub"')
    spoil(config, 'name = "Anna"', 'name = "Anna"\nchannels = ["credential:anna_phone"]')
    done = feverhub("config", "check", "--config", config)
    assert done.code == 3
    assert "no credential 'mqtt_password'" in done.err
    assert "no credential 'anna_phone'" in done.err
    for name in ("mqtt_password", "anna_phone"):
        file = config.parent / "credentials" / name
        file.touch(mode=0o600)
        file.write_text("secret")
    assert feverhub("config", "check", "--config", config).code == 0


def test_a_file_that_is_not_there_or_no_toml(feverhub, config):
    missing = feverhub("config", "check", "--config", config.with_name("none.toml"))
    assert missing.code == 3
    assert missing.err.startswith(f"feverhub: {config.with_name('none.toml')}: cannot be read: ")
    config.write_text("[hub\n")
    broken = feverhub("config", "check", "--config", config)
    assert broken.code == 3
    assert "not TOML" in broken.err
    config.write_bytes(b"\xff\xfe")
    assert "not text" in feverhub("config", "check", "--config", config).err
