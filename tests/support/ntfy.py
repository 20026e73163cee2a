"""A real ntfy server on loopback, which `tools/setup.sh servers` has unpacked."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.support.servers import end, free_port, wait_for_port

BINARY = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-tools" / "ntfy" / "usr/bin/ntfy"


class Ntfy:
    """One server in one folder. settings: lines of its `server.yml` beside address and cache.

    users: name to password; with any, nobody else is let in, but for `open_topics`, where everybody may write.
    """

    def __init__(
        self, folder: Path, *settings: str, users: dict[str, str] | None = None, open_topics: tuple[str, ...] = ()
    ) -> None:
        if not BINARY.exists():
            raise RuntimeError(f"{BINARY} is not there: tools/setup.sh servers unpacks it")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._users, self._open_topics = users or {}, open_topics
        self._config, self._log = folder / "server.yml", folder / "ntfy.log"
        login = [f'auth-file: "{folder}/auth.db"', "auth-default-access: deny-all"] if users else []
        own = ['visitor-request-limit-exempt-hosts: "127.0.0.1"']  # the tests look often
        own += [f'base-url: "{self.base}"', f'listen-http: "127.0.0.1:{self.port}"', f'cache-file: "{folder}/cache.db"']
        self._config.write_text("\n".join([*own, *login, *settings]) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self._log.open("ab") as out:
            command = [str(BINARY), "serve", "-c", str(self._config)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait_for_port(self.port, self._process, self._log)
        for name, password in self._users.items():
            self._manage("user", "add", "--role=admin", name, password=password)
        for topic in self._open_topics:
            self._manage("access", "everyone", topic, "write-only")
        return self

    def stop(self) -> None:
        if self._process is not None:
            end(self._process, signal.SIGTERM)
            self._process = None

    def _manage(self, verb: str, *arguments: str, password: str = "") -> None:
        named = [verb, "-c", str(self._config), *arguments] if verb == "access" else [verb, "-c", str(self._config)]
        command = [str(BINARY), *named, *(arguments if verb == "user" else ())]
        environment = {"PATH": os.environ["PATH"], "NTFY_PASSWORD": password}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=20)

    def events(self, topic: str) -> list[dict[str, Any]]:
        """All that a phone gets that was away and comes back: messages, and what clears them, oldest first."""
        request = urllib.request.Request(f"{self.base}/{topic}/json?poll=1&since=all")
        for user in list(self._users.items())[:1]:
            request.add_header("Authorization", f"Basic {base64.b64encode(':'.join(user).encode()).decode()}")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return [json.loads(line) for line in answer]

    def messages(self, topic: str) -> list[dict[str, Any]]:
        return [each for each in self.events(topic) if each["event"] == "message"]

    def on_screen(self, topic: str) -> list[str]:
        """The titles and texts that a phone shows after all of this, as the documented app does it.

        A message takes the place of one with the same sequence id; a clear takes that one off.
        """
        shown: dict[str, str] = {}
        for event in self.events(topic):
            name = str(event.get("sequence_id") or event["id"])
            if event["event"] == "message":
                shown[name] = f"{event.get('title', '')}: {event['message']}"
            elif event["event"] in ("message_clear", "message_delete"):
                shown.pop(name, None)
        return list(shown.values())

    def tap(self, message: dict[str, Any], label: str) -> int:
        """What the app does when somebody taps that button: the HTTP request that it describes."""
        [action] = [each for each in message["actions"] if each["label"] == label]
        asked = urllib.request.Request(
            action["url"],
            data=action.get("body", "").encode(),
            headers=action.get("headers", {}),
            method=action.get("method", "POST"),
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return int(answer.status)


@contextlib.contextmanager
def real_ntfy(folder: Path, *settings: str, **users: Any) -> Iterator[Ntfy]:
    """Runs until the block ends."""
    server = Ntfy(folder, *settings, **users)
    try:
        yield server.start()
    finally:
        server.stop()
