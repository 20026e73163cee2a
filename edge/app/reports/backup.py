"""`feverhub backup` and `feverhub restore`: all that was kept and set up, into a folder and back."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge import __version__, pipeline
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.zone import local_zone
from edge.errors import ConfigError, StorageError
from edge.host import lock
from edge.storage import backup

PLACES = (Path("/media"), Path("/mnt"), Path("/run/media"))
"""Where removable drives are mounted."""
DEEP = 3
"""From such a place to the backups on a drive: /run/media/USER/DRIVE/."""
MOST_FOLDERS, MOST_FOUND = 500, 20
_STAMP = len("20260314-110000")
MEMOS: backup.Memos = {pipeline.HOUSE_MEMO: pipeline.unproven}
"""A phone may have lost its app, or be another one, since the backup was made: it proves itself anew."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A backup in one of the usual places. contents: what it says of itself; None: it cannot be used, and why."""

    folder: Path
    contents: backup.Contents | None
    why: str = ""


def back_up(loaded: CheckedConfiguration, owner: Path, target: Path | None) -> backup.Made:
    """Into target, else into the folder of the configuration, of which the oldest backups go. Raises StorageError, and
    ConfigError where neither is said.
    """
    wanted = loaded.config.backup
    if target is None and not wanted.folder:
        raise ConfigError("where to? give --out, or set [backup] folder")
    folder = target or Path(wanted.folder)
    hub, made_at = loaded.config.hub.name, dt.datetime.now(local_zone()).replace(microsecond=0)
    made = backup.make(loaded.state_dir, folder, hub=hub, program=__version__, made=made_at, owner=owner)
    if target is None:
        backup.prune(folder, hub, wanted.keep)
    return made


def restore(loaded: CheckedConfiguration, folder: Path) -> tuple[backup.Contents, Path | None]:
    """What was restored, and where what was there before lies now. Raises StorageError; EdgeError while a hub runs."""
    with lock.held(loaded.state_dir):
        contents = backup.check(folder)
        return contents, put_back(folder, loaded.state_dir, hub=loaded.config.hub.name)


def put_back(
    folder: Path,
    state: Path,
    *,
    hub: str,
    prepare: Callable[[Path], None] = lambda _incoming: None,
    read: backup.Progress = lambda _size: None,
) -> Path | None:
    """As `backup.restore`, for whoever holds the state folder's lock."""
    now = dt.datetime.now(local_zone())
    return backup.restore(folder, state, hub=hub, now=now, memos=MEMOS, prepare=prepare, read=read)


def candidates(usual: str, places: Sequence[Path] = PLACES) -> list[Candidate]:
    """The backups in the usual places, the newest first. usual: `[backup] folder`, empty if there is none."""
    starts = [(Path(usual), 0)] if usual else []
    found = {each.folder.resolve(): each for each in _below([*starts, *((place, DEEP) for place in places)])}
    return sorted(found.values(), key=lambda each: each.folder.name[-_STAMP:], reverse=True)[:MOST_FOUND]


def _below(starts: Sequence[tuple[Path, int]]) -> Iterator[Candidate]:
    """Breadth first, so that a large drive hides no other one."""
    queue, looked = list(starts), 0
    while queue and looked < MOST_FOLDERS:
        folder, deep = queue.pop(0)
        looked += 1
        try:
            inside = sorted(each for each in folder.iterdir() if not each.name.startswith(".") and each.is_dir())
        except OSError:
            continue  # a place that is not there, or is not for the hub
        for each in inside:
            if each.name.startswith(backup.PREFIX):
                yield _candidate(each)
            elif deep:
                queue.append((each, deep - 1))


def _candidate(folder: Path) -> Candidate:
    try:
        return Candidate(folder, backup.listed(folder))
    except StorageError as error:
        return Candidate(folder, None, str(error))
