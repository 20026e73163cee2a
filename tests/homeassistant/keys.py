"""Prints as JSON which keys Home Assistant's own schema of each platform takes and needs. Runs in its own Python."""

import importlib
import json
import sys
from typing import Any


def keys(schema: Any) -> dict[str, bool]:
    """By name, whether it is needed."""
    found: dict[str, bool] = {}
    for part in getattr(schema, "validators", ()):
        found |= keys(part)
    if isinstance(getattr(schema, "schema", None), dict):
        found |= {str(key): type(key).__name__ == "Required" for key in schema.schema}
    return found


modules = {name: importlib.import_module(f"homeassistant.components.mqtt.{name}") for name in sys.argv[1:]}
print(json.dumps({name: keys(module.DISCOVERY_SCHEMA) for name, module in modules.items()}))
