"""Backups: a letter for the part that was bent, then that part.

`l` the list of what is in it; `j`, `r` the databases and `s` settings.toml, with a list that is true of them; `z` a
ZIP file as a phone sends it.
"""

import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from edge import pipeline
from edge.errors import StorageError
from edge.storage import backup, backup_archive
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.fuzz import homes
from tests.fuzz.kind import Check, Kind, sentence

MADE = dt.datetime(2027, 1, 15, 8, 0, tzinfo=dt.UTC)
PARTS = {b"l": backup.LIST, b"j": "journal.sqlite", b"r": "readings.sqlite", b"s": "settings.toml"}
MEMOS = {pipeline.HOUSE_MEMO: pipeline.unproven}


def begin(folder: Path) -> Check:
    good, bent, state, sent = (folder / name for name in ("good", "bent", "state", "sent.zip"))
    good.mkdir()
    for name, content in _parts().items():
        (good / name).parent.mkdir(exist_ok=True)
        (good / name).write_bytes(content)

    def check(data: bytes) -> str:
        part, content = data[:1], data[1:]
        for each in (bent, state):
            shutil.rmtree(each, ignore_errors=True)
        state.mkdir()
        (state / "settings.toml").write_text("# of before\n")
        (state / "journal.sqlite").write_bytes(b"of before")
        before = homes.fingerprint(folder)
        try:
            if part == b"z":
                sent.write_bytes(content)
                try:
                    backup_archive.unpack(sent, bent)
                finally:
                    sent.unlink()
            else:
                _bend(good, bent, PARTS.get(part, backup.LIST), content)
            backup.restore(bent, state, hub="cot", now=MADE, memos=MEMOS)
        except StorageError as refused:
            shutil.rmtree(bent, ignore_errors=True)
            assert homes.fingerprint(folder) == before, "what was refused has changed something"
            return sentence(refused).replace(str(folder), "")
        shutil.rmtree(bent)
        outside = {name for name in homes.fingerprint(folder) if not name.startswith(("good/", "state/"))}
        assert not outside, outside
        _used(state)
        return ""

    return check


def _bend(good: Path, bent: Path, name: str, content: bytes) -> None:
    shutil.copytree(good, bent)
    (bent / name).write_bytes(content)
    if name != backup.LIST:
        (bent / backup.LIST).unlink()
        known = msgspec.json.decode((good / backup.LIST).read_bytes(), type=backup.Contents)
        made = msgspec.structs.replace(known, files=backup.measured(bent))
        (bent / backup.LIST).write_bytes(msgspec.json.encode(made))


def _used(state: Path) -> None:
    """As the hub that starts then does it."""
    try:
        journal = SqliteJournal(state / "journal.sqlite")
        journal.latest()
        journal.past(0.0)
        journal.entries(100)
        journal.pending(100)
        journal.sequence()
        journal.recall("requests")
        journal.close()
        store = SqliteReadingStore(state / "readings.sqlite", left_free_bytes=0)
        for _ in store.motion("ankle", 0.0, 4e9):
            pass
        store.close()
    except StorageError as named:
        sentence(named)


@cache
def _parts() -> dict[str, bytes]:
    """Every file of a backup that the product made."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        homes.write(folder / "state")
        (folder / "out").mkdir()
        made = backup.make(folder / "state", folder / "out", hub="cot", program="1.0", made=MADE)
        return {
            str(each.relative_to(made.folder)): each.read_bytes() for each in made.folder.rglob("*") if each.is_file()
        }


@cache
def seeds() -> Sequence[bytes]:
    parts = _parts()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"feverhub-cot-20270115-080000/{name}", content)
    return [*(part + parts[name] for part, name in PARTS.items()), b"z" + packed.getvalue()]


WORDS = (
    *(b"../../evil", b"/etc/passwd", b"backup.json", b"journal.sqlite", b"phones/", b"..", b'"schema": 2', b'"hub": "'),
    *(
        b"\xff" * 8,
        b"\x00" * 16,
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"NaN",
        b'"size": 1',
    ),
)
KIND = Kind("restore", begin, seeds, WORDS, longest=400_000)
