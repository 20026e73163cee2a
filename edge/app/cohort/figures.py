"""`feverhub cohort report`: how good a detector was over a cohort, counted by DuckDB over the tables of results.

Several results are told side by side, over the nights that all of them have judged, from the same files.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edge.app.cohort.results import CONDITIONS, INSTALL, NIGHTS, Results
from edge.app.cohort.scoring import EVENTS, Alarm, Event, scored
from edge.app.reports.intervals import poisson, wilson
from edge.errors import EdgeError

SCHEMA = 1
NO_TRUTH = "no truth was given: sensitivity cannot be known"
AGES_MONTHS = (3, 6, 12, 24, 60)
"""Ends of the age bands: a fever is judged otherwise under 3 and 6 months; febrile convulsions end at five years."""
BY = ("all", "person", "age", "limb")

Figures = dict[str, Any]
Row = dict[str, Any]

_SAME_INPUT = """
CREATE TABLE night AS
SELECT * FROM judged WHERE error IS NULL AND (night, input) IN (
    SELECT (night, input) FROM judged WHERE error IS NULL
    GROUP BY night, input HAVING count(DISTINCT detector) = (SELECT count(DISTINCT detector) FROM judged)
)
"""
_EVENTS_IN_NIGHTS = """
SELECT n.night, t.kind, greatest(t.onset_s - n.start_s, 0), least(t.end_s - n.start_s, n.duration_s)
FROM (SELECT DISTINCT night, person, start_s, duration_s FROM night) n JOIN truth t
    ON t.person = n.person AND t.end_s > n.start_s AND t.onset_s < n.start_s + n.duration_s
