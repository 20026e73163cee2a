"""Install the package of arm64 on arm64, by emulation, and run there what does not wait for the clock.

    python -m tests.arm64.run [pytest arguments]

The computers that feverhub is for are arm64, and the machines that test it are not. A root of Debian for arm64 is built
once ($XDG_CACHE_HOME/feverhub-vm) and runs by QEMU's user emulation: the package of this checkout is installed in it,
its self-test watches a simulated convulsion and fever, a night is analysed there and here and must say the same, and
the tests of the pure rooms run on its own Python, numpy and wheels. Exits with pytest's code; with 1 if an earlier step
fails, and with 2 and one sentence where the machine cannot run it: it never skips.

Needs, as root: qemu-user-static with binfmt-support, mmdebstrap (tools/setup.sh arm64). Fifteen minutes; emulation is
about ten times slower than the machine itself, so no time is measured here.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from edge.model.people import Limb
from edge.simulation import demo_night
from tests.radio.vm.image import CannotRun, kept, mirror, run_tool
from tools import build_deb

ROOT = Path(__file__).parents[2]
SUITE, PYTHON = "trixie", "3.13"  # what Raspberry Pi OS is built on today
DEBS = ("alsa-utils", "bluez", "debconf", "mosquitto", "mosquitto-clients", "openssl", f"python{PYTHON}")
"""What the package depends on, so that it is installed without a network."""
TOOLS = ("mmdebstrap", "unshare")
WHEELS = (
    "hypothesis",
    "pytest",
    "pytest-asyncio",
    "pytest-rerunfailures",
    "pytest-socket",
    "pytest-timeout",
    "pyyaml",
    "timescoring",
)
ROOMS = ("alarms", "analysis", "care", "commands", "config", "decoding", "delivery", "model", "pipeline")
HOME = "/opt/feverhub/current"
EMULATED_TIMEOUT_S = 1800


class Differs(Exception):
    """One sentence: what is not as it is on this machine."""


def main(arguments: list[str]) -> int:
    """Each step on a line of its own."""
    try:
        with _root() as root, tempfile.TemporaryDirectory() as work:
            package = build_deb.build("arm64", PYTHON, Path(work))
            print(f"install {package.name}", flush=True)
            shutil.copy(package, root / "tmp/feverhub.deb")
            _inside(root, "dpkg", "--install", "/tmp/feverhub.deb")
            print("self-test", flush=True)
            _inside(root, "feverhub", "self-test")
            print("a night, there and here", flush=True)
            _compare(root, Path(work))
            print("tests of the pure rooms", flush=True)
            _add_pytest(root)
            return _pytest(root, arguments)
    except CannotRun as reason:
        print(f"test-arm64: {reason}", file=sys.stderr)
        return 2
    except Differs as reason:
        print(f"test-arm64: {reason}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"test-arm64: {' '.join(failed.cmd[-4:])} ended with {failed.returncode}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def _root() -> Iterator[Path]:
    """A root of its own for this run."""
    if os.geteuid() != 0:
        raise CannotRun("another machine's programs are installed and run as root")
    if not Path("/proc/sys/fs/binfmt_misc/qemu-aarch64").exists():
        raise CannotRun("this kernel starts no program of arm64 (tools/setup.sh arm64 installs what is needed)")
    image = _image()
    with tempfile.TemporaryDirectory(dir=image.parent) as work:
        root = Path(work) / "root"
        root.mkdir()
        run_tool("tar", "-xf", str(image), "-C", str(root))
        policy = root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")  # no service is started in a root without systemd
        policy.chmod(0o755)
        for name in ("tests", "device_profiles", "docs", "pyproject.toml"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, root / "srv" / name)
        yield root


def _image() -> Path:
    """Debian with what the package depends on; built once."""

    def build(work: Path) -> None:
        root = work / "root"
        print("build a root of Debian for arm64 (once, ten minutes)", flush=True)
        what = ("--arch=arm64", "--variant=minbase", f"--include={','.join(DEBS)}")
        run_tool("mmdebstrap", "--quiet", *what, SUITE, str(root), mirror())
        run_tool("tar", "-cf", str(work / "done" / "root.tar"), "-C", str(root), ".")

    return kept("arm64-", [SUITE, PYTHON, *DEBS], build, TOOLS) / "root.tar"


def _add_pytest(root: Path) -> None:
    """Beside the package's own wheels, which stay as they are."""
    wheels = [f"{name}=={version(name)}" for name in WHEELS]
    pip = (sys.executable, "-m", "pip", "install", "-qq", "--no-warn-conflicts", "--target", str(root / "opt/site"))
    target = ("--platform=manylinux_2_28_aarch64", "--platform=manylinux_2_17_aarch64")
    run_tool(*pip, "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *target, *wheels)
    for brought in ("numpy", "numpy.libs"):
        shutil.rmtree(root / "opt/site" / brought, ignore_errors=True)


def _compare(root: Path, work: Path) -> None:
    """A night with a convulsion and a fever, judged by both machines: the same conditions at the same times.

    Sums of floats differ in their last digits between the two, which is what the tolerance is for.
    """
    night = demo_night()
    track, warmth = night.motion[Limb.ANKLE], night.temperature
    said = []
    for inside in (True, False):
        folder = root / "tmp" if inside else work
        np.savez(folder / "motion.npz", t=track.t_s, **dict(zip("xyz", track.acc_g.T, strict=True)))
        np.savez(folder / "temperature.npz", t=warmth.t_s, celsius=warmth.celsius)
        seen = Path("/tmp") if inside else work
        files = ("--motion", str(seen / "motion.npz"), "--temperature", str(seen / "temperature.npz"))
        how = ("analyze", *files, "--limb", "ankle", "--site", "axilla", "--age-months", "14", "--json")
        text = _inside(root, "feverhub", *how) if inside else run_tool(sys.executable, "-m", "edge", *how)
        said.append([_rounded(json.loads(line)) for line in text.splitlines()])
    if said[0] != said[1]:
        raise Differs(f"a night is judged otherwise: there {said[0]}, here {said[1]}")
    conditions = [each["condition"] for recording in said[0] for each in recording["conditions"]]
    if not {"seizure_like_movement", "fever"} <= set(conditions):
        raise Differs(f"a night with a convulsion and a fever rings for {conditions}")
    print(f"  the same {len(conditions)} conditions: {', '.join(conditions)}", flush=True)


def _rounded(value: object) -> object:
    """JSON with its numbers to four digits, without the names of files."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items() if key != "recording"}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _pytest(root: Path, arguments: list[str]) -> int:
    rooms = [f"tests/{room}" for room in ROOMS]
    python = ("env", "PYTHONPATH=/opt/site", "PYTHONDONTWRITEBYTECODE=1", f"{HOME}/bin/python", "-m", "pytest")
    how = ("-q", "-p", "no:cacheprovider", f"--timeout={EMULATED_TIMEOUT_S}", *(arguments or rooms))
    command = [*_entered(root), "sh", "-c", 'cd /srv && exec "$@"', "sh", *python, *how]
    return subprocess.run(command, check=False).returncode


def _entered(root: Path) -> list[str]:
    """Without a network, with a /proc of its own."""
    apart = ("--mount", "--net", "--pid", "--fork", f"--root={root}", "--mount-proc")
    plain = ("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")
    patient = f"FEVERHUB_SELF_TEST_S={EMULATED_TIMEOUT_S}"
    return ["unshare", *apart, "/usr/bin/env", "-i", *plain, patient]


def _inside(root: Path, *command: str) -> str:
    return run_tool(*_entered(root), *command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
