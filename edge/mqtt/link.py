"""One paho client for one connection. Its threads only hand values over to the loop, through the inbound queue."""

import asyncio
import contextlib
import socket
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import structlog

from edge.mqtt import properties, tls
from edge.mqtt.failures import TAKEN_OVER, UNSUPPORTED_VERSION, why_lost, why_not_connected, why_refused
from edge.mqtt.inbound import FAILED, Accepted, Answered, Ended, InboundQueue, Incoming, LinkEvent, Opened, Subscribed
from edge.mqtt.topics import ROOT

if TYPE_CHECKING:
    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode
    from paho.mqtt.subscribeoptions import SubscribeOptions

P = ParamSpec("P")

log = structlog.get_logger(__name__)


class Version(Enum):
    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where the broker is and how to get in."""

    hub: str
    """The hub's name, the level of its topics below `root`."""
    host: str
    """Its name or address; the broker's certificate is checked against it."""
    port: int = 1883
    tls: bool = False
    """Whether the connection is encrypted and the broker proves who it is."""
    ca_file: Path | None = None
    """PEM of the authority that signed the broker's certificate; None: the system's authorities."""
    cert_file: Path | None = None
    """PEM of this hub's own certificate; None: it shows none."""
    key_file: Path | None = None
    """PEM of its key; None: in cert_file."""
    username: str = ""
    """Empty: none is sent."""
    password: str = field(default="", repr=False)
    """Sent with the user name."""
    keepalive_s: int = 15
    """After one and a half of it in silence the broker takes the connection for lost, and the will's delay begins (MQTT
    5.0, section 3.1.2.10)."""
    connect_timeout_s: float = 10.0
    """For the network and TLS."""
    answer_timeout_s: float = 5.0
    """For the broker's CONNACK after that."""
    versions: tuple[Version, ...] = (Version.V5, Version.V311)
    """Tried in this order at each connection; a broker that does not know the first may refuse, hang up or stay mute
    (amqtt)."""
    root: str = ROOT
    """What its topics begin with."""
    client_id: str = ""
    """How the broker knows this client; empty: an id for this object alone. Two of one id push each other out."""


@dataclass(frozen=True, slots=True)
class Will:
    """delay_s: how long the broker waits with it for this client to come back (MQTT 5 only, else it comes at once).

    A delay needs a session that lives as long and is taken up again: a clean start would end the old one, and with it
    the waiting (MQTT 5.0, sections 3.1.2.5 and 3.1.4).
    """

    topic: str
    payload: bytes
    delay_s: int = 0