ORDER BY ALL
"""
_OUTSIDE = """
SELECT count(*) FROM truth t WHERE NOT EXISTS (
    SELECT 1 FROM night n WHERE t.person = n.person AND t.end_s > n.start_s AND t.onset_s < n.start_s + n.duration_s
)
"""


def figures(urls: Sequence[str], truth: Path | None) -> Figures:
    """All that is counted, as plain values. truth: a table of person, onset, end, kind; None: there is none.

    Raises EdgeError for tables that are missing or not such as they should be.
    """
    try:
        import duckdb
    except ImportError as error:
        raise EdgeError(INSTALL) from error
    with duckdb.connect(config={"threads": 1}) as db:
        try:
            detectors = _load(db, urls)
            known = _truth(db, truth) if truth is not None else None
            _score(db, told=known is not None)
            return {
                "schema": SCHEMA,
                "detectors": detectors,
                "truth": known,
                **({} if known else {"note": NO_TRUTH}),
                "alarms": _alarms(db),
                "scored": [row for by in BY for row in _scored_by(db, by, told=known is not None)],
            }
        except duckdb.Error as error:
            raise EdgeError(f"the results cannot be counted ({str(error).splitlines()[0]})") from error


def _load(db: Any, urls: Sequence[str]) -> list[Row]:
    """Tables `judged`, `night` (what is counted, once for each detector) and `condition`; what each detector has."""
    with tempfile.TemporaryDirectory(prefix="feverhub-cohort-") as folder:
        for number, url in enumerate(urls):
            own = Path(folder) / str(number)
            own.mkdir()
            results = Results(url)
            for name, table in ((NIGHTS, "judged"), (CONDITIONS, "condition")):
                into = f"INSERT INTO {table}" if number else f"CREATE TABLE {table} AS"
                file = results.fetch(name, own)
                db.execute(f"{into} SELECT *, ? AS results, ? AS number FROM read_parquet(?)", [url, number, str(file)])  # noqa: S608  our names
    # A detector stands for its results; of two by the same, the folder tells them apart.
    db.execute(
        "UPDATE judged SET detector = detector || ' (' || results || ')' WHERE detector IN"
        " (SELECT detector FROM judged GROUP BY detector HAVING count(DISTINCT number) > 1)"
    )
    db.execute(_SAME_INPUT)
    rows = db.execute(
        """
        SELECT j.detector, any_value(j.results) AS results, count(*) AS nights,
            count(*) FILTER (j.error IS NOT NULL) AS failed,
            count(*) FILTER (j.error IS NULL AND n.night IS NULL) AS left_out,
            count(DISTINCT n.person) AS persons, coalesce(sum(n.watched_s), 0) / 3600 AS hours
        FROM judged j LEFT JOIN night n ON n.night = j.night AND n.number = j.number
        GROUP BY j.detector, j.number ORDER BY j.number
        """
    )
    return [{**row, "hours": round(row["hours"], 3)} for row in _rows(rows)]


def _truth(db: Any, file: Path) -> Row:
    """Table `truth`, times in wall seconds, and what is to be known of it."""
    import duckdb

    try:
        read = db.read_parquet(str(file)) if file.suffix == ".parquet" else db.read_csv(str(file))
        missing = {"person", "onset", "end", "kind"} - set(read.columns)
    except (duckdb.Error, OSError) as error:
        raise EdgeError(f"{file}: cannot be read ({str(error).splitlines()[0]})") from error
    if missing:
        raise EdgeError(f"{file}: needs the columns person, onset, end, kind; {', '.join(sorted(missing))} missing")
    types = dict(zip(read.columns, (str(each) for each in read.types), strict=True))
    at = {name: _wall(name, types[name]) for name in ("onset", "end")}
    try:
        read.select(
            f"person::VARCHAR AS person, {at['onset']} AS onset_s, {at['end']} AS end_s, lower(kind) AS kind"
        ).create("truth")
        [(wrong,)] = db.execute("SELECT count(*) FROM truth WHERE (end_s >= onset_s) IS NOT TRUE").fetchall()
    except duckdb.Error as error:
        raise EdgeError(
            f"{file}: onset and end are times, or seconds since 1970 ({str(error).splitlines()[0]})"
        ) from error
    if wrong:
        raise EdgeError(f"{file}: {wrong} rows have no onset and end, or end before they begin")
    kinds = dict(db.execute("SELECT kind, count(*) FROM truth GROUP BY kind ORDER BY kind").fetchall())
    answered = frozenset().union(*(event.kinds for event in EVENTS.values()))
    [(outside,)] = db.execute(_OUTSIDE).fetchall()
    [(silent,)] = db.execute(
        "SELECT count(DISTINCT night) FROM night WHERE person NOT IN (SELECT person FROM truth)"
    ).fetchall()
    return {
        "events": sum(kinds.values()),
        "in_no_night": outside,
        "nights_of_persons_without_a_row": silent,
        "not_scored": {kind: count for kind, count in kinds.items() if kind not in answered},
    }


def _wall(name: str, type_: str) -> str:
    """Wall seconds of a column; a time without a zone is taken as UTC."""
    if type_.startswith("TIMESTAMP"):
        return f'epoch_us("{name}") / 1e6'
    return f'"{name}"::DOUBLE'


def _score(db: Any, *, told: bool) -> None:
    """Table `scored`: a row for each event that is scored, detector and night."""
    db.execute(
        "CREATE TABLE scored (event VARCHAR, detector VARCHAR, number INT, person VARCHAR, age VARCHAR, limb VARCHAR,"
        " hours DOUBLE, events INT, found INT, alarms INT, false_alarms INT, late_s DOUBLE[])"
    )
    truth: dict[str, list[tuple[str, float, float]]] = {}
    if told:
        for night, kind, begin_s, end_s in db.execute(_EVENTS_IN_NIGHTS).fetchall():
            truth.setdefault(night, []).append((kind, begin_s, end_s))
    raised: dict[tuple[int, str], list[tuple[str, Alarm]]] = {}
    for number, night, condition, onset_s, raised_s, cleared_s in db.execute(
        "SELECT c.number, c.night, c.condition, c.onset_s - n.start_s, c.raised_s - n.start_s, c.cleared_s - n.start_s"
        " FROM condition c JOIN night n ON n.number = c.number AND n.night = c.night ORDER BY ALL"
    ).fetchall():
        raised.setdefault((number, night), []).append((condition, Alarm(onset_s, raised_s, cleared_s)))
    rows = [
        (name, *row)
        for night in _rows(db.execute("SELECT * FROM night ORDER BY number, night"))
        for name, event in EVENTS.items()
        if (
            row := _of_night(
                night, event, truth.get(night["night"], ()), raised.get((night["number"], night["night"]), ())
            )
        )
    ]
    if rows:
        db.executemany("INSERT INTO scored VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _of_night(
    night: Row, event: Event, truth: Sequence[tuple[str, float, float]], raised: Sequence[tuple[str, Alarm]]
) -> tuple[Any, ...] | None:
    """None where no sensor watched for such an event, and none happened."""
    happened = [(begin_s, end_s) for kind, begin_s, end_s in truth if kind in event.kinds]
    watched_s = float(night[event.watched])
    if not (watched_s or happened):
        return None
    alarms = [alarm for condition, alarm in raised if condition in event.conditions]
    found = scored(event, happened, alarms, float(night["duration_s"]))
    who = (night["detector"], night["number"], night["person"], age_band(night["age_months"]), night["limb"] or "none")
    return (*who, watched_s / 3600.0, found.events, found.found, found.alarms, found.false_alarms, list(found.late_s))


def age_band(age_months: float | None) -> str:
    """Such as `06-12 months`, so that bands are in the order of their names."""
    if age_months is None:
        return "not known"
    low = max((end for end in (0, *AGES_MONTHS) if end <= age_months), default=0)
    high = next((end for end in AGES_MONTHS if end > age_months), None)
    return f"from {low} months" if high is None else f"{low:02}-{high:02} months"


def _scored_by(db: Any, by: str, *, told: bool) -> Iterator[Row]:
    group = "'all'" if by == "all" else by
    rows = db.execute(
        f"""
        WITH counted AS (
            SELECT event, {group} AS "group", number, any_value(detector) AS detector, count(*) AS nights,
                count(DISTINCT person) AS persons, sum(hours) AS hours, sum(events)::INT AS events,
                sum(found)::INT AS found, sum(alarms)::INT AS alarms, sum(false_alarms)::INT AS false_alarms
            FROM scored GROUP BY event, "group", number
        ), late AS (
            SELECT event, "group", number, quantile_cont(s, 0.5) AS median_s, quantile_cont(s, 0.95) AS p95_s
            FROM (SELECT event, {group} AS "group", number, unnest(late_s) AS s FROM scored) GROUP BY ALL
        )
        SELECT * FROM counted LEFT JOIN late USING (event, "group", number) ORDER BY event DESC, "group", number
        """  # noqa: S608  a word of BY
    )
    for row in _rows(rows):
        yield {"by": by, **_counted(row, told=told)}


def _counted(row: Row, *, told: bool) -> Row:
    """With its intervals: Wilson's of a share, the exact one of a count."""
    hours = row["hours"]
    facts = {key: row[key] for key in ("event", "group", "detector", "nights", "persons")}
    facts |= {"hours": round(hours, 3), **_rate("alarms", row["alarms"], hours)}
    if not told:
        return facts
    low, high = wilson(row["found"], row["events"])
    share = row["found"] / row["events"] if row["events"] else None
    return {
        **facts,
        "events": row["events"],
        "found": row["found"],
        "sensitivity": None if share is None else round(share, 4),
        "sensitivity_95": None if share is None else [round(low, 4), round(high, 4)],
        **_rate("false_alarms", row["false_alarms"], hours),
        "latency_median_s": None if row["median_s"] is None else round(row["median_s"], 2),
        "latency_p95_s": None if row["p95_s"] is None else round(row["p95_s"], 2),
    }


def _rate(name: str, count: int, hours: float) -> Row:
    if not hours:
        return {name: count, f"{name}_per_hour": None, f"{name}_per_hour_95": None}
    low, high = (edge / hours for edge in poisson(count))
    return {
        name: count,
        f"{name}_per_hour": round(count / hours, 4),
        f"{name}_per_hour_95": [round(low, 4), round(high, 4)],
    }


def _alarms(db: Any) -> list[Row]:
    """Every condition, technical ones too, over all watched hours."""
    hours = dict(db.execute("SELECT number, sum(watched_s) / 3600 FROM night GROUP BY number").fetchall())
    rows = _rows(
        db.execute(
            "SELECT c.kind, c.condition, c.priority, n.number, any_value(n.detector) AS detector, count(*) AS count"
            " FROM condition c JOIN night n ON n.number = c.number AND n.night = c.night"
            " GROUP BY c.kind, c.condition, c.priority, n.number ORDER BY c.kind, c.condition, c.priority, n.number"
        )
    )
    return [
        {
            **{key: row[key] for key in ("kind", "condition", "priority", "detector")},
            **_rate("alarms", row["count"], hours[row["number"]]),
        }
        for row in rows
    ]


def _rows(cursor: Any) -> list[Row]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
