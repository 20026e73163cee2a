"""What is watched and what is not: the health topic, and the line for `systemctl status`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge import pipeline
from edge.app.hub.counters import Counters
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.effects.sounder import RoomSounder
from edge.app.hub.event_queue import EventQueue, ShowHealth
from edge.host.written import written_bytes
from edge.model.alarm import ROOM
from edge.model.moment import Now
from edge.mqtt import payloads
from edge.mqtt.topics import Topics
from edge.pipeline import State
from edge.ports import Clock, Publisher
from edge.storage.points import Momentary, Watched

PERIOD_S = 30.0

Facts = Callable[[], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the health topic asks.

    journal_writer, reading_writer, notifications, room_sounder: for what they have lost, or whether they work.
    phone_buttons, radio, and more by name: facts as plain values, empty where there is none. machine: what is not well
    with the computer, filled by somebody else. replication: one line, empty if it is off.
    """

    journal_writer: JournalWriter
    reading_writer: ReadingWriter
    notifications: Notifications
    room_sounder: RoomSounder
    phone_buttons: Facts
    radio: Facts
    more: Mapping[str, Facts]
    machine: Sequence[Mapping[str, object]]
    replication: Callable[[], str]


class Health:
    """Publishes the health topic. sources: whom it asks beside the core's state."""

    def __init__(
        self, setup: pipeline.Setup, clock: Clock, publisher: Publisher, counters: Counters, sources: Sources
    ) -> None:
        self._zone = setup.zone
        self._clock = clock
        self._publisher = publisher
        self._counters = counters
        self._sources = sources
        self._topic = Topics(setup.config.hub.name).health
        # The same in numbers, for the databases; None before the first look.
        self.moment: Momentary | None = None

    def execute(self, _request: ShowHealth, state: State) -> None:
        """Publish the health topic now."""
        now = self._clock.now()
        watches = [payloads.Watch(*each) for each in pipeline.watches(state, now)]
        facts = {**self._facts(), **_state_facts(state, now, self._sources.room_sounder.words)}
        body = payloads.health(self._counters.self_check, now.wall_s, watches, facts, self._zone)
        self._publisher.show(self._topic, body)
        self.moment = _in_numbers(facts, watches, state, now)

    def _facts(self) -> dict[str, object]:
        publisher, sources = self._publisher, self._sources
        ends = {name: payloads.rfc3339(end_s, self._zone) for name, end_s in publisher.certificate_ends.items()}
        facts: dict[str, object] = {
            "broker_connected": publisher.connected,
            "certificates_end": ends,
            "frames_dropped": self._counters.frames_dropped,
            "commands_refused": self._counters.commands_refused,
            "commands_lost": publisher.commands_lost,
            "pushes_failed": sources.notifications.failed,
            "readings_lost": sources.reading_writer.lost,
            "history_lost": sources.journal_writer.lost,
            "replication": sources.replication() or "off",
        }
        more: dict[str, object] = {
            "phone_buttons": sources.phone_buttons(),
            "radio": sources.radio(),
            "machine": list(sources.machine),
            "written_bytes": written_bytes(),
        }
        more |= {name: each() for name, each in sources.more.items()}
        return facts | {name: value for name, value in more.items() if value}


async def ask_for_health(queue: EventQueue, clock: Clock) -> None:
    """Have it published every 30 s, until cancelled; by the loop, so that its count proves that the loop moves."""
    while True:
        queue.post(ShowHealth())
        await clock.sleep(PERIOD_S)


def lost(state: State, now: Now) -> list[tuple[str, str]]:
    """The sensors that should send now and do not, each with the reason."""
    watches = pipeline.watches(state, now)
    return [(device, why) for _, device, why in watches if why and not state.sensors[device].profile.spot]


def one_line(state: State, now: Now) -> str:
    """What is watched, for `systemctl status`."""
    watches, missing = pipeline.watches(state, now), [f"{device} ({why})" for device, why in lost(state, now)]
    standing = ", ".join(alarm.key.condition for alarm in state.alarms.conditions.standing()) or "no alarm"
    counted = f"watching {len(watches) - len(missing)} of {len(watches)} sensors"
    return "; ".join(filter(None, [counted, f"not {', '.join(missing)}" if missing else "", standing]))


def _in_numbers(facts: Mapping[str, object], watches: Sequence[payloads.Watch], state: State, now: Now) -> Momentary:
    proof = state.roster.proofs.get(ROOM)
    shares, batteries = pipeline.listened(state, now), pipeline.batteries(state)
    return Momentary(
        wall_s=now.wall_s,
        facts={
            "broker": int(bool(facts["broker_connected"])),
            "clock": int(now.synced),
            "alarms": len(state.alarms.conditions.standing()),
            "readings_lost": int(str(facts["readings_lost"])),
            "proof_age_s": None if proof is None else max(0.0, now.wall_s - proof.wall_s),
        },
        sensors=[
            Watched(
                each.person,
                each.device,
                not each.reason,
                None if (share := shares.get(each.device)) is None else 100 * share,
                batteries.get(each.device),
            )
            for each in watches
        ],
    )


def _state_facts(state: State, now: Now, sounder: str) -> dict[str, object]:
    """What the core knows of the watch. sounder: whether the one in the room works, in words."""
    proof = state.roster.proofs.get(ROOM)
    return {
        "alarms": [payloads.standing_fields(alarm) for alarm in state.alarms.conditions.standing()],
        "on_watch": state.roster.on_watch,
        "paused": [
            {"person": each.person, "device": each.device, "left_s": round(each.until_s - now.mono_s)}
            for each in state.alarms.pauses
        ],
        "clock_synchronised": now.synced,
        "battery_percent": {
            name: percent for name, percent in pipeline.batteries(state).items() if percent is not None
        },
        "listened_percent": {name: round(100 * share) for name, share in pipeline.listened(state, now).items()},
        "sounder": sounder,
        "sounder_proof_wall_s": None if proof is None else proof.wall_s,
    }
