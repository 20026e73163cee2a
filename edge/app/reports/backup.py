"""`feverhub backup` and `feverhub restore`: all that was kept and set up, into a folder and back."""

import datetime as dt
from pathlib import Path

from edge import __version__
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.zone import local_zone
from edge.errors import ConfigError
from edge.host import lock
from edge.storage import backup


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
        aside = backup.restore(folder, loaded.state_dir, hub=loaded.config.hub.name, now=dt.datetime.now(local_zone()))
    return contents, aside
