"""A setting's way in edge/README.md, held against where its value really passes from the file to its use."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from edge import pipeline
from edge.app.load import checked
from edge.model.event import ReadingReceived
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Unit
from tests.support.walks import PACKAGE, walk

LIMIT_C = 38.6125  # a number that nothing else has
FILE = f"""
[[person]]
id = "mia"
[[device]]
id = "ear"
profile = "beurer_ft95"
person = "mia"
site = "ear"
address = "C0:00:00:00:00:0A"
limits = {{ fever_c = {LIMIT_C} }}
"""


def carries(value: object) -> bool:
    """Whether the number is in this value: itself, in its text, as a limit of it, or in its limits."""
    if isinstance(value, float | str):
        return str(LIMIT_C) in str(value)
    if isinstance(value, Mapping):
        return any(carries(each) for each in value.values() if isinstance(each, float | str | Mapping))
    own = (getattr(value, name, None) for name in ("fever_c", "limits"))
    return any(each == LIMIT_C or getattr(each, "fever_c", None) == LIMIT_C for each in own)


class Passage:
    """The files of the package through which the number passes: as an argument, a variable or what is returned."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        name = frame.f_code.co_filename
        if event not in ("call", "return") or not name.startswith(str(PACKAGE)):
            return
        file = str(Path(name).relative_to(PACKAGE))
        if file not in self.files and any(carries(each) for each in (*frame.f_locals.values(), argument)):
            self.files.append(file)


def test_a_limit_passes_these_files_and_no_others_in_this_order(tmp_path):
    path = tmp_path / "feverhub.toml"
    path.write_text(FILE)
    passage = Passage()
    sys.setprofile(passage)
    try:
        loaded = checked.load(path, state_dir=tmp_path, environment={})
        state, _ = pipeline.begin(pipeline.Setup(loaded.config, loaded.profiles), Now(0.0, 1_790_000_000.0))
        hot = ReadingReceived("ear", Reading(Quantity.TEMPERATURE, 38.9, Unit.CELSIUS))
        state, _ = pipeline.step(state, hot, Now(10.0, 1_790_000_010.0))
    finally:
        sys.setprofile(None)
    (alarm,) = state.alarms.conditions.standing()
    assert (alarm.key.condition, alarm.limit) == ("fever", LIMIT_C)  # it is used: 38.9 would be a fever anyway
    named = [file for stage in walk("setting") for file in stage]  # the last of them is where it is used first
    passed = passage.files[: passage.files.index(named[-1]) + 1]
    assert sorted(passed) == sorted(named)
    first = [stage[0] for stage in walk("setting")]
    assert [file for file in passed if file in first] == first
