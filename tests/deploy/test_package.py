"""What Debian's package is made of: the lock and the units agree with what the checkout has."""

import contextlib
import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.build_deb import EXTRAS, LEFT_TO_DEBIAN, PACKAGE, ROOT, locked


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


def test_everything_that_the_program_asks_for_is_locked_in_a_version_that_it_admits():
    """`make lock` writes the lock anew."""
    versions: dict[str, set[str]] = {}
    for name, version in locked(PACKAGE / "requirements.txt"):
        versions.setdefault(name, set()).add(version)
    for each in asked():
        name = canonicalize_name(each.name)
        if name in LEFT_TO_DEBIAN:
            assert name not in versions
            continue
        assert name in versions, name
        assert all(version in each.specifier for version in versions[name]), each


def test_each_wheel_is_known_by_its_sums_and_none_by_a_place():
    text = (PACKAGE / "requirements.txt").read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text
    found = locked(PACKAGE / "requirements.txt")
    assert len(found) > 50
    assert all(sums for sums in found.values())


def test_nothing_that_is_handed_on_is_under_the_gpl():
    """Permissive licences, MPL and LGPL: what is linked here may be replaced by whoever has the package."""
    licences = {}
    for name, _ in locked(PACKAGE / "requirements.txt"):
        with contextlib.suppress(metadata.PackageNotFoundError):  # of another system than this one
            said = metadata.metadata(name)
            kinds = [each for each in said.get_all("Classifier") or [] if each.startswith("License")]
            words = said.get("License-Expression") or said.get("License") or ""
            licences[name] = " ".join([words.partition("\n")[0], *kinds])  # some write down the whole text
    assert len(licences) > 40
    assert licences["zeroconf"] == "LGPL-2.1-or-later"
    assert not {name: said for name, said in licences.items() if re.search(r"\bA?GPL|GNU (?!Lesser)", said)}


def test_the_package_brings_every_unit_and_drop_in_but_the_buzzers():
    text = (PACKAGE / "nfpm.yaml").read_text("utf-8")
    shipped = set(re.findall(r"src: (deploy/systemd/[^,]+), dst: /usr/lib/systemd/", text))
    there = {str(file.relative_to(ROOT)) for file in (ROOT / "deploy/systemd").rglob("*") if file.is_file()}
    assert there - shipped == {"deploy/systemd/feverhub.service.d/buzzer.conf"}
    assert shipped <= there


def test_a_setup_by_checkout_and_by_package_place_the_same_units():
    script = (ROOT / "deploy/install.sh").read_text("utf-8")
    text = (PACKAGE / "nfpm.yaml").read_text("utf-8")
    for target in re.findall(r"dst: /usr/lib/systemd/system/([^,]+),", text):
        assert target in script, target


def test_taking_the_package_off_stops_what_it_starts_and_asks_before_it_deletes_a_childs_data():
    removal, purge = ((PACKAGE / name).read_text("utf-8") for name in ("prerm", "postrm"))
    script = (ROOT / "deploy/install.sh").read_text("utf-8")
    enabled = {unit for line in re.findall(r"systemctl enable (.*)", script) for unit in line.split()} - {"bluetooth"}
    [stopped] = re.findall(r'units="(.*)"', removal)
    assert {unit.removesuffix(".service") for unit in enabled} <= {
        unit.removesuffix(".service") for unit in stopped.split()
    }
    kept = ("/var/lib", "/etc/feverhub", "/etc/mosquitto/feverhub")
    before, _, behind = purge.partition("purge)")
    assert not [path for path in kept if path in before]
    asked_first = behind.partition('if [ "$delete" = true ]')
    assert not [path for path in kept if path in asked_first[0]]
    assert all(path in asked_first[2] for path in kept)
    assert "Default: false" in (PACKAGE / "templates").read_text("utf-8")


def purged(root: Path, answer: str) -> list[str]:
    """What a purge under `root` leaves of what a hub recorded, with that answer to its question by the real debconf."""
    kept = ("var/lib/feverhub", "var/lib/private/feverhub", "etc/feverhub", "etc/mosquitto/feverhub")
    for folder in kept:
        (root / folder).mkdir(parents=True)
        (root / folder / "file").touch()
    script = root / "feverhub.postrm"
    shutil.copy(PACKAGE / "templates", root / "feverhub.templates")
    script.write_text(re.sub(r"(?<= )/(?=var/lib|etc/)", f"{root}/", (PACKAGE / "postrm").read_text("utf-8")))
    nobody = root / "bin" / "getent"  # this machine's own user of that name is left alone
    nobody.parent.mkdir()
    nobody.write_text("#!/bin/sh\nexit 2\n")
    nobody.chmod(0o755)
    bases = [f"Name: {name}\nDriver: File\nFilename: {root / name}\n" for name in ("answers", "questions")]
    (root / "debconf.conf").write_text("\n".join(["Config: answers\nTemplates: questions\n", *bases]))
    told = {"PATH": f"{nobody.parent}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(root)}
    told |= {"DEBCONF_SYSTEMRC": str(root / "debconf.conf"), "DEBIAN_FRONTEND": "noninteractive"}
    said = f"feverhub feverhub/purge_data boolean {answer}\n"
    subprocess.run(["debconf-set-selections"], env=told, check=True, input=said, text=True)
    subprocess.run(["debconf", "-ofeverhub", "sh", str(script), "purge"], env=told, check=True)
    return [folder for folder in kept if (root / folder / "file").exists()]


def test_a_purge_deletes_what_was_recorded_after_a_yes_and_nothing_after_a_no(tmp_path):
    assert len(purged(tmp_path / "no", "false")) == 4
    assert purged(tmp_path / "yes", "true") == []


@pytest.fixture
def release(tmp_path) -> Path:
    """One as the package has it, with a Python that repeats what it was asked."""
    folder = tmp_path / "releases" / "1"
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / "python3.11").mkdir(parents=True)
    shutil.copy(PACKAGE / "feverhub", folder / "bin" / "feverhub")
    for python in ("python3.11", "python3.13"):
        (tmp_path / python).write_text('#!/bin/sh\necho "$0 $@"\n')
        (tmp_path / python).chmod(0o755)
    (folder / "bin" / "python").symlink_to(tmp_path / "python3.11")
    return folder


def test_a_program_in_a_release_runs_with_the_python_of_that_release_however_it_is_called(tmp_path, release):
    (tmp_path / "current").symlink_to("releases/1")
    (tmp_path / "feverhub").symlink_to(tmp_path / "current" / "bin" / "feverhub")
    said = subprocess.run([tmp_path / "feverhub", "status", "a b"], capture_output=True, text=True, check=True)
    assert said.stdout == f"{release}/bin/python -P -s -m edge status a b\n"


@pytest.mark.parametrize("now", ["python3.13", "gone"])
def test_after_an_upgrade_of_debian_itself_it_says_in_one_line_what_to_do(tmp_path, release, now):
    """modoboa-installer #273, wrolpi #555: /usr/bin/python3 leads to another Python, and every import fails."""
    (release / "bin" / "python").unlink()
    (release / "bin" / "python").symlink_to(tmp_path / now)
    said = subprocess.run([release / "bin" / "feverhub", "run"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("feverhub: the Python that it was installed for is gone")
