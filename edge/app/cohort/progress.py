"""How far a long run has come, on stderr: a bar on a terminal, else a line a minute."""

import sys
import time
from typing import Any

import click

EVERY_S = 60.0


class Progress:
    """Of so many nights. rate: times real time, of those judged in this run."""

    def __init__(self, nights: int) -> None:
        self._nights, self._began_s = nights, time.monotonic()
        self._said_s = self._began_s
        self._judged = self._kept = self._failed = 0
        self._watched_s = 0.0
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=nights, unit="night", file=sys.stderr)

    def count(self, duration_s: float | None, *, failed: bool) -> None:
        """One night more. duration_s: of what was judged; None: its result was there already."""
        self._failed += failed
        if duration_s is None:
            self._kept += 1
        else:
            self._judged += 1
            self._watched_s += duration_s
        now_s = time.monotonic()
        if self._bar is not None:
            self._bar.set_postfix_str(f"{self.rate:,.0f}x real time", refresh=False)
            self._bar.update()
        elif now_s - self._said_s >= EVERY_S:
            self._said_s = now_s
            click.echo(self.line(now_s), err=True)

    @property
    def rate(self) -> float:
        """Times real time."""
        return self._watched_s / max(time.monotonic() - self._began_s, 1e-9)

    def line(self, now_s: float) -> str:
        """What is done, how fast, how long it takes."""
        done = self._judged + self._kept
        left_s = (now_s - self._began_s) / max(self._judged, 1) * (self._nights - done)
        return (
            f"{done} of {self._nights} nights ({self._kept} known before, {self._failed} failed), "
            f"{self.rate:,.0f}x real time, about {left_s / 60:.0f} min left"
        )

    def say(self, line: str) -> None:
        """A line on stderr, which no bar cuts."""
        if self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        else:
            click.echo(line, err=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
