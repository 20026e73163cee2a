"""Asks a camera in the house for a film: over HTTP (such as Frigate's manual event) and by a command of the family.

The film stays in the house. How much it shows from before the alarm is the camera's own setting (`pre_capture` of
Frigate's recordings, which manual events respect).
"""

import asyncio
import contextlib
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass

from edge.ports import Outcome, Sent

HTTP_S = 5.0
COMMAND_S = 20.0
_LONGEST_LINK = 500
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Camera:
    """Implements `ports.Filmer`.

    http_url, http_body: where to POST which JSON; empty: nowhere. link: where the film will be found, with
    `{event_id}` in place of what the camera's answer calls so. command: a program and its arguments, which gets the
    episode's id as one more; the first line of what it prints is the link.
    """

    http_url: str = ""
    http_body: str = "{}"
    link: str = ""
    command: Sequence[str] = ()

    async def film(self, alarm_id: str) -> Sent:
        """Start a film. detail: its link, or why there is none. Takes at most 20 s and never raises."""
        ways = [asyncio.to_thread(self._post)] if self.http_url else []
        done = await asyncio.gather(*ways, *([self._run(alarm_id)] if self.command else []))
        good = [sent for sent in done if sent.outcome is Outcome.DELIVERED]
        return (good or done or [Sent(Outcome.REFUSED, "no camera is set up")])[0]

    def _post(self) -> Sent:
        import urllib3

        timeout = urllib3.Timeout(total=HTTP_S)
        headers = {"Content-Type": "application/json"}
        try:
            with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
                answer = pool.request("POST", self.http_url, body=self.http_body.encode(), headers=headers)
        except urllib3.exceptions.HTTPError as error:
            return Sent(Outcome.RETRY, f"the camera cannot be reached ({type(error).__name__})")
        if answer.status >= 400:
            return Sent(Outcome.REFUSED, f"the camera refused (HTTP {answer.status})")
        return Sent(Outcome.DELIVERED, self.link.replace("{event_id}", _event_id(answer.data)) or "filming")

    async def _run(self, alarm_id: str) -> Sent:
        program = self.command[0]
        try:
            child = await asyncio.create_subprocess_exec(
                *self.command, alarm_id, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
            )
        except OSError as error:
            return Sent(Outcome.REFUSED, f"{program} cannot be started: {error.strerror}")
        assert child.stdout is not None
        try:
            async with asyncio.timeout(COMMAND_S):
                # No more than a link's length is kept, however much it prints.
                said = (await child.stdout.read(_LONGEST_LINK)).decode("utf-8", "replace").strip().partition("\n")[0]
                while await child.stdout.read(_CHUNK):
                    pass
                await child.wait()
        except TimeoutError:
            return Sent(Outcome.RETRY, f"{program} did not end within {COMMAND_S:g} s")
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            return Sent(Outcome.REFUSED, f"{program} ended with {child.returncode}")
        return Sent(Outcome.DELIVERED, said or "filming")


def _event_id(answer: bytes) -> str:
    """What the answer calls `event_id`, if it is a plain word."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    word = str(found.get("event_id", "")) if isinstance(found, dict) else ""
    return word if word.replace(".", "").replace("-", "").replace("_", "").isalnum() else ""
