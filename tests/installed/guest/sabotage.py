"""In the guest: makes of the package's tree a release that passes its self-test and never watches.

sabotage.py FILE HOW    FILE: daemon.py of the tree, replaced, since the one that runs is a link of it
"""

import sys
from pathlib import Path

HOW = {
    "it ends at once": "    raise SystemExit(1)\n",
    "it never watches": "    await asyncio.sleep(3600)\n",
    "it uses a name that is not there": "    no_such_name()\n",
}
BEGINS = "    clock = SystemClock()\n"

file = Path(sys.argv[1])
text = file.read_text("utf-8")
assert BEGINS in text
file.unlink()
file.write_text("import asyncio\n" + text.replace(BEGINS, HOW[sys.argv[2]] + BEGINS), "utf-8")
