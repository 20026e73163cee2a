"""Builds feverhub_VERSION_ARCH.deb: wheels fetched for the target by their hashes, nothing of the target is run.

    python tools/build_deb.py [--arch arm64] [--arch amd64] [--python 3.13] [--out dist]
    python tools/build_deb.py --lock                       # write deploy/package/requirements.txt anew

The same commit gives the same bytes: the wheels are locked in deploy/package/requirements.txt, and every time stamp is
that of the commit (or SOURCE_DATE_EPOCH). Beside each package lies its bill of materials (CycloneDX 1.6, JSON).
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "deploy" / "package"
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
GLIBC = "2_36"
"""Of Debian 12, the oldest that is served."""
DEBIANS = {"3.11": "12", "3.13": "13"}
"""By the Python that a release of Debian, and of Raspberry Pi OS, has."""
MAINTAINER = "the feverhub authors <feverhub@localhost>"
EXTRAS = ("demo", "export", "plot", "gpio", "proxy")
"""What `feverhub --help` shows works on a hub."""
LEFT_TO_DEBIAN = ("lgpio",)
"""No wheel of it is to be had for every Python; Debian has it for its own, and few hubs have a buzzer."""
TESTS = ("numpy", "matplotlib")
"""Whose tests are a good part of what they install."""


def main(arguments: list[str]) -> int:
    """Build what was asked for; print each file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--arch", action="append", choices=list(MACHINES), help="default: both")
    parser.add_argument("--python", default="3.13", choices=list(DEBIANS))
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--lock", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.lock:
        lock()
        return 0
    asked.out.mkdir(parents=True, exist_ok=True)
    for arch in asked.arch or list(MACHINES):
        print(build(arch, asked.python, asked.out))
    return 0


def lock() -> None:
    """The newest versions that pyproject.toml admits, for every Python and machine, each with its sums."""
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    left = [word for name in LEFT_TO_DEBIAN for word in ("--no-emit-package", name)]
    plain = ("--no-emit-index-url", "--no-header", "--no-annotate", "-q", "-o", str(PACKAGE / "requirements.txt"))
    what = ("--universal", "--python-version", min(DEBIANS, key=DEBIANS.__getitem__), "--generate-hashes", "--upgrade")
    _run(_tool("uv"), "pip", "compile", "pyproject.toml", *extras, *left, *what, *plain)


def build(arch: str, python: str, out: Path) -> Path:
    """One package. CalledProcessError if a wheel is not to be had, or is not what it was."""
    epoch_s = int(os.environ.get("SOURCE_DATE_EPOCH") or _run("git", "log", "-1", "--format=%ct"))
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch_s)
    with tempfile.TemporaryDirectory() as work:
        tree = Path(work) / "tree"
        home = tree / "opt" / "feverhub"
        site = home / "package" / "lib" / f"python{python}" / "site-packages"
        site.mkdir(parents=True)
        wheel = _wheel(Path(work))
        platform = ("--python-platform", f"{MACHINES[arch]}-manylinux_{GLIBC}", "--python-version", python)
        install = (_tool("uv"), "pip", "install", "-q", "--target", str(site), *platform, "--only-binary=:all:")
        _run(*install, "--no-compile", "--require-hashes", "-r", str(PACKAGE / "requirements.txt"))
        _run(*install, "--no-compile", "--no-deps", str(wheel))
        _tidy(site)
        _environment(home, python)
        version = wheel.name.split("-")[1]
        bill = bill_of_materials(site, arch, version, wheel, epoch_s)
        (tree / "sbom.cdx.json").write_text(bill)
        _alike(tree, epoch_s)
        release = f"1~debian{DEBIANS[python]}"
        name = f"feverhub_{version}-{release}_{arch}"
        (out / f"{name}.cdx.json").write_text(bill)
        filled = {"ARCH": arch, "VERSION": version, "RELEASE": release, "PYTHON": f"python{python}"}
        return _pack(tree, out / f"{name}.deb", filled, epoch_s)


def _wheel(work: Path) -> Path:
    _run(_tool("uv"), "build", "-q", "--wheel", "-o", str(work), str(ROOT))
    [wheel] = work.glob("*.whl")
    return wheel


