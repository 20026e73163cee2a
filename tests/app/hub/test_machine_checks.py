"""What is not well with the computer: in the health topic, and gone when it is well again."""

import json

from edge.app.hub.event_queue import ShowHealth
from edge.app.hub.machine_checks import MachineChecks
from edge.host.clock import SystemClock
from tests.support.servers import until


def write(root, celsius):
    zone = root / "sys/class/thermal/thermal_zone0/temp"
    zone.parent.mkdir(parents=True, exist_ok=True)
    zone.write_text(str(celsius * 1000))


async def test_heat_is_told_in_the_health_topic_and_over_when_it_is_over(make_hub, tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    write(tmp_path, 84)
    checks = MachineChecks(state, state / "credentials", SystemClock(), root=tmp_path)
    await checks.look()
    parts = make_hub(machine=checks.rows)
    async with parts.running():
        parts.made.queue.post(ShowHealth())
        await until(lambda: "feverhub/cot/health" in parts.broker.shown)
        rows = json.loads(parts.broker.shown["feverhub/cot/health"])["machine"]
        assert {"heat"} <= {row["subject"] for row in rows if row["level"] == "FAIL"}
        [heat] = [row for row in rows if row["subject"] == "heat"]
        assert heat["sentence"] == "the computer is so warm that it slows down (84 °C)"
        assert heat["todo"] == "take it out of the sun or its box, or give it a fan"
        write(tmp_path, 40)
        await checks.look()
        assert "heat" not in {row["subject"] for row in checks.rows}
        parts.broker.shown.clear()
        parts.made.queue.post(ShowHealth())
        await until(lambda: "feverhub/cot/health" in parts.broker.shown)
        shown = json.loads(parts.broker.shown["feverhub/cot/health"]).get("machine", [])
        assert "heat" not in {row["subject"] for row in shown}
