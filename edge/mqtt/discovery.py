"""Home Assistant's device discovery: one device for each child, one for the hub. Pure.

The form is that of Home Assistant 2024.11 and later (its MQTT documentation, "Device discovery payload"). Alarms are
read from the health topic, which names all that stand at each change and every half minute, and expire with it: a hub
that is silent shows as unavailable, never as quiet. A sensor is available while the hub is there **and**
its own latest value can be trusted.

What is no longer offered is named with its platform alone, which removes it: Home Assistant keeps what a document
merely leaves out, and would go on showing "Fever: off" of a child who has no thermometer any more.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec

from edge import __version__, alarms
from edge.config import Config
from edge.delivery import latest, roster
from edge.model.alarm import AlarmKey, Condition, Kind, Presence
from edge.model.event import Verb
from edge.model.people import Caregiver, Role
from edge.model.reading import Quantity
from edge.mqtt import topics
from edge.mqtt.payloads import SCHEMA, encode
from edge.mqtt.topics import Topics
from edge.pipeline import Sensor

HEALTH_EXPIRES_S = 95
"""Three of the health topic's intervals of 30 s, and a little."""

Component = dict[str, object]

_BUTTONS = {
    Verb.ACKNOWLEDGE: ("I'm coming", "mdi:run-fast", {}),
    Verb.SNOOZE: ("Quiet for 30 min", "mdi:bell-sleep", {"minutes": 30}),
    Verb.AWAKE: ("She is awake", "mdi:baby-face-outline", {}),
}


def messages(
    config: Config, sensors: Iterable[Sensor], gone: Mapping[str, Collection[str]] | None = None
) -> list[tuple[str, bytes]]:
    """Topic and payload, both to be retained, of each discovered device; of the sensors those that are set up.

    Buttons and the choice of who is on watch are offered only if Home Assistant's MQTT user is a caregiver who may
    command. gone: by person, ids of sensors that were set up once; they are removed.
    """
    if not config.homeassistant.discovery:
        return []
    of_the_house = {device.id for device in config.devices}
    every = [sensor for sensor in sensors if sensor.device.id in of_the_house]
    found = [_message(config.hub.name, _hub(config))]
    for person in config.persons:
        own = [sensor for sensor in every if sensor.device.person == person.id]
        once = (gone or {}).get(person.id, ())
        found.append(_message(child_id(config.hub.name, person.id), _child(config, person.id, person.name, own, once)))
    return found


def _message(object_id: str, device: Component) -> tuple[str, bytes]:
    return topics.discovery(object_id), msgspec.json.encode(device)


def child_id(hub: str, person: str) -> str:
    """`<hub>_<person>`; where that is longer than an id may be, its end is a hash, always the same."""
    whole = f"{hub}_{person}"
    return whole if len(whole) <= topics.MAX_ID else f"{whole[:23]}_{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _device(here: Topics, identifier: str, name: str, model: str, parts: Mapping[str, Component]) -> Component:
    via = {} if identifier == here.hub else {"via_device": f"feverhub_{here.hub}"}
    return {
        "dev": {
            **via,
            "identifiers": [f"feverhub_{identifier}"],
            "name": name,
            "manufacturer": "feverhub",
            "model": model,
            "sw_version": __version__,
        },
        "o": {"name": "feverhub", "sw_version": __version__},
        "qos": 1,
        "availability": [_hub_there(here)],
        "availability_mode": "all",
        "cmps": {key: _named(part, f"feverhub_{identifier}_{key}") for key, part in parts.items()},
    }


def _named(part: Component, unique_id: str) -> Component:
    return part if part.keys() == {"p"} else {**part, "unique_id": unique_id}


def _removed(platform: str, *keys: str) -> dict[str, Component]:
    return {key: {"p": platform} for key in keys}


def _hub_there(here: Topics) -> Component:
    return {"topic": here.status}


