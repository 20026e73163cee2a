"""One request to somebody outside who calls when these stay away: a dead man's switch."""

import asyncio
import contextlib
import re
import ssl
from typing import Final
from urllib.parse import quote, urlsplit

WITHIN_S: Final = 10.0
LARGEST_BYTES: Final = 4096
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r\n]")


async def beat(url: str, context: ssl.SSLContext | None = None) -> str:
    """Ask for that address; why it did not get through, empty: it did. Never raises for the other side, never says the
    address, which may be the secret. context: of TLS, for tests.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            head = await _exchange(url, context)
    except TimeoutError:
        return f"no answer within {WITHIN_S:g} s"
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not trusted ({error.verify_message})"
    except (OSError, ValueError) as error:
        return f"it cannot be reached ({type(error).__name__})"
    status = _STATUS.match(head)
    if status is None:
        return "its answer is no HTTP"
    return "" if 200 <= int(status[1]) < 300 else f"it refused (HTTP {int(status[1])})"


async def _exchange(url: str, context: ssl.SSLContext | None) -> bytes:
    """The beginning of the answer. HTTP/1.0, so that the connection ends with it; nothing is followed."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("no address of https")
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=context or True)
    try:
        target = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe="/%:=&?+,;@!$'()*~")
        host = parts.netloc.encode("idna").decode()
        writer.write(
            f"GET {target} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: feverhub\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        return await reader.read(LARGEST_BYTES)
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
