"""The blueprints: that they read as YAML, name only inputs they declare, and command only verbs that exist."""

import re
from pathlib import Path

import pytest
import yaml

from edge.model.event import Verb

FOLDER = Path(__file__).parents[2] / "deploy" / "homeassistant"
BLUEPRINTS = sorted(FOLDER.glob("*.yaml"))


class _Loader(yaml.SafeLoader):
    """Knows `!input`; notes each."""


_Loader.add_constructor("!input", lambda loader, node: f"!input {loader.construct_scalar(node)}")


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_it_uses_what_it_declares(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blueprint = yaml.load(text, _Loader)
    assert blueprint["blueprint"]["domain"] == "automation"
    assert set(re.findall(r"!input (\w+)", text)) == set(blueprint["blueprint"]["input"])
    assert {"triggers", "conditions", "actions"} <= set(blueprint)


def test_it_commands_verbs_that_the_hub_knows_and_rings_through_silence() -> None:
    text = (FOLDER / "feverhub_alarm.yaml").read_text(encoding="utf-8")
    for verb in ("acknowledge", "snooze"):
        assert f"'{verb}'" in text
        assert verb in list(Verb)
    assert "alarm_stream" in text
    assert "interruption-level" in text


def test_there_are_both() -> None:
    assert [path.stem for path in BLUEPRINTS] == ["feverhub_alarm", "feverhub_light"]
