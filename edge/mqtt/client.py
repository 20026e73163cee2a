"""The one owner of the broker connection: drains the outbox, shows the latest values, hears commands.

At least once: a row of the outbox counts as delivered when the broker's PUBACK says so, never before. Nothing waits
in paho: every connection has a fresh client, at most ten messages are in flight, and after a reconnect the outbox is
read again from its oldest unconfirmed row.

`offline`, the will, waits five seconds for this hub to come back (MQTT 5; with 3.1.1 it comes at once). Two seconds
of bad Wi-Fi would else make every entity of Home Assistant unavailable, and teach a family not to look. Five seconds
hold the first attempt to reconnect (after 2 s at most), mostly also the second (6 s at most). Nobody's alarm waits
for them: a hub without power is noticed after one and a half keepalives in any case (45 s), a sounder in another room
waits for a minute before it says that the hub is gone, and `feverhub status` minds a hub that has not spoken for 90
s. Commands that are sent meanwhile wait at the broker.

With MQTT 3.1.1 a broker confirms also what its rules forbid (MQTT 3.1.1, section 3.3.5), so a refusal can be seen
with MQTT 5 only; version 5 is tried first at each connection.
"""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from edge.mqtt.inbound import Accepted, Answered, Ended, InboundQueue, Incoming, LinkEvent, Subscribed
from edge.mqtt.inbox import MAX_WAITING, Inbox
from edge.mqtt.link import BrokerSettings, Link, Version, Will, first_answer
from edge.mqtt.reconnect import Reconnects
from edge.mqtt.send_queue import Item, Lane
from edge.mqtt.session import RunBlocking, Session, Status
from edge.mqtt.topics import HOME_ASSISTANT_STATUS, Topics
from edge.ports import Outbox, OutgoingMessage

ONLINE, OFFLINE = b"online", b"offline"
WILL_DELAY_S = 5
GOODBYE_S = 2.0
FAREWELL_S = 0.5


