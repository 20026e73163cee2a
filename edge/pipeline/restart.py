"""The first state: the sensors that are set up, and what the journal remembers."""

from collections.abc import Iterable
from dataclasses import replace

from edge import alarms
from edge.delivery import dispatch
from edge.model.alarm import Alarm, AlarmKey, Condition
from edge.model.care import Entry, ManualReading
from edge.model.moment import Now
from edge.pipeline import care, pushes, restored_episodes, roster_store
from edge.pipeline.notification import Stepped, notify_changes, plan_for
from edge.pipeline.state import Sensor, Setup, State, key_of


def begin(
    setup: Setup,
    now: Now,
    standing: Iterable[Alarm] = (),
    sequence: int = 0,
    *,
    remembered: str = "",
    entries: Iterable[Entry] = (),
    past: Iterable[Alarm] = (),
) -> Stepped:
    """The first state. standing, sequence, remembered, entries (newest versions, oldest first), past (alarms of the
    last days that are over): from the journal, so that alarms, silences, episodes and what the family's plan counts
    survive a restart.
    """
    standing, past = tuple(standing), tuple(past)
    sensors = {
        device.id: Sensor(device, setup.profiles[device.profile], setup.config.limits_for(device), now.mono_s)
        for device in setup.config.devices
    }
    known = {entry.id: entry for entry in entries}
    for entry in known.values():
        if isinstance(entry.what, ManualReading):
            by_hand = care.hand_sensor(setup, entry.person, entry.what.site, now.mono_s)
            sensors.setdefault(by_hand.device.id, by_hand)
    who, paused, snoozed = roster_store.recall(remembered, now)
    her = restored_episodes.children(standing, past, now)
    state = State(setup, sensors, roster=who, entries=known, entries_made=len(known), children=her)
    state = replace(state, pushes=dispatch.start(setup.channels))
    speakers = {AlarmKey(condition): frozenset[str]() for condition in Condition}
    for sensor in sensors.values():
        for key in (key_of(sensor.device, condition) for condition in Condition if sensor.says(condition)):
            speakers[key] = speakers.get(key, frozenset()) | {sensor.device.id}
    plan = plan_for(state, now)
    restored = alarms.restore(standing, sequence, speakers, plan, now, pauses=paused, snoozes=snoozed, past=past)
    return pushes.sent(*notify_changes(state, restored, now))
