"""Recordings through the same hub as live: `feverhub replay`, and the engine of the demo."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import EventQueue, ShowHealth
from edge.app.hub.timed_commands import Timed
from edge.app.load.checked import CheckedConfiguration, require_person
from edge.app.load.progress import Bar
from edge.decoding import Link, Match, Profile
from edge.errors import ConfigError, NotConfirmed
from edge.host.virtual_clock import VirtualClock
from edge.model.alarm import Alarm, Presence
from edge.model.event import Event
from edge.model.people import Device, Limb, Site
from edge.model.reading import Quantity
from edge.ports import Emit, FrameSource
from edge.recordings.files import MotionRecording, Playable, Recording, origins
from edge.recordings.frames import FrameRecording
from edge.recordings.playback import TICK_S, Playback, length_s

# After the end of the recording the broker has this long to confirm what still waits.
CONFIRM_S = 60.0

NOW = {
    Presence.ON: "stands",
    Presence.ACK: "answered",
    Presence.LATCH: "has stopped, waits for an answer",
    Presence.OFF: "over",
}

Meanwhile = Callable[[Assembly, VirtualClock], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Track:
    """A recording and the device that is said to have made it."""

    device: Device
    recording: Playable


def frame_tracks(
    loaded: CheckedConfiguration, person: str, device: str, recordings: Sequence[FrameRecording]
) -> list[Track]:
    """The frames of that configured sensor. Raises ConfigError if there is none of that id, or not on that person."""
    own = [each for each in loaded.config.devices if person in ("", each.person)]
    named = next((each for each in own if each.id == device), None)
    if named is None:
        known = ", ".join(each.id for each in own) or "none"
        what = f"there is no device {device!r}" if device else "--frames needs --device, the sensor that sent them"
        raise ConfigError(f"{what} (known: {known})")
    return [Track(recording.of(named), recording) for recording in recordings]


def whose(loaded: CheckedConfiguration, person: str) -> str:
    """That person; the only one if none is named. Raises ConfigError if there are more."""
    known = [each.id for each in loaded.config.persons]
    if person or len(known) == 1:
        return person or known[0]
    raise ConfigError(f"whose recording is it? give --person (known: {', '.join(known) or 'none'})")


def tracks(loaded: CheckedConfiguration, person: str, device: str, recordings: Sequence[Recording]) -> list[Track]:
    """Find a device of that person for each recording. Raises ConfigError if there is no such person or device."""
    require_person(loaded.config, person)
    own = [each for each in loaded.config.devices if each.person == person]
    if device and device not in {each.id for each in own}:
        known = ", ".join(each.id for each in own) or "none"
        raise ConfigError(f"{person} has no device {device!r} (known: {known})")
    named = next((each for each in own if each.id == device), None)
    if named is not None and not any(isinstance(r, MotionRecording) == (named.limb is not None) for r in recordings):
        what = "an accelerometer" if named.limb is not None else "a thermometer"
        raise ConfigError(f"{device} is {what}, and the recording is of something else")
    found = []
    for recording in recordings:
        moves = isinstance(recording, MotionRecording)
        fits = [each for each in own if (each.limb is not None) == moves]
        chosen = next((each for each in fits if each.id == device), fits[0] if fits else None)
        found.append(Track(chosen or _stand_in(person, moves=moves), recording))
    return found


def _stand_in(person: str, *, moves: bool) -> Device:
    """For a person without such a sensor."""
    if moves:
        return Device("replayed_motion", "replayed_motion", person, limb=Limb.UNKNOWN)
    return Device("replayed_temperature", "replayed_temperature", person, site=Site.AXILLA)


def _profile(track: Track, loaded: CheckedConfiguration) -> Profile:
    """The device's own profile; of samples with the recording's interval: its deadlines follow what it really sends."""
    if isinstance(track.recording, FrameRecording):
        return loaded.profiles[track.device.profile]
    moves = isinstance(track.recording, MotionRecording)
    quantity = Quantity.ACCELERATION if moves else Quantity.TEMPERATURE
    base = loaded.profiles.get(track.device.profile) or Profile(
        track.device.profile, "a recording", "", (quantity,), Link.GATT, Match(), {}
    )
    steps = np.diff(track.recording.t_s)
    interval_s = 1.0 if moves or not len(steps) else float(np.median(steps))
    return replace(base, expected_interval_s=interval_s, rhythm=moves)


async def play(
    loaded: CheckedConfiguration,
    played: Sequence[Track],
    speed: float,
    meanwhile: Meanwhile | None = None,
    *,
    on_alarm: Callable[[Alarm], None] = lambda _alarm: None,
    silent: bool = False,
    said: Sequence[Timed] = (),
    tick_s: float = TICK_S,
    demo_phones: Path | None = None,
) -> None:
    """Play recordings into the configured broker and store. Raises NotConfirmed if the broker did not confirm all.

    meanwhile: runs beside it; when it returns before the recording ends, so does the replay. on_alarm: called with each
    change of an alarm. said: what caregivers say, by time (s on the recordings' own). tick_s: how often time passes for
    the hub where nothing is received. demo_phones: as in `session.Options`.
    """
    recordings = [track.recording for track in played]
    clock = VirtualClock(speed, length_s(recordings))
    config = replace(loaded.config, devices=tuple(track.device for track in played))
    profiles = {track.device.profile: _profile(track, loaded) for track in played}
    source = _InStep([(track.device.id, track.recording) for track in played], clock, _during(said, recordings), tick_s)

    async def finish(parts: Assembly) -> None:
        ended = asyncio.ensure_future(source.ended.wait())
        watching = asyncio.ensure_future(meanwhile(parts, clock)) if meanwhile else ended
        await asyncio.wait((ended, watching), return_when=asyncio.FIRST_COMPLETED)
        for task in (ended, watching):
            if not task.done():
                task.cancel()
        if watching.done() and not watching.cancelled():
            watching.result()
        await confirmed(parts)

    options = session.Options(
        source=source.of,
        meanwhile=finish,
        on_alarm=on_alarm,
        silent=silent,
        ticks=False,
        demo_phones=demo_phones,
    )
    await session.run(replace(loaded, config=config, profiles=profiles), clock, options)


def _during(said: Sequence[Timed], recordings: Sequence[Playable]) -> list[Timed]:
    """What was said, from the beginning of the recordings. Raises ConfigError for what lies outside them."""
    begin_s, duration_s = min(origins(recordings)), length_s(recordings)
    moved = [(t_s - begin_s, command) for t_s, command in said]
    if moved and not (moved[0][0] >= 0 and moved[-1][0] <= duration_s):
        raise ConfigError(f"every event must lie within the recordings: t from {begin_s:g} to {begin_s + duration_s:g}")
    return moved


async def confirmed(parts: Assembly) -> None:
    """Wait until the outbox is empty and phones were tried. Raises NotConfirmed after a minute without the first."""
    parts.queue.post(ShowHealth())
    deadline_s = asyncio.get_running_loop().time() + CONFIRM_S
    while True:
        await parts.queue.idle.wait()
        waiting = await parts.disk.journal_thread(parts.disk.journal.pending, 1)
        if not waiting and parts.publisher.connected and not parts.publisher.in_flight:
            break
        if asyncio.get_running_loop().time() > deadline_s:
            raise NotConfirmed(f"the broker has not confirmed every message within {CONFIRM_S:g} s")
        await asyncio.sleep(0.05)
    while not parts.hub.state.pushes.idle and asyncio.get_running_loop().time() < deadline_s:  # noqa: ASYNC110  seldom twice
        await asyncio.sleep(0.05)


class _InStep:
    """A playback that waits until the core has taken each event, so that a busy machine changes nothing."""

    def __init__(
        self, recordings: Sequence[tuple[str, Playable]], clock: VirtualClock, said: Sequence[Timed], tick_s: float
    ) -> None:
        self._playback = Playback(recordings, clock.reach, beside=said, tick_s=tick_s)
        self.ended = asyncio.Event()

    def of(self, queue: EventQueue) -> FrameSource:
        """A source for the hub that has this queue."""
        return _Playing(self._playback, queue, self.ended)


@dataclass(frozen=True, slots=True)
class _Playing:
    playback: Playback
    queue: EventQueue
    ended: asyncio.Event

    async def run(self, emit: Emit) -> None:
        async def in_step(event: Event) -> None:
            await emit(event)
            await self.queue.idle.wait()

        await self.playback.run(in_step)
        self.ended.set()


async def with_progress(
    loaded: CheckedConfiguration,
    played: Sequence[Track],
    speed: float,
    *,
    as_json: bool,
    said: Sequence[Timed] = (),
    tick_s: float = TICK_S,
) -> None:
    """Play with a bar of the recording's time on stderr; at the end what was raised, on stdout."""
    total_s = length_s([track.recording for track in played])
    raised: dict[str, Alarm] = {}
    last: dict[str, Alarm] = {}

    def keep(alarm: Alarm) -> None:
        raised.setdefault(alarm.id, alarm)
        last[alarm.id] = alarm

    async def show(_parts: Assembly, clock: VirtualClock) -> None:
        while True:
            bar.reach(clock.now().mono_s)
            await asyncio.sleep(0.2)

    with Bar("replay", total_s) as bar:
        await play(loaded, played, speed, show, on_alarm=keep, said=said, tick_s=tick_s)
    facts = [
        {
            "id": alarm.id,
            "condition": str(alarm.key.condition),
            "priority": str(last[alarm.id].priority),
            "presence": str(last[alarm.id].presence),
            "text": alarm.text,
        }
        for alarm in raised.values()
    ]
    if as_json:
        click.echo(json.dumps({"schema": 1, "duration_s": round(total_s, 3), "alarms": facts}))
        return
    click.echo(f"{total_s:.0f} s replayed, everything published and confirmed")
    for fact in facts:
        click.echo(f"  {fact['text']} ({NOW[last[fact['id']].presence]})")
