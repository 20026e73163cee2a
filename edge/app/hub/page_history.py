"""What the page asks for and the hub's disk holds: looked up in a thread of its own, so that no alarm waits for it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import structlog

from edge.analysis.temperature import Rules
from edge.app.hub import page_diary, page_readers, page_series
from edge.app.hub.page_series import Drawn, Measured
from edge.app.hub.supervisor import log_failure
from edge.app.hub.worker import Worker
from edge.delivery import care_texts, page_curve_texts
from edge.errors import StorageError
from edge.model.alarm import Alarm
from edge.model.care import Dose
from edge.model.language import Locale
from edge.model.moment import Now
from edge.model.people import Site
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.pipeline import Sensor, State
from edge.ports import Clock
from edge.storage.curves import Curve, Readings, Wanted
from edge.storage.rows import Value
from edge.storage.sqlite import SqliteReadingStore
from edge.web import lookup
from edge.web.reader import IN_ENGLISH, Reader

ANSWER_S = 8.0
"""After so long a question is answered with a sentence; what it began ends by itself."""
SITES = frozenset(str(site) for site in Site)

log = structlog.get_logger(__name__)


class PageHistory:
    """Answers one question at a time.

    state: of the core, a frozen value. published: alarms with their texts. stored: None where there is no store.
    journal: its file, which is opened anew for each question: another may lie there by then.
    """

    def __init__(
        self,
        state: Callable[[], State],
        published: Callable[[], Iterable[Alarm]],
        clock: Clock,
        stored: SqliteReadingStore | None,
        journal: Path,
    ) -> None:
        self._state, self._published, self._clock = state, published, clock
        self._stored, self._journal = stored, journal
        self._worker = Worker("page history")
        self._looking = 0

    async def answer(self, question: lookup.OnDisk, reader: Reader = IN_ENGLISH) -> lookup.Found:
        """What was found, in the words of that reader, or why nothing. Raises nothing."""
        if self._looking:
            return lookup.Nothing(page_curve_texts.TOO_BUSY)
        self._looking += 1
        looking = asyncio.ensure_future(
            self._worker(self._found, question, reader, self._state(), tuple(self._published()), self._clock.now())
        )
        looking.add_done_callback(self._over)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await asyncio.shield(looking)
        except TimeoutError:
            return lookup.Nothing(page_curve_texts.TOO_SLOW)
        except StorageError as error:
            log.warning("page.history", why=str(error))
        except Exception as error:  # noqa: BLE001  whatever lies on the disk, the page goes on
            log_failure("page history", error)
        return lookup.Nothing(page_curve_texts.NOT_READ)

    def _over(self, looked: "asyncio.Future[lookup.Found]") -> None:
        self._looking -= 1
        if not looked.cancelled():
            looked.exception()

    def close(self) -> None:
        """Nothing more is looked up."""
        self._worker.close()

    # ---------------------------------------------------------------- in the thread

    def _found(
        self, question: lookup.OnDisk, reader: Reader, state: State, published: Sequence[Alarm], now: Now
    ) -> lookup.Found:
        match question:
            case lookup.SeriesAsked():
                return self._series(question, state, now, page_readers.words(state.setup, reader))
            case lookup.DayAsked():
                return page_diary.day(self._journal, question, state, now, reader)
            case lookup.WhyAsked(alarm=alarm):
                return page_diary.why(self._journal, alarm, state, now, reader)
            case lookup.QuietAsked():
                return page_diary.quiet(published, state, now, reader)
            case lookup.RecordsAsked():
                return page_diary.records(self._journal, state, reader)

    def _series(self, asked: lookup.SeriesAsked, state: State, now: Now, words: Locale) -> lookup.Found:
        if asked.person not in {person.id for person in state.setup.config.persons} or asked.hours not in lookup.HOURS:
            return lookup.Nothing(page_curve_texts.UNKNOWN_CHILD)
        if self._stored is None:
            return lookup.Nothing(page_curve_texts.NO_STORE)
        start_s, end_s = now.wall_s - asked.hours * 3600.0 - max(page_series.TREND_S.values()), now.wall_s + 1.0
        values = self._stored.values(asked.person, (*TEMPERATURES, Quantity.ACTIVITY_COUNT), start_s, end_s)
        drawn = _drawn(state, asked.person, start_s, now, words)
        shown = Readings(TEMPERATURES, set(Validity) - {Validity.INVALID}, start_s, end_s)
        curves = self._stored.curves(asked.person, Wanted(shown, (end_s - start_s) / page_series.PIECES, {}))
        measured = Measured(
            temperatures=[each for each in values if _of_body(each, state)],
            epochs=[each for each in values if each.quantity == Quantity.ACTIVITY_COUNT],
            dots={(each.device, each.place): each.points for each in curves if _of_body(each, state)},
        )
        return page_series.series(measured, now.wall_s, asked.hours, drawn)


def _of_body(value: Value | Curve, state: State) -> bool:
    """Whether it is a temperature of the child, and of two that one sensor sends the one that decides."""
    if value.quantity not in TEMPERATURES or value.place not in SITES:
        return False
    sensor = state.sensors.get(value.device)
    return value.quantity == Quantity.TEMPERATURE if sensor is None else sensor.judges(Quantity(value.quantity))


def _drawn(state: State, person: str, start_s: float, now: Now, words: Locale) -> Drawn:
    own = [sensor for sensor in state.sensors.values() if sensor.device.person == person and not sensor.moves]
    doses = [
        (entry.happened_s, care_texts.in_words(entry, words))
        for entry in state.entries.values()
        if entry.person == person
        and isinstance(entry.what, Dose)
        and not entry.withdrawn
        and entry.happened_s >= start_s
    ]
    return Drawn(
        words,
        {each.device.id: limit_s for each in own if (limit_s := each.deadline_s()) is not None},
        _limits(state, own, now, words),
        sorted(doses),
    )


def _limits(state: State, sensors: list[Sensor], now: Now, words: Locale) -> list[lookup.Limit]:
    """Where a fever and a high fever begin, by the thermometer that stays on, else by the first."""
    of_body = [each for each in sensors if each.device.site is not None and not each.profile.ambient]
    for sensor in sorted(of_body, key=lambda each: each.profile.spot)[:1]:
        assert sensor.device.site is not None
        age_months = state.setup.person(sensor.device.person).age_months(now.wall_s)
        core = Quantity.CORE_TEMPERATURE in sensor.profile.quantities
        rules = Rules(sensor.device.site, sensor.limits, age_months, sensor.profile.spot, core)
        return [
            lookup.Limit(celsius=rules.fever_c, text=page_curve_texts.limit(rules.fever_c, words)),
            lookup.Limit(celsius=rules.high_c, text=page_curve_texts.limit(rules.high_c, words, high=True)),
        ]
    return []
