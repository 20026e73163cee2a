"""`settings.toml` in the state folder: what the hub's own tools set up, laid over the owner's file, never in it."""

import datetime as dt
import json
import os
import stat
import tempfile
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.app.load import checked
from edge.app.load.configuration import SETTINGS_FILE
from edge.errors import ConfigError, StorageError

HEAD = "# Written by feverhub, and laid over the owner's file. The owner's file is not touched.\n"
_MODE = 0o600


def add(owner: Path, folder: Path, table: str, item: Mapping[str, Any]) -> Path:
    """Lay `item` over the one of its id in `[[table]]` of the settings, or append it; the file that was written.

    Raises as `trial`, then nothing was changed; StorageError.
    """
    return change(owner, folder, [(table, item)])


def change(owner: Path, folder: Path, items: Sequence[tuple[str, Mapping[str, Any]]]) -> Path:
    """As `add`, with several at once: all of them or none. What has no id goes into the `[table]` itself."""
    text = trial(owner, folder, items)
    file = folder / SETTINGS_FILE
    write(file, text)
    return file


def remove(owner: Path, folder: Path, table: str, gone: Collection[str]) -> None:
    """Take the rows of these ids out of `[[table]]`; all or none. Raises as `trial`."""
    file = folder / SETTINGS_FILE
    data = _read(file)
    rows = data.get(table, [])
    left = [row for row in rows if not (isinstance(row, dict) and row.get("id") in gone)]
    if left == rows:
        return
    data[table] = left
    if not left:
        del data[table]
    text = HEAD + as_toml(data)
    _check(owner, folder, text)
    write(file, text)


def trial(owner: Path, folder: Path, items: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """The settings as `change` would write them, checked as a whole with the owner's file. A value of None takes its
    key away. Raises ConfigError; StorageError if this user may not write them.
    """
    file = folder / SETTINGS_FILE
    data = _read(file)
    for table, item in items:
        lay(data, file, table, item)
    if folder.exists() and not os.access(folder, os.W_OK):
        raise StorageError(f"{folder}: this user may not write there; run this with sudo")
    text = HEAD + as_toml(data)
    _check(owner, folder, text)
    return text


def lay(data: dict[str, Any], file: Path, table: str, item: Mapping[str, Any]) -> None:
    """Lay `item` over its row in data, or over the table if it has no id. Raises ConfigError, naming file."""
    if "id" not in item:
        before = data.get(table, {})
        if not isinstance(before, dict):
            raise ConfigError(f"{file}: {table}: must be written as [{table}]")
        data[table] = _laid(before, item)
        return
    rows = data.setdefault(table, [])
    if not isinstance(rows, list):
        raise ConfigError(f"{file}: {table}: must be written as [[{table}]]")
    places = [index for index, row in enumerate(rows) if isinstance(row, dict) and row.get("id") == item["id"]]
    if not places:
        rows.append({})
    at = places[0] if places else -1
    rows[at] = _laid(rows[at], item)


def _laid(before: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**before, **item}.items() if value is not None}


def _check(owner: Path, folder: Path, text: str) -> None:
    """Load the configuration as it would be with these settings. Raises ConfigError."""
    with tempfile.TemporaryDirectory(prefix="feverhub-") as place:
        (Path(place) / SETTINGS_FILE).write_text(text, "utf-8")
        try:
            checked.load(owner, state_dir=Path(place))
        except ConfigError as error:
            raise ConfigError(str(error).replace(place, str(folder))) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None


def write(file: Path, text: str, *, like: Path | None = None) -> None:
    """On disk as a whole or not at all; for the service's user, who owns the folder, when root writes it.

    like: the file whose owner and mode it gets instead. Raises StorageError.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        owner = (like or file.parent).stat()
        mode = _MODE if like is None else stat.S_IMODE(owner.st_mode)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        new = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(text)
                os.fchmod(out.fileno(), mode)
                if os.geteuid() == 0:
                    os.fchown(out.fileno(), owner.st_uid, owner.st_gid)
                out.flush()
                os.fsync(out.fileno())
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
        sync(file.parent)
    except OSError as error:
        raise StorageError(f"{file}: cannot be written: {error.strerror}") from None


def sync(folder: Path) -> None:
    """Its list of files is on the medium. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_toml(data: Mapping[str, Any]) -> str:
    """TOML of the shapes that a configuration has: tables, arrays of tables, and values in them."""
    parts = []
    for name, content in data.items():
        rows = content if isinstance(content, list) else [content]
        if not all(isinstance(row, dict) for row in rows):
            raise ConfigError(f"{name}: a configuration has only tables, such as [{name}]")
        header = f"[[{_key(name)}]]" if isinstance(content, list) else f"[{_key(name)}]"
        parts += [
            "\n".join([header, *(f"{_key(key)} = {_value(value)}" for key, value in row.items())]) for row in rows
        ]
    return "\n\n".join(parts) + "\n"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _value(name)


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return repr(value)  # int and float, with inf and nan as TOML writes them
