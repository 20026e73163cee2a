"""As much of Home Assistant as a blueprint of `deploy/homeassistant` needs: templates by Jinja, actions in order.

It stands for the documented behaviour of `choose`, `repeat`, `variables` and templates; no Home Assistant runs here.
"""

import ast
import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml

from edge.mqtt.payloads import messages_for

Call = tuple[str, dict[str, Any]]
"""An action that was called, such as `notify.mobile_app_anna`, and its data."""

WORDS = {"on": "alarm", "latch": "unanswered", "ack": "answered", "off": "over"}
"""As the discovery document names presences (held against it in tests/deploy)."""


# Home Assistant's documentation of MQTT discovery: what a device and each platform must have, and may. Held against
# its own schema in tests/homeassistant.
DEVICE = ({"dev", "o", "cmps"}, {"qos", "availability", "availability_mode"})
SHARED = {"p", "name", "unique_id", "icon", "entity_category", "json_attributes_topic", "json_attributes_template"}
SHARED |= {"availability", "availability_mode"}
SENSOR = {"device_class", "state_class", "unit_of_measurement", "suggested_display_precision", "expire_after"}
PLATFORMS: dict[str, tuple[set[str], set[str]]] = {
    "sensor": ({"state_topic"}, {"value_template", *SENSOR}),
    "binary_sensor": ({"state_topic"}, {"value_template", "device_class", "expire_after"}),
    "event": ({"state_topic", "event_types"}, {"value_template"}),
    "button": ({"command_topic"}, {"payload_press"}),
    "switch": (
        {"command_topic"},
        {"state_topic", "value_template", "payload_on", "payload_off", "state_on", "state_off"},
    ),
    "select": ({"command_topic", "options"}, {"state_topic", "value_template", "command_template"}),
}


class Input(yaml.SafeLoader):
    """Knows `!input`."""


Input.add_constructor("!input", lambda loader, node: f"!input {loader.construct_scalar(node)}")


class Blueprint:
    """An automation made of a blueprint with these inputs; the others have their defaults. now_s: its clock."""

    def __init__(self, path: Path, now_s: float, **inputs: Any) -> None:
        self.document = yaml.load(path.read_text(encoding="utf-8"), Input)
        declared = self.document["blueprint"]["input"]
        self.inputs = {name: each.get("default") for name, each in declared.items()} | inputs
        self.calls: list[Call] = []
        self._attributes: Mapping[str, Any] = {}
        self._jinja = jinja2.Environment(undefined=jinja2.ChainableUndefined)
        self._jinja.globals |= {
            "now": lambda: now_s,
            "as_timestamp": lambda when, default=None: _seconds(when, default),
            "state_attr": lambda _entity, name: self._attributes.get(name),
        }
        self._jinja.filters |= {"to_json": json.dumps, "combine": lambda one, other: {**one, **other}}
        self._jinja.tests["match"] = lambda text, pattern: re.match(pattern, text) is not None

    def alarm(self, alarm: Any) -> list[Call]:
        """What is called when the hub publishes this change of an alarm."""
        _, event = messages_for("cot", alarm)
        fields = json.loads(event.payload)
        self._attributes = {**fields, "event_type": WORDS[fields["presence"]]}
        return self._run({"id": "alarm", "to_state": {"state": fields["changed"], "attributes": self._attributes}})

    def tap(self, action: str) -> list[Call]:
        """What is called when somebody taps a button of this name."""
        event = {"data": {"action": action}, "context": {"id": "01JTAP"}}
        return self._run({"id": "tap", "event": event})

    def _run(self, trigger: Mapping[str, Any]) -> list[Call]:
        self.calls = []
        variables: dict[str, Any] = {"trigger": trigger}
        variables |= {name: self._filled(text, variables) for name, text in self.document.get("variables", {}).items()}
        if all(self._true(each["value_template"], variables) for each in self.document["conditions"]):
            self._do(self.document["actions"], variables)
        return self.calls

    def _do(self, actions: list[dict[str, Any]], variables: dict[str, Any]) -> None:
        for action in actions:
            match action:
                case {"variables": new}:
                    for name, text in new.items():
                        variables[name] = self._filled(text, variables)
                case {"choose": options}:
                    chosen = [each["sequence"] for each in options if self._true(each["conditions"], variables)]
                    self._do(chosen[0] if chosen else action.get("default", []), dict(variables))
                case {"repeat": {"for_each": items, "sequence": sequence}}:
                    for item in self._filled(items, variables):
                        self._do(sequence, {**variables, "repeat": {"item": item}})
                case {"action": name}:
                    data = action.get("data", {"target": action.get("target")})
                    self.calls.append((self._filled(name, variables), self._filled(data, variables)))
                case _:
                    raise AssertionError(f"no such action is known here: {action}")

    def _true(self, template: str, variables: Mapping[str, Any]) -> bool:
        return self._filled(template, variables) is True

    def _filled(self, value: Any, variables: Mapping[str, Any]) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(each, variables) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, variables) for each in value]
        if isinstance(value, str) and value.startswith("!input "):
            return self.inputs[value.removeprefix("!input ")]
        if not isinstance(value, str) or "{" not in value:
            return value
        text = self._jinja.from_string(value.strip()).render(variables).strip()
        try:
            return ast.literal_eval(text)  # as Home Assistant does with the result of a template
        except (ValueError, SyntaxError):
            return text


def _seconds(when: Any, default: Any) -> Any:
    if isinstance(when, int | float):
        return float(when)
    try:
        return dt.datetime.fromisoformat(when).timestamp()
    except (TypeError, ValueError):
        return default
