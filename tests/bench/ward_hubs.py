"""Many hubs in one process, for `scale.py`: ward_hubs.py PORT FIRST COUNT SECONDS ALARM_EVERY_S.

A connection for each slot carries the hubs of that slot; what they say is made by the product's own payload code and at
its pace: health every 30 s, movement every 10 s, temperature every 60 s, each at its own moment. A message counts once
the broker has confirmed it; what a lost connection had not confirmed is sent again. Prints one line of JSON: alarms
with the moment of their publication, messages, bytes. SECONDS 0: no pace, but a backlog of ten looks at each hub.
"""

import heapq
import json
import sys
import time
from collections import defaultdict, deque
from pathlib import Path

import paho.mqtt.client as paho

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from edge.model.alarm import Condition, Presence, Priority
from edge.mqtt.ward_topics import slot_of
from edge.ports import OutgoingMessage
from tests.support.wards import WardHub

HEALTH_S, MOTION_S, TEMPERATURE_S = 30.0, 10.0, 60.0
SETTLE_S = 15.0
"""The first alarm comes once every hub has shown itself, which no ward's hubs do in one second."""
BACKLOG = 10
MOST_IN_FLIGHT = 20


class Line:
    """One connection, at least once."""

    def __init__(self, host: str, port: int, name: str) -> None:
        self._waiting: deque[OutgoingMessage] = deque()
        self._flying: dict[int, OutgoingMessage] = {}
        self._host, self._port = host, port
        self.confirmed = 0
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        self.client.on_publish = self._on_publish
        self.client.on_disconnect = self._on_disconnect
        self.client.on_connect = self._on_connect
        self._ready = False
        self._again_s = 0.0
        self._connect()

    def publish(self, message: OutgoingMessage) -> None:
        self._waiting.append(message)

    def turn(self) -> None:
        if self.client.socket() is None and time.monotonic() >= self._again_s:
            self._connect()
        self.client.loop(timeout=0.0)
        while self._ready and self._waiting and len(self._flying) < MOST_IN_FLIGHT:
            message = self._waiting.popleft()
            info = self.client.publish(message.topic, message.payload, qos=1, retain=message.retain)
            self._flying[info.mid] = message

    @property
    def idle(self) -> bool:
        return not self._waiting and not self._flying

    def _connect(self) -> None:
        self._again_s = time.monotonic() + 1.0
        try:
            self.client.connect(self._host, self._port, keepalive=30)
        except OSError:
            return

    def _on_connect(self, *_: object) -> None:
        self._ready = True

    def _on_disconnect(self, *_: object) -> None:
        self._ready = False
        self._waiting.extendleft(reversed(self._flying.values()))
        self._flying.clear()

    def _on_publish(self, _client: object, _data: object, packet: int, *_: object) -> None:
        if self._flying.pop(packet, None) is not None:
            self.confirmed += 1


def main(port: int, first: int, count: int, seconds: float, alarm_every_s: float) -> None:
    hubs = [WardHub(number) for number in range(first, first + count)]
    by_slot: dict[str, list[WardHub]] = defaultdict(list)
    for hub in hubs:
        by_slot[slot_of(hub.topics.instance)].append(hub)
    lines = {slot: Line("127.0.0.1", port, f"hubs-{first}-{slot.replace('/', '')}") for slot in by_slot}
    line_of = {hub.number: lines[slot] for slot, mine in by_slot.items() for hub in mine}
    begun_s, sent, size, alarms = time.monotonic(), 0, 0, []

    def say(hub: WardHub, message: OutgoingMessage) -> None:
        nonlocal sent, size
        line_of[hub.number].publish(message)
        sent, size = sent + 1, size + len(message.payload) + len(message.topic)

    due: list[tuple[float, int, str]] = []
    for index, hub in enumerate(hubs):
        say(hub, hub.about(f"bed {hub.number}"))
        say(hub, hub.status())
        for kind, every_s in (("health", HEALTH_S), ("motion", MOTION_S), ("temperature", TEMPERATURE_S)):
            heapq.heappush(due, (begun_s + every_s * (index % 97) / 97.0, index, kind))
    for look in range(BACKLOG if not seconds else 0):
        for hub in hubs:
            say(hub, hub.health(look, time.time() - HEALTH_S * (BACKLOG - look)))
    pace_s = {"health": HEALTH_S, "motion": MOTION_S, "temperature": TEMPERATURE_S}
    alarm_s, sequence = begun_s + SETTLE_S, 0
    while (now_s := time.monotonic()) < begun_s + seconds:
        while due and due[0][0] <= now_s:
            at_s, index, kind = heapq.heappop(due)
            hub, wall_s = hubs[index], time.time()
            made = {
                "health": lambda hub=hub, wall_s=wall_s: hub.health(1, wall_s),
                "motion": lambda hub=hub, wall_s=wall_s: hub.motion(wall_s),
                "temperature": lambda hub=hub, wall_s=wall_s: hub.temperature(37.0, wall_s),
            }[kind]
            say(hub, made())
            heapq.heappush(due, (at_s + pace_s[kind], index, kind))
        if now_s >= alarm_s:
            alarm_s += alarm_every_s
            hub, wall_s = hubs[sequence * 7 % len(hubs)], time.time()
            sequence += 1
            condition, priority = Condition.SEIZURE_LIKE_MOVEMENT, Priority.HIGH
            number = first * 1_000_000 + sequence
            presence = Presence.ON if sequence % 2 else Presence.ACK
            for message in hub.alarm(number, wall_s, condition=condition, priority=priority, presence=presence):
                say(hub, message)
            alarms.append((hub.tag, number, wall_s))
        for line in lines.values():
            line.turn()
        time.sleep(0.002)
    end_s = time.monotonic() + 90.0
    while not all(line.idle for line in lines.values()) and time.monotonic() < end_s:
        for line in lines.values():
            line.turn()
        time.sleep(0.002)
    confirmed = sum(line.confirmed for line in lines.values())
    print(json.dumps({"alarms": alarms, "messages": sent, "bytes": size, "confirmed": confirmed}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
