"""Prints what the default parts of Home Assistant need from PyPI, one requirement a line. Runs in its own Python."""

import json
from pathlib import Path

import homeassistant
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

PARTS = Path(homeassistant.__file__).parent / "components"
COMPILED = ("pymicro-vad", "pyspeex-noise")
"""No wheels for this Python; without them there is no voice assistant."""

found: set[str] = set()
needs: set[str] = set()
wanted = [*DEFAULT_INTEGRATIONS, "mqtt", "hassio"]  # the latter is imported by the flow that sets up MQTT
while wanted:
    name = wanted.pop()
    if name not in found:
        found.add(name)
        manifest = json.loads((PARTS / name / "manifest.json").read_text("utf-8"))
        needs |= set(manifest.get("requirements", ()))
        wanted += manifest.get("dependencies", ())
print("\n".join(sorted(need for need in needs if not need.startswith(COMPILED))))