class Link:
    """Open with `start`; everything that happens arrives in the inbound queue, ending with exactly one `Ended`.

    filters: subscribed to with QoS 1. wants_retained: also what the broker has retained, which 3.1.1 sends in any case.
    session_s: how long the broker keeps what comes for this client while it is away (3.1.1: for ever); 0: as long as
    its will waits. receive_maximum: messages that the broker may send before they are acknowledged (MQTT 5).
    resubscribes: also where the broker has kept the session, and so what was subscribed to.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        version: Version,
        inbound: InboundQueue,
        *,
        client_id: str,
        filters: tuple[str, ...] = (),
        will: Will | None = None,
        wants_retained: bool = False,
        session_s: int = 0,
        receive_maximum: int = properties.RECEIVE_MAXIMUM,
        resubscribes: bool = True,
    ) -> None:
        self._settings = settings
        self._version = version
        self._inbound = inbound
        self._filters = filters
        self._wants_retained = wants_retained
        # How long the broker keeps the session of a client that is away, seconds.
        self._session_s = session_s or (will.delay_s if will is not None else 0)
        # Whether a broker of 3.1.1 keeps it too.
        self._lasting = session_s > 0
        self._receive_maximum = receive_maximum
        self._resubscribes = resubscribes
        # Around `_ended`: paho's thread and the connecting one both may end it.
        self._lock = threading.Lock()
        # The broker has answered, one way or the other.
        self._answered = False
        # `Ended` was put into the queue, which happens once.
        self._ended = False
        # Nobody wants this connection any more, also if it is still being made.
        self._abandoned = threading.Event()
        # paho's, of this one connection.
        self._client = self._make(client_id, will)

    def start(self) -> None:
        """Connect in a thread of its own, since names and handshakes block; a daemon: it cannot hold up the end."""
        threading.Thread(target=self._connect, name="mqtt-connect", daemon=True).start()

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, correlation: bytes = b"", expiry_s: int | None = None
    ) -> int:
        """Send with QoS 1; gives the packet id. What paho queues on a dead connection dies with this object.

        correlation, expiry_s and the labels in the payload go along with MQTT 5 only (`properties.of_publish`).
        """
        beside = properties.of_publish(payload, correlation, expiry_s) if self._version is Version.V5 else None
        return self._client.publish(topic, payload, qos=1, retain=retain, properties=beside).mid

    def acknowledge(self, message: Incoming) -> None:
        """Tell the broker that the message was dealt with; only then it sends further ones."""
        if self._client.is_connected():
            self._client.ack(message.packet, message.qos)

    def close(self) -> None:
        """Say goodbye, so that the broker does not publish the will. Does not wait."""
        self._abandoned.set()
        self._client.disconnect()

    def abandon(self) -> None:
        """Let go of a connection that does not answer; the broker publishes the will, unless we are back before it."""
        self._abandoned.set()
        with contextlib.suppress(OSError):  # gone already, which is what was wanted
            tls.shut(self._client.socket())

    def _make(self, client_id: str, will: Will | None) -> "Client":
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        settings, v5 = self._settings, self._version is Version.V5
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if v5 else not self._lasting,
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = settings.connect_timeout_s
        if will is not None:
            delay = properties.of_will(will.delay_s) if v5 else None
            client.will_set(will.topic, will.payload, qos=1, retain=True, properties=delay)
        if settings.username:
            client.username_pw_set(settings.username, settings.password)
        client.on_socket_open = _not_too_late(self._abandoned)
        client.on_connect = _guarded(self._on_connect)
        client.on_disconnect = _guarded(self._on_disconnect)
        client.on_publish = _guarded(self._on_publish)
        client.on_subscribe = _guarded(self._on_subscribe)
        client.on_message = _guarded(self._on_message)
        return client

    def _connect(self) -> None:
        from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY

        settings, client, v5 = self._settings, self._client, self._version is Version.V5
        try:
            if settings.tls:
                files = (settings.ca_file, settings.cert_file, settings.key_file)
                client.tls_set_context(tls.make_context(*files, _guarded(self._refused)))
            client.connect(
                settings.host,
                settings.port,
                keepalive=settings.keepalive_s,
                clean_start=not self._session_s if v5 else MQTT_CLEAN_START_FIRST_ONLY,
                properties=properties.of_connect(self._session_s, self._receive_maximum) if v5 else None,
            )
            self._inbound.put(Opened())
            client.loop_start()
        except Exception as error:  # noqa: BLE001 - whatever it was is put in words and handed over
            self._end(Ended(why_not_connected(error, settings.host, settings.port)))

    def _refused(self, error: Exception) -> None:
        """The broker broke TLS off after the handshake, and says why."""
        self._end(Ended(why_not_connected(error, self._settings.host, self._settings.port)))

    def _end(self, ended: Ended) -> None:
        """Hand over the end once: paho may report it twice."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._inbound.put(ended)

    def _on_connect(
        self,
        client: "Client",
        _data: object,
        flags: "ConnectFlags",
        reason: "ReasonCode",
        given: "Properties | None",
    ) -> None:
        self._answered = True
        if reason.value >= FAILED:
            older = reason.value == UNSUPPORTED_VERSION
            self._end(Ended(why_refused(reason.value, reason.getName()), try_older=older))
            return
        kept = flags.session_present and not self._resubscribes
        for topic in () if kept else self._filters:
            if self._version is Version.V5:
                client.subscribe(topic, options=_options(wants_retained=self._wants_retained))
            else:
                client.subscribe(topic, qos=1)
        self._inbound.put(
            Accepted(
                receive_maximum=getattr(given, "ReceiveMaximum", 65_535),
                max_packet_bytes=getattr(given, "MaximumPacketSize", 256 * 1024 * 1024),
                certificate_ends=tls.ends(client.socket(), self._settings.ca_file, self._settings.cert_file),
                session_kept=kept,
            )
        )

    def _on_disconnect(
        self,
        _client: "Client",
        _data: object,
        flags: "DisconnectFlags",
        reason: "ReasonCode",
        _properties: "Properties | None",
    ) -> None:
        if self._answered:
            from_broker = flags.is_disconnect_packet_from_server
            why = why_lost(reason.value, reason.getName(), from_broker=from_broker)
            taken_over = from_broker and reason.value == TAKEN_OVER
            self._end(Ended(why, taken_over=taken_over, wordless=not from_broker))
        else:
            self._end(Ended("the broker hung up without an answer", try_older=True))

    def _on_publish(
        self, _client: "Client", _data: object, packet: int, reason: "ReasonCode", _properties: "Properties"
    ) -> None:
        self._inbound.put(Answered(packet, reason.value, reason.getName()))

    def _on_subscribe(
        self,
        _client: "Client",
        _data: object,
        _packet: int,
        reasons: "list[ReasonCode]",
        _properties: "Properties | None",
    ) -> None:
        bad = [reason.getName().lower() for reason in reasons if reason.value >= FAILED]
        self._inbound.put(Subscribed(", ".join(bad)))

    def _on_message(self, client: "Client", _data: object, message: "MQTTMessage") -> None:
        try:
            incoming = Incoming(
                message.topic,
                bytes(message.payload),
                retained=message.retain,
                response_topic=str(getattr(message.properties, "ResponseTopic", "") or ""),
                correlation=bytes(getattr(message.properties, "CorrelationData", b"") or b""),
                packet=message.mid,
                qos=message.qos,
                repeated=message.dup,
            )
        except UnicodeDecodeError:
            client.ack(message.mid, message.qos)
            return
        if not self._inbound.put(incoming):
            client.ack(message.mid, message.qos)


