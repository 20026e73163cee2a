"""In the guest: does what comes over the second serial line, one JSON object a line, and answers likewise."""

import json
import subprocess
import termios
import tty
from pathlib import Path


def main() -> None:
    with Path("/dev/ttyS1").open("r+b", buffering=0) as line:
        tty.setraw(line)
        termios.tcflush(line, termios.TCIOFLUSH)
        line.write(b'{"up": true}\n')
        rest = b""
        while True:
            rest += line.read(4096)
            while b"\n" in rest:
                asked, _, rest = rest.partition(b"\n")
                line.write(json.dumps(done(asked)).encode() + b"\n")


def done(asked: bytes) -> dict[str, object]:
    try:
        order = json.loads(asked)
        ended = subprocess.run(
            ["/bin/sh", "-c", order["run"]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=order["longest_s"],
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return {"number": order["number"], "code": -1, "said": (late.output or b"").decode(errors="replace")}
    except ValueError as error:
        return {"number": -1, "code": -1, "said": str(error)}
    return {"number": order["number"], "code": ended.returncode, "said": ended.stdout.decode(errors="replace")}


main()
