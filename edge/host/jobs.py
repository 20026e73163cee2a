"""Jobs at a time of day (retention at night, the summary in the morning), by APScheduler. Nothing urgent runs here.

APScheduler counts on the wall clock and, when that is set, sleeps on until the moment it had worked out before: a hub
that booted with a clock in the future would never run a job again. `clock_stepped` works every moment out anew.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Final

Job = Callable[[], Awaitable[None]]
Report = Callable[[str, str], None]

# A job that could not start in time (the loop was busy, the hub asleep) still runs if it is late by less than this.
_GRACE_S: Final = 3600


class Jobs:
    """Runs each job once a day. report(name, sentence): called for every job that failed or was missed.

    timezone: of the hours given. Always given, since APScheduler looks for the computer's own by its name, and raises
    where that cannot be read from /etc/timezone.
    """

    def __init__(self, report: Report, timezone: dt.tzinfo) -> None:
        self._report = report
        self._timezone = timezone
        self._daily: dict[str, tuple[Job, dt.time]] = {}
        self._scheduler: Any = None  # APScheduler 3 has no types

    def add_daily(self, name: str, at: dt.time, job: Job) -> None:
        """Run `job` each day at that local time. One of the same name is replaced."""
        self._daily[name] = (job, at)
        self._schedule(name)

    def start(self) -> None:
        """Begin, on the running loop."""
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler: Any = AsyncIOScheduler
        self._scheduler = scheduler(
            timezone=self._timezone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _GRACE_S},
        )
        self._scheduler.add_listener(self._went_wrong, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        self._scheduler.start()
        self.clock_stepped()

    def stop(self) -> None:
        """End; a job that runs is cancelled."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def clock_stepped(self) -> None:
        """The wall clock was set: work out anew when each job is due."""
        for name in self._daily:
            self._schedule(name)

    def next_run(self, name: str) -> dt.datetime | None:
        """When that job is due; None while stopped. KeyError if there is none of that name."""
        if name not in self._daily:
            raise KeyError(name)
        found = self._scheduler.get_job(name) if self._scheduler else None
        return found.next_run_time if found else None

    def _schedule(self, name: str) -> None:
        if self._scheduler is not None:
            job, at = self._daily[name]
            when = {"hour": at.hour, "minute": at.minute, "second": at.second}
            self._scheduler.add_job(job, "cron", **when, id=name, name=name, replace_existing=True)

    def _went_wrong(self, event: Any) -> None:
        error = event.exception
        due = event.scheduled_run_time
        why = f"failed: {type(error).__name__}: {error}" if error else f"was missed; it was due at {due:%H:%M}"
        self._report(event.job_id, f"the daily job {event.job_id} {why}")
