"""How a benchmark of several parts is called: its options, its parts one after the other, its table, its page."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench import report
from tests.bench.targets import Target

Parts = Mapping[str, Callable[[Path], Iterable[Target]]]


def options(description: str, parts: Sequence[str]) -> argparse.Namespace:
    """quick, only and write, from the command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--only", choices=parts, action="append", default=[], help="this part; may be given again")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    if given.write and (given.quick or given.only):
        parser.error("--write needs a whole run")
    return given


def targets(parts: Parts, only: Sequence[str], folder: Path | None = None) -> Iterator[Target]:
    """Each part's lines as they come, told on stderr. folder: where each gets one of its own; None: the usual place."""
    for name, part in parts.items():
        if only and name not in only:
            continue
        began_s = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="feverhub-bench-", dir=folder) as own:
            for target in part(Path(own)):
                print(f"  {target.what}: {target.measured}", file=sys.stderr, flush=True)
                yield target
        print(f"{name}: {time.monotonic() - began_s:.0f} s", file=sys.stderr, flush=True)


def table(found: Sequence[Target]) -> str:
    """Markdown."""
    rows = [(each.what, each.wanted, each.measured, "yes" if each.reached else "**no**") for each in found]
    return report.table(["", "target", "measured", "reached"], rows)
