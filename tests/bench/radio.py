"""Is a sample lost or doubled, and how far are the rebuilt times from the truth, with five sensors at once?

Run: python tests/bench/radio.py [--seconds 300]. On the real bluetoothd, in the virtual machine of tests/radio/vm, and
needs what that needs. Two thermometers and three accelerometers at 52 Hz with jittered bursts; the samples are their
own counters. Prints the figures as one JSON object. Exits 1 if a sample was lost or doubled or the RMS error of the
times (once settled, without the fastest delivery of all, which is the emulated machine's) is above 10 ms, 2 if the
machine cannot run.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.radio.vm.image import CannotRun
from tests.radio.vm.run import boot

START_S = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300, help="how long they send (300)")
    seconds = parser.parse_args().seconds
    try:
        code, figures = boot(["tests/radio/vm/guest/load.py", "sensors", str(seconds)], seconds + START_S)
    except CannotRun as reason:
        print(f"bench-radio: {reason}", file=sys.stderr)
        return 2
    for each in figures:
        print(json.dumps(each, indent=2))
    return code


if __name__ == "__main__":
    sys.exit(main())
