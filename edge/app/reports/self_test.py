"""`feverhub self-test`: can this release watch on this computer? Asked before an update switches to it."""

import importlib
import pkgutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import edge
from edge.app.load import checked
from edge.app.load.languages import load_languages
from edge.app.load.profiles import load_profiles, profiles_root
from edge.app.reports.offline import Child, report
from edge.errors import EdgeError
from edge.model.alarm import Condition, Kind
from edge.model.people import Limb, Site
from edge.radio import proxy
from edge.recordings.files import MotionRecording, Recording, TemperatureRecording
from edge.simulation import SENSORS, clip, clonic
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

LIBRARIES = (
    "apprise",
    "apscheduler",
    "bleak",
    "cryptography",
    "influxdb_client",
    "jinja2",
    "paho.mqtt.client",
    "uvicorn",
)
"""What the service imports only when it is needed: an alarm must not be the first to find it missing."""
SEED = 3
STILL_S, CONVULSION_S = 120.0, 75.0
FEVER_C, WELL_C = 39.2, 36.8
TEMPERATURES, EVERY_S = 180, 60.0


@dataclass(frozen=True, slots=True)
class Checked:
    """One part. trouble: empty, or why it does not work, in one sentence."""

    part: str
    trouble: str


def run(config: Path | None = None) -> Iterator[Checked]:
    """Each part in turn. config: is read as well, with its secrets."""
    parts: dict[str, Callable[[], str]] = {
        "program": _modules,
        "profiles and languages": _shipped,
        "detector": _movement,
        "fever": _fever,
        "store": _store,
    }
    if config is not None:
        parts["configuration"] = lambda: _configuration(config)
    for part, works in parts.items():
        try:
            trouble = works()
        except EdgeError as error:
            trouble = str(error)
        except Exception as error:  # noqa: BLE001  whatever fails here would fail at night
            trouble = f"{type(error).__name__}: {error}"
        yield Checked(part, trouble)


def _modules() -> str:
    names = [found.name for found in pkgutil.walk_packages(edge.__path__, "edge.")]
    if not proxy.installed():  # an extra, which every release brings and `pip install feverhub` does not
        names = [name for name in names if not name.startswith("edge.radio.esphome")]
    for name in (*names, *LIBRARIES):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    return ""


def _shipped() -> str:
    return "" if load_profiles(profiles_root()) and load_languages() else "no profile or no language is there"


def _movement() -> str:
    """A convulsion rings; the same child lying still does not."""
    track = clip(clonic(SEED, CONVULSION_S), SENSORS["polar"], SEED, before_s=STILL_S)
    still = track.t_s < STILL_S
    return _rings(
        Condition.SEIZURE_LIKE_MOVEMENT,
        MotionRecording("convulsion", track.t_s, track.acc_g, track.rate_hz),
        MotionRecording("still", track.t_s[still], track.acc_g[still], track.rate_hz),
    )


def _fever() -> str:
    """A temperature that rises within the middle third rings; one that stays does not."""
    t_s = EVERY_S * np.arange(TEMPERATURES, dtype=np.float64)
    rise_c = np.interp(t_s, t_s[-1] * np.array([1 / 3, 2 / 3]), [WELL_C, FEVER_C])
    return _rings(
        Condition.FEVER,
        TemperatureRecording("fever", t_s, rise_c),
        TemperatureRecording("well", t_s, np.full(TEMPERATURES, WELL_C)),
    )


def _rings(condition: Condition, must: Recording, must_not: Recording) -> str:
    child = Child(age_months=14.0, site=Site.AXILLA, limbs=(Limb.ANKLE,))
    if str(condition) not in _raised(report([must], child)):
        return f"{condition} is not raised where it must be"
    if found := _raised(report([must_not], child)):
        return f"{', '.join(found)} raised where there is nothing"
    return ""


def _raised(judged: Mapping[str, object]) -> list[str]:
    """The conditions of the child; that a sensor settles first is none."""
    listed = judged["conditions"]
    assert isinstance(listed, Sequence)
    return [str(each["condition"]) for each in listed if each["kind"] == str(Kind.PHYSIOLOGICAL)]


def _store() -> str:
    """Both files are made, written to the disk and read back."""
    with tempfile.TemporaryDirectory() as folder:
        SqliteReadingStore(Path(folder) / "readings.sqlite").close()
        journal = SqliteJournal(Path(folder) / "journal.sqlite")
        try:
            return "" if not journal.latest() else "a new journal is not empty"
        finally:
            journal.close()


def _configuration(path: Path) -> str:
    checked.load(path)
    return ""
