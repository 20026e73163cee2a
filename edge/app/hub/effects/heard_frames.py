"""What the radio has heard in the last hour, in memory, and written down only when an owner asks for it.

For a bug report (`feverhub support`), which masks it. Nothing of it is written otherwise: a memory card would wear.
"""

import asyncio
import json
import os
import struct
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from edge.model.effect import Reply, WriteFrames
from edge.model.event import Event, FrameReceived
from edge.model.language import N_
from edge.pipeline import State
from edge.ports import Clock, Emit

FILE: Final = "heard.jsonl"
"""In the state folder, until it was read."""
KEPT_S: Final = 3600.0
MOST_BYTES: Final = 2 << 20
"""Of memory: an hour of one sensor of movement at 52 Hz is 1.4 MB, so of two it is the last three quarters."""
_HEAD: Final = struct.Struct("<dhH")  # arrival, rssi, who and what
_OBJECT: Final = 41
"""Bytes that CPython needs for a `bytes` and its place in the ring."""
_NO_RSSI: Final = 0x7FFF
BUSY = N_("another bug report is being made just now")
WRITTEN = N_("{count} frames of the last {minutes} min")
FAILED = N_("what was heard cannot be written down: {why}")


class HeardFrames:
    """A side task, and the executor of `WriteFrames`. folder: the state folder. answer: takes the reply."""

    def __init__(self, clock: Clock, folder: Path, answer: Callable[[Reply], None]) -> None:
        self._clock = clock
        self._file = folder / FILE
        self._answer = answer
        self._asked: asyncio.Queue[WriteFrames] = asyncio.Queue(1)
        # Packed frames, the oldest first, and how many bytes they take.
        self._ring: deque[bytes] = deque()
        self._bytes = 0
        # (device, kind) by the number that stands in a frame.
        self._names: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}

    @property
    def size(self) -> int:
        """Bytes of memory that the ring takes."""
        return self._bytes

    def keeping(self, emit: Emit) -> Emit:
        """The same, with every frame kept."""

        async def kept(event: Event) -> None:
            if isinstance(event, FrameReceived):
                self.keep(event)
            await emit(event)

        return kept

    def keep(self, frame: FrameReceived) -> None:
        """A frame, as long as there is room."""
        name = (frame.device, frame.kind)
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self._names):
            self._names.append(name)
        arrival_s = self._clock.now().mono_s if frame.arrival_s is None else frame.arrival_s
        rssi = _NO_RSSI if frame.rssi_dbm is None else frame.rssi_dbm
        packed = _HEAD.pack(arrival_s, rssi, number) + frame.payload
        self._ring.append(packed)
        self._bytes += len(packed) + _OBJECT
        while self._ring and (self._bytes > MOST_BYTES or arrival_s - _arrival_s(self._ring[0]) > KEPT_S):
            self._bytes -= len(self._ring.popleft()) + _OBJECT

    def execute(self, effect: WriteFrames, _state: State) -> None:
        """Hands it on; the answer comes once the file is there."""
        try:
            self._asked.put_nowait(effect)
        except asyncio.QueueFull:
            self._answer(Reply(effect.by, effect.request_id, ok=False, reason=BUSY))

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.to_thread(self._file.unlink, missing_ok=True)
        while True:
            effect = await self._asked.get()
            frames, now_s = list(self._ring), self._clock.now().mono_s
            try:
                await asyncio.to_thread(self._write, frames, now_s)
            except OSError as error:
                said, done = FAILED.format(why=error.strerror or error), False
            else:
                since_s = now_s - _arrival_s(frames[0]) if frames else 0.0
                said, done = WRITTEN.format(count=len(frames), minutes=round(since_s / 60)), True
            self._answer(Reply(effect.by, effect.request_id, ok=done, reason=said))

    def _write(self, frames: list[bytes], now_s: float) -> None:
        part = self._file.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(self._lines(frames, now_s))
        part.replace(self._file)

    def _lines(self, frames: list[bytes], now_s: float) -> Iterator[str]:
        for packed in frames:
            arrival_s, rssi, number = _HEAD.unpack_from(packed)
            device, kind = self._names[number]
            line = {
                "ago_s": round(now_s - arrival_s, 3),
                "device": device,
                "kind": kind,
                "rssi": None if rssi == _NO_RSSI else rssi,
                "payload": packed[_HEAD.size :].hex(),
            }
            yield json.dumps(line) + "\n"


def _arrival_s(packed: bytes) -> float:
    arrival_s: float = _HEAD.unpack_from(packed)[0]
    return arrival_s