def _hub(config: Config) -> Component:
    here = Topics(config.hub.name)
    parts: dict[str, Component] = {
        "self_check": {
            "p": "sensor",
            "name": "Self-check",
            "icon": "mdi:counter",
            "state_topic": here.health,
            "value_template": "{{ value_json.self_check }}",
            "state_class": "total_increasing",
            "entity_category": "diagnostic",
            "expire_after": HEALTH_EXPIRES_S,
        },
        "alarms": {
            "p": "sensor",
            "name": "Alarms",
            "icon": "mdi:alert-outline",
            "state_topic": here.health,
            "value_template": "{{ value_json.alarms | count }}",
            "json_attributes_topic": here.health,
            "json_attributes_template": "{{ {'alarms': value_json.alarms} | tojson }}",
            "expire_after": HEALTH_EXPIRES_S,
        },
        **{
            str(condition): _alarm(here, condition, "", diagnostic=True)
            for condition in Condition
            if alarms.hub_wide(condition)
        },
    }
    user = _commander(config)
    if user is None:
        parts |= _removed("button", "test", "drill", "good_night") | _removed("select", "on_watch")
    else:
        parts["test"] = {
            "p": "button",
            "name": "Test alarm",
            "icon": "mdi:bell-check",
            "command_topic": f"{here.base}/cmd/{user.mqtt_user}/{Verb.TEST}",
            "payload_press": f'{{"schema": {SCHEMA}}}',
            "entity_category": "config",
        }
        parts["drill"] = {
            "p": "button",
            "name": "Monthly drill",
            "icon": "mdi:bell-ring-outline",
            "command_topic": f"{here.base}/cmd/{user.mqtt_user}/{Verb.DRILL}",
            "payload_press": f'{{"schema": {SCHEMA}}}',
            "entity_category": "config",
        }
        parts["good_night"] = {
            "p": "button",
            "name": "Good night",
            "icon": "mdi:weather-night",
            "command_topic": f"{here.base}/cmd/{user.mqtt_user}/{Verb.GOOD_NIGHT}",
            "payload_press": f'{{"schema": {SCHEMA}}}',
        }
        parts["on_watch"] = _on_watch(config, here, user)
    return _device(here, here.hub, f"feverhub {here.hub}", "hub", parts)


def _child(config: Config, person: str, name: str, sensors: list[Sensor], gone: Collection[str]) -> Component:
    here = Topics(config.hub.name)
    unwatched = _chosen("not_watched", person=person)
    parts: dict[str, Component] = {
        "not_watching": {
            "p": "binary_sensor",
            "name": "Not watching",
            "device_class": "problem",
            "state_topic": here.health,
            "value_template": _on_if(unwatched),
            "json_attributes_topic": here.health,
            "json_attributes_template": f"{{{{ {{'sensors': {unwatched}}} | tojson }}}}",
            "expire_after": HEALTH_EXPIRES_S,
        },
        "event": _event(here, person),
    }
    physiological = [c for c in Condition if alarms.kind(c) is Kind.PHYSIOLOGICAL]
    said = [c for c in physiological if any(sensor.says(c) for sensor in sensors)]
    parts |= _removed("binary_sensor", *(str(c) for c in physiological if c not in said))
    parts |= {str(condition): _alarm(here, condition, person) for condition in said}
    for device in gone:
        parts |= _removed("sensor", *(f"{device}_{key}" for key in ("value", "trend", "battery")))
        parts |= _removed("binary_sensor", f"{device}_battery_low")
    for sensor in sensors:
        device = sensor.device.id
        parts[f"{device}_value"] = _movement(here, sensor) if sensor.moves else _temperature(here, sensor)
        if not sensor.moves and not sensor.profile.spot:
            parts[f"{device}_trend"] = _trend(here, sensor)
        parts[f"{device}_battery"] = _battery(here, device)
        parts[f"{device}_battery_low"] = {
            **_alarm(here, Condition.BATTERY_LOW, person, device, diagnostic=True),
            "name": f"{device} battery low",
            "device_class": "battery",
        }
    user = _commander(config)
    if user is None:
        parts |= _removed("button", *_BUTTONS) | _removed("switch", Verb.ILLNESS)
    else:
        parts |= {str(verb): _button(here, user.mqtt_user, verb) for verb in _BUTTONS}
        parts[str(Verb.ILLNESS)] = _illness(here, user.mqtt_user, person)
    return _device(here, child_id(here.hub, person), name or person, "child", parts)


def _alarm(here: Topics, condition: Condition, person: str, device: str = "", *, diagnostic: bool = False) -> Component:
    """On while the alarm stands: also while it waits for an answer after its cause has ended."""
    kind = alarms.kind(condition)
    chosen = _chosen("alarms", condition=condition, person=person, **({"device": device} if device else {}))
    part: Component = {
        "p": "binary_sensor",
        "name": str(condition).replace("_", " ").capitalize(),
        "device_class": "problem",
        "state_topic": here.health,
        "value_template": _on_if(chosen),
        "json_attributes_topic": here.alarm(AlarmKey(condition, person, device), kind),
        "expire_after": HEALTH_EXPIRES_S,
    }
    if diagnostic:
        part["entity_category"] = "diagnostic"
    return part


def _chosen(key: str, **equal: str) -> str:
    """A Jinja list: what the health topic says under `key`, of these only."""
    tests = (f"selectattr('{name}', 'eq', '{value}')" for name, value in equal.items())
    return " | ".join([f"value_json.{key}", *tests, "list"])


def _on_if(expression: str) -> str:
    return f"{{{{ 'ON' if {expression} else 'OFF' }}}}"


def _temperature(here: Topics, sensor: Sensor) -> Component:
    part = _value(here, sensor, Quantity.TEMPERATURE, latest.TEMPERATURE_S)
    part |= {
        "name": f"Temperature ({sensor.place})",
        "device_class": "temperature",
        "unit_of_measurement": "°C",
        "state_class": "measurement",
        "suggested_display_precision": 1,
    }
    return part


