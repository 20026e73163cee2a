"""What lies beside exported tables: whose they are, and of each file its sensor, so that a hub can take them back.

A file that was cut or changed since is told by its checksum. The child's id is in it, as in the diary; in EDF, which is
to be anonymous, there is only its hash.
"""

import hashlib
from pathlib import Path

import msgspec

from edge.exports.record import Record

FILE, DIARY = "export.json", "diary"
SCHEMA = 1
_CHUNK = 1 << 20


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One file. device: the sensor's id. place: the limb of movement; of a temperature each row has its own.

    axes: columns of movement, 0 for a temperature. sha256: hex, of the whole file.
    """

    device: str
    place: str
    axes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """person: id of the child. made_s: wall seconds. program: version. files: by name. diary: its sha256, hex.

    age_months: at the begin of what was asked for; None if the birthday is not known, or an older program wrote it.
    """

    schema: int
    person: str
    made_s: float
    program: str
    files: dict[str, Table]
    diary: str
    age_months: float | None = None


def write(record: Record, folder: Path, suffix: str) -> None:
    """Beside the tables, which are written. suffix: of their names. Raises OSError."""
    files = {f"motion-{each.device}{suffix}": (each.device, each.place, each.axes) for each in record.movement} | {
        f"temperature-{each.name}{suffix}": (each.device, "", 0) for each in record.temperature
    }
    tables = {
        name: Table(device=device, place=place, axes=axes, sha256=checksum(folder / name))
        for name, (device, place, axes) in files.items()
    }
    made = Manifest(
        schema=SCHEMA,
        person=record.person.id,
        made_s=record.made_s,
        program=record.version,
        files=tables,
        diary=checksum(folder / f"{DIARY}{suffix}"),
        age_months=record.person.age_months(record.start_s),
    )
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(made)))


def checksum(file: Path) -> str:
    """SHA-256 of a file, hex. Raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def pseudonym(person: str) -> str:
    """The child in an EDF file, which names nobody: always the same for an id."""
    return f"child_{hashlib.sha256(person.encode()).hexdigest()[:12]}"
