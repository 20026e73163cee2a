"""Nobody answers, nobody can be told, nobody is heard: the hub on the real clock with real servers."""

import asyncio
import time
from pathlib import Path

import numpy as np

from edge.app.hub.assembly import Assembly
from edge.model.event import Command, MotionReceived, ReadingReceived, Verb
from edge.model.reading import Quantity, Reading, Unit
from tests.bench import live
from tests.support import homes
from tests.support.family import ANNA, PERSON, caregiver, family
from tests.support.push_service import push_service

TOM = caregiver("Tom", 'channels = ["credential:tom_phone"]')
FAMILY = family("", anna='channels = ["credential:anna_phone"]\n', more=TOM)
BANDS = 5
BAND = '\n[[device]]\nid = "band{0}"\nprofile = "polar_verity_sense"\nperson = "mia"\nlimb = "left_ankle"\n'
LIMIT_S = 10.0
WATCHED_S = 124.0
MEASURED_S = 10.0


class Arrived(list[tuple[str, dict[str, str], dict[str, object]]]):
    """Of a push service: what arrived, and when (time.time) for which phone."""

    def __init__(self) -> None:
        super().__init__()
        self.when: list[tuple[str, float]] = []

    def append(self, item: tuple[str, dict[str, str], dict[str, object]]) -> None:
        self.when.append((str(item[2]["topic"]), time.time()))
        super().append(item)

    def first(self, phone: str, since_s: float) -> float | None:
        return next((at_s for topic, at_s in self.when if topic == phone and at_s >= since_s), None)


def unanswered(folder: Path, watched_s: float = WATCHED_S) -> dict[str, float]:
    """Seconds on the real clock from a fever that nobody answers to each telling; the phones' service takes all."""
    clock, raised, found = live.Ahead(), live.Raised(), {}
    with homes.home(folder, FAMILY, tls=True) as home, live.sound_card(folder) as card, push_service() as service:
        arrived = service.arrived = Arrived()
        for who in ("anna", "tom"):
            home.secret(f"{who}_phone", service.url(who))

        async def scenario(parts: Assembly) -> None:
            await live.connected(parts)
            await parts.queue.put(Command(Verb.ON_WATCH, "anna"))
            await parts.queue.idle.wait()
            await live.until(lambda: parts.hub.state.pushes.idle)  # the others are told who it is
            _, raised_s = await live.warm(parts.queue, clock, raised)
            while time.time() < raised_s + watched_s:
                await asyncio.sleep(MEASURED_S)
                await parts.queue.put(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 38.6, Unit.CELSIUS)))
            moments = {
                "who is on watch": arrived.first("anna", raised_s),
                "the sounder": card.since(raised_s),
                "everyone": arrived.first("tom", raised_s),
            }
            found.update({what: np.inf if at_s is None else at_s - raised_s for what, at_s in moments.items()})

        live.play(home, clock, scenario, on_alarm=raised)
    return found


def cut_off(folder: Path, fevers: int, *, mute: bool) -> list[float]:
    """Seconds from a fever to the sounder with the broker away and every phone's service too.

    mute: the service takes the call and says nothing; else nobody listens there.
    """
    times_s = []
    with homes.home(folder, FAMILY, tls=True) as home, live.sound_card(folder) as card:
        home.broker.stop()
        with push_service() as service:
            service.hang = True
            for who in ("anna", "tom"):
                home.secret(f"{who}_phone", service.url(who) if mute else "ntfy://127.0.0.1:9/nobody")
            for number in range(fevers):
                clock, raised = live.Ahead(), live.Raised()

                async def scenario(parts: Assembly, clock: live.Ahead = clock, raised: live.Raised = raised) -> None:
                    _, raised_s = await live.warm(parts.queue, clock, raised)
                    await live.until(lambda: card.since(raised_s) is not None)
                    times_s.append((card.since(raised_s) or np.inf) - raised_s)
                    service.let_go.set()

                service.let_go.clear()
                live.play(home, clock, scenario, on_alarm=raised, state=f"state{number}")
    return times_s


def silent(folder: Path) -> dict[str, list[float]]:
    """Seconds on the real clock from the deadline until a phone has it: of bands never heard, and of bands heard once.

    The deadline is set to the shortest that may be (`no_data_motion_s = 10`).
    """
    late: dict[str, list[float]] = {"never heard": [], "heard once": []}
    bands = "".join(BAND.format(number) for number in range(BANDS))
    text = f"{PERSON}{bands}{ANNA}{caregiver('Tom')}\n[limits]\nno_data_motion_s = {LIMIT_S}\n"
    rng = np.random.default_rng(1)
    with homes.home(folder, text, tls=True, sounder="") as home:

        async def scenario(parts: Assembly) -> None:
            async with live.listening(home.phone("feverhub/cot/#")) as phone:
                for number in range(BANDS):
                    late["never heard"].append(await _told(phone, number, boot_s) - boot_s - LIMIT_S)
                for number in range(BANDS):
                    await asyncio.sleep(rng.uniform(0.0, 1.0))
                    now_s = parts.clock.now().mono_s
                    t_s = now_s - np.arange(51, -1, -1) / 52.0
                    await parts.queue.put(MotionReceived(f"band{number}", t_s, np.tile([0.0, 0.0, 1.0], (52, 1))))
                    heard[number] = time.time()
                for number in range(BANDS):
                    late["heard once"].append(await _told(phone, number, heard[number]) - heard[number] - LIMIT_S)

        boot_s, heard = time.time(), {}
        live.play(home, live.Ahead(), scenario)
    return late


async def _told(phone: live.Heard, number: int, since_s: float) -> float:
    topic = f"feverhub/cot/mia/alarm/no_data/band{number}"
    return await phone.first(since_s, lambda at, fields: at == topic and fields["presence"] == "on")
