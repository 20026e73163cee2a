"""`feverhub run` on the real bluetoothd: what two sensors send becomes alarms at a caregiver's own MQTT client."""

import asyncio
import contextlib
import json
import sys
from datetime import datetime

import numpy as np
from bumble.core import AdvertisingData

from edge.model.people import Limb
from edge.mqtt.subscriber import Subscriber
from edge.simulation import SENSORS, clip, clonic
from tests.radio.vm.guest.machine import until
from tests.radio.vm.guest.outage import write
from tests.support.air.bumble_backend import Air, Peripheral, Properties
from tests.support.air.rig import HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA
from tests.support.family import ANNA, PERSON
from tests.support.servers import mosquitto

EAR_AT, ANKLE_AT = "C0:00:00:00:00:0A", "C0:00:00:00:00:0B"
CONFIG = f"""
[hub]
name = "cot"
credentials_dir = "{{credentials}}"
sounder = "null"

[mqtt]
host = "127.0.0.1"
port = {{port}}
username = "hub"
{PERSON}
[[device]]
id = "forehead"
profile = "beurer_ft95"
person = "mia"
site = "forehead"
address = "{EAR_AT}"

[[device]]
id = "ankle"
profile = "polar_verity_sense"
person = "mia"
limb = "left_ankle"
address = "{ANKLE_AT}"
{ANNA}"""
FEVER = bytes.fromhex("00820100ff")  # 2A1C: 386 * 10^-1 Cel
READINGS, APART_S = 3, 1.5
STILL_S, BOUT_S, SAMPLES = 20.0, 75.0, 36
UP_S, ALARM_S = 90.0, 20.0


async def spot(air: Air) -> Peripheral:
    services = {HTS: {MEASUREMENT: (Properties.INDICATE, b"")}}
    listed = AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
    return await air.peripheral("FT95", EAR_AT, services=services, advertised=[(listed, bytes.fromhex("0918"))])


async def verity(air: Air) -> Peripheral:
    control, data = (Properties.WRITE | Properties.INDICATE, b""), (Properties.NOTIFY, b"")
    return await air.peripheral("Polar Sense 1", ANKLE_AT, services={PMD: {PMD_CONTROL: control, PMD_DATA: data}})


def pmd(time_s: float, acc_g: np.ndarray) -> bytes:
    """One uncompressed acceleration frame; time_s: of its last sample, on the sensor's clock."""
    return b"\x02" + int(time_s * 1e9).to_bytes(8, "little") + b"\x01" + np.round(acc_g * 1000).astype("<i2").tobytes()


async def stream(sensor: Peripheral, t_s: np.ndarray, acc_g: np.ndarray) -> None:
    """Send each packet when its last sample is there, in real time."""
    now_s = asyncio.get_running_loop().time
    began_s = now_s()
    for first in range(0, len(t_s) - SAMPLES, SAMPLES):
        last = first + SAMPLES - 1
        await asyncio.sleep(began_s + t_s[last] - now_s())
        await sensor.send(PMD_DATA, pmd(1000.0 + t_s[last], acc_g[first : last + 1]))


async def alarm(phone: Subscriber, seconds: float) -> tuple[float, dict[str, object]]:
    """When the next alarm that is on arrives, and it."""
    async with asyncio.timeout(seconds):
        while True:
            message = json.loads((await phone.next(seconds)).payload or b"{}")
            if message.get("presence") == "on":
                return asyncio.get_running_loop().time(), message


@contextlib.asynccontextmanager
async def running(folder, port):
    """The daemon as a process; ended by SIGTERM with exit 0."""
    config, log = folder / "feverhub.toml", folder / "log"
    config.write_text(CONFIG.format(credentials=folder / "credentials", port=port))
    command = [sys.executable, "-m", "edge", "run", "--config", str(config), "--state-dir", str(folder / "state")]
    with log.open("wb") as out:
        hub = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
    try:
        yield hub
        hub.terminate()
        assert await asyncio.wait_for(hub.wait(), 30) == 0
        assert "Traceback" not in log.read_text()
    finally:
        if hub.returncode is None:
            hub.kill()
            await hub.wait()
        print(log.read_text()[-6000:])


async def test_fever_and_a_clonic_bout_from_notifications_to_the_alarm_over_mqtt(machine, tmp_path):
    forehead, ankle = await spot(machine.air), await verity(machine.air)
    (tmp_path / "credentials").mkdir(mode=0o700)
    (tmp_path / "broker").mkdir()
    track = clip(clonic(3, BOUT_S), SENSORS["polar"].on(Limb.ANKLE), 3, before_s=STILL_S, after_s=5.0)
    topics = ("feverhub/cot/mia/alarm/fever", "feverhub/cot/mia/alarm/seizure_like_movement")
    now_s = asyncio.get_running_loop().time
    with mosquitto(tmp_path / "broker") as broker:
        secret = tmp_path / "credentials" / "mqtt_password"
        secret.touch(mode=0o600)
        secret.write_text(broker.users["hub"])
        mother = broker.settings("mother")
        async with (
            running(tmp_path, broker.port),
            Subscriber(mother, topics[0]) as hot,
            Subscriber(mother, topics[1]) as shaken,
        ):
            await until(lambda: ankle.writes and forehead.connected, UP_S)
            await asyncio.sleep(2)  # the thermometer has no start write that would tell that it is subscribed
            began_s = now_s()
            streaming = asyncio.create_task(stream(ankle, track.t_s - track.t_s[0], track.acc_g))
            told = asyncio.create_task(alarm(hot, READINGS * APART_S + ALARM_S))
            for _ in range(READINGS):
                await forehead.send(MEASUREMENT, FEVER)
                await asyncio.sleep(APART_S)
            fever_at_s, fever = await told
            assert (fever["condition"], fever["kind"], fever["value"]) == ("fever", "physiological", 38.6)
            bout_at_s, bout = await alarm(shaken, STILL_S + BOUT_S)
            assert (bout["condition"], bout["priority"]) == ("seizure_like_movement", "high")
            onset, raised = (datetime.fromisoformat(str(bout[key])) for key in ("onset", "raised"))
            assert 0 < (raised - onset).total_seconds() < BOUT_S
            assert not streaming.done()
            streaming.cancel()
            await asyncio.gather(streaming, return_exceptions=True)
    fever_s, bout_s = fever_at_s - began_s, bout_at_s - began_s - STILL_S
    write(note=f"feverhub run: fever alarm {fever_s:.1f} s after the first of {READINGS} readings")
    write(note=f"feverhub run: alarm {bout_s:.1f} s after the onset of a clonic bout of {BOUT_S:.0f} s")
