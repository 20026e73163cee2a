"""One computer for all checks, which go on from one another."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import image
from tests.installed.figures import note, took
from tests.installed.house import ACTIVE, APT, CONFIG, TEMPERATURE, House
from tests.installed.machine import busy, machine
from tests.installed.phone import PASSWORD, USER, Phone
from tests.radio.vm.image import PYTHON
from tools import build_deb

UP = "systemctl show -P ActiveEnterTimestampMonotonic"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_deb.build("amd64", PYTHON, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def house(package: Path) -> Iterator[House]:
    """A fresh Debian in which the package was set up, started anew after that."""
    with machine(image.built()) as hub:
        hub.boot(cache="unsafe")
        shutil.copy(package, hub.share / "feverhub.deb")
        began_s = time.monotonic()
        said = hub.ok(f"{APT} install /out/feverhub.deb 2>&1", 900)
        installed_s = time.monotonic() - began_s
        assert "detector: works" in said
        assert "/setup" in said, "it ends with the way to the first run"
        passwords = "/etc/mosquitto/feverhub/passwords"
        hub.ok(f"mosquitto_passwd -b {passwords} {USER} '{PASSWORD}' && systemctl restart mosquitto")
        hub.ok(f"cat >/etc/feverhub/feverhub.toml <<'END'\n{CONFIG}\nEND\nsystemctl restart --no-block feverhub")
        phone = Phone(hub)
        try:
            first = phone.until(TEMPERATURE, 240 * busy(), anew=True, validity="valid")
            first_s = time.monotonic() - began_s
            assert first["value"] == 36.8
            note("apt install, Debian's own packages local", f"{installed_s:.0f} s")
            took("fresh Debian to the first number on a phone", first_s, 300)
            hub.until(ACTIVE, 60)
            hub.power_off()
            hub.boot()
            began_s = time.monotonic()
            hub.until(ACTIVE, 120)
            note("started anew: the agent answers to watching", f"{time.monotonic() - began_s:.1f} s")
            since_s = (int(hub.ok(f"{UP} feverhub")) - int(hub.ok(f"{UP} bluetooth"))) / 1e6
            note("from BlueZ's start on, with the hub's own start on the emulated processor", f"{since_s:.1f} s")
            yield House(hub, phone)
        finally:
            phone.close()
