"""The package on a fresh Debian under a live systemd: set up, watching, closed, and never `active` without watching."""

import json
import re
import subprocess
import sys
import time

from tests.installed.figures import note, took
from tests.installed.house import ACTIVE, STATE, TEMPERATURE, House
from tests.installed.machine import busy

LOOP = "import time; a = time.process_time(); sum(n * n for n in range(3_000_000)); print(time.process_time() - a)"


def test_the_processor_is_an_emulated_one(house):
    """Which its times have to be read with."""
    here_s = float(subprocess.check_output([sys.executable, "-c", LOOP], text=True))
    there_s = float(house.hub.ok(f"python3 -c '{LOOP}'"))
    note("processor time of one loop of Python, beside this machine's", f"{there_s / here_s:.0f} times as long")
    assert there_s > here_s


def test_it_watches_after_a_start_and_the_phone_has_a_number(house):
    house.phone.until(TEMPERATURE, 60 * busy(), anew=True, value=36.8)
    assert house.hub.run("systemctl --failed --no-legend --plain").said.strip() == ""


def test_the_service_is_as_closed_as_it_is_said_to_be(house):
    def exposure(unit: str) -> float:
        said = house.hub.ok(f"systemd-analyze security {unit} --no-pager | tail -n 1")
        return float(re.search(r"([\d.]+)", said.partition("level for")[2].partition(":")[2])[1])

    assert exposure("agent.service") > 9, "one that is open is found to be"
    found = exposure("feverhub.service")
    note("exposure of the service under a live systemd", f"{found:.1f}", "<= 2.0", reached=found <= 2.0)
    assert found <= 2.0


def test_a_line_of_its_journal_has_a_level_that_means_something(house):
    said = house.hub.ok("journalctl -u feverhub -b -o json --no-pager --output-fields=PRIORITY,MESSAGE")
    entries = [json.loads(line) for line in said.splitlines()]
    ours = [(json.loads(each["MESSAGE"]), each["PRIORITY"]) for each in entries if str(each["MESSAGE"]).startswith("{")]
    assert ours
    assert not [each for each in entries if str(each["MESSAGE"]).startswith("<")]
    named = {"debug": "7", "info": "6", "warning": "4", "error": "3", "critical": "2"}
    assert all(named[message["level"]] == priority for message, priority in ours)


def says(house: House, word: str) -> None:
    """Wait until its line of status names that, then a while more; it must not be active meanwhile."""
    house.hub.until(f"systemctl show -P StatusText feverhub | grep -q {word}", 120)
    time.sleep(5.0)
    assert house.hub.ok("systemctl show -P ActiveState feverhub").strip() == "activating"


def test_without_an_ear_it_is_never_active_and_with_one_it_is_at_once(house):
    hub = house.hub
    hub.ok("systemctl stop feverhub adapter && systemctl start --no-block feverhub")
    says(house, "adapter_down")
    hub.new_air()
    hub.ok("systemctl start adapter")
    on = "busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered | grep -q true"
    there_s = float(hub.ok(f"until {on}; do sleep 0.2; done 2>/dev/null; cut -d ' ' -f 1 /proc/uptime"))
    hub.until(ACTIVE, 60)
    active_s = int(hub.ok("systemctl show -P ActiveEnterTimestampMonotonic feverhub")) / 1e6
    took("an adapter is on, to watching, while the hub waits for one", active_s - there_s, 5)


def test_without_a_store_it_is_never_active(house):
    hub = house.hub
    hub.ok(f"systemctl stop feverhub && mv {STATE}/readings.sqlite /root && mkdir {STATE}/readings.sqlite")
    hub.ok("systemctl start --no-block feverhub")
    says(house, "storage_error")
    hub.ok(f"systemctl stop feverhub && rmdir {STATE}/readings.sqlite && mv /root/readings.sqlite {STATE}")
    hub.ok("systemctl start --no-block feverhub")
    hub.until(ACTIVE, 120)
