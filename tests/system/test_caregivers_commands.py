"""What a caregiver types on the hub, over the real broker: every command, its exit code, and what others then see."""

import asyncio
import json
import signal

import pytest

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


async def say(home, *arguments):
    done = await asyncio.to_thread(home.feverhub, *arguments, "--config", str(home.config))
    assert "Traceback" not in done.stderr
    return done


async def test_the_evening_of_a_family(home):
    nobody = await say(home, "status", "--json")
    assert (nobody.returncode, json.loads(nobody.stdout)["trouble"]) == (6, ["the hub is not running"])
    daemon = home.start_hub()
    try:
        await home.online()
        lost = await say(home, "status", "--json")
        facts = json.loads(lost.stdout)
        assert (lost.returncode, facts["online"], facts["healthy"]) == (6, True, False)
        assert {each["device"] for each in facts["not_watched"]} == {"patch", "ankle"}
        ready = await say(home, "ready")
        assert ready.returncode == 6
        assert "MIND  Anna has never answered a test" in ready.stdout
        assert "MIND  patch is not watched (not heard yet)" in ready.stdout

        paused = await say(home, "pause", "--minutes", "20", "--yes")
        assert (paused.returncode, "Anna paused watching for 20 minutes" in paused.stdout) == (0, True), paused.stderr
        refused = await say(home, "pause", "--minutes", "45", "--yes")
        assert (refused.returncode, "10, 20, 30 minutes" in refused.stdout) == (1, True)
        unasked = await say(home, "pause")
        assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
        assert (await say(home, "on-watch")).returncode == 0

        test = await say(home, "test-alarm", "--wait", "30")
        assert test.returncode in (0, 5)
        heard = await say(home, "acknowledge", "--alarm", "test")
        assert heard.returncode == 0, heard.stdout
        people = json.loads((await say(home, "caregivers", "--json")).stdout)["caregivers"]
        assert [(each["id"], each["proven"], each["on_watch"]) for each in people] == [("anna", True, True)]

        shown = json.loads((await say(home, "status", "--json")).stdout)
        assert shown["on_watch"] == "anna"
        assert [each["why"] for each in shown["silences"] if each["what"] == "watching mia"] == ["pause"]
        until_before = next(each["until"] for each in shown["silences"] if each["why"] == "pause")

        daemon.send_signal(signal.SIGKILL)
        daemon.communicate(timeout=10)
        daemon = home.start_hub()
        await home.online()
        again = json.loads((await say(home, "status", "--json")).stdout)
        assert again["on_watch"] == "anna"
        (pause,) = [each for each in again["silences"] if each["why"] == "pause"]
        assert pause["until"] <= until_before
        assert (await say(home, "pause", "--end")).returncode == 0
        over = json.loads((await say(home, "status", "--json")).stdout)
        assert [each for each in over["silences"] if each["why"] == "pause"] == []
        assert (await say(home, "snooze", "seizure_like_movement")).returncode == 1
        async with home.phone("feverhub/cot/alarm/adapter_down") as phone:  # raised after 10 s
            while json.loads((await phone.next(30)).payload)["presence"] == "off":
                pass
        assert (await say(home, "snooze", "adapter_down", "--minutes", "15")).returncode == 0
        text = (await say(home, "status")).stdout
        assert "quiet adapter down (snoozed) until " in text
        for verb in ("with-her", "awake", "false-alarm"):
            assert (await say(home, verb)).returncode in (0, 1)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=20)


async def test_without_a_broker_each_says_so_and_exits_4(home):
    home.broker.stop()
    for command in ("status", "ready", "caregivers", "awake", "on-watch"):
        done = await say(home, command)
        assert (done.returncode, done.stdout) == (4, ""), done.stderr


async def test_a_thousand_commands_a_second_and_an_alarm_between(home):
    daemon = home.start_hub()
    try:
        async with home.phone("feverhub/cot/reply/mother", "feverhub/cot/alarm/adapter_down") as phone:
            alarm = json.loads((await phone.next(30.0)).payload)
            for number in range(3000):
                phone.publish("feverhub/cot/cmd/mother/snooze", b'{"request_id": "r%d", "minutes": 7}' % number)
            answered = await say(home, "acknowledge", "--with-her")
            assert answered.returncode == 0, answered.stdout
            reasons, changed = set(), None
            while changed is None:
                message = await phone.next(30.0)
                fields = json.loads(message.payload)
                if message.topic.endswith("adapter_down"):
                    changed = fields
                else:
                    reasons.add(fields["reason"])
            assert (changed["id"], changed["presence"]) == (alarm["id"], "ack")
            assert "too many commands at once; wait a moment" in reasons
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, err = daemon.communicate(timeout=20)
        assert "Traceback" not in err
