"""Asks a camera in the house for a film: over HTTP (such as Frigate's manual event) and by a command of the family.

The film stays in the house. How much it shows from before the alarm is the camera's own setting (`pre_capture` of
Frigate's recordings, which manual events respect).
"""

import asyncio
import contextlib
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import msgspec

from edge.ports import Outcome, Sent

HTTP_S = 5.0
"""For a request as a whole, name, handshake and answer included."""
COMMAND_S = 20.0
LARGEST_BYTES = 16 * 1024
"""Of an answer, its head included; Frigate's has less than one kB."""
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
NO_LINK = "filming"
"""What is kept where a camera films and says no link."""
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
        ways = [self._post()] if self.http_url else []
        done = await asyncio.gather(*ways, *([self._run(alarm_id)] if self.command else []))
        good = [sent for sent in done if sent.outcome is Outcome.DELIVERED]
        return (good or done or [Sent(Outcome.REFUSED, "no camera is set up")])[0]

    async def _post(self) -> Sent:
        response = bytearray()
        try:
            async with asyncio.timeout(HTTP_S):
                await _exchange(self.http_url, self.http_body.encode(), response)
        except TimeoutError:
            if not _STATUS.match(response):
                return Sent(Outcome.RETRY, f"the camera did not answer within {HTTP_S:g} s")
        except (OSError, ValueError) as error:
            return Sent(Outcome.RETRY, f"the camera cannot be reached ({type(error).__name__})")
        status = _STATUS.match(response)
        if status is None:
            return Sent(Outcome.RETRY, "the camera's answer is no HTTP")
        if not 200 <= int(status[1]) < 300:
            return Sent(Outcome.REFUSED, f"the camera refused (HTTP {int(status[1])})")
        answer = bytes(response).partition(b"\r\n\r\n")[2]
        return Sent(Outcome.DELIVERED, self.link.replace("{event_id}", _event_id(answer)) or NO_LINK)

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
        return Sent(Outcome.DELIVERED, said or NO_LINK)


async def _exchange(url: str, body: bytes, response: bytearray) -> None:
    """POST; what is answered is added to `response`, no more than LARGEST_BYTES. Nothing is unpacked or followed.

    With HTTP/1.0, so that the answer comes in one piece and the connection ends with it.
    """
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if tls else 80), ssl=tls or None)
    try:
        target = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe="/%:=&?+,;@!$'()*~")
        host = parts.netloc.rpartition("@")[2].encode("idna").decode()
        head = f"POST {target} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        while len(response) < LARGEST_BYTES and (more := await reader.read(LARGEST_BYTES - len(response))):
            response += more
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _event_id(answer: bytes) -> str:
    """What the answer calls `event_id`, if it is a plain word."""
    try:
        found = msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError):
        return ""
    word = str(found.get("event_id", "")) if isinstance(found, dict) else ""
    return word if word.replace(".", "").replace("-", "").replace("_", "").isalnum() else ""
