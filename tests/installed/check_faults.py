"""A stage that stands still, a release that does not watch, a kernel that dies: it watches again, the alarm stands."""

import time

import pytest

from tests.installed.figures import note, took
from tests.installed.house import ACTIVE, ALARM, PATIENT, PID, SITE
from tests.installed.machine import busy

KEPT = ("id", "presence", "acknowledged_by")
NOW_S = "cut -d ' ' -f 1 /proc/uptime"
SINCE = "for each in ExecMainStart ActiveEnter; do systemctl show -P ${each}TimestampMonotonic feverhub; done"
PROCESSES = "/sys/fs/cgroup/system.slice/feverhub.service/cgroup.procs"
PAGE = f"grep -lzx edge.web $(sed 's,.*,/proc/&/cmdline,' {PROCESSES}) | cut -d / -f 3 | grep ."
"""The process of the caregivers' page."""
STAGES = ("the whole process", "core", "store writer", "history", "commands", "source")
"""Of `session.stages` those that have work without a sounder or a phone number; the others, in tests/app/hub."""
HOW = ("it ends at once", "it never watches")


@pytest.fixture(scope="module")
def freezer(house):
    """The hub runs with what can freeze a stage of it."""
    hub = house.hub
    hub.ok(f"cp /code/tests/installed/guest/freezer.py {SITE} && echo 'import freezer' >{SITE}/freezer.pth")
    hub.ok("systemctl restart feverhub", 200)
    hub.until(ACTIVE, 120)
    yield
    hub.ok(f"rm -f {SITE}/freezer.*")


@pytest.mark.parametrize("stage", STAGES)
def test_what_stands_still_is_started_again_and_the_alarm_stands(house, freezer, stage):
    hub, phone = house.hub, house.phone
    house.watches()
    before = house.feverish()
    pid = hub.ok(PID).strip()
    freezes = f"kill -STOP {pid}" if stage == STAGES[0] else f"echo {stage} >/run/feverhub/freeze"
    began_s = float(hub.ok(f"{freezes}; {NOW_S}"))
    if stage == "history":
        phone.ask("note", 1.0)  # one without a text: that it was refused is a line of history, and the next waits
        phone.ask("note", 1.0)
    if stage == "commands":
        assert phone.ask("note", 5.0, text="nobody takes it") == {}
    hub.until(f"test $({PID}) != {pid}", 100, every_s=0.2)
    after = phone.until(ALARM, 120 * busy(), anew=True, presence="on")
    hub.until(ACTIVE, 60)
    again_s, active_s = (int(each) / 1e6 for each in hub.ok(SINCE).split())
    took(f"{stage} stands still, to a new process", again_s - began_s, 70)
    took(f"{stage} stands still, to watching again", active_s - began_s, 70)
    house.watches()
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert phone.ask("note", 30 * busy(), text="somebody takes it").get("ok")
    house.hub.is_ill(None)


def test_a_page_that_stands_still_is_begun_again_and_the_hub_goes_on(house):
    hub = house.hub
    before = house.feverish()
    hub.until(PAGE, 60)
    pid, page = hub.ok(PID).strip(), hub.ok(PAGE).strip()
    began_s = time.monotonic()
    hub.ok(f"kill -STOP {page}")
    hub.until(f"page=$({PAGE}) && test $page != {page}", 100, every_s=0.2)
    took("the page's process stands still, to another one", time.monotonic() - began_s, 70)
    assert hub.ok(f"{ACTIVE} && {PID}").strip() == pid
    house.watches()
    after = house.phone.kept[f"feverhub/cot/{ALARM}"]
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    house.hub.is_ill(None)


@pytest.mark.parametrize("how", HOW)
def test_an_update_that_does_not_watch_goes_again_by_itself(house, how):
    hub = house.hub
    runs = hub.ok("readlink /opt/feverhub/current").strip()
    daemon = SITE.replace("current", "package") + "/edge/app/hub/daemon.py"
    hub.ok(f"cp {daemon} /root/daemon.py && python3 /code/tests/installed/guest/sabotage.py {daemon} '{how}'")
    hub.ok("sh /opt/feverhub/deploy/release.sh add 9.9", 300)
    hub.ok(f"({PATIENT} sh /opt/feverhub/deploy/release.sh take 9.9; echo code $?) >/out/taken 2>&1 &")
    hub.until("test -e /opt/feverhub/trial || grep code /out/taken", 400, every_s=0.2)
    began_s = time.monotonic()
    hub.until(f"test $(readlink /opt/feverhub/current) = {runs} && {ACTIVE}", 120, every_s=0.2)
    took(f"an update to a release of which {how}, to watching with the old one", time.monotonic() - began_s, 90)
    house.watches()
    hub.until("grep -qx 'code 1' /out/taken", 30)
    assert "9.9 not taken: the hub did not watch" in hub.ok("sh /opt/feverhub/deploy/release.sh list")
    hub.ok(f"cp --remove-destination /root/daemon.py {daemon}; rm /out/taken")


def test_a_kernel_that_dies_is_reset_by_the_hardware_watchdog_and_nothing_promised_is_lost(house, tmp_path):
    hub, phone = house.hub, house.phone
    assert hub.ok("systemctl show -P RuntimeWatchdogUSec").strip() == "15s"
    before = house.feverish()
    text = "before the kernel died"
    assert phone.ask("note", 30 * busy(), text=text).get("ok")
    began_s = time.monotonic()
    hub.panic()
    after = phone.until(ALARM, 120 * busy(), anew=True, presence="on")
    hub.until(ACTIVE, 60)
    house.watches()
    note("the kernel dies, to a number on the phone, boot included", f"{time.monotonic() - began_s:.0f} s")
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert house.lost([text], tmp_path) == []
    hub.is_ill(None)