class MqttPublisher:
    """Implements `ports.Publisher`. All methods belong to the loop's thread.

    Parameters
    ----------
    run_blocking
        How the journal is called; its errors (StorageError) are reported and the call is made again.
    on_state
        (connected, why not). Called at each change.
    on_problem
        What is wrong although the broker may be there: a refused message, an outbox that cannot be read. Empty: over.
    on_command
        Gets each command, one at a time; its errors are logged and end nothing.
    commands_of
        Whose commands are heard: `+` everybody's, empty nobody's.
    on_home_assistant
        Gets `online` or `offline` when Home Assistant comes or goes. Subscribed to only if given.
    wall_s
        Wall clock, seconds.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        journal: Outbox,
        run_blocking: RunBlocking,
        *,
        on_state: Callable[[bool, str], None],
        on_problem: Callable[[str], None],
        on_command: Callable[[Incoming], Awaitable[None]],
        on_home_assistant: Callable[[str], Awaitable[None]] | None = None,
        commands_of: str = "+",
        wall_s: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        self._settings = settings
        # The names of this hub's topics.
        self._topics = Topics(settings.hub, settings.root)
        # Whose commands are subscribed to.
        self._commands_of = commands_of
        # What is reported of the connection, on change.
        self._status = Status(on_state, on_problem)
        # Whether its own status topic is subscribed to.
        self._listens_to_home_assistant = on_home_assistant is not None
        self._wall_s = wall_s
        # How long to wait before the next connection.
        self._reconnects = Reconnects(chance or random.Random())  # noqa: S311 - jitter, not a secret
        # There may be something to send.
        self._stir = asyncio.Event()
        # There is something that does not wait for the back-off.
        self._urgent = asyncio.Event()
        # What outlives the connections.
        self._session = Session(journal, run_blocking, self._status, wall_s=wall_s, on_change=self._stir.set)
        # Commands that have come and are not dealt with yet.
        self._inbox = Inbox(on_command, on_home_assistant, partial(self._status.problem, "command"))
        # Of MQTT, at the last connection.
        self._version = Version.V5
        # How many a broker has accepted.
        self._connections = 0
        # The client id at the broker.
        self._name = settings.client_id or f"feverhub-{secrets.token_hex(16)}"

    @property
    def connected(self) -> bool:
        return self._status.connected

    @property
    def connections(self) -> int:
        """How many a broker has accepted, since the start."""
        return self._connections

    @property
    def version(self) -> Version:
        """The MQTT version of the last connection."""
        return self._version

    @property
    def certificate_ends(self) -> Mapping[str, float]:
        """When each certificate of the last connection ends, wall seconds; empty without TLS."""
        return self._session.certificate_ends

    @property
    def commands_lost(self) -> int:
        """Commands for which there was no room, since the start."""
        return self._inbox.lost

    @property
    def in_flight(self) -> int:
        return self._session.in_flight

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._session.wake()
        self._urgent.set()

    def show(self, topic: str, payload: bytes) -> None:
        """Publish the latest retained value of a topic; sent again after each reconnect."""
        self._session.show(topic, payload)

    def publish_unjournalled(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish from memory what the journal could not take. Up to 500 wait; beyond, the oldest is lost, and said."""
        for message in messages:
            self._session.add(Item(message, Lane.UNJOURNALLED, self._wall_s()))
        self._urgent.set()

    def send(self, topic: str, payload: bytes) -> None:
        """Publish once, from memory: for what is of no use later."""
        self._session.add(Item(OutgoingMessage(topic, payload, retain=False), Lane.ANSWER, self._wall_s()))

    def reply(self, user: str, payload: bytes, response_topic: str = "", correlation: bytes = b"") -> None:
        """Answer a user on its reply topic, and on the MQTT 5 response topic if that lies under it."""
        own = self._topics.reply(user)
        topics = [own]
        if response_topic not in {"", own} and self._topics.may_answer_at(user, response_topic):
            topics.append(response_topic)
        for topic in topics:
            message = OutgoingMessage(topic, payload, retain=False)
            self._session.add(Item(message, Lane.ANSWER, self._wall_s(), correlation=correlation))

    async def run(self) -> None:
        """Connect, drain, reconnect, until cancelled; then say `offline` and go."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._session.run(), name="mqtt outbox")
            tasks.create_task(self._inbox.run(), name="mqtt commands")
            await self._stay_connected()

    async def _stay_connected(self) -> None:
        while True:
            self._urgent.clear()
            ended = await self._connect_once()
            if not self._session.urgent:
                self._urgent.clear()  # what came up during the connection was sent
            now_s = time.monotonic()
            self._reconnects.ended(now_s, ended.detail, taken_over=ended.taken_over)
            self._status.state(False, ended.detail)
            self._status.problem("link", self._reconnects.problem(now_s))
            await self._pause(*self._reconnects.pause_s())

    async def _pause(self, delay_s: float, urgent_s: float) -> None:
        """Wait before the next attempt; something to send cuts it short, to `urgent_s` at least."""
        await asyncio.sleep(urgent_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s - urgent_s):
                await self._urgent.wait()

    @property
    def _filters(self) -> tuple[str, ...]:
        commands = (self._topics.commands(self._commands_of),) if self._commands_of else ()
        return (*commands, *((HOME_ASSISTANT_STATUS,) if self._listens_to_home_assistant else ()))

    async def _connect_once(self) -> Ended:
        """One connection, in the newest version the broker speaks; how it ended."""
        ended = Ended("")
        for version in self._settings.versions:
            self._stir.clear()
            inbound = InboundQueue(self._stir.set, MAX_WAITING)
            will = Will(self._topics.status, OFFLINE, WILL_DELAY_S)
            link = Link(self._settings, version, inbound, client_id=self._name, will=will, filters=self._filters)
            self._version = version
            try:
                ended = await self._use(link, inbound)
            except asyncio.CancelledError:
                await self._goodbye(link, inbound)
                raise
            self._session.end(wordless=ended.wordless)
            link.abandon()
            if not ended.try_older:
                break
        return ended

    async def _use(self, link: Link, inbound: InboundQueue) -> Ended:
        link.start()
        events = await first_answer(partial(self._collect, inbound), self._stir, self._settings)
        while True:
            for event in events:
                if isinstance(event, Ended):
                    return event
                self._handle(link, event)
            self._session.fill(link)
            if stalled := self._session.stalled():
                return Ended(stalled, wordless=True)
            self._session.review()
            self._status.problem("link", self._reconnects.problem(time.monotonic()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stir.wait()
            events = self._collect(inbound)

    def _collect(self, inbound: InboundQueue) -> list[LinkEvent]:
        self._stir.clear()
        events, dropped = inbound.take()
        self._inbox.count_dropped(dropped)
        return events

    def _handle(self, link: Link, event: LinkEvent) -> None:
        match event:
            case Accepted():
                self._begin(event)
            case Answered():
                self._session.settle(event)
            case Subscribed(refusal=""):
                self._status.problem("subscribe", "")
            case Subscribed():
                self._status.problem("subscribe", f"the broker lets this hub hear no commands ({event.refusal})")
            case Incoming():
                self._inbox.accept(link, event)

    def _begin(self, accepted: Accepted) -> None:
        message = OutgoingMessage(self._topics.status, ONLINE, retain=True)
        self._session.begin(accepted, Item(message, Lane.STATUS))
        self._reconnects.connected(time.monotonic())
        self._connections += 1
        self._status.state(True, "")

    async def _goodbye(self, link: Link, inbound: InboundQueue) -> None:
        """Publish `offline` and wait a little for what is on its way; the rest stays in the outbox."""
        if self.connected:
            message = OutgoingMessage(self._topics.status, OFFLINE, retain=True)
            self._session.add(Item(message, Lane.STATUS))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await self._flush(link, inbound)
                    await self._session.part()
            self._status.state(False, "stopped")
        self._session.end()
        link.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                while not any(isinstance(event, Ended) for event in self._collect(inbound)):
                    await self._stir.wait()

    async def _flush(self, link: Link, inbound: InboundQueue) -> None:
        while True:
            for event in self._collect(inbound):
                if isinstance(event, Ended):
                    return
                if isinstance(event, Answered):
                    self._session.settle(event)
            self._session.fill(link)
            if self._session.idle:
                return
            await self._stir.wait()
