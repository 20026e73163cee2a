"""A folder of CSV files: one for each sensor, one for the diary, and a README that says what the columns are.

Numbers are exact: what is read back is the same float. A gap is a step in `t`; an invalid value is an empty cell.
"""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from edge.exports.record import Movement, Record, Temperature, valid

DIARY = ("time", "line", "summary", "ended", "duration_s", "by", "withdrawn", "details")

README = """What feverhub kept of one child, in the files beside this one. It is not a medical record, and feverhub is
no medical device.

temperature-SENSOR.csv  one line a reading: t (seconds since 1970, UTC), time (the family's clock, with offset),
                        celsius (empty: no valid number), quantity, site, validity (valid, questionable, settling,
                        invalid), reason, final (whether a measurement was finished)
motion-SENSOR.csv       one line a sample: t (as above), x, y, z in g, or m, the magnitude alone; "nan" is an invalid
                        sample, a step in t a gap
diary.csv               alarms, answers and what caregivers wrote down; details is the whole line as JSON

`feverhub analyze --motion motion-SENSOR.csv --temperature temperature-SENSOR.csv` judges them as a hub would have.
Temperatures are as measured at their site; nothing is converted, smoothed or filled.
"""


def write(record: Record, folder: Path, reached: Callable[[float], None]) -> None:
    """Make the folder. reached: is told up to which wall second each sensor is written. Raises OSError."""
    folder.mkdir(mode=0o700)
    (folder / "README.txt").write_text(f"{README}\n{_about(record)}", "utf-8")
    for thermometer in record.temperature:
        _temperature(folder / f"temperature-{thermometer.name}.csv", record, thermometer)
    for movement in record.movement:
        motion(folder / f"motion-{movement.device}.csv", movement, reached)
    _diary(folder / "diary.csv", record)


def motion(file: Path, movement: Movement, reached: Callable[[float], None]) -> None:
    """Times to a tenth of a millisecond; a step of the store, 1/4096 g or a power of two more, has at most 12 decimals.
    Raises OSError.
    """
    header = "t,m" if movement.axes == 1 else "t,x,y,z"
    formats = ["%.4f"] + ["%.13g"] * movement.axes
    with file.open("w", encoding="ascii", newline="") as out:
        out.write(f"{header}\n")
        for t_s, values in movement.blocks():
            np.savetxt(out, np.column_stack([t_s, values]), fmt=formats, delimiter=",")
            reached(float(t_s[-1]))


def _temperature(file: Path, record: Record, thermometer: Temperature) -> None:
    columns = ("t", "time", "celsius", "quantity", "site", "validity", "reason", "final")
    rows = [
        (
            repr(item.wall_s),
            record.time(item.wall_s),
            repr(item.reading.value) if valid(item) else "",
            str(item.reading.quantity),
            item.place,
            str(item.reading.validity),
            item.reading.reason,
            str(item.reading.final).lower(),
        )
        for item in thermometer.readings
    ]
    _table(file, columns, rows)


def _diary(file: Path, record: Record) -> None:
    rows = [
        (
            str(line["time"]),
            str(line["line"]),
            str(line.get("summary") or line.get("text") or line.get("answer") or ""),
            str(line.get("ended") or ""),
            "" if line.get("duration_s") is None else str(line["duration_s"]),
            str(line.get("by") or ""),
            str(bool(line.get("withdrawn", False))).lower(),
            json.dumps(line, ensure_ascii=False),
        )
        for line in record.diary
    ]
    _table(file, DIARY, rows)


def _table(file: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _about(record: Record) -> str:
    left_out = [f"{each.device}: {each.left_out} samples" for each in record.movement if each.left_out]
    lines = [
        f"Child: {record.person.name or record.person.id}",
        f"From {record.time(record.start_s)} to {record.time(record.end_s)}",
        f"Written {record.time(record.made_s)} by feverhub {record.version}",
        *(f"{each} are left out: of before a clock was set back, or of a sensor that was changed" for each in left_out),
    ]
    return "\n".join(lines) + "\n"
