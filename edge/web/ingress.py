"""The page within Home Assistant, behind a path: its Supervisor strips the path, this puts it into what goes back.

Home Assistant's ingress names the path in `X-Ingress-Path`, and only the Supervisor may ask here: whoever else reached
this port could say that it comes from anywhere. Who looks is known by the cookie of the page, as elsewhere; what came
through here is never taken for being in the house, since Home Assistant may be used from afar.
"""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SUPERVISOR: Final = "172.30.32.2"
"""Its address in the network of Apps (developers.home-assistant.io, "Presenting your app", Ingress)."""
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_-]{1,200}){1,5}\Z")
_LINK: Final = re.compile(rb'((?:href|src|action)=\\?")/(?!/)')
"""Of a page, and of its parts in the event stream, which are JSON."""
_TEXTS: Final = ("text/html", "text/event-stream")


class Ingress:
    """ASGI middleware around the whole application. peer: the one address that may ask."""

    def __init__(self, app: ASGIApp, peer: str = SUPERVISOR) -> None:
        self._app = app
        self._peer = peer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client, headers = scope.get("client"), Headers(scope=scope)
        path = headers.get("x-ingress-path", "")
        if client is None or client[0] != self._peer or not _PATH.match(path):
            await PlainTextResponse("This port is for Home Assistant alone.\n", 403)(scope, receive, send)
            return
        # What is compressed could not be given its links; and `via` says that somebody speaks for the phone.
        kept = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        scope["headers"] = [*kept, (b"via", b"1.1 ingress")]
        await self._app(scope, receive, _Prefixed(path, send))


class _Prefixed:
    """Sends an answer with the path in its links, its cookie and where it leads to."""

    def __init__(self, path: str, send: Send) -> None:
        self._path, self._send = path, send
        self._link = rb"\g<1>" + path.encode() + b"/"
        self._rewrites = False
        # Held back until the body is known, whose length it says.
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._rewrites = headers.get("content-type", "").partition(";")[0] in _TEXTS
            self._adapt(headers)
            if self._rewrites and "content-length" in headers:
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._rewrites:
            body = _LINK.sub(self._link, message.get("body", b""))
            message = {**message, "body": body}
            if self._start is not None:
                start, self._start = self._start, None
                MutableHeaders(scope=start)["content-length"] = str(len(body))
                await self._send(start)
        await self._send(message)

    def _adapt(self, headers: MutableHeaders) -> None:
        # Home Assistant shows it in a frame of its own address.
        headers["x-frame-options"] = "SAMEORIGIN"
        policy = headers.get("content-security-policy", "")
        headers["content-security-policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        to = headers.get("location", "")
        if to.startswith("/") and not to.startswith(("//", f"{self._path}/")):
            headers["location"] = self._path + to
        cookies = headers.getlist("set-cookie")
        if cookies:
            del headers["set-cookie"]
            for each in cookies:
                headers.append("set-cookie", each.replace("Path=/;", f"Path={self._path}/;"))
