"""The plug is pulled at random moments, and all that was promised is there."""

import os
import random
import time

from tests.installed.figures import CUTS, note
from tests.installed.house import ACTIVE
from tests.installed.machine import busy


def test_power_cuts_at_random_lose_nothing_that_was_promised(house, tmp_path):
    """Between two of them a caregiver writes notes, which the hub confirms, and a fever comes and goes."""
    cuts, rng = int(os.environ.get(CUTS, "5")), random.Random(1)
    hub, phone = house.hub, house.phone
    hub.until(ACTIVE, 120)
    taken: list[str] = []
    slowest_s = 0.0
    for cut in range(cuts):
        hub.is_ill(39.4 if cut % 2 == 0 else None)
        ends_s = time.monotonic() + rng.uniform(2.0, 20.0)
        while time.monotonic() < ends_s or not taken:
            text = f"note {cut}.{len(taken)}"
            if phone.ask("note", 5.0, text=text).get("ok"):
                taken.append(text)
            assert time.monotonic() < ends_s + 120 * busy(), "no note was ever taken"
            time.sleep(0.5)  # a caregiver may not send more
        hub.pull_the_plug()
        began_s = time.monotonic()
        hub.boot()
        hub.until(ACTIVE, 180)
        house.watches()
        slowest_s = max(slowest_s, time.monotonic() - began_s)
        assert house.lost(taken, tmp_path) == [], f"cut {cut}"
    note(f"{cuts} power cuts: promised and not in the journal", "0", "0")
    note("of confirmed notes, and changes of alarms told to a phone", f"{len(taken)} and {len(phone.events)}")
    note("slowest from the plug to a number on the phone, boot included", f"{slowest_s:.0f} s")
    assert len(taken) > cuts
    assert phone.events
    hub.is_ill(None)
