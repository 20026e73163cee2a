"""What is done by the clock on the wall: retention, the daily summary, rows that were stamped before it was right."""

import asyncio
import datetime as dt
import math
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog

from edge import __version__, alarms, pipeline
from edge.app.hub.disk import Disk
from edge.app.hub.effects.executor import Report
from edge.app.hub.effects.journal_writer import cause
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.health import lost
from edge.config import Config
from edge.delivery import bedtime, drill, illness_texts, notices, roster, summary
from edge.errors import StorageError
from edge.host.clock import clock_step_s
from edge.host.jobs import Jobs
from edge.model.alarm import Condition
from edge.model.effect import KeepReading, Notify
from edge.model.moment import Now, local
from edge.model.people import Role
from edge.model.reading import Quantity, Validity
from edge.pipeline import State
from edge.ports import Clock
from edge.storage import backup
from edge.storage.retention import Limits, around, retain

RETENTION_AT = dt.time(3, 30)
# By day: who is told that the stick is missing is not woken for it.
BACKUP_AT = dt.time(11, 0)
SUMMARY_AT = dt.time(9, 0)
# Of an illness, morning and evening: before the day begins, and before somebody takes the watch for the night.
ILLNESS_AT = {"illness morning": dt.time(8, 0), "illness evening": dt.time(20, 0)}
DRILL_AT = dt.time(17, 30)
# Behind the backup, at a time at which nobody is woken by a phone that shows something for a moment.
WAY_AT = dt.time(11, 30)
LOOK_AT_CLOCK_S = 5.0
LOOK_AT_JOURNAL_S = 20.0
# That the journal had to be written anew is said for so long, since it is mended at once.
REPAIR_SAID_S = 600.0
DAY_S = 86400.0
MB = 1024 * 1024

log = structlog.get_logger(__name__)


