"""The daemon as a process, a real ntfy server, and a tap: from the lock screen to the retained topic."""

import asyncio
import json

import pytest

from tests.support.ntfy import real_ntfy
from tests.support.servers import until

pytestmark = pytest.mark.system


async def test_a_tap_out_of_the_house_answers_the_alarm_and_says_so_on_the_phone(home, tmp_path):
    with real_ntfy(tmp_path) as ntfy:
        secret = home.folder / "credentials" / "anna_phone"
        secret.touch(mode=0o600)
        secret.write_text(f"ntfy://127.0.0.1:{ntfy.port}/anna")
        home.config.write_text(home.config.read_text() + 'channels = ["credential:anna_phone"]\n')
        process = home.start_hub()
        try:
            async with home.phone("feverhub/cot/health", "feverhub/cot/alarm/adapter_down") as phone:
                alarm, heard = None, False
                async with asyncio.timeout(60):
                    while alarm is None or not heard:
                        message = await phone.next(60)
                        fields = json.loads(message.payload)
                        if message.topic.endswith("adapter_down"):
                            alarm = fields
                        else:
                            heard = fields["phone_buttons"] == {"anna": [{"answers": "heard", "refused": 0}]}
                    await until(lambda: any("actions" in it for it in ntfy.messages("anna")), 30.0)
                    pushed = next(it for it in ntfy.messages("anna") if "actions" in it)
                    assert await asyncio.to_thread(ntfy.tap, pushed, "I'm coming") == 200
                    while not fields.get("acknowledged_by"):
                        fields = json.loads((await phone.next(30.0)).payload)
            assert (fields["id"], fields["acknowledged_by"], fields["attended_by"]) == (alarm["id"], "anna", "")
            await until(lambda: any(it.get("title") == "Taken" for it in ntfy.messages("anna")))
            # What was answered has left her screen; the word that it was taken stays.
            await until(lambda: [each.partition(":")[0] for each in ntfy.on_screen("anna")] == ["Taken"], look_s=0.1)
            process.terminate()
            _, err = await asyncio.to_thread(process.communicate, timeout=20)
            assert process.returncode == 0, err
            assert "Traceback" not in err
            for action in pushed["actions"]:
                assert action["body"] not in err
                assert action["url"].rpartition("/")[2] not in err
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate(timeout=10)
