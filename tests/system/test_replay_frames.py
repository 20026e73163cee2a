"""`feverhub replay --frames` into a real broker, and a second hub of one state folder."""

import json

import pytest

pytestmark = pytest.mark.system

MINUTE_S = 60.0


def celsius(value_c):
    """A Temperature Measurement in hundredths (Health Thermometer Service 1.0, 3.1)."""
    return (b"\x04" + round(value_c * 100).to_bytes(3, "little") + b"\xfe\x01").hex()


@pytest.fixture
def rise(tmp_path):
    """What a thermometer sent in an hour: a rise to 38.6, then silence for ten minutes, then more."""
    values = [36.9] * 20 + [36.9 + step * 0.1 for step in range(18)] + [38.6] * 40
    lines = [
        {"t": index * MINUTE_S, "kind": "characteristic:2a1c", "payload": celsius(value + index % 3 * 0.01)}
        for index, value in enumerate(values)
        if not 60 <= index < 70
    ]
    file = tmp_path / "heard.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def replay(home, file, *more):
    config = home.config.read_text()
    home.config.write_text(config.replace('profile = "bthome_v2"', 'profile = "health_thermometer"'))
    return home.feverhub(
        *("replay", "--config", str(home.config), "--frames", str(file), "--device", "patch"),
        *("--speed", "2000", "--json", *more),
    )


async def retained(home, *filters):
    mark = "feverhub/cot/reply/hub/done"
    async with home.phone(*filters, mark, user="hub") as client:
        return {m.topic: m.payload async for m in client.until_marked(mark, 10.0) if m.retained}


async def test_a_fever_and_a_silence_are_raised_from_the_bytes(home, rise):
    done = replay(home, rise)
    assert done.returncode == 0, done.stderr
    said = {each["condition"]: each for each in json.loads(done.stdout)["alarms"]}
    assert said["fever"]["presence"] == "on"
    assert said["no_data"]["presence"] == "off"
    kept = await retained(home, "feverhub/cot/mia/#")
    assert json.loads(kept["feverhub/cot/mia/alarm/fever"])["limit"] == 37.5
    assert json.loads(kept["feverhub/cot/mia/temperature/patch"])["value"] == pytest.approx(38.6, abs=0.05)


async def test_a_second_hub_of_one_state_folder_names_the_first(home):
    with home.running() as hub:
        await home.online()
        second = home.feverhub("run", "--config", str(home.config), "--state-dir", str(home.state))
    assert second.returncode == 1
    assert f"already running with the state folder {home.state}, pid {hub.pid}" in second.stderr
