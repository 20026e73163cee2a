"""The page by TLS, with a certificate of the hub's own authority, and the page that leads a phone there.

The port without encryption then serves the authority's certificate alone, which is no secret, and leads on.
"""

import asyncio
import logging
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from edge.delivery import page_words
from edge.web.drawing import drawn
from edge.web.guard import guarded
from edge.web.languages import Languages
from edge.web.render import Pages

LOOK_S = 5.0
"""Between two looks whether the certificate was renewed."""
NAME = "feverhub.crt"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encryption:
    """port: with TLS, 0 for none; plain_port: without. authority: its certificate in DER. fingerprint: of that."""

    port: int
    plain_port: int
    authority: bytes
    fingerprint: str


NOT_ENCRYPTED = Encryption(0, 0, b"", "")


class CertificatePages:
    """What a phone needs to trust the hub, for everybody who can reach it."""

    def __init__(self, encryption: Encryption, pages: Pages, languages: Languages) -> None:
        self._known, self._pages, self._languages = encryption, pages, languages

    @property
    def routes(self) -> list[Route]:
        """For either application."""
        return [Route("/certificate", self.page), Route(f"/certificate/{NAME}", self.file)]

    async def page(self, request: Request) -> Response:
        """What is lost without it, and how each kind of phone takes it."""
        known, host = self._known, _host(request)
        text = self._pages.page(
            "certificate.html",
            self._languages.stranger(request),
            on=bool(known.port),
            name=NAME,
            fingerprint=known.fingerprint,
            secret=f"https://{host}:{known.port}/",
            here=f"http://{host}:{known.plain_port}/certificate",
            code=drawn(f"http://{host}:{known.plain_port}/certificate") if known.port else "",
            encrypted=request.url.scheme == "https",
        )
        return HTMLResponse(text)

    async def file(self, request: Request) -> Response:
        """As phones take it."""
        if not self._known.authority:
            return HTMLResponse(_sentence(self._pages, self._languages, request, "tls_off"), 404)
        headers = {"content-disposition": f'attachment; filename="{NAME}"'}
        return Response(self._known.authority, media_type="application/x-x509-ca-cert", headers=headers)


def make_plain_app(encryption: Encryption, languages: Languages) -> Starlette:
    """Of the port without encryption: no child, no secret."""
    pages = Pages(languages)

    async def lead_on(request: Request) -> Response:
        if request.method in ("GET", "HEAD") and not request.url.path.startswith("/api/"):
            query = f"?{request.url.query}" if request.url.query else ""
            target = f"https://{_host(request)}:{encryption.port}{request.url.path}{query}"
            # With the way to the certificate, since a phone without it is stopped by its browser.
            return RedirectResponse(target, 307)
        return HTMLResponse(_sentence(pages, languages, request, "tls_only"), 403)

    static = Route("/static/{path:path}", _static)
    everything = Route("/{path:path}", lead_on, methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"])
    routes = [*CertificatePages(encryption, pages, languages).routes, static, everything]
    return guarded(routes, languages, packed=False)


def _sentence(pages: Pages, languages: Languages, request: Request, word: str) -> str:
    reader = languages.stranger(request)
    return pages.sentence(page_words.fill(word, languages.locale(reader)), reader, good=False)


async def keep_current(context: ssl.SSLContext, file: Path) -> None:
    """Take up a renewed certificate for the connections to come, until cancelled; one that cannot be read is left."""
    seen = _stamp(file)
    while True:
        await asyncio.sleep(LOOK_S)
        now = _stamp(file)
        if now == seen or not now:
            continue
        seen = now
        try:
            context.load_cert_chain(file)
        except (OSError, ssl.SSLError) as error:
            log.warning("page.certificate: %s", error)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        known = os.stat(file)  # noqa: PTH116  a file that is replaced each time has another number
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns


def _host(request: Request) -> str:
    """As this phone called the hub."""
    name = request.url.hostname or ""
    return f"[{name}]" if ":" in name else name


async def _static(request: Request) -> Response:
    """Style sheet and icon of the page about the certificate."""
    from starlette.exceptions import HTTPException
    from starlette.staticfiles import StaticFiles

    files = StaticFiles(directory=Path(__file__).parent / "static")
    try:
        return await files.get_response(request.path_params["path"], request.scope)
    except HTTPException as error:
        return Response(status_code=error.status_code)
