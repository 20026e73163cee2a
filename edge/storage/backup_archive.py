"""A backup that came as one ZIP file, such as a phone makes of a folder: only what a backup has is taken out of it."""

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from edge.errors import StorageError
from edge.storage.backup import DATABASES, LIST, Progress

MOST_FILES = 2000
MOST_BYTES = 64 << 30
"""Unpacked; `[storage] max_mb` allows less than a sixteenth of it by default."""
LEFT_FREE_BYTES = 200 << 20
_CHUNK = 1 << 20
_NAMES = frozenset({LIST, *DATABASES, "settings.toml", "feverhub.toml"})
_FOLDERS = frozenset({"phones", "broker"})
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,100}")


def unpack(archive: Path, folder: Path, read: Progress = lambda _size: None) -> None:
    """Into that new folder, as `backup.check` wants it. Raises StorageError, leaving nothing behind.

    read: told of so many more bytes.
    """
    try:
        with zipfile.ZipFile(archive) as found:
            wanted = dict(_wanted(found.infolist()))
            if LIST not in wanted:
                raise StorageError(f"{archive.name}: this is no backup of a hub: {LIST} is not in it")
            _check_room(folder.parent, sum(each.file_size for each in wanted.values()))
            folder.mkdir(mode=0o700)
            for name, entry in wanted.items():
                _take_out(found, entry, folder / name, read)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(f"{archive.name}: this is no ZIP file that can be read, or only a part of one") from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(f"{archive.name} cannot be unpacked: {error.strerror or error}") from error
    except StorageError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _wanted(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """What a backup has, by its name there: at the top, or in the one folder that was packed."""
    if len(entries) > MOST_FILES:
        raise StorageError(f"this is no backup of a hub: it holds {len(entries)} files")
    lists = [PurePosixPath(each.filename) for each in entries if PurePosixPath(each.filename).name == LIST]
    top = min((each.parent for each in lists), key=lambda each: len(each.parts), default=PurePosixPath())
    for each in entries:
        path = PurePosixPath(each.filename)
        if each.filename.endswith("/") or not path.is_relative_to(top):
            continue
        parts = path.relative_to(top).parts
        if len(parts) == 1 and parts[0] in _NAMES:
            yield parts[0], each
        elif len(parts) == 2 and parts[0] in _FOLDERS and _PLAIN.fullmatch(parts[1]) and set(parts[1]) != {"."}:
            yield "/".join(parts), each


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free - LEFT_FREE_BYTES
    if size > min(free, MOST_BYTES):
        raise StorageError(
            f"this backup takes {size / 1e6:.0f} MB, and there is room for {max(free, 0) / 1e6:.0f} MB on this hub"
        )


def _take_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, read: Progress) -> None:
    """Never more than it says of itself, which was held against the room there is."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, path.open("xb") as copy:
        while piece := source.read(_CHUNK):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile("longer than it says")
            copy.write(piece)
            read(len(piece))
    path.chmod(0o600)
