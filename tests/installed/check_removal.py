"""The package is taken off: what a family recorded and set stays, until somebody says yes to the question."""

from tests.installed.figures import note
from tests.installed.house import ACTIVE, APT, STATE

RECORDED = (f"{STATE}/journal.sqlite", f"{STATE}/readings.sqlite", "/etc/feverhub/feverhub.toml")


def test_taking_it_off_keeps_what_was_recorded_and_a_purge_deletes_it_only_after_a_yes(house):
    hub = house.hub
    hub.until(ACTIVE, 120)
    hub.ok(f"{APT} remove feverhub 2>&1", 300)
    assert hub.run("test -e /opt/feverhub/current").code != 0
    assert hub.run("systemctl is-active feverhub").said.strip() == "inactive"
    there = " && ".join(f"test -s {file}" for file in RECORDED)
    hub.ok(there)
    hub.ok(f"{APT} purge feverhub 2>&1", 300)
    hub.ok(there)
    note("taken off, and purged without a yes: journal, readings, configuration", "kept", "kept")
    hub.ok("dpkg --unpack /out/feverhub.deb 2>&1", 600)
    hub.ok("echo 'feverhub feverhub/purge_data boolean true' | debconf-set-selections")
    hub.ok("DEBIAN_FRONTEND=noninteractive dpkg --purge --force-depends feverhub 2>&1", 300)
    left = [file for file in (STATE, *RECORDED) if hub.run(f"test -e {file}").code == 0]
    note("purged with a yes", "gone" if not left else f"left: {left}", "gone", reached=not left)
    assert not left
    assert hub.run("getent passwd feverhub").code != 0
