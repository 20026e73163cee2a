"""Files of recordings: a letter for what it is called and packed as, then the file, or what is in it.

`m` a file of movement as it is, `t` of a temperature; `M`, `T` the same, packed by gzip; `Z` movement in an .npz whose
members, with a whole checksum each, stand one after the other between two marks.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from edge.errors import RecordingError
from edge.recordings.files import MotionRecording, events, read_motion, read_temperature
from tests.fuzz.kind import Check, Kind, sentence

MARK = b"|~|"
MEMBERS = ("t", "x", "y", "z")


def begin(folder: Path) -> Check:
    file = folder / "recording"

    def check(data: bytes) -> str:
        way, content = data[:1], data[1:]
        if way in (b"M", b"T"):
            content = gzip.compress(content, 1)
        elif way == b"Z":
            content = _npz(content.split(MARK))
        file.write_bytes(content)
        try:
            found = read_temperature(file) if way in (b"t", b"T") else read_motion(file)
        except RecordingError as refused:
            return sentence(refused)
        assert np.isfinite(found.t_s).all()
        assert (np.diff(found.t_s) > 0).all()
        values = found.values if isinstance(found, MotionRecording) else found.celsius
        assert len(values) == len(found.t_s)
        assert not np.isinf(values).any()
        for _ in zip(range(50), events("ankle", found), strict=False):
            pass
        return ""

    return check


def _npz(members: Sequence[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, member in zip(MEMBERS, members, strict=False):
            archive.writestr(f"{name}.npy", member)
    return packed.getvalue()


@cache
def seeds() -> Sequence[bytes]:
    t_s = np.round(np.arange(0, 4, 0.04), 2)
    values = np.round(np.random.default_rng(1).normal([0.0, 0.0, 1.0], 0.02, (len(t_s), 3)), 3)
    rows = "\n".join(f"{t},{x},{y},{z}" for t, (x, y, z) in zip(t_s, values, strict=True))
    motion = f"t,x,y,z\n{rows}\n".encode()
    magnitude = ("t,m\n" + "\n".join(f"{t},{abs(z)}" for t, (_, _, z) in zip(t_s, values, strict=True))).encode()
    warm = ("t,celsius\n" + "\n".join(f"{n * 10},{36.8 + n / 50:.2f}" for n in range(40))).encode()
    npz = io.BytesIO()
    np.savez(npz, t=t_s, x=values[:, 0], y=values[:, 1], z=values[:, 2])
    members = MARK.join(_npy(each) for each in (t_s, *values.T))
    short = MARK.join(_npy(each[:30].astype(np.float32)) for each in (t_s, *values.T))
    texts = [b"m" + motion, b"m" + magnitude, b"t" + warm, b"M" + motion, b"T" + warm, b"m" + gzip.compress(motion)]
    return [*texts, b"m" + npz.getvalue(), b"Z" + members, b"Z" + short, *(b"m" + each for each in _edf_files())]


def _npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def _edf_files() -> list[bytes]:
    import edfio

    names = {"left ankle ACC X": 0.1, "left ankle ACC Y": 0.0, "left ankle ACC Z": 1.0}
    signals = [
        edfio.EdfSignal(np.full(50, g) + np.arange(50) / 1000, 25, label=name[-16:], physical_dimension="g")
        for name, g in names.items()
    ]
    out = io.BytesIO()
    edfio.Edf(signals).write(out)
    return [out.getvalue()]


# A stream of zeros that unpacks to 64 MiB; a bomb of its kind is told by its size, before memory is.
BOMB = zlib.compress(bytes(1 << 20), 9)
WORDS = (
    *(
        b"t,x,y,z\n",
        b"t,m\n",
        b"t,celsius\n",
        b"nan",
        b"inf",
        b"-inf",
        b",,,\n",
        b"\r\n",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
    ),
    *(b"PAR1", b"0       ", b"'descr': '<f8'", b"'shape': (99999999999,)", b"'fortran_order': True", b"'descr': '|O'"),
    *(
        b"'shape': (4, 4)",
        b"'shape': (-1,)",
        b"'descr': '<U9999999'",
        MARK,
        b"\x93NUMPY\x01\x00",
        BOMB[:40],
        b"\xef\xbb\xbf",
    ),
)
KIND = Kind("recordings", begin, seeds, WORDS, longest=12_000)
