"""Is a sample lost or doubled, and how far are the rebuilt times from the truth, with five sensors at once?

Run: python tests/bench/radio.py [--seconds 300]. On the real bluetoothd, in the virtual machine of tests/radio/vm, and
needs what that needs. Two thermometers and three accelerometers at 52 Hz with jittered bursts; the samples are their
own counters. Then the same for a minute on this machine's own processor, without BlueZ. Prints the figures of each as
one JSON object, and what they say. Exits 1 if a sample was lost or doubled, or the RMS error of the times (once
settled) is above 10 ms: in the virtual machine without the fastest delivery of all, which is the emulation's; on the
own processor with nothing taken off. 2 if the machine cannot run.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.radio.vm.image import CannotRun
from tests.radio.vm.run import boot

ROOT = Path(__file__).parents[2]
START_S = 300.0
LOAD = "tests/radio/vm/guest/load.py"
NATIVE_S = 60
SENSOR, HOST = "simulated sensor", "hub's host"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300, help="how long they send (300)")
    seconds = parser.parse_args().seconds
    try:
        code, [emulated] = boot([LOAD, "sensors", str(seconds)], seconds + START_S)
    except CannotRun as reason:
        print(f"bench-radio: {reason}", file=sys.stderr)
        return 2
    print(json.dumps(emulated, indent=2))
    native = subprocess.run(
        [sys.executable, LOAD, "native", str(NATIVE_S)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    if not native.stdout:
        print(f"bench-radio: {native.stderr.decode().strip()}", file=sys.stderr)
        return 2
    print(native.stdout.decode())
    print(words(emulated, json.loads(native.stdout)))
    return code or native.returncode


def words(emulated: dict, native: dict) -> str:
    """Where the fastest delivery spends its time."""

    def fastest(run: dict, step: str) -> str:
        ms = [each["split_ms"][step][0] for each in run["sensors"].values() if "split_ms" in each]
        return f"{min(ms):.1f} to {max(ms):.1f} ms"

    return (
        f"Of the fastest delivery in the virtual machine {fastest(emulated, SENSOR)} pass in the simulated "
        f"sensor and controller, {fastest(emulated, HOST)} in the hub's kernel, bluetoothd, D-Bus and bleak "
        f"(bluetoothd answers a D-Bus call after {emulated['bluetoothd_round_trip_ms'][0]:.1f} ms at best); without "
        f"emulation and BlueZ {fastest(native, SENSOR)} and {fastest(native, HOST)}. None of it is "
        "the radio's: connection events are tested in tests/analysis/arrival/test_sample_clock.py."
    )


if __name__ == "__main__":
    sys.exit(main())
