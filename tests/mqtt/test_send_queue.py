"""What leaves next, and what became of it."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from edge.mqtt.send_queue import MAX_IN_FLIGHT, MAX_UNJOURNALLED, Item, Lane, SendQueue
from edge.ports import OutboxRow, OutgoingMessage


def row(number: int, topic: str = "event", *, retain: bool = False, created_s: float | None = None) -> OutboxRow:
    message = OutgoingMessage(topic, str(number).encode(), retain)
    return OutboxRow(number, message, float(number) if created_s is None else created_s)


def from_memory(topic: str, payload: bytes, *, retain: bool = False, created_s: float = 0.0) -> Item:
    return Item(OutgoingMessage(topic, payload, retain), Lane.UNJOURNALLED, created_s)


def send_all(queue: SendQueue, first_packet: int = 1) -> list[bytes]:
    """Send until the queue is full or empty; packet ids count up."""
    sent = []
    while (item := queue.next()) is not None:
        queue.sent(first_packet + len(sent), item)
        sent.append(item.message.payload)
    return sent


def drain(queue: SendQueue) -> list[bytes]:
    """Send and confirm until nothing is left."""
    sent: list[bytes] = []
    packet = 100
    while (item := queue.next()) is not None:
        queue.sent(packet, item)
        queue.confirmed(packet)
        sent.append(item.message.payload)
    return sent


def test_never_more_than_ten_are_in_flight_and_in_order() -> None:
    queue = SendQueue()
    queue.load([row(n) for n in range(1, 31)])
    assert send_all(queue) == [str(n).encode() for n in range(1, 11)]
    assert queue.in_flight == MAX_IN_FLIGHT
    queue.confirmed(4)
    assert send_all(queue, 50) == [b"11"]


def test_a_broker_that_takes_less_gets_less() -> None:
    queue = SendQueue()
    queue.reset(limit=3)
    queue.load([row(n) for n in range(1, 6)])
    assert len(send_all(queue)) == 3


def test_a_row_is_written_down_only_after_its_confirmation() -> None:
    queue = SendQueue()
    queue.load([row(1), row(2)])
    send_all(queue)
    assert queue.unwritten() == []
    queue.confirmed(2)
    assert queue.unwritten() == [2]
    queue.wrote([2])
    assert queue.unwritten() == []
    assert not queue.idle
    queue.confirmed(1)
    queue.wrote([1])
    assert queue.idle


def test_after_a_reconnect_everything_unconfirmed_is_read_and_sent_again() -> None:
    queue = SendQueue()
    rows = [row(n) for n in range(1, 4)]
    queue.load(rows)
    send_all(queue)
    queue.confirmed(1)
    queue.reset()
    assert (queue.cursor, queue.in_flight) == (0, 0)
    queue.load(rows)  # row 1 is still in the journal: its confirmation is not written yet
    assert send_all(queue) == [b"2", b"3"]


def test_only_the_newest_state_of_a_retained_topic_is_sent_and_the_older_are_done_with() -> None:
    queue = SendQueue()
    queue.load([row(1, "a", retain=True), row(2, "b", retain=True), row(3), row(4, "a", retain=True)])
    assert drain(queue) == [b"2", b"3", b"4"]
    assert sorted(queue.unwritten()) == [1, 2, 3, 4]


def test_a_refused_row_is_deferred_and_not_sent_again_on_this_connection() -> None:
    queue = SendQueue()
    queue.load([row(1), row(2)])
    send_all(queue)
    refused = queue.refused(1)
    assert refused is not None
    assert (refused.row, queue.deferred, queue.clear) == (1, 1, False)
    queue.confirmed(2)
    assert queue.next() is None
    assert queue.unwritten() == [2]
    queue.wrote([2])
    queue.reset()
    queue.load([row(1)])
    assert send_all(queue) == [b"1"]


def test_a_deferred_state_does_not_come_back_over_a_newer_one() -> None:
    queue = SendQueue()
    queue.load([row(1, "a", retain=True)])
    send_all(queue)
    queue.refused(1)
    queue.load([row(2, "a", retain=True)])
    assert drain(queue) == [b"2"]
    queue.wrote([2])
    queue.reread()
    queue.load([row(1, "a", retain=True)])
    assert drain(queue) == []
    assert queue.unwritten() == [1]


def test_a_state_refused_in_flight_while_a_newer_one_waits_is_done_with() -> None:
    queue = SendQueue()
    queue.load([row(1, "a", retain=True)])
    send_all(queue)
    queue.load([row(2, "a", retain=True)])
    assert queue.refused(1) is None
    assert queue.unwritten() == [1]


def test_alarms_from_memory_go_before_the_outbox_and_survive_a_reconnect() -> None:
    queue = SendQueue()
    queue.load([row(1)])
    queue.add(from_memory("event", b"m1"))
    queue.add(from_memory("event", b"m2"))
    assert send_all(queue) == [b"m1", b"m2", b"1"]
    queue.confirmed(1)
    queue.reset()
    assert send_all(queue) == [b"m2"]


def test_a_refused_alarm_from_memory_is_tried_again_after_a_reconnect() -> None:
    queue = SendQueue()
    queue.add(from_memory("event", b"m1"))
    send_all(queue)
    queue.refused(1)
    assert queue.next() is None
    queue.reset()
    assert send_all(queue) == [b"m1"]


def test_the_newest_state_wins_between_memory_and_outbox() -> None:
    queue = SendQueue()
    queue.load([row(1, "a", retain=True, created_s=10.0)])
    queue.add(from_memory("a", b"m1", retain=True, created_s=20.0))
    queue.add(from_memory("a", b"m2", retain=True, created_s=21.0))
    queue.load([row(2, "a", retain=True, created_s=15.0)])
    assert drain(queue) == [b"m2"]
    queue.load([row(3, "a", retain=True, created_s=30.0)])
    assert drain(queue) == [b"3"]
    assert sorted(queue.unwritten()) == [1, 2, 3]


def test_memory_is_bounded_and_the_loss_is_counted() -> None:
    queue = SendQueue()
    for number in range(MAX_UNJOURNALLED + 3):
        queue.add(from_memory("event", str(number).encode()))
    assert queue.dropped == 3
    assert drain(queue)[0] == b"3"


def test_answers_cannot_push_out_alarms() -> None:
    queue = SendQueue()
    queue.add(from_memory("event", b"alarm"))
    for number in range(1000):
        queue.add(Item(OutgoingMessage("reply", str(number).encode(), retain=False), Lane.ANSWER))
    assert drain(queue)[0] == b"alarm"


def test_of_latest_values_only_the_newest_is_kept_and_comes_after_all_alarms() -> None:
    queue = SendQueue()
    for number in range(5):
        queue.show("t", str(number).encode())
    queue.load([row(1)])
    assert drain(queue) == [b"1", b"4"]
    assert drain(queue) == []
    queue.reset()
    assert drain(queue) == [b"4"]


def test_a_broker_that_forgot_gets_the_standing_states_again() -> None:
    queue = SendQueue()
    queue.load([row(1, "a", retain=True), row(2, "event")])
    assert drain(queue) == [b"1", b"2"]
    queue.wrote([1, 2])
    queue.reset()
    assert drain(queue) == [b"1"]
    queue.reset()
    queue.load([row(3, "a", retain=True)])
    assert drain(queue) == [b"3"]


def test_an_event_past_its_time_leaves_as_historical_a_state_does_not() -> None:
    payload = json.dumps({"id": "e-1", "historical": False}).encode()
    event = Item(OutgoingMessage("event", payload, retain=False, expires_s=100.0), Lane.OUTBOX)
    state = Item(OutgoingMessage("state", payload, retain=True, expires_s=100.0), Lane.OUTBOX)
    assert json.loads(event.payload_at(100.0))["historical"] is False
    assert json.loads(event.payload_at(100.1))["historical"] is True
    assert state.payload_at(200.0) == payload


class World:
    """An outbox, a broker and a queue between them; messages are their row numbers."""

    def __init__(self) -> None:
        self.queue = SendQueue()
        self.outbox: dict[int, OutboxRow] = {}
        self.events: set[int] = set()
        self.newest: dict[str, int] = {}
        self.arrived: list[int] = []
        self.states: dict[str, int] = {}
        self._flying: dict[int, Item] = {}
        self._packet = self._number = 0

    def record(self, topic: str) -> None:
        self._number += 1
        self.outbox[self._number] = row(self._number, topic or "event", retain=bool(topic))
        if topic:
            self.newest[topic] = self._number
        else:
            self.events.add(self._number)

    def read(self) -> None:
        self.queue.load([self.outbox[n] for n in sorted(self.outbox) if n > self.queue.cursor])

    def send(self) -> bool:
        item = self.queue.next()
        if item is not None:
            self._packet += 1
            self.queue.sent(self._packet, item)
            self._flying[self._packet] = item
        assert self.queue.in_flight <= MAX_IN_FLIGHT
        return item is not None

    def confirm(self) -> None:
        if self._flying:
            packet = min(self._flying)
            message = self._flying.pop(packet).message
            self.queue.confirmed(packet)
            self.arrived.append(int(message.payload))
            if message.retain:
                self.states[message.topic] = int(message.payload)

    def refuse(self) -> None:
        if self._flying:
            packet = min(self._flying)
            self._flying.pop(packet)
            self.queue.refused(packet)

    def write(self) -> None:
        for done in self.queue.unwritten():
            self.outbox.pop(done, None)
        self.queue.wrote(self.queue.unwritten())

    def lose(self) -> None:
        self._flying.clear()
        self.queue.reset()

    def reread(self) -> None:
        self.queue.reread()


STEPS = st.lists(
    st.sampled_from(
        ["record ", "record a", "record b", "read", "send", "confirm", "refuse", "write", "lose", "reread"]
    ),
    max_size=80,
)


@given(STEPS)
def test_whatever_happens_every_event_arrives_and_every_topic_ends_with_its_newest_state(steps: Sequence[str]) -> None:
    world = World()
    for step in [*steps, "lose", "read"]:
        what, _, topic = step.partition(" ")
        if what == "record":
            world.record(topic)
        else:
            getattr(world, what)()
    while world.send():
        world.confirm()
    assert world.events <= set(world.arrived)
    assert world.states == world.newest
    world.write()
    assert world.outbox == {}
