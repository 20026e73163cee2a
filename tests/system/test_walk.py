"""The walk of edge/README.md, held against what really runs when a reading passes from the radio to the phone."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from types import FrameType

import pytest

from edge import config as configuration
from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.profiles import load_profiles, profiles_root
from edge.host.clock import SystemClock
from edge.host.credentials import Credentials
from edge.radio.bleak_source import BleakSource
from tests.support.air.bumble_backend import Air
from tests.support.air.rig import MEASUREMENT
from tests.support.air.sensors import thermometer
from tests.support.family import ANNA
from tests.support.servers import until
from tests.support.walks import PACKAGE, walk

pytestmark = pytest.mark.system

ADDRESS = "C0:00:00:00:00:0A"
# 2A1C: Celsius; mantissa 389, exponent -1.
FEVER = bytes.fromhex("00850100ff")


class Footprints:
    """Which files of the package are entered, each at its first time, over all threads."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(str(PACKAGE)):
            file = str(Path(name).relative_to(PACKAGE))
            if file not in self.files:
                self.files.append(file)


IDLE_S = 2.0
# What runs by a clock of its own: the jobs' look at the clock, the watchdog, the store's rounds.
BY_THE_CLOCK = {"app/hub/jobs.py", "app/hub/session.py", "app/hub/supervisor.py", "app/hub/effects/reading_writer.py"}


async def test_a_reading_passes_these_files_and_no_others_in_this_order(home):
    loaded = _ear_thermometer(home)
    air = await Air().start()
    peripheral = await thermometer(air, ADDRESS)
    clock = SystemClock()
    footprints, idle = Footprints(), Footprints()

    async def measure(parts: Assembly) -> None:
        await until(lambda: peripheral.connected and parts.publisher.connected)
        await asyncio.sleep(IDLE_S)  # what a new connection reads of the sensor is over
        sys.setprofile(idle)  # what runs anyway: connections kept alive, watchdogs
        await asyncio.sleep(IDLE_S)
        await parts.disk.journal_thread(sys.setprofile, footprints)
        sys.setprofile(footprints)
        try:
            for _ in range(8):  # until it is subscribed, and then until the measurement that passes the limit
                footprints.files.clear()
                await peripheral.send(MEASUREMENT, FEVER)
                await asyncio.sleep(1.1)
                if parts.hub.state.alarms.conditions.standing():
                    break
            await until(lambda: not parts.disk.journal.pending(1))
        finally:
            sys.setprofile(None)
            await parts.disk.journal_thread(sys.setprofile, None)

    options = session.Options(
        source=lambda _queue: BleakSource(loaded.config.devices, loaded.profiles, clock, backend=air.backend()),
        meanwhile=measure,
        silent=True,
        ticks=False,
    )
    await session.run(loaded, clock, options)
    stages = walk("walk")
    named = {file for stage in stages for file in stage}
    passed = [file for file in footprints.files if file in named or file not in {*idle.files, *BY_THE_CLOCK}]
    assert sorted(passed) == sorted(named)
    first = [stage[0] for stage in stages]
    assert [file for file in passed if file in first] == first


def test_every_file_of_the_walk_is_there_and_every_room_is_on_the_map():
    text = (PACKAGE / "README.md").read_text()
    assert all((PACKAGE / file).is_file() for stage in walk("walk") for file in stage)
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert all(f"`{room}/`" in text or f"`{room}`" in text for room in rooms), rooms


def _ear_thermometer(home) -> CheckedConfiguration:
    profiles = load_profiles(profiles_root())
    spot = profiles["beurer_ft95"]
    text = (
        home.config.read_text().split("[[device]]")[0]
        + (f'[[device]]\nid = "ear"\nprofile = "{spot.id}"\nperson = "mia"\nsite = "ear"\naddress = "{ADDRESS}"\n')
        + ANNA
    )
    config = configuration.parse([configuration.Source(text, "walk")])
    assert config.persons[0].born == date(2025, 8, 1)
    return CheckedConfiguration(
        config, Credentials(home.folder / "credentials"), home.folder / "state", profiles=profiles
    )