def _tidy(site: Path) -> None:
    """Out with what no hub runs, and with what would tell where and when this was built."""
    shutil.rmtree(site / "bin", ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)
    for name in TESTS:
        for folder in [*site.glob(f"{name}/**/tests")]:
            shutil.rmtree(folder)
    for pattern in ("*.dist-info/direct_url.json", "*.dist-info/uv_cache.json"):
        for file in site.glob(pattern):
            file.unlink()
    for record in site.glob("*.dist-info/RECORD"):
        lines = record.read_text("utf-8").splitlines()
        there = sorted(line for line in lines if (site / line.split(",")[0].strip('"')).exists())
        record.write_text("\n".join(there) + "\n", "utf-8")


def _environment(home: Path, python: str) -> None:
    """What makes a folder a virtual environment of the target's own Python; and what sets the hub up, beside it."""
    package, place = home / "package", home / "package" / "bin"
    place.mkdir()
    (place / "python").symlink_to(f"/usr/bin/python{python}")
    shutil.copy(PACKAGE / "feverhub", place / "feverhub")
    (package / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n")
    site = package / "lib" / f"python{python}" / "site-packages"
    shutil.copy(PACKAGE / "local.pth", site / "feverhub_local.pth")
    for name in ("install.sh", "release.sh", "hub.toml", "feverhub.toml", "README.md"):
        (home / "deploy").mkdir(exist_ok=True)
        shutil.copy(ROOT / "deploy" / name, home / "deploy" / name)
    for name in ("mosquitto", "systemd"):
        shutil.copytree(ROOT / "deploy" / name, home / "deploy" / name)
    shutil.copy(ROOT / "README.md", home / "README.md")


def _alike(tree: Path, epoch_s: int) -> None:
    """Modes and times that do not tell who built this, and when."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (epoch_s, epoch_s), follow_symlinks=False)


def bill_of_materials(site: Path, arch: str, version: str, wheel: Path, epoch_s: int) -> str:
    """What lies in `site`, as CycloneDX 1.6: name, version, license, and the SHA-256 sums that the lock admits."""
    sums = locked(PACKAGE / "requirements.txt")
    sums["feverhub", version] = [hashlib.sha256(wheel.read_bytes()).hexdigest()]
    components = []
    for file in sorted(site.glob("*.dist-info/METADATA")):
        told = HeaderParser().parsestr(file.read_text("utf-8", errors="replace"))
        name, its = re.sub(r"[-_.]+", "-", str(told["Name"])).lower(), str(told["Version"])
        license_ = str(told["License-Expression"] or "")
        components.append(
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{name}@{its}",
                "name": name,
                "version": its,
                "purl": f"pkg:pypi/{name}@{its}",
                **({"licenses": [{"expression": license_}]} if license_ else {}),
                "properties": [{"name": "feverhub:locked:sha256", "value": each} for each in sums[name, its]],
            }
        )
    stamp = dt.datetime.fromtimestamp(epoch_s, dt.UTC).isoformat().replace("+00:00", "Z")
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"feverhub/{version}/{arch}/{json.dumps(components)}")
    about = {"type": "application", "bom-ref": "feverhub.deb", "name": "feverhub", "version": version}
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"timestamp": stamp, "component": about},
        "components": components,
    }
    return json.dumps(bill, indent=1) + "\n"


def locked(requirements: Path) -> dict[tuple[str, str], list[str]]:
    """The sums of each package and version in a hashed requirements file."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in requirements.read_text().splitlines():
        if named := re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line):
            sums = found.setdefault((re.sub(r"[-_.]+", "-", named[1]).lower(), named[2]), [])
        elif sha := re.search(r"sha256:([0-9a-f]{64})", line):
            sums.append(sha[1])
    return found


def _pack(tree: Path, target: Path, filled: dict[str, str], epoch_s: int) -> Path:
    filled = {
        **filled,
        "MAINTAINER": MAINTAINER,
        "MTIME": dt.datetime.fromtimestamp(epoch_s, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "TREE": str(tree),
    }
    config = tree.parent / "nfpm.yaml"
    text = (PACKAGE / "nfpm.yaml").read_text()
    config.write_text(re.sub(r"\$\{(\w+)\}", lambda found: filled[found[1]], text))
    _run(_tool("nfpm"), "package", "-f", str(config), "-p", "deb", "-t", str(target))
    return target


def _tool(name: str) -> str:
    """Of the environment that runs this."""
    return str(Path(sys.executable).parent / name)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
