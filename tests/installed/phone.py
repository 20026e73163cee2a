"""A caregiver's client outside of the virtual machine: it hears over TLS what the hub says, and answers."""

import json
import queue
import secrets
import ssl
import threading
import time
from typing import Any

import paho.mqtt.client as paho

from tests.installed.machine import Machine

USER, PASSWORD = "mother", "correct horse battery staple"
HUB = "feverhub/cot"


class Phone:
    """It connects again by itself. kept: the last words under each topic; said: of them those that the hub said while
    the phone listened, and not the broker from memory. events: (episode, sequence) of each heard.
    """

    def __init__(self, hub: Machine) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.said: dict[str, dict[str, Any]] = {}
        self.events: set[tuple[str, int]] = set()
        self._heard = threading.Condition()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        authority = hub.ok("cat /etc/mosquitto/feverhub/ca.crt")
        trusted = ssl.create_default_context(cadata=authority)
        trusted.check_hostname = False  # the guest's name is not that of the port here
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="phone", protocol=paho.MQTTv5)
        self._client.username_pw_set(USER, PASSWORD)
        self._client.tls_set_context(trusted)
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = lambda client, *_: client.subscribe([(f"{HUB}/#", 1)])
        self._client.on_message = self._message
        self._client.connect_async("127.0.0.1", hub.port, keepalive=10)
        self._client.loop_start()

    def _message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        try:
            said = json.loads(message.payload)
        except ValueError:  # `online`
            said = {"said": message.payload.decode()}
        if message.topic.startswith(f"{HUB}/reply/"):
            self._answers.put(said)
            return
        with self._heard:
            if message.topic.endswith("/event"):
                self.events.add((said["id"], said["sequence"]))
            self.kept[message.topic] = said
            if not message.retain:
                self.said[message.topic] = said
            self._heard.notify_all()

    def until(self, topic: str, longest_s: float, *, anew: bool = False, **wanted: object) -> dict[str, Any]:
        """What stands under that topic, once it says these things. AssertionError if it does not.

        anew: what was heard before, and what the broker remembers, does not count.
        """
        whole, heard = f"{HUB}/{topic}", self.said if anew else self.kept

        def there() -> bool:
            said = heard.get(whole, {})
            return bool(said) and all(said.get(name) == value for name, value in wanted.items())

        with self._heard:
            if anew:
                heard.pop(whole, None)
            assert self._heard.wait_for(there, longest_s), f"{whole} for {longest_s:.0f} s: {self.kept.get(whole)}"
            return heard[whole]

    def ask(self, verb: str, longest_s: float, **fields: object) -> dict[str, Any]:
        """The hub's answer to a command; empty if none came."""
        request_id = secrets.token_hex(8)
        body = json.dumps({"schema": 1, "request_id": request_id, **fields})
        self._client.publish(f"{HUB}/cmd/{USER}/{verb}", body, qos=0)
        deadline_s = time.monotonic() + longest_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            try:
                answer = self._answers.get(timeout=left_s)
            except queue.Empty:
                break
            if answer.get("request_id") == request_id:
                return answer
        return {}

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
