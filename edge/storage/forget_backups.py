"""A child goes out of backups: each is made anew without her, checked, and put in the place of the old one.

A backup is whole at every moment, under its own name or one that the next run finds: killed in the middle, run again.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.errors import EdgeError, StorageError
from edge.storage import backup, forget
from edge.storage.forget import Child

_OLD, _NEW = "forgotten", "partial"
_CONFIGURATIONS = ("settings.toml", "feverhub.toml")


def rewrite(folder: Path, child: Child, strip: Callable[[str], str]) -> bool:
    """Make this backup anew without her; whether she was in it. strip: takes her out of the text of a configuration.

    Raises StorageError for one that is damaged or of a newer release; then it is as it was.
    """
    contents = backup.check(folder)
    old, new = _beside(folder, _OLD), _beside(folder, _NEW)
    try:
        texts = {name: (folder / name).read_text("utf-8") for name in _CONFIGURATIONS if (folder / name).is_file()}
        stripped = {name: left for name, text in texts.items() if (left := strip(text)) != text}
        if not (stripped or forget.look(folder, child)):
            return False
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(folder, new)
        forget.remove(new, child)
        for name, left in stripped.items():
            (new / name).write_text(left, "utf-8")
        (new / backup.LIST).unlink()
        backup.finish(new, msgspec.structs.replace(contents, files=backup.measured(new)))
        folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old)
    except OSError as error:
        raise StorageError(f"{folder} cannot be rewritten: {error.strerror or error}") from error
    except EdgeError as error:
        raise StorageError(f"{folder} cannot be rewritten: {error}") from error
    finally:
        if folder.is_dir():
            shutil.rmtree(new, ignore_errors=True)
    return True


def finish(target: Path, hub: str) -> None:
    """Put right what a run left that was killed. Raises StorageError."""
    for old in target.glob(f".{backup.PREFIX}{hub}-*.{_OLD}"):
        folder = target / old.name.removeprefix(".").removesuffix(f".{_OLD}")
        try:
            if folder.is_dir():
                shutil.rmtree(old)
            else:
                old.rename(folder)
        except OSError as error:
            raise StorageError(f"{old} cannot be put right: {error.strerror or error}") from error


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")
