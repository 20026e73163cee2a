"""The file that a family may give: windows of movement in a zip, with what it is and what giving it means.

The same windows make the same bytes: no moment, no name and no version of a computer is in it.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.app.reports.contribute import AFTER_S, BEFORE_S, LONGEST_S, Window
from edge.errors import EdgeError, StorageError

SCHEMA = 1
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip cannot hold less; it says nothing

README = f"""Movement around alarms, given by a family that uses feverhub.

feverhub watches a seizure-prone baby's temperature and movement at home. Each file under windows/ holds what one
accelerometer measured from {BEFORE_S:.0f} s before the estimated onset of one alarm
until {AFTER_S:.0f} s after its end, at most {LONGEST_S / 60:.0f} min: CSV with the columns t,x,y,z
(seconds from the begin of the window, g), or t,m (magnitude alone). "nan" is an
invalid sample; a step in t is a gap in the radio.

index.json lists the windows: "alarm" and "child" number alarms and children within this bundle; "condition" is the
alarm; "onset_s", "raised_s" and "ended_s" count from the begin of the window; "labels" is what caregivers answered
(false_alarm, awake, with_her; none: nobody said), "symptoms" what they saw; "age_months" is in whole months;
"fever_known" tells whether a fever was known at the onset; "profile" names the kind of sensor, "limb" where it was
worn, "triggered" whether the alarm rested on it; "rate_hz" is samples a second.

The onset is an estimate of the program, and no label is a diagnosis: nobody here had an EEG.
`feverhub analyze --motion windows/0001.csv` judges a window as a hub would have.
"""

CONSENT = """Giving movement data to research

It is voluntary. feverhub works the same whether you give or not, and sends nothing by itself: this file lies on your
computer until you give it to somebody.

What is in it: the samples of the movement sensors around each alarm of movement, how the alarm was answered, symptoms
as words of a fixed list, the kind of sensor and where it was worn, the child's age in whole months, and whether a
fever was known. What is not in it: names, ids, addresses, dates and times of day, names of your hub or your devices,
and anything that you wrote yourselves.

Movement data may still be recognisable. The way a child moves, a rare course of an illness, or the number and length
of the events may let somebody who knows the child, or who has other recordings of it, tell whose data they are. Nobody
can promise that this will not become easier.

To whom you give it is your choice: ask who they are, what they will do with it, whether they pass it on, and whether
an ethics committee has agreed. You need the right to decide for the child; if two of you have it, both should agree.
Give it over a way that you trust, since this file is not encrypted.

You can take it back: the command shows a code, which is made from the content of the file. Keep it. It is not written
into the file. Tell whoever has the file the code and ask them to delete it; what was already calculated or published
from it cannot be taken back. You may delete your own copy at any time.

feverhub is not a medical device, and giving data is no part of anybody's treatment.
"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """data: the zip. index: an entry for each window, as in index.json."""

    data: bytes
    index: tuple[Mapping[str, object], ...]

    @property
    def code(self) -> str:
        """SHA-256 of the file, hex: by it a family can ask for it back."""
        return hashlib.sha256(self.data).hexdigest()


def pack(windows: Iterable[Window]) -> Bundle:
    """The bundle of these windows, in this order."""
    whole, index = io.BytesIO(), []
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _add(archive, "README.txt", README)
        _add(archive, "CONSENT.txt", CONSENT)
        for number, window in enumerate(windows, 1):
            name = f"windows/{number:04}.csv"
            _add(archive, name, _csv(window))
            index.append(_entry(name, window))
        _add(archive, "index.json", json.dumps({"schema": SCHEMA, "windows": index}, indent=1) + "\n")
    return Bundle(whole.getvalue(), tuple(index))


def write(bundle: Bundle, out: Path) -> None:
    """A new file that only its owner can read; nothing is overwritten. Raises EdgeError, leaving no half of a file."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise EdgeError(f"{out}: there is such a file already; choose another name") from None
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bundle.data)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise StorageError(f"{out} cannot be written: {error.strerror or error}") from error


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _EARLIEST)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text)


def _csv(window: Window) -> str:
    """Values in full: a step of the store, 1/4096 g or a power of two more, has at most 12 decimals."""
    table = np.column_stack([window.t_s, window.values])
    text = io.StringIO()
    header = "t,m" if window.values.ndim == 1 else "t,x,y,z"
    formats = ["%.4f"] + ["%.13g"] * (table.shape[1] - 1)
    np.savetxt(text, table, fmt=formats, delimiter=",", header=header, comments="")
    return text.getvalue()


def _entry(name: str, window: Window) -> dict[str, object]:
    return {
        "file": name,
        "alarm": window.alarm,
        "child": window.child,
        "condition": str(window.condition),
        "onset_s": window.onset_s,
        "raised_s": window.raised_s,
        "ended_s": window.ended_s,
        "labels": window.labels,
        "symptoms": window.symptoms,
        "age_months": window.age_months,
        "fever_known": window.fever_known,
        "profile": window.profile,
        "limb": str(window.limb),
        "triggered": window.triggered,
        "rate_hz": window.rate_hz,
        "samples": len(window.t_s),
        "axes": 1 if window.values.ndim == 1 else 3,
        "length_s": round(float(window.t_s[-1]), 3),
    }
