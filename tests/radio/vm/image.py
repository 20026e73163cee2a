"""The virtual machine's kernel, initrd and disk image: built once from the mirror in this machine's own apt sources.

Kept in $XDG_CACHE_HOME/feverhub-vm, one folder for each set of versions.
"""

import hashlib
import lzma
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

SUITE, PYTHON = "trixie", "3.13"  # what Raspberry Pi OS is built on today
TOOLS = ("qemu-system-x86_64", "mmdebstrap", "busybox", "mke2fs", "depmod")
DEBS = ("dbus", "bluez", "python3", "mosquitto", "openssl")
WHEELS = (
    *("apprise", "apscheduler", "bleak", "bleak-retry-connector", "click", "cryptography", "influxdb-client"),
    *("msgspec", "numpy", "paho-mqtt", "structlog", "tqdm"),
    *("bumble", "pytest", "pytest-asyncio", "pytest-timeout"),
)
MODULES = (
    *("crc32c_generic", "virtio_pci", "virtio_blk", "ext4", "overlay", "9p", "9pnet_virtio"),
    *("bluetooth", "hci_vhci", "uhid", "drbg", "cmac", "ecb", "aes_generic", "sha256_generic", "ecdh_generic"),
    *("algif_hash", "algif_skcipher"),
)
INITRD = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in {modules}; do modprobe "$m"; done
ifconfig lo 127.0.0.1 up
mount -t ext4 -o ro /dev/vda /ro && mount -t tmpfs tmpfs /rw && mkdir /rw/up /rw/work
mount -t overlay -o lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work overlay /new
mount --move /dev /new/dev; mount --move /proc /new/proc; mount --move /sys /new/sys
mkdir -p /new/code /new/out
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose code /new/code
mount -t 9p -o trans=virtio,version=9p2000.L out /new/out
exec switch_root /new /bin/sh /code/tests/radio/vm/guest/init.sh
"""


class CannotRun(Exception):
    """One sentence: why there is no virtual machine here."""


def built() -> Path:
    """The folder with kernel, initrd and image; made if there is none for these versions. Raises CannotRun."""
    wheels = [f"{name}=={version(name)}" for name in WHEELS]
    return kept("", [SUITE, *DEBS, *wheels, *MODULES, INITRD], lambda work: _build(work, wheels))


def kept(name: str, parts: Sequence[str], build: Callable[[Path], None], tools: Sequence[str] = TOOLS) -> Path:
    """The folder that was built of these parts; `build` is given a work folder and leaves all in its `done`.

    Raises CannotRun.
    """
    if platform.machine() != "x86_64":
        raise CannotRun(f"the virtual machine is built on x86-64 alone, this is {platform.machine()}")
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        raise CannotRun(f"not installed: {', '.join(missing)} (tools/setup.sh machine installs what is needed)")
    key = name + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-vm" / key
    if cache.exists():
        return cache
    if os.geteuid() != 0:
        raise CannotRun("the image has to be built as root, once")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache.parent) as work:
            (Path(work) / "done").mkdir()
            build(Path(work))
            (Path(work) / "done").rename(cache)
    except subprocess.CalledProcessError as failed:
        raise CannotRun(f"the image cannot be built: {failed.cmd[0]} ended with {failed.returncode}") from failed
    except OSError as failed:
        raise CannotRun(f"the image cannot be built: {failed}") from failed
    return cache


def _build(work: Path, wheels: list[str]) -> None:
    tree, done = work / "tree", work / "done"
    what = (f"--include={','.join(DEBS)}", kernel_hook(work), SUITE, str(tree), mirror())
    run_tool("mmdebstrap", "--quiet", "--variant=minbase", *what)
    place_kernel(work, done, MODULES, INITRD)
    site = tree / "opt" / "site"
    pip = (sys.executable, "-m", "pip", "install", "-qq", "--no-warn-conflicts", "--target", str(site))
    run_tool(*pip, "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *wheels)
    run_tool("chroot", str(tree), "python3", "-m", "compileall", "-q", "-j0", "/opt/site", "/usr/lib/python3")
    run_tool("mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(done / "root.ext4"), "1400M")


def kernel_hook(work: Path) -> str:
    """Has mmdebstrap leave the kernel's package there."""
    fetch = f"cd {work} && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download $(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG "
    fetch += "apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p')"
    return f"--customize-hook={fetch}"


def place_kernel(work: Path, done: Path, modules: Sequence[str], init: str) -> None:
    """vmlinuz and initrd, with these modules and this script as its first process."""
    [kernel] = work.glob("linux-image-*.deb")
    run_tool("dpkg-deb", "-x", str(kernel), str(work / "kernel"))
    [image] = (work / "kernel" / "boot").glob("vmlinuz-*")
    shutil.copy(image, done / "vmlinuz")
    _make_initrd(work, image.name.removeprefix("vmlinuz-"), done / "initrd", modules, init)


def mirror() -> str:
    """The main Debian archive in this machine's own apt sources."""
    lines = run_tool("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages").splitlines()
    found = next((line.split()[1] for line in lines if line.startswith("Debian ")), "")
    if not found:
        raise CannotRun("no Debian archive is among this machine's apt sources, from which the image could be built")
    return found


def _make_initrd(work: Path, release: str, target: Path, wanted: Sequence[str], init: str) -> None:
    """busybox and the modules, unpacked since busybox's modprobe takes them so."""
    top, modules = work / "initrd", work / "kernel" / "lib" / "modules" / release
    if not modules.exists():
        modules = work / "kernel" / "usr" / "lib" / "modules" / release
    for name in ("bin", "dev", "proc", "sys", "ro", "rw", "new", f"lib/modules/{release}"):
        (top / name).mkdir(parents=True)
    for packed in modules.rglob("*.ko.xz"):
        packed.with_suffix("").write_bytes(lzma.decompress(packed.read_bytes()))
        packed.unlink()
    base = str(modules.parents[2])
    run_tool("depmod", "-b", base, release)
    shown = run_tool("modprobe", "-d", base, "-S", release, "-a", "--show-depends", *wanted).splitlines()
    for module in {Path(line.split()[1]) for line in shown if line.startswith("insmod")}:
        place = top / "lib" / "modules" / release / module.relative_to(modules)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, place)
    for index in modules.glob("modules.*"):
        shutil.copy(index, top / "lib" / "modules" / release)
    run_tool("depmod", "-b", str(top), release)
    shutil.copy(shutil.which("busybox") or "", top / "bin" / "busybox")
    (top / "init").write_text(init.format(modules=" ".join(wanted)))
    (top / "init").chmod(0o755)
    names = "\n".join(str(path.relative_to(top)) for path in sorted(top.rglob("*")))
    archive = subprocess.run(
        ["busybox", "cpio", "-o", "-H", "newc"], input=names.encode(), cwd=top, stdout=subprocess.PIPE, check=True
    )
    target.write_bytes(archive.stdout)


def run_tool(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
