"""Where an export goes: whole, or not at all. Nothing that is there is overwritten."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edge.errors import EdgeError, StorageError


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A path beside `out` on the same disk, to be made a file or a folder; it takes its place when the block ends, and
    its owner alone can read it.

    Raises EdgeError if `out` is there already; StorageError where it cannot be written, leaving nothing behind.
    """
    if out.exists() or out.is_symlink():
        raise EdgeError(f"{out}: there is such a file or folder already; choose another name")
    beside: Path | None = None
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        yield beside / out.name
        path = beside / out.name
        path.chmod(0o700 if path.is_dir() else 0o600)
        path.rename(out)
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
