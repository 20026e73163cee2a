"""The page's own process: `python -m edge.web`, started by the hub and never by a person. It ends with the hub."""

import asyncio
import contextlib
import gc
import os
import socket
import ssl
import sys
import threading
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from edge.model.language import Language
from edge.web import wire
from edge.web.encryption import Encryption, keep_current, make_plain_app
from edge.web.feed import Feed
from edge.web.ingress import Ingress
from edge.web.languages import Languages
from edge.web.phones import Phones
from edge.web.server import make_app
from edge.web.serving import configured

LIVES_S = 5.0
MOST_CONNECTIONS = 150
"""Of all phones: twenty with a stream and a few requests each. More are answered with 503."""
BEHIND = 10
"""Steps of niceness behind the hub."""
FIRST_TO_GO = 500
"""oom_score_adj of proc(5): when memory runs out, the page goes, and the hub stays."""


def main() -> None:
    """Serve until the pipe from the hub ends."""
    _stand_back()
    begin = msgspec.json.decode(sys.stdin.buffer.readline(), type=wire.Begin)
    port = begin.port
    try:
        listening, encrypted, ingress = _listen(begin), None, None
        if begin.tls_port:
            port = begin.tls_port
            encrypted = _bound(begin.host, port)
        if begin.ingress_port:
            port = begin.ingress_port
            ingress = _bound(begin.host, port)
    except OSError as error:
        why = error.strerror or str(error)
        _write(wire.line(wire.Failed(f"cannot listen on {begin.host}, port {port}: {why}")))
        sys.exit(1)
    asyncio.run(_serve(begin, listening, encrypted, ingress))


def _stand_back() -> None:
    """Give way to the hub for processor and memory, as far as the service allows that."""
    with contextlib.suppress(OSError):
        os.nice(BEHIND)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), "ascii")


def _listen(begin: wire.Begin) -> socket.socket:
    if begin.listening is not None:
        return socket.socket(fileno=begin.listening)
    return _bound(begin.host, begin.port)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


async def _serve(
    begin: wire.Begin, listening: socket.socket, encrypted: socket.socket | None, ingress: socket.socket | None
) -> None:
    feed = Feed(_write)
    known = Encryption(begin.tls_port, begin.port, begin.authority, begin.fingerprint)
    languages = _languages(begin)
    app = _app(begin, feed, languages, known)
    servers = [(_configured(make_plain_app(known, languages) if encrypted else app), listening)]
    if ingress is not None:
        servers.append((_configured(Ingress(app, begin.ingress_from)), ingress))
    if encrypted is not None:
        servers.append((_configured(app, begin.certificate), encrypted))
    threading.Thread(target=_read, args=(asyncio.get_running_loop(), feed), daemon=True).start()
    gc.freeze()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_live())
        for config, where in servers:
            config.load()
            if config.ssl is not None:
                config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
                tasks.create_task(keep_current(config.ssl, Path(begin.certificate)))
            tasks.create_task(uvicorn.Server(config).serve([where]))


def _configured(app: ASGIApp, certificate: str = "") -> uvicorn.Config:
    return configured(app, MOST_CONNECTIONS, certificate)


def _languages(begin: wire.Begin) -> Languages:
    whole = tuple(code for code, each in begin.languages.items() if each.whole)
    texts = {code: Language(code, each.texts, each.decimal) for code, each in begin.languages.items()}
    return Languages(texts, whole)


def _app(begin: wire.Begin, feed: Feed, languages: Languages, encryption: Encryption) -> Starlette:
    phones = Phones(Path(begin.phones))
    if begin.setup:
        from edge.web.setup import make_setup_app

        return make_setup_app(feed, phones, languages)
    return make_app(feed, phones, languages, encryption)


async def _live() -> None:
    """By the loop that answers phones: when that hangs, the hub ends this process."""
    while True:
        _write(wire.line(wire.Lives()))
        await asyncio.sleep(LIVES_S)


def _read(loop: asyncio.AbstractEventLoop, feed: Feed) -> None:
    """Everything from the hub. Its end is the end of this process, at once: nothing here needs to be saved."""
    decode = msgspec.json.Decoder(wire.FromHub).decode
    while text := sys.stdin.buffer.readline(wire.MOST_LINE_BYTES):
        loop.call_soon_threadsafe(feed.take, decode(text))
    os._exit(0)


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
