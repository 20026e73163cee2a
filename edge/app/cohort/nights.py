"""The nights of a cohort, wherever fsspec reaches: what there is, and the files of one on this computer.

A night is a folder that `feverhub export --format parquet` wrote, or a single Parquet file of one sensor.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from edge.errors import EdgeError, Unreachable
from edge.exports import manifest

_INSTALL = 'the package fsspec is needed for a cohort: pip install "feverhub[cohort]"'
_PARQUET = ".parquet"
_CHUNK = 1 << 20

Fingerprint = Mapping[str, str | int]
"""What tells a file from its later versions: `size`, and `etag` where the file system gives one, else `sha256`."""


@dataclass(frozen=True, slots=True)
class File:
    """path: as its file system knows it. name: inside the night. etag: empty where the file system has none."""

    path: str
    name: str
    size: int
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """name: relative to the root, unique in it. root: the URL that was given. files: by name. exported: a folder."""

    name: str
    root: str
    files: tuple[File, ...]
    exported: bool

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files)


def system(url: str) -> tuple[Any, str]:
    """The file system of a URL or folder, and the path in it. Raises EdgeError for one that is not known."""
    try:
        import fsspec
    except ImportError as error:
        raise EdgeError(_INSTALL) from error
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise EdgeError(f"{url}: cannot be opened ({error})") from error
    except OSError as error:
        raise Unreachable(f"{url}: cannot be reached ({error})") from error
    return filesystem, str(path).rstrip("/")


def find(url: str) -> list[Night]:
    """Every night under that URL, by name; what is none comes out too, to be refused by its name.

    Raises EdgeError where there is nothing at all.
    """
    filesystem, root = system(url)
    try:
        listed: Mapping[str, Mapping[str, Any]] = filesystem.find(root, detail=True)
    except OSError as error:
        raise Unreachable(f"{url}: cannot be listed ({error})") from error
    folders: dict[PurePosixPath, list[File]] = {}
    for path, about in sorted(listed.items()):
        inside = PurePosixPath(path[len(root) :].lstrip("/") or PurePosixPath(path).name)
        if any(part.startswith(".") for part in inside.parts):
            continue
        etag = str(about.get("ETag") or about.get("etag") or "").strip('"')
        folders.setdefault(inside.parent, []).append(File(path, inside.name, int(about["size"]), etag))
    itself = PurePosixPath(PurePosixPath(root).name)
    nights = [night for folder, files in folders.items() for night in _of_folder(url, folder, itself, files)]
    if not nights:
        raise EdgeError(f"{url}: there are no nights; folders that `feverhub export` wrote were expected")
    return sorted(nights, key=lambda night: night.name)


def _of_folder(url: str, folder: PurePosixPath, itself: PurePosixPath, files: Sequence[File]) -> Iterator[Night]:
    """itself: what the root is called, if it is a night."""
    if any(file.name == manifest.FILE for file in files):
        yield Night(str(itself if folder == PurePosixPath() else folder), url, tuple(files), exported=True)
        return
    for file in files:
        yield Night(str(folder / file.name), url, (file,), exported=False)


def unchanged(night: Night, known: Mapping[str, Fingerprint]) -> bool:
    """Whether every file is still the one of that fingerprint. Reads those without an etag. Raises OSError."""
    if {file.name for file in night.files} != set(known):
        return False
    if any(known[file.name].get("size") != file.size for file in night.files):
        return False
    if all(file.etag and known[file.name].get("etag") == file.etag for file in night.files):
        return True
    with here(night) as folder:
        return fingerprints(night, folder) == known


def fingerprints(night: Night, folder: Path) -> dict[str, dict[str, str | int]]:
    """Of every file, as it lies in that folder. Raises OSError."""
    return {
        file.name: {"size": file.size, **({"etag": file.etag} if file.etag else {"sha256": _sum(folder / file.name)})}
        for file in night.files
    }


@contextlib.contextmanager
def here(night: Night) -> Iterator[Path]:
    """A folder of this computer with the night's files: its own, or copies that are gone afterwards. Raises OSError."""
    filesystem, _ = system(night.root)
    if "file" in filesystem.protocol:
        yield Path(night.files[0].path).parent
        return
    with tempfile.TemporaryDirectory(prefix="feverhub-night-") as folder:
        for file in night.files:
            filesystem.get_file(file.path, str(Path(folder) / file.name))
        yield Path(folder)


def is_parquet(file: File) -> bool:
    """By its name; what is in it is seen when it is read."""
    return file.name.endswith(_PARQUET)


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
