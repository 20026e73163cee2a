"""A server on loopback that speaks raw bytes, for answers that no HTTP library would give."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """talking: one task for each connection that is open."""

    port: int = 0
    talking: set["asyncio.Task[None] | None"] = field(default_factory=set)


@contextlib.asynccontextmanager
async def raw_server(talk: Talk) -> AsyncIterator[RawServer]:
    """`talk` has each connection, which ends with it; who hangs up ends it too."""
    state = RawServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        state.talking.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            state.talking.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        tasks = [task for task in state.talking if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def drip(writer: asyncio.StreamWriter, answer: bytes, pause_s: float = 0.05) -> None:
    """One byte at a time."""
    for byte in answer:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(pause_s)
