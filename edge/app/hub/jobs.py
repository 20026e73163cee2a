"""What is done by the clock on the wall or in the background: retention, the daily summary, replication."""

import asyncio
import datetime as dt
import math
from collections.abc import Iterable

import structlog

from edge.app.hub.effects.journal_writer import cause
from edge.app.hub.loop import Hub
from edge.app.hub.worker import Worker
from edge.app.load.checked import CheckedConfiguration
from edge.errors import StorageError
from edge.host.clock import clock_step_s
from edge.host.jobs import Jobs
from edge.model.alarm import Condition
from edge.model.effect import KeepReading, Notify
from edge.model.people import Role
from edge.model.reading import Quantity, Validity
from edge.storage.influx import InfluxReplicator
from edge.storage.journal import SqliteJournal
from edge.storage.retention import Limits, retain
from edge.storage.sqlite import SqliteReadingStore

RETENTION_AT = dt.time(3, 30)
SUMMARY_AT = dt.time(9, 0)
REPLICATE_S = 10.0
LOOK_AT_CLOCK_S = 5.0
LOOK_AT_JOURNAL_S = 20.0
# That the journal had to be written anew is said for so long, since it is mended at once.
REPAIR_SAID_S = 600.0
DAY_S = 86400.0
MB = 1024 * 1024

log = structlog.get_logger(__name__)


async def chores(hub: Hub, loaded: CheckedConfiguration) -> None:
    """Run the daily jobs until cancelled; when the wall clock is set, they are worked out anew."""
    jobs = Jobs(lambda name, sentence: hub.report(Condition.HUB_DEGRADED, True, sentence, f"job {name}"))

    async def retention() -> None:
        await retain_once(hub, loaded)
        hub.report(Condition.HUB_DEGRADED, False, part="job retention")

    async def daily() -> None:
        await summarise(hub)
        hub.report(Condition.HUB_DEGRADED, False, part="job summary")

    jobs.add_daily("retention", RETENTION_AT, retention)
    jobs.add_daily("summary", SUMMARY_AT, daily)
    jobs.start()
    before = hub.clock.now()
    stepped_s = 0.0
    try:
        while True:
            await asyncio.sleep(LOOK_AT_CLOCK_S)
            now = hub.clock.now()
            step_s = clock_step_s(before, now)
            if step_s:
                log.warning("clock.stepped", seconds=round(step_s, 1))
                jobs.clock_stepped()
            # The step may come a moment before the clock counts as right, so it is kept in mind until then.
            stepped_s = stepped_s + step_s if not (now.synced and before.synced) else 0.0
            if now.synced and not before.synced:
                await _restamp(hub, stepped_s)
                stepped_s = 0.0
            hub.report(Condition.CLOCK_UNSYNCHRONISED, not now.synced, "" if now.synced else "no time server was heard")
            before = now
    finally:
        jobs.stop()


async def watch_journal(hub: Hub) -> None:
    """Look whether the journal's file is still the one that was opened, until cancelled."""
    said_s = -math.inf
    while True:
        await asyncio.sleep(LOOK_AT_JOURNAL_S)
        if not isinstance(hub.journal, SqliteJournal):
            continue
        try:
            why = await hub.journal_thread(hub.journal.restore)
        except StorageError as error:
            why = str(error)
        now_s = hub.clock.now().mono_s
        if why:
            log.error("journal.file", why=why)
            said_s = now_s
            hub.report(Condition.STORAGE_ERROR, True, why, "journal file")
        elif now_s - said_s >= REPAIR_SAID_S:
            hub.report(Condition.STORAGE_ERROR, False, "", "journal file")


async def _restamp(hub: Hub, stepped_s: float) -> None:
    """Rows that were stamped before the clock was right wait for this, however small the step."""
    if not isinstance(hub.store, SqliteReadingStore):
        return
    try:
        await hub.storage_thread(hub.store.restamp, stepped_s)
    except StorageError as error:
        hub.report(Condition.STORAGE_ERROR, True, cause(error), "store")


async def retain_once(hub: Hub, loaded: CheckedConfiguration) -> None:
    """Delete what is older or more than the family wants kept, in small steps."""
    keep = loaded.config.storage
    now_s = hub.clock.now().wall_s
    if isinstance(hub.store, SqliteReadingStore):
        limits = Limits(motion_days=keep.motion_days, reading_days=keep.reading_days, max_bytes=keep.max_mb * MB)
        removed = await hub.storage_thread(retain, hub.store, limits, now_s)
        log.info("retention", removed=removed)
    if isinstance(hub.journal, SqliteJournal):
        await hub.journal_thread(hub.journal.prune, now_s)


async def summarise(hub: Hub) -> None:
    """A quiet word to every caregiver once a day: whether the hub still watches, and what there was."""
    now_s = hub.clock.now().wall_s
    lines = []
    for person in hub.setup.config.persons:
        readings: list[KeepReading] = []
        if isinstance(hub.store, SqliteReadingStore):
            store, who = hub.store, person.id

            def read(store: SqliteReadingStore = store, who: str = who) -> list[KeepReading]:
                return list(store.readings(who, Quantity.TEMPERATURE, now_s - DAY_S, now_s))

            readings = await hub.storage_thread(read)
        lines.append(f"{person.name}: {summary(readings)}")
    watched = hub.one_line()
    title = "Not watching all" if hub.lost() else "Still watching"
    details = f"{title}: {watched}. Last 24 hours: " + "; ".join(lines)
    bare = f"feverhub: {title.lower()}"
    for caregiver in hub.setup.config.caregivers:
        if caregiver.role is not Role.VIEWER:
            said = details if caregiver.share_details else bare
            hub.pushes.put(Notify(caregiver.id, f"summary-{int(now_s)}", title, said, urgent=False))


def summary(readings: Iterable[KeepReading]) -> str:
    """Peak and span of the valid temperatures, in words that promise nothing."""
    valid = [item.reading.value for item in readings if item.reading.validity is Validity.VALID]
    if not valid:
        return "no valid temperature"
    return f"temperature {min(valid):.1f} to {max(valid):.1f} °C in {len(valid)} readings"


async def replicate(hub: Hub, loaded: CheckedConfiguration) -> None:
    """Copy the store to InfluxDB behind a cursor, if one is configured; trouble there is told once, readings wait."""
    influx = loaded.config.influx
    if influx is None or not isinstance(hub.store, SqliteReadingStore):
        await asyncio.Event().wait()
        return
    worker = Worker("replication")
    replicator = InfluxReplicator(
        hub.store,
        url=influx.url,
        org=influx.org,
        bucket=influx.bucket,
        token=loaded.credentials.get("influx_token") or "",
        journal=hub.journal if isinstance(hub.journal, SqliteJournal) else None,
    )
    said = ""
    try:
        while True:
            progress = await worker(replicator.replicate_once)
            hub.replication = replicator.in_words(progress)
            if hub.replication != said:
                log.info("influx", state=hub.replication)
                said = hub.replication
            # An outage ends by itself, and the readings wait for that; a server that takes nothing has to be mended.
            why = progress.error if progress.at_fault else ""
            hub.report(Condition.STORAGE_ERROR, bool(why), why, "replication")
            await asyncio.sleep(REPLICATE_S)
    finally:
        replicator.stop()
        await worker(replicator.close)
        worker.close()
