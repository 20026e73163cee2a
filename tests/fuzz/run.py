"""Every kind of input that comes from outside, bent a hundred thousand times.

    python -m tests.fuzz.run [--runs 100000] [--only KIND ...] [--engine atheris|seeded] [--seed 1]

Each kind is a process of its own. An input that brings up a fault is written to `build/fuzz/KIND-HASH`; what was mended
belongs into tests/fuzz/corpus/KIND. Exit 1 if there was any.
"""

import argparse
import hashlib
import importlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz import trial

KINDS = (
    *("decoders", "profiles", "commands", "gateways", "configuration", "recordings", "frames", "restore", "imports"),
    *("page", "proxy"),
)
ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
LONGEST_S = 5
"""Of one input, on a busy machine; atheris ends there."""
MOST_MIB = 2048


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--only", choices=KINDS, action="append", default=[])
    engines = ["atheris", "seeded"] if importlib.util.find_spec("atheris") else ["seeded"]
    parser.add_argument("--engine", choices=engines, default=engines[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        _one(given.one, given.engine, given.runs, given.seed)
        return
    failed = [name for name in given.only or KINDS if not _apart(name, given.engine, given.runs, given.seed)]
    if failed:
        sys.exit(f"faults in {', '.join(failed)}; the inputs are in {FOUND}")


def _apart(name: str, engine: str, runs: int, seed: int) -> bool:
    """In a process of its own; whether nothing was found. Prints the figures."""
    options = ("--one", name, "--engine", engine, "--runs", str(runs), "--seed", str(seed))
    began_s = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", "tests.fuzz.run", *options], cwd=ROOT, check=False)
    took_s = time.monotonic() - began_s
    print(f"{name}: {runs} inputs by {engine} in {took_s:.0f} s, {runs / took_s:.0f} a second: ", end="")
    print("nothing found" if ended.returncode == 0 else f"A FAULT (exit {ended.returncode})", flush=True)
    return ended.returncode == 0


def _one(name: str, engine: str, runs: int, seed: int) -> None:
    FOUND.mkdir(parents=True, exist_ok=True)
    with trial.in_memory() as folder:
        (_by_atheris if engine == "atheris" else _by_seed)(name, folder, runs, seed)


def _by_seed(name: str, folder: Path, runs: int, seed: int) -> None:
    with trial.Trial(importlib.import_module(f"tests.fuzz.{name}").KIND, folder, seed) as tried:
        for _ in range(runs):
            try:
                tried.again()
            except BaseException:
                print(f"written to {_keep(name, tried.data)}", file=sys.stderr)
                raise
    print(f"  {name}: {tried.taken} taken, refused in {tried.sentences} sentences, slowest {tried.slowest_s:.2f} s")


def _by_atheris(name: str, folder: Path, runs: int, seed: int) -> None:
    """libFuzzer, which follows the lines of the product that ran."""
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=["edge"]):
        kind = importlib.import_module(f"tests.fuzz.{name}").KIND
    inputs = folder / "inputs"
    inputs.mkdir()
    for number, seeded in enumerate((*kind.seeds(), *trial.corpus(name))):
        (inputs / f"{number}").write_bytes(seeded)
    words = folder / "words"
    words.write_text("".join('"{}"\n'.format("".join(f"\\x{octet:02x}" for octet in word)) for word in kind.words))
    (folder / "own").mkdir()
    check = kind.begin(folder / "own")

    def one(data: bytes) -> None:
        trial.tried(check, data)

    options = (
        *(f"-runs={runs}", f"-seed={seed}", f"-max_len={kind.longest}", f"-timeout={LONGEST_S}"),
        *(f"-rss_limit_mb={MOST_MIB}", f"-artifact_prefix={FOUND}/{name}-", "-verbosity=0"),
        *([f"-dict={words}"] if kind.words else []),
    )
    atheris.Setup([sys.argv[0], *options, str(inputs)], one)
    atheris.Fuzz()


def _keep(name: str, data: bytes) -> Path:
    file = FOUND / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    file.write_bytes(data)
    return file


if __name__ == "__main__":
    main()
