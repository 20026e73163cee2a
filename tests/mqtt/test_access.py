"""TLS, passwords and the shipped ACL on a real mosquitto, and that the hub says which of them is wrong."""

import datetime as dt
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.errors import Unreachable
from edge.mqtt.link import BrokerSettings
from edge.mqtt.subscriber import Subscriber
from tests.support.servers import Mosquitto, make_certificates, mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

EVENTS = "feverhub/cot/mia/event"


def over_tls(broker: Mosquitto, **changes: object) -> BrokerSettings:
    return broker.settings(**({"port": broker.tls_port, "tls": True, "ca_file": broker.ca_file} | changes))


def rewrite_server_certificate(folder: Path, start: dt.datetime, end: dt.datetime, address: str = "127.0.0.1") -> None:
    """The broker's own key, signed by its own authority, but valid at another time or for another address."""
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    key = serialization.load_pem_private_key((folder / "server.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(names, critical=False)
        .sign(signer, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


async def test_over_tls_with_the_shipped_certificates(broker, journal, start_hub) -> None:
    journal.add(EVENTS, b"x")
    hub = await start_hub(over_tls(broker))
    await until(lambda: not journal.rows)
    assert hub.states == [(True, "")]


async def test_another_authority_is_not_trusted(broker, tmp_path: Path, start_hub) -> None:
    make_certificates(tmp_path / "other", "localhost")
    hub = await start_hub(over_tls(broker, ca_file=tmp_path / "other" / "ca.crt"), connected=False)
    await until(lambda: hub.states != [])
    where = f"127.0.0.1:{broker.tls_port}"
    assert hub.states == [
        (False, f"the broker's certificate is not trusted: {where} shows one of another authority than that in ca_file")
    ]


@pytest.mark.parametrize(
    ("days", "address", "what"),
    [
        ((-30, -1), "127.0.0.1", "has expired (or this hub's clock is wrong)"),
        ((1, 30), "127.0.0.1", "is not valid yet (or this hub's clock is wrong)"),
        ((-1, 30), "192.0.2.7", "is for another name"),
    ],
)
async def test_a_certificate_of_another_time_or_name(
    tmp_path: Path, start_hub, days: tuple[int, int], address: str, what: str
) -> None:
    broker = Mosquitto(tmp_path)
    now = dt.datetime.now(dt.UTC)
    start, end = (now + dt.timedelta(days=number) for number in days)
    rewrite_server_certificate(tmp_path / "feverhub", start, end, address)
    broker.start()
    try:
        hub = await start_hub(over_tls(broker), connected=False)
        await until(lambda: hub.states != [])
        assert hub.states[0][1].startswith(f"the broker's certificate {what}")
        assert f"127.0.0.1:{broker.tls_port}" in hub.states[0][1]
    finally:
        broker.stop()


async def test_a_ca_file_that_is_not_there(broker, tmp_path: Path, start_hub) -> None:
    hub = await start_hub(over_tls(broker, ca_file=tmp_path / "nowhere.crt"), connected=False)
    await until(lambda: hub.states != [])
    assert "nowhere.crt" in hub.states[0][1]


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "stranger"}, {"username": "", "password": ""}])
async def test_a_wrong_name_or_password(broker, start_hub, changes: dict[str, str]) -> None:
    hub = await start_hub(broker.settings(**changes), connected=False)
    await until(lambda: hub.states != [])
    assert hub.states == [(False, "the broker refused the user name or the password")]


async def test_a_port_that_speaks_tls_only(broker, start_hub) -> None:
    hub = await start_hub(broker.settings(port=broker.tls_port), connected=False)
    await until(lambda: hub.states != [])
    assert hub.states == [(False, "the broker hung up without an answer")]


async def test_a_name_that_does_not_exist(broker, start_hub) -> None:
    hub = await start_hub(broker.settings(host="broker.invalid"), connected=False)
    await until(lambda: hub.states != [], 60.0)
    assert hub.states[0][1].startswith("the broker's name broker.invalid cannot be found (DNS:")


async def test_the_password_is_in_no_representation(broker) -> None:
    assert "hub-secret" not in repr(broker.settings())