def _not_too_late(abandoned: threading.Event) -> Callable[..., None]:
    def check(_client: object, _data: object, sock: object) -> None:
        if abandoned.is_set():  # a second connection with our name would push the first one out
            raise ConnectionAbortedError
        if isinstance(sock, socket.socket):  # else an alarm waits 40 ms for the other side's delayed ACK (RFC 1122)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    return check


def _guarded(callback: Callable[P, None]) -> Callable[P, None]:
    """An error in a callback is logged; it must not end paho's network thread.

    Held weakly: paho closes its sockets when the client object dies, which a cycle would leave to chance.
    """
    method = weakref.WeakMethod(callback)

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        alive = method()
        if alive is None:
            return
        try:
            alive(*args, **kwargs)
        except Exception:
            log.exception("mqtt.callback_failed", callback=alive.__name__)

    return call


def _options(*, wants_retained: bool) -> "SubscribeOptions":
    from paho.mqtt.subscribeoptions import SubscribeOptions

    handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if wants_retained else SubscribeOptions.RETAIN_DO_NOT_SEND
    return SubscribeOptions(qos=1, retainHandling=handling)


async def first_answer(
    collect: Callable[[], list[LinkEvent]], stir: asyncio.Event, settings: BrokerSettings
) -> list[LinkEvent]:
    """The first events beyond `Opened`. A broker that stays silent for too long gives `Ended`.

    collect: called at each `stir`.
    """
    where, opened = f"{settings.host}:{settings.port}", False
    try:
        # Looking up a name has no time-out of its own, so the network gets its time twice.
        async with asyncio.timeout(2 * settings.connect_timeout_s) as limit:
            while True:
                await stir.wait()
                for event in (events := collect()):
                    if not isinstance(event, Opened):
                        return events
                    opened = True
                    limit.reschedule(asyncio.get_running_loop().time() + settings.answer_timeout_s)
    except TimeoutError:
        if opened:
            detail = f"{where} takes connections, but no broker answered there for {settings.answer_timeout_s:g} s"
        else:
            detail = f"{where} did not answer in time"
        return [Ended(detail, try_older=opened)]
