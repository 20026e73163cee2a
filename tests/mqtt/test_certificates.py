"""A hub that gets in by its certificate, on a real mosquitto with the shipped files, and what it says if it may not."""

import datetime as dt
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.mqtt.payloads import rfc3339
from edge.mqtt.tls import make_context
from tests.support.certificates import Authority, listener
from tests.support.servers import SHIPPED, Mosquitto, free_port, make_certificates, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

DAY_S = 86_400.0
EVENTS = "feverhub/cot/mia/event"


def shipped_lines(port: int, private: Path) -> str:
    """The block of feverhub.conf for hubs with certificates, as who uses it would have it."""
    text = (SHIPPED / "feverhub.conf").read_text()
    block = text[text.index("#listener 8884") : text.index("# Nobody without a name")]
    lines = [line.removeprefix("#") for line in block.splitlines() if line.startswith("#") and line[1] != " "]
    found = "\n".join(lines).replace("listener 8884", f"listener {port} 127.0.0.1")
    return found.replace("/etc/mosquitto/feverhub/", f"{private}/") + "\n"


@pytest.fixture
def house(tmp_path: Path):
    """The shipped broker with the shipped listener for hubs with certificates; give it `revoked` before `start`."""
    private, port = tmp_path / "feverhub", free_port()
    broker = Mosquitto(tmp_path, extra_conf=shipped_lines(port, private))
    authority = Authority.of(private)
    authority.revoke()
    broker.hubs_port = port
    yield broker, authority
    broker.stop()


def as_hub(broker: Mosquitto, **changes: object):
    own = {"port": broker.hubs_port, "tls": True, "ca_file": broker.ca_file, "username": "", "password": ""}
    return broker.settings(**(own | changes))


def shipped_client(folder: Path, user: str) -> "subprocess.CompletedProcess[str]":
    command = ["sh", str(SHIPPED / "make-certificates.sh"), "--client", str(folder), user]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


async def test_a_hub_gets_in_by_the_certificate_that_the_shipped_script_makes(house, journal, start_hub, watch) -> None:
    broker, authority = house
    assert shipped_client(authority.folder, "hub").returncode == 0
    broker.start()
    journal.add(EVENTS, b"x")
    ear = await watch(broker, EVENTS, user="mother")
    files = {"cert_file": authority.folder / "hub.crt", "key_file": authority.folder / "hub.key"}
    hub = await start_hub(as_hub(broker, **files))
    assert (await ear.next(30.0)).payload == b"x"
    await until(lambda: not journal.rows)
    assert (hub.states, hub.problems) == ([(True, "")], [])
    left = {name: round((end_s - time.time()) / DAY_S) for name, end_s in hub.publisher.certificate_ends.items()}
    assert left == {"broker": 825, "authority": 3650, "hub": 825}


@pytest.mark.parametrize("user", ["server", "ca", "../x", "Two Words", ""])
def test_a_user_whose_files_would_fall_on_others_is_refused(tmp_path: Path, user: str) -> None:
    done = shipped_client(tmp_path, user)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])


def only_tls_1_2(cafile: Path | None, *, make=ssl.create_default_context) -> ssl.SSLContext:
    context = make(cafile=cafile)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("none", "the broker wants a certificate of this hub"),
        ("expired", "this hub's certificate has expired, says the broker"),
        ("revoked", "this hub's certificate was revoked, says the broker"),
        ("foreign", "this hub's certificate is of an authority that the broker does not know"),
    ],
)
async def test_a_certificate_that_the_broker_refuses_is_named(  # noqa: PLR0917
    house, tmp_path: Path, start_hub, monkeypatch, version: str, who: str, sentence: str
) -> None:
    """Whether the refusal comes within the handshake or after it, and at the first try: no second version is tried."""
    broker, authority = house
    make_certificates(tmp_path / "other", "localhost")
    pairs = {
        "expired": authority.client("expired", "hub", (-30, -1)),
        "revoked": authority.client("revoked", "hub"),
        "foreign": Authority.of(tmp_path / "other").client("foreign", "hub"),
    }
    authority.revoke(pairs["revoked"])
    broker.start()
    if version == "1.2":
        monkeypatch.setattr("ssl.create_default_context", only_tls_1_2)
    pair = pairs.get(who)
    files = {} if pair is None else {"cert_file": pair.certificate, "key_file": pair.key}
    hub = await start_hub(as_hub(broker, **files), connected=False)
    await until(lambda: hub.states != [])
    assert not hub.states[0][0]
    assert hub.states[0][1].startswith(sentence)


async def test_a_renewed_certificate_is_taken_at_the_next_try(house, start_hub) -> None:
    broker, authority = house
    pair = authority.client("own", "hub", (-30, -1))
    broker.start()
    hub = await start_hub(as_hub(broker, cert_file=pair.certificate, key_file=pair.key), connected=False)
    await until(lambda: hub.states != [])
    authority.client("own", "hub", (-1, 10))
    await until(lambda: hub.publisher.connected)
    assert round((hub.publisher.certificate_ends["hub"] - time.time()) / DAY_S) == 10


async def test_a_certificate_without_an_end_is_shown_in_every_zone(house, start_hub) -> None:
    """The standard's way to say so, 9999-12-31, has no local time east of Greenwich."""
    broker, authority = house
    days = (dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)).days
    pair = authority.client("endless", "hub", (-1, days))
    broker.start()
    hub = await start_hub(as_hub(broker, cert_file=pair.certificate, key_file=pair.key))
    end_s = hub.publisher.certificate_ends["hub"]
    for hours in (-12, 0, 14):
        assert rfc3339(end_s, dt.timezone(dt.timedelta(hours=hours))).startswith("9999-")


async def test_who_has_a_certificate_and_no_rights_is_told_so(house, journal, start_hub) -> None:
    broker, authority = house
    pair = authority.client("stranger", "stranger")
    broker.start()
    journal.add(EVENTS, b"x")
    hub = await start_hub(as_hub(broker, cert_file=pair.certificate, key_file=pair.key))
    await until(lambda: hub.problems != [])
    assert hub.problems[0].startswith("the broker refuses a message (not authorized): feverhub/cot/")
    assert journal.rows != {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ca_file": "nowhere.crt"}, "the authority's certificate in .*nowhere.crt cannot be used .no such file"),
        ({"ca_file": "hub.key"}, "the authority's certificate in .*hub.key cannot be used .there is no certificate in"),
        ({"key_file": "other.key"}, "hub.crt and .*other.key cannot be used .the key does not belong to the cert"),
        ({"cert_file": "nowhere.crt"}, "this hub's certificate in .*nowhere.crt and .* cannot be used .no such file"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    make_certificates(tmp_path, "localhost")
    authority = Authority.of(tmp_path)
    authority.client("hub", "hub")
    authority.client("other", "hub")
    names = {"ca_file": "ca.crt", "cert_file": "hub.crt", "key_file": "hub.key"} | change
    with pytest.raises(ConfigError, match=sentence):
        make_context(**{key: tmp_path / name for key, name in names.items()}, on_alert=print)


def test_the_lines_of_a_test_are_those_that_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "revoked.crl").touch()
    ours = listener(8884, tmp_path, clients=True).splitlines()
    assert [line for line in shipped_lines(8884, tmp_path).splitlines() if line != "tls_version tlsv1.2"] == ours