class DailyJobs:
    """state: of the core, now. report: raises and ends `hub_degraded`, `storage_error` and `clock_unsynchronised`.

    way: tries the way of alarms, if that is due.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        disk: Disk,
        notifications: Notifications,
        *,
        state: Callable[[], State],
        report: Report,
        way: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._way = way
        self._config = config
        self._clock = clock
        self._disk = disk
        self._notifications = notifications
        self._state = state
        self._report = report

    async def run(self) -> None:
        """Run the daily jobs until cancelled; when the wall clock is set, they are worked out anew."""

        def failed(name: str, sentence: str) -> None:
            self._report(Condition.HUB_DEGRADED, True, sentence, f"job {name}")

        jobs = Jobs(failed, self._state().setup.zone)

        async def retention() -> None:
            await self.retain()
            self._report(Condition.HUB_DEGRADED, False, "", "job retention")

        async def say_summary() -> None:
            await self.summarise()
            self._report(Condition.HUB_DEGRADED, False, "", "job summary")

        async def backup() -> None:
            await self.back_up()
            self._report(Condition.HUB_DEGRADED, False, "", "job backup")

        jobs.add_daily("retention", RETENTION_AT, retention)
        if self._config.backup.folder:
            jobs.add_daily("backup", BACKUP_AT, backup)
        jobs.add_daily("summary", SUMMARY_AT, say_summary)

        async def say_illness() -> None:
            self.tell_illness()

        for name, at in ILLNESS_AT.items():
            jobs.add_daily(name, at, say_illness)

        async def remind_of_drill() -> None:
            self.remind_of_drill()

        async def remind_of_bedtime() -> None:
            self.remind_of_bedtime()

        if self._config.hub.bedtime:
            jobs.add_daily("bedtime", dt.time.fromisoformat(self._config.hub.bedtime), remind_of_bedtime)
        if (way := self._way) is not None:

            async def try_way() -> None:
                await way()
                self._report(Condition.HUB_DEGRADED, False, "", "job way of alarms")

            jobs.add_daily("way of alarms", WAY_AT, try_way)
        jobs.add_daily("drill", waking(self._config.hub.night), remind_of_drill)
        jobs.start()
        try:
            await self._watch_clock(jobs)
        finally:
            jobs.stop()

    async def _watch_clock(self, jobs: Jobs) -> None:
        before = self._clock.now()
        stepped_s = 0.0
        await self._take_up(before)
        while True:
            await asyncio.sleep(LOOK_AT_CLOCK_S)
            now = self._clock.now()
            step_s = clock_step_s(before, now)
            if step_s:
                log.warning("clock.stepped", seconds=round(step_s, 1))
                jobs.clock_stepped()
            # The step may come a moment before the clock counts as right, so it is kept in mind until then.
            stepped_s = stepped_s + step_s if not (now.synced and before.synced) else 0.0
            if now.synced and not before.synced:
                await self._restamp(stepped_s)
                stepped_s = 0.0
            why = "" if now.synced else "no time server was heard"
            self._report(Condition.CLOCK_UNSYNCHRONISED, not now.synced, why, "")
            before = now

    async def _take_up(self, now: Now) -> None:
        """Rows of an earlier start of this boot; the clock may have been put right while no hub ran."""
        if self._disk.stored is None:
            return
        try:
            await self._disk.storage_thread(self._disk.stored.take_up, now.wall_s - now.mono_s)
        except StorageError as error:
            self._report(Condition.STORAGE_ERROR, True, cause(error), "store")
        if now.synced:
            await self._restamp(0.0)

    async def _restamp(self, stepped_s: float) -> None:
        """Rows that were stamped before the clock was right wait for this, however small the step."""
        if self._disk.stored is None:
            return
        try:
            await self._disk.storage_thread(self._disk.stored.restamp, stepped_s)
        except StorageError as error:
            self._report(Condition.STORAGE_ERROR, True, cause(error), "store")

    async def retain(self) -> None:
        """Delete what is older or more than the family wants kept, in small steps."""
        keep, now_s = self._config.storage, self._clock.now().wall_s
        if self._disk.stored is not None:
            if self._disk.journalled is not None:
                since_s = now_s - keep.motion_days * DAY_S
                past = await self._disk.journal_thread(self._disk.journalled.past, since_s)
                moved = [alarm for alarm in past if alarm.key.condition in alarms.MOVEMENT]
                await self._disk.storage_thread(self._disk.stored.protect, list(around(moved)))
            limits = Limits(motion_days=keep.motion_days, reading_days=keep.reading_days, max_bytes=keep.max_mb * MB)
            removed = await self._disk.storage_thread(retain, self._disk.stored, limits, now_s)
            log.info("retention", removed=removed)
        if self._disk.journalled is not None:
            await self._disk.journal_thread(self._disk.journalled.prune, now_s)

    async def back_up(self) -> None:
        """Into the folder of the configuration, as long as a stick takes. Raises StorageError."""
        wanted, hub, zone = self._config.backup, self._config.hub.name, self._state().setup.zone
        made_at = local(self._clock.now().wall_s, zone)

        def work() -> backup.Made:
            made = backup.make(self._disk.folder, Path(wanted.folder), hub=hub, program=__version__, made=made_at)
            backup.prune(Path(wanted.folder), hub, wanted.keep)
            return made

        made = await asyncio.to_thread(work)  # neither the journal's nor the store's thread waits for a stick
        log.info("backup", folder=str(made.folder), bytes=made.size)

    async def summarise(self) -> None:
        """A quiet push to every caregiver once a day: whether the hub still watches, and what there was."""
        now, state = self._clock.now(), self._state()
        day = summary.Day(
            lost(state, now),
            len(pipeline.watches(state, now)),
            [alarm.key.condition for alarm in state.alarms.conditions.standing()],
            pipeline.listened(state, now),
            {person.name: await self._temperatures(person.id) for person in self._config.persons},
        )
        for caregiver in state.setup.config.caregivers:
            if caregiver.role is not Role.VIEWER:
                words = state.setup.locale(caregiver)
                text = summary.details(day, words) if caregiver.share_details else summary.bare(day, words)
                if caregiver.channels and not roster.proven_lately(state.roster, caregiver.id, now.wall_s):
                    text = words.say(summary.UNPROVEN, text=text)
                subject = f"summary-{int(now.wall_s)}"
                self._notifications.put(Notify(caregiver.id, subject, summary.title(day, words), text, urgent=False))

    def tell_illness(self) -> None:
        """A quiet push to every caregiver about each illness that stands."""
        now, state = self._clock.now(), self._state()
        readers = notices.Readers(self._config.caregivers, state.setup.locale)
        for ill in pipeline.ill(state, now):
            for message in illness_texts.summary(readers, ill, now.wall_s):
                self._notifications.put(message)

    def remind_of_drill(self) -> None:
        """A quiet push to every caregiver on the day on which a drill is due, and each week after."""
        now, state = self._clock.now(), self._state()
        due_s = drill.due_s(state.roster, state.drill, state.drill_later_s, self._config.caregivers)
        if now.synced and pipeline.drill_due(state, now) and drill.reminded(due_s, now.wall_s):
            for message in drill.due(notices.Readers(self._config.caregivers, state.setup.locale)):
                self._notifications.put(message)

    def remind_of_bedtime(self) -> None:
        """A quiet push to every caregiver, for each child who is ill or has a fever while nobody has asked tonight."""
        state = self._state()
        readers = notices.Readers(self._config.caregivers, state.setup.locale)
        for name in pipeline.bedtime_forgotten(state, self._clock.now()):
            for message in bedtime.remind(readers, name):
                self._notifications.put(message)

    async def _temperatures(self, person: str) -> tuple[float, float, int] | None:
        """Of the last 24 hours."""
        stored, now_s = self._disk.stored, self._clock.now().wall_s

        def read() -> list[KeepReading]:
            return list(stored.readings(person, Quantity.TEMPERATURE, now_s - DAY_S, now_s)) if stored else []

        return span(await self._disk.storage_thread(read))


async def watch_journal(disk: Disk, clock: Clock, report: Report) -> None:
    """Look whether the journal's file is still the one that was opened, until cancelled; at once done without one."""
    journal = disk.journalled
    reported_s = -math.inf
    while journal is not None:
        await asyncio.sleep(LOOK_AT_JOURNAL_S)
        try:
            why = await disk.journal_thread(journal.restore)
        except StorageError as error:
            why = str(error)
        now_s = clock.now().mono_s
        if why:
            log.error("journal.file", why=why)
            reported_s = now_s
            report(Condition.STORAGE_ERROR, True, why, "journal file")
        elif now_s - reported_s >= REPAIR_SAID_S:
            report(Condition.STORAGE_ERROR, False, "", "journal file")


def waking(night: str) -> dt.time:
    """A time of day at which nobody is asleep: in the late afternoon, unless that is somebody's night."""
    begin, end = (dt.time.fromisoformat(each) for each in night.split("-"))

    def asleep(at: dt.time) -> bool:
        return begin <= at < end if begin <= end else at >= begin or at < end

    return next((at for at in (DRILL_AT, dt.time(11, 30), dt.time(21, 30), dt.time(5, 30)) if not asleep(at)), DRILL_AT)


def span(readings: Iterable[KeepReading]) -> tuple[float, float, int] | None:
    """The lowest and the highest of the valid temperatures, and how many there are."""
    valid = [item.reading.value for item in readings if item.reading.validity is Validity.VALID]
    return (min(valid), max(valid), len(valid)) if valid else None
