"""Around every request: how often one phone or address may ask, and the headers that every answer carries."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.delivery import page_words
from edge.web.languages import Languages
from edge.web.limits import BURST, PER_S, PHONE_BURST, PHONE_PER_S, Limit

HEADERS = {
    # Nothing but what the hub itself serves: no script in the page, none from elsewhere, no frame around it.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # A form says where it comes from only with this: `no-referrer` would make its origin null.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Handlers = Mapping[Any, Callable[[Request, Any], Awaitable[Response]]]
"""What answers an exception, by its class."""
PhoneOf = Callable[[Request], str]
"""Which of those that were let in asks: the id of its phone, or where its screen is; empty for anybody else."""


class Guard:
    """ASGI middleware; it passes streams on as they are."""

    def __init__(self, app: ASGIApp, languages: Languages, phone: PhoneOf) -> None:
        self._app = app
        self._languages = languages
        self._phone = phone
        self._addresses, self._phones = Limit(BURST, PER_S), Limit(PHONE_BURST, PHONE_PER_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")  # a child's data; static files say otherwise
            await send(message)

        if scope["type"] == "http" and not self._take(Request(scope)):
            words = self._languages.locale(self._languages.stranger(Request(scope)))
            said = page_words.fill("too_many_requests", words) + "\n"
            refused = PlainTextResponse(said, 429, {"retry-after": "5"})
            await refused(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _take(self, request: Request) -> bool:
        """Whether one more may be asked; takes it. A stranger's flood leaves the phones of its address alone."""
        now_s = time.monotonic()
        if phone := self._phone(request):
            return self._phones.take(phone, now_s)
        return self._addresses.take(request.client.host if request.client else "", now_s)


def guarded(
    routes: Sequence[BaseRoute],
    languages: Languages,
    handlers: Handlers | None = None,
    *,
    packed: bool = True,
    phone: PhoneOf = lambda _: "",
) -> Starlette:
    """An application behind the guard. packed: long answers are, for who takes that. phone: which one asks."""
    around = [Middleware(Guard, languages=languages, phone=phone)]
    if packed:
        around.append(Middleware(GZipMiddleware, minimum_size=1000))
    app = Starlette(routes=routes, middleware=around, exception_handlers=handlers)
    app.router.redirect_slashes = False  # to an address that whoever asks would choose
    return app
