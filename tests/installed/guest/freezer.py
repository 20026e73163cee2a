"""In the guest, imported by the hub's Python at its start: stops one stage of the hub for as long as a file names it.

systemd takes the file away with the process, so the next one runs.
"""

import asyncio
import contextlib
import importlib.abc
import sys
from pathlib import Path

FILE = Path("/run/feverhub/freeze")
STAGES = {
    "core": ("edge.app.hub.loop", "Hub", "_step"),
    "store writer": ("edge.app.hub.effects.reading_writer", "ReadingWriter", "flush"),
    "history": ("edge.app.hub.effects.journal_writer", "JournalWriter", "flush"),
    "commands": ("edge.app.hub.command_intake", "CommandIntake", "take_message"),
    "source": ("edge.app.hub.command_intake", "CommandIntake", "emit"),
}


class Freezing(importlib.abc.MetaPathFinder):
    """Replaces the method of each stage once its module was loaded by whoever else finds it."""

    def find_spec(self, name, path, target=None):
        if not any(name == module for module, _, _ in STAGES.values()):
            return None
        for finder in sys.meta_path:
            if finder is not self and (spec := finder.find_spec(name, path, target)):
                loads = spec.loader.exec_module

                def exec_module(module, loads=loads):
                    loads(module)
                    for stage, (where, kind, method) in STAGES.items():
                        if where == name:
                            freeze(stage, getattr(module, kind), method)

                spec.loader.exec_module = exec_module
                return spec
        return None


def asked(stage):
    with contextlib.suppress(OSError):
        return FILE.read_text().strip() == stage
    return False


def freeze(stage, kind, method):
    moves = getattr(kind, method)

    async def maybe(self, *arguments, **named):
        if asked(stage):
            await asyncio.Event().wait()
        return await moves(self, *arguments, **named)

    setattr(kind, method, maybe)


sys.meta_path.insert(0, Freezing())
