"""`feverhub cohort simulate`: nights of infants that never lived, as an export of a hub has them, and their truth."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge import __version__
from edge.app.cohort import processes
from edge.app.cohort.results import INSTALL
from edge.errors import EdgeError
from edge.exports import manifest, output, parquet
from edge.exports.record import Blocks, Movement, Record, Temperature
from edge.model.effect import KeepReading
from edge.model.people import Limb, Person, Site
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import SEIZURES, SENSORS, Label, MotionTrack, Night, TemperatureTrack, infant_night

NIGHTS, TRUTH = "nights", "truth.parquet"
FIRST = dt.datetime(2026, 1, 1, 20, tzinfo=dt.UTC)
NIGHTS_EACH = 4
LIMBS = (Limb.ANKLE, Limb.WRIST)
AGES_MONTHS = (6.0, 36.0)
"""Febrile convulsions come from six months on; few after three years."""
TOLD = frozenset({*SEIZURES, Label.FEVER, Label.RIGOR})
"""What the truth tells; of what else a child did nobody is asked."""
_SENSOR = "polar"


@dataclass(frozen=True, slots=True)
class Made:
    """number: of the night, from 0; all of it hangs on that, the seed and the hours. folder: of all nights."""

    number: int
    seed: int
    hours: float
    folder: Path


Row = tuple[str, float, float, str]
"""Of the truth: person, onset and end in wall seconds, kind."""


def simulate(out: Path, count: int, seed: int, *, hours: float, workers: int) -> int:
    """Make nights 0 to count, those that are there already left as they are; returned: events in the truth.

    Raises EdgeError without DuckDB, StorageError.
    """
    folder = out / NIGHTS
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [Made(number, seed, hours, folder) for number in range(count)]
    rows: list[Row] = []
    for job, made in processes.run(make, jobs, min(workers, count)):
        if isinstance(made, str | processes.Lost):
            raise EdgeError(f"night {job.number} was not made: {made if isinstance(made, str) else 'it was killed'}")
        rows += made
    _write_truth(out / TRUTH, sorted(rows))
    return len(rows)


def make(job: Made) -> "list[Row] | str":
    """One night into its folder; what is to be known of it, or why there is none."""
    try:
        child, date = divmod(job.number, NIGHTS_EACH)
        person, start_s = f"infant_{child:04}", (FIRST + dt.timedelta(days=date)).timestamp()
        age_months = float(np.random.default_rng([job.seed, 1, child]).uniform(*AGES_MONTHS))
        limb = LIMBS[child % len(LIMBS)]
        night = infant_night(
            np.random.default_rng([job.seed, 2, job.number]),
            hours=job.hours,
            fever=job.number % 2 == 0,
            bouts=2 if job.number % 3 == 0 else 0,
            bout_s=None,
            age_months=age_months,
            limbs=(limb,),
            sensor=SENSORS[_SENSOR],
        )
        out = job.folder / f"{person}-{date + 1}"
        if not out.exists():
            with output.whole(out) as path:
                record = _record(person, age_months, start_s, night)
                parquet.write(record, path, lambda _: None)
                manifest.write(record, path, ".parquet")
        return [
            (person, start_s + each.start_s, start_s + each.end_s, str(each.label))
            for each in night.truth
            if each.label in TOLD
        ]
    except EdgeError as error:
        return str(error)


def _record(person: str, age_months: float, start_s: float, night: Night) -> Record:
    born = dt.datetime.fromtimestamp(start_s, dt.UTC).date() - dt.timedelta(days=round(age_months * 30.4375))
    end_s = start_s + night.duration_s
    return Record(
        Person(person, "", born=born),
        dt.UTC,
        start_s,
        end_s,
        end_s,
        __version__,
        tuple(_movement(limb, start_s, track) for limb, track in night.motion.items()),
        (_temperature(person, start_s, night.temperature),),
        (),
    )


def _movement(limb: Limb, start_s: float, track: MotionTrack) -> Movement:
    t_s = start_s + track.t_s

    def blocks() -> Blocks:
        yield t_s, track.acc_g

    first_s, last_s = float(t_s[0]), float(t_s[-1])
    return Movement(_SENSOR, str(limb), 3, t_s.size, 0, track.rate_hz, first_s, last_s, blocks)


def _temperature(person: str, start_s: float, track: TemperatureTrack) -> Temperature:
    return Temperature("patch", Quantity.TEMPERATURE, tuple(_readings(person, start_s, track)))


def _readings(person: str, start_s: float, track: TemperatureTrack) -> Iterator[KeepReading]:
    for at_s, celsius in zip(track.t_s.tolist(), track.celsius.tolist(), strict=True):
        reading = Reading(Quantity.TEMPERATURE, round(celsius, 2), Unit.CELSIUS)
        yield KeepReading(person, "patch", str(Site.PATCH), reading, start_s + at_s, synced=True)


def _write_truth(file: Path, rows: Sequence[Row]) -> None:
    try:
        import duckdb
    except ImportError as error:
        raise EdgeError(INSTALL) from error
    part = file.with_suffix(".part")
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute('CREATE TABLE truth (person VARCHAR, onset TIMESTAMPTZ, "end" TIMESTAMPTZ, kind VARCHAR)')
        for person, onset_s, end_s, kind in rows:
            row = (person, round(onset_s * 1e6), round(end_s * 1e6), kind)
            db.execute("INSERT INTO truth VALUES (?, make_timestamptz(?), make_timestamptz(?), ?)", row)
        db.table("truth").write_parquet(str(part), compression="zstd")
    part.replace(file)