def _trend(here: Topics, sensor: Sensor) -> Component:
    """Where it is going; unavailable while the hub does not know, as after a gap or while the sensor warms up."""
    part = _value(here, sensor, Quantity.TEMPERATURE, latest.TEMPERATURE_S, key="trend_c_per_h")
    return part | {
        "name": f"Temperature trend ({sensor.place})",
        "icon": "mdi:chart-line-variant",
        "unit_of_measurement": "°C/h",
        "state_class": "measurement",
        "suggested_display_precision": 1,
    }


def _movement(here: Topics, sensor: Sensor) -> Component:
    part = _value(here, sensor, Quantity.ACCELERATION, latest.MOTION_S)
    return part | {
        "name": f"Movement ({sensor.place})",
        "icon": "mdi:motion-sensor",
        "unit_of_measurement": "g",
        "state_class": "measurement",
        "suggested_display_precision": 2,
    }


def _value(here: Topics, sensor: Sensor, quantity: Quantity, refreshed_s: float, key: str = "value") -> Component:
    topic = here.latest(sensor.device.person, quantity, sensor.device.id)
    part: Component = {
        "p": "sensor",
        "state_topic": topic,
        "value_template": f"{{{{ value_json.{key} }}}}",
        "json_attributes_topic": topic,
        "availability": [
            _hub_there(here),
            {"topic": topic, "value_template": f"{{{{ 'offline' if value_json.{key} is none else 'online' }}}}"},
        ],
        "availability_mode": "all",
    }
    deadline_s = sensor.deadline_s()
    if deadline_s is not None:
        part["expire_after"] = int(deadline_s + refreshed_s)
    return part


def _battery(here: Topics, device: str) -> Component:
    return {
        "p": "sensor",
        "name": f"{device} battery",
        "device_class": "battery",
        "unit_of_measurement": "%",
        "state_class": "measurement",
        "entity_category": "diagnostic",
        "state_topic": here.health,
        "value_template": f"{{{{ value_json.battery_percent.get('{device}') }}}}",
        "expire_after": HEALTH_EXPIRES_S,
    }


def _event(here: Topics, person: str) -> Component:
    words = {Presence.ON: "alarm", Presence.LATCH: "unanswered", Presence.ACK: "answered", Presence.OFF: "over"}
    table = ", ".join(f"'{presence}': '{word}'" for presence, word in words.items())
    return {
        "p": "event",
        "name": "Alarm",
        "icon": "mdi:bell-ring",
        "state_topic": here.event(person),
        "event_types": list(words.values()),
        "value_template": f"{{{{ dict(value_json, event_type={{{table}}}[value_json.presence]) | tojson }}}}",
    }


def _commander(config: Config) -> Caregiver | None:
    """Who Home Assistant is to the hub, if it may command."""
    user = config.homeassistant.mqtt_user
    found = next((each for each in config.caregivers if each.mqtt_user == user), None)
    return found if user and found is not None and found.role is not Role.VIEWER else None


def _button(here: Topics, user: str, verb: Verb) -> Component:
    name, icon, fields = _BUTTONS[verb]
    return {
        "p": "button",
        "name": name,
        "icon": icon,
        "command_topic": f"{here.base}/cmd/{user}/{verb}",
        "payload_press": encode(fields).decode(),
    }


def _illness(here: Topics, user: str, person: str) -> Component:
    """On while caregivers say that she is ill; what was seen of it as attributes."""
    said = {"schema": SCHEMA, "person": person}
    return {
        "p": "switch",
        "name": "Illness",
        "icon": "mdi:emoticon-sick-outline",
        "state_topic": here.illness(person),
        "value_template": "{{ 'ON' if value_json.ill else 'OFF' }}",
        "json_attributes_topic": here.illness(person),
        "command_topic": f"{here.base}/cmd/{user}/{Verb.ILLNESS}",
        "payload_on": encode(said).decode(),
        "payload_off": encode({**said, "over": True}).decode(),
        "state_on": "ON",
        "state_off": "OFF",
    }


def _on_watch(config: Config, here: Topics, user: Caregiver) -> Component:
    able = [each.id for each in config.caregivers if each.role is not Role.VIEWER]
    return {
        "p": "select",
        "name": "On watch",
        "icon": "mdi:account-eye",
        "state_topic": here.health,
        "value_template": f"{{{{ value_json.on_watch or '{roster.EVERYONE}' }}}}",
        "options": [roster.EVERYONE, *able],
        "command_topic": f"{here.base}/cmd/{user.mqtt_user}/{Verb.ON_WATCH}",
        "command_template": f'{{"schema": {SCHEMA}, "to": "{{{{ value }}}}"}}',
    }
