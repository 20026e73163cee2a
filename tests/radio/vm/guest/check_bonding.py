"""A sensor that speaks only to who has bonded with it: `feverhub pair` bonds, and the hub finds it again."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from edge.app.load import checked
from edge.radio.bleak_source import BleakSource
from tests.radio.vm.guest.outage import streaming, write
from tests.support.air.bumble_backend import Peripheral
from tests.support.air.rig import PMD_DATA, QuickClock, listening
from tests.support.air.sensors import STRAP_AT, strap
from tests.support.family import without_sensors

SLOW_S = 40.0  # the processor is emulated
MOVEMENT = bytes.fromhex("02009435770000000001f7ffffffe703f8fffeffe503")


async def talk(sensor: Peripheral) -> None:
    while True:
        if sensor.encrypted:
            await sensor.send(PMD_DATA, MOVEMENT)
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("private", [False, True], ids=["at one address", "at changing addresses"])
async def test_pair_bonds_and_the_hub_finds_it_again(machine, tmp_path, private):
    """At changing addresses it is found by the identity that BlueZ learns by bonding."""
    sensor = await strap(machine.air, name="Polar Sense 1", guarded=True, private=private)
    talking = asyncio.create_task(talk(sensor))
    owner = tmp_path / "feverhub.toml"
    owner.write_text(without_sensors(tmp_path))
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    words = ("pair", "polar_verity_sense", "--person", "mia", "--limb", "left_ankle", "--config", str(owner), "--json")
    feverhub = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "edge", *words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await asyncio.wait_for(feverhub.communicate(), 120)
    assert feverhub.returncode == 0, complained.decode()
    assert json.loads(said)["device"]["address"] == STRAP_AT
    paired_s = loop.time() - began_s
    loaded = checked.load(Path(owner))
    if private:
        await sensor.move()
    radio = BleakSource(loaded.config.devices, loaded.profiles, QuickClock(1.0))
    began_s = loop.time()
    async with listening(radio) as heard:
        await heard.until(lambda: streaming(radio) and heard.frames("left_ankle"), SLOW_S)
        again_s = loop.time() - began_s
        assert sensor.encrypted
        await sensor.drop()
        if private:
            await sensor.move()
        await heard.until(lambda: not streaming(radio), SLOW_S)
        heard.events.clear()
        await heard.until(lambda: streaming(radio) and heard.frames("left_ankle"), SLOW_S)
        assert sensor.encrypted
    where = "changing addresses" if private else "one address"
    write(note=f"bonding, at {where}: `feverhub pair` {paired_s:.1f} s, the hub's first connection {again_s:.1f} s")
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
