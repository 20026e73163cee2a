"""One file for a bug report: what is needed to find a fault, and nothing that tells whose hub it is.

What goes in is named field by field, so a setting of a later release stays out until somebody decides otherwise. What
is said in sentences (the check-up, the log) has every name, id, address and secret of this house replaced, and whatever
looks like one.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path

import msgspec

from edge import __version__
from edge.app.client import doctor
from edge.app.load.configuration import CREDENTIALS
from edge.config import Config
from edge.errors import EdgeError, StorageError

LOG_LINES = 500
LOG_S = 10.0
LONGEST_LOG = 500_000
LIBRARIES = ("bleak", "paho-mqtt", "numpy", "msgspec", "starlette", "apprise", "APScheduler", "influxdb-client")
_SHORTEST_SECRET = 4
_LOOKS_LIKE = (
    (re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s\"']+"), "<address>"),
    (re.compile(r"(?i)\b(?:[0-9a-f]{2}[:_-]){5}[0-9a-f]{2}\b"), "<mac>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"), "<mail>"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "<ip>"),
    (re.compile(r"(?i)(?<![0-9a-z:])(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}\b"), "<ip>"),
    (re.compile(r"/(?:home|root|media|mnt|run/media)/[^\s\"':]+"), "<path>"),
    (re.compile(r"\b(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{20,}\b"), "<token>"),
    (re.compile(r"-?\b[0-9]{2}[.,][0-9]{1,2} ?(?:°C|°F|Cel)"), "<value>"),
)


@dataclass(frozen=True, slots=True)
class Report:
    """sections: by their title, in their order."""

    sections: Mapping[str, str]

    @property
    def text(self) -> str:
        return "\n".join(f"== {title} ==\n\n{body}\n" for title, body in self.sections.items())


def collect(path: Path, examined: doctor.Examined, log: str | None = None, frames: str = "") -> Report:
    """The report. log: the last lines of the service; None: they are asked of systemd. frames: heard, and masked."""
    config = examined.loaded.config if examined.loaded else None
    hide = Mask(*_words(config), _secrets(config, examined))
    hide_path = str(path.parent)
    checks = "\n".join(
        f"{each.level.value:4}  {each.subject}: {each.sentence}" + (f"\n      {each.todo}" if each.todo else "")
        for each in examined.checks
    )
    lines = (_log() if log is None else log)[-LONGEST_LOG:]
    return Report(
        {
            "versions": _versions(),
            "check-up": hide(checks.replace(hide_path, "<path>")),
            "configuration, without names": json.dumps(_plain(config), indent=1) if config else "cannot be used",
            "what the radio heard in the last hour": frames or "the hub was not asked",
            f"the last {LOG_LINES} lines of the log": hide(lines.replace(hide_path, "<path>")) or "there are none",
        }
    )


def write(report: Report, out: Path) -> None:
    """A new file that only its owner can read. Raises EdgeError, StorageError."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(report.text)
    except FileExistsError:
        raise EdgeError(f"{out}: there is such a file already; choose another name") from None
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror or error}") from error


class Mask:
    """Replaces words by what they stand for, and secrets by nothing that could be read back."""

    def __init__(self, words: Mapping[str, str], secrets: Iterable[str]) -> None:
        self._secrets = sorted((each for each in secrets if len(each) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._words = {word.casefold(): stands_for for word, stands_for in words.items() if word.strip()}
        each = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![^\W_])(?:{each})(?![^\W_])", re.IGNORECASE) if each else None

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        for pattern, stands_for in _LOOKS_LIKE:
            text = pattern.sub(stands_for, text)
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._words.get(found[0].casefold(), "<name>"), text)
        return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def _words(config: Config | None) -> tuple[dict[str, str]]:
    """Every name and id of the house, with what is written in its place."""
    found: dict[str, str] = {}
    if config is None:
        return (found,)
    for kind, rows in (("person", config.persons), ("caregiver", config.caregivers), ("device", config.devices)):
        for number, row in enumerate(rows, 1):
            for text in _strings(row):
                found.setdefault(text, f"<{kind} {number}>")
    for text in (config.hub.name, config.mqtt.host, config.mqtt.username, *_strings(config.camera)):
        found.setdefault(text, "<name>")
    for common in ("hub", "home", "celsius", "fahrenheit", "localhost", "127.0.0.1", "en", "de", "es", "fr", "tr"):
        found.pop(common, None)
    return (found,)


def _strings(row: object) -> list[str]:
    """Every free text in a row, its parts too: of "Anna Maria" each name."""
    if isinstance(row, Enum) or row is None:
        return []
    if isinstance(row, str):
        parts = [part for part in re.split(r"[\s,;/]+", row) if len(part) > 2 and part[:1].isupper()]
        return [row, *parts] if len(row) > 1 else []
    if isinstance(row, Mapping):
        return [text for value in row.values() for text in _strings(value)]
    if isinstance(row, tuple | list):
        return [text for value in row for text in _strings(value)]
    if is_dataclass(row):
        names = (each.name for each in fields(row) if each.name not in ("profile", "options", "language"))
        return [text for name in names for text in _strings(getattr(row, name))]
    if isinstance(row, msgspec.Struct):
        return [text for value in msgspec.structs.astuple(row) for text in _strings(value)]
    return []


def _secrets(config: Config | None, examined: doctor.Examined) -> set[str]:
    """What stands in the files of secrets, as far as this user may read them; whole, and line by line."""
    folders = [doctor.SECRETS]
    if config is not None and examined.loaded is not None:
        own = Path(config.hub.credentials_dir) if config.hub.credentials_dir else doctor.SECRETS
        folders = [own, examined.loaded.state_dir / CREDENTIALS]
    found: set[str] = set()
    for folder in folders:
        try:
            texts = [file.read_text("utf-8", "replace") for file in folder.iterdir() if file.is_file()]
        except OSError:
            continue
        found |= {line.strip() for text in texts for line in [text, *text.splitlines()] if line.strip()}
    return found | {part for secret in found for part in re.split(r"[/:@?&=]+", secret) if len(part) >= 8}


def _plain(config: Config) -> dict[str, object]:
    """Numbers, yes and no, and words of closed lists; of a text only whether there is one."""
    tables = ("hub", "mqtt", "influx", "web", "storage", "backup", "homeassistant", "camera", "heartbeat", "metrics")
    whole: dict[str, object] = {name: _bare(getattr(config, name)) for name in tables}
    whole["limits"] = _bare(config.limits)
    whole["limits_of"] = [[key.partition("/")[0], _bare(limits)] for key, limits in config.limits_of.items()]
    whole["persons"] = [_bare(each) for each in config.persons]
    whole["devices"] = [{**_bare_row(each), "profile": each.profile} for each in config.devices]
    whole["caregivers"] = [_bare(each) for each in config.caregivers]
    return whole


def _bare_row(row: object) -> dict[str, object]:
    found = _bare(row)
    assert isinstance(found, dict)
    return found


def _bare(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, msgspec.Struct):
        return {name: _bare(each) for name, each in msgspec.structs.asdict(value).items()}
    if is_dataclass(value):
        return {each.name: _bare(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list | Mapping):
        return len(value)
    return "set" if value else ""


def _versions() -> str:
    found = [f"feverhub {__version__}", f"Python {sys.version.split()[0]}", f"{platform.system()} {platform.release()}"]
    found += [platform.machine()]
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return "\n".join(found)


def _log() -> str:
    command = ["journalctl", "--unit=feverhub", f"--lines={LOG_LINES}", "--output=short-monotonic", "--no-hostname"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LOG_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
