"""The package itself: built for both machines without running a line of theirs; what is in it works on this one."""

import hashlib
import json
import platform
import struct
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools import build_deb

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ELF_MACHINES = {"arm64": 183, "amd64": 62}  # <elf.h>
OWN = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
HERE = next(each for each in build_deb.DEBIANS if Path(f"/usr/bin/python{each}").exists())
PYTHONS = {arch: HERE if arch == OWN else "3.13" for arch in build_deb.MACHINES}
"""For this machine a package of its own Debian, and for the other one of the newest."""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> dict[str, Path]:
    """One for each machine."""
    out = tmp_path_factory.mktemp("dist")
    return {arch: build_deb.build(arch, python, out) for arch, python in PYTHONS.items()}


@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory) -> dict[str, Path]:
    trees = {}
    for arch, package in built.items():
        trees[arch] = tmp_path_factory.mktemp(arch)
        subprocess.run(["dpkg-deb", "-x", str(package), str(trees[arch])], check=True)
    return trees


def control(package: Path, field: str) -> str:
    return subprocess.check_output(["dpkg-deb", "-f", str(package), field], text=True).strip()


@pytest.mark.parametrize(("arch", "python"), PYTHONS.items())
def test_each_is_for_its_machine_and_its_python_alone(built, unpacked, arch, python):
    assert control(built[arch], "Architecture") == arch
    assert f"python{python}" in control(built[arch], "Depends").split(", ")
    libraries = list((unpacked[arch] / "opt/feverhub/package").rglob("*.so*"))
    assert len(libraries) > 50
    found = {struct.unpack_from("<H", library.read_bytes(), 18)[0] for library in libraries if not library.is_symlink()}
    assert found == {ELF_MACHINES[arch]}
    link = unpacked[arch] / "opt/feverhub/package/bin/python"
    assert str(link.readlink()) == f"/usr/bin/python{python}"


def test_nothing_in_it_tells_where_or_when_it_was_built(built, unpacked):
    listed = subprocess.check_output(["dpkg-deb", "-c", str(built["arm64"])], text=True).splitlines()
    assert len({" ".join(line.split()[3:5]) for line in listed}) == 1, "one time for all"
    assert {line.split()[1] for line in listed} == {"root/root"}
    home = unpacked["arm64"] / "opt/feverhub"
    assert not list(home.rglob("direct_url.json"))
    assert not list(home.rglob("*.pyc"))


def test_the_same_commit_gives_the_same_bytes(built, tmp_path):
    again = build_deb.build(OWN, HERE, tmp_path)
    for file in (again, again.with_suffix(".cdx.json")):
        first = built[OWN].with_name(file.name)
        assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(first.read_bytes()).digest(), file.name


def test_the_bill_names_everything_that_is_in_it_with_the_sums_of_the_lock(built, unpacked):
    text = built["arm64"].with_suffix(".cdx.json").read_text()
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"libary"')) is not None, "it would find a slip"
    bill = json.loads(text)
    there = list((unpacked["arm64"] / "opt/feverhub/package").glob("lib/*/site-packages/*.dist-info/METADATA"))
    assert len(bill["components"]) == len(there)
    assert {each["name"] for each in bill["components"]} >= {"feverhub", "bleak", "numpy", "paho-mqtt", "cryptography"}
    assert all(each["properties"] for each in bill["components"])
    assert "://" not in json.dumps(bill["components"])


def test_what_is_in_it_watches_on_this_machine_whatever_folder_one_is_in(unpacked):
    """One is in the folder of a checkout, which has a folder `edge` too."""
    assert Path("edge").is_dir()
    home = unpacked[OWN] / "opt/feverhub"
    program = str(home / "package/bin/feverhub")
    done = subprocess.run([program, "self-test", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["works"]
    (home / f"package/lib/python{PYTHONS[OWN]}/site-packages/edge/pipeline/step.py").unlink()
    assert subprocess.run([program, "self-test"], capture_output=True, check=False).returncode != 0