async def test_a_caregiver_reads_the_alarms_but_not_the_commands_and_answers_of_others(
    broker, journal, start_hub, watch
) -> None:
    phone = await watch(broker, "feverhub/#", user="mother")
    own = await watch(broker, "feverhub/#")
    hub = await start_hub(broker.settings())
    for topic in (
        "feverhub/cot/cmd/father/note",
        "feverhub/cot/reply/father",
        "feverhub/cot/reply/mother",
        "feverhub/cot/mia/alarm/no_data/band",
        "feverhub/cot/alarm/adapter_down",
        "feverhub/cot/mia/temperature/patch",
        "feverhub/cot/event",
        EVENTS,
    ):
        journal.add(topic, b"x")
    hub.publisher.wake()
    heard = [(await phone.next(30.0)).topic for _ in range(7)]
    assert heard == [
        "feverhub/cot/status",
        "feverhub/cot/reply/mother",
        "feverhub/cot/mia/alarm/no_data/band",
        "feverhub/cot/alarm/adapter_down",
        "feverhub/cot/mia/temperature/patch",
        "feverhub/cot/event",
        EVENTS,
    ]
    assert "feverhub/cot/cmd/father/note" in [(await own.next(30.0)).topic for _ in range(9)]


@pytest.mark.parametrize(
    ("user", "topic", "heard"),
    [
        ("mother", "feverhub/cot/cmd/mother/acknowledge", True),
        ("mother", "feverhub/cot/cmd/hub/acknowledge", False),
        ("mother", "feverhub/cot/cmd/grandmother/acknowledge", False),
        ("mother", "feverhub/cot/mia/alarm/fever", False),
        ("mother", "feverhub/cot/status", False),
        ("mother", "homeassistant/device/x/config", False),
        ("grandmother", "feverhub/cot/cmd/grandmother/acknowledge", False),
        ("grandmother", "feverhub/cot/cmd/mother/acknowledge", False),
    ],
)
async def test_who_may_publish_where(broker, watch, user: str, topic: str, *, heard: bool) -> None:
    ear = await watch(broker, topic, "feverhub/cot/event")
    voice = await watch(broker, user=user)
    hub_voice = await watch(broker)
    voice.publish(topic, b"x")
    voice_done = await watch(broker, "feverhub/cot/reply/" + user, user=user)
    hub_voice.publish("feverhub/cot/reply/" + user, b"through")
    await voice_done.next(30.0)
    hub_voice.publish("feverhub/cot/event", b"end")
    assert (await ear.next(30.0)).topic == (topic if heard else "feverhub/cot/event")


async def test_what_the_broker_refuses_is_said_parked_and_sent_when_it_may(
    tmp_path: Path, journal, start_hub, monkeypatch
) -> None:
    """0x87 shows only in the PUBACK; then the rules are mended, the broker reads them again, and the rest arrives."""
    monkeypatch.setattr("edge.mqtt.session.RETRY_REFUSED_S", 1.0)
    with mosquitto(tmp_path) as broker:
        rules = tmp_path / "feverhub" / "acl"
        shipped = rules.read_text()
        rules.write_text(shipped.replace("user hub\n", f"user hub\ntopic deny {EVENTS}\n"))
        broker.stop()
        broker.start()
        for number in range(15):
            journal.add(EVENTS, b"%d" % number)
        journal.add("feverhub/cot/event", b"allowed")
        hub = await start_hub(broker.settings())
        await until(lambda: journal.confirmed == [16])
        await until(lambda: hub.problems != [])
        assert hub.problems == [f"the broker refuses a message (not authorized): {EVENTS}"]
        assert len(journal.rows) == 15
        rules.write_text(shipped)
        broker.reload()
        await until(lambda: not journal.rows)
        await until(lambda: hub.problems[-1] == "")
        assert hub.states == [(True, "")]


async def test_a_subscriber_says_why_it_cannot_get_in(broker) -> None:
    with pytest.raises(Unreachable, match="refused the user name or the password"):
        async with Subscriber(broker.settings(password="wrong"), "feverhub/#"):
            pass


async def test_who_is_on_watch_and_what_is_paused_is_for_caregivers_and_viewers_the_sounder_for_sounders(
    broker, journal, start_hub, watch
) -> None:
    names = ("on_watch", "pauses", "caregivers", "drill", "bedtime", "mia/illness", "sounder", "event")
    topics = [f"feverhub/cot/{name}" for name in names]
    ears = {user: await watch(broker, "feverhub/#", user=user) for user in ("mother", "grandmother")}
    for topic in topics:
        journal.add(topic, b"x")
    hub = await start_hub(broker.settings())
    hub.publisher.wake()
    for ear in ears.values():
        heard = [(await ear.next(30.0)).topic for _ in range(len(topics))]
        assert heard == ["feverhub/cot/status", *(topic for topic in topics if not topic.endswith("sounder"))]
