"""A fresh Debian with systemd, for the hub to be installed in: built once, kept beside the image for the radio.

Nothing of the hub is in it but Debian's own packages that it depends on, downloaded and not installed.
"""

from pathlib import Path

from tests.radio.vm import image
from tests.radio.vm.image import run_tool

INSTALLED = ("systemd-sysv", "dbus", "udev", "python3", "iproute2", "hostname", "kmod", "apt", "dbus-bin")
"""What Raspberry Pi OS has when it is new, as far as this needs it."""
DOWNLOADED = ("bluez", "mosquitto", "mosquitto-clients", "openssl", "alsa-utils", "python3.13")
MODULES = (*(name for name in image.MODULES if name != "hci_vhci"), "hci_uart", "virtio_net", "i6300esb")
INITRD = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in {modules}; do modprobe "$m"; done
ifconfig lo 127.0.0.1 up; ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
mount -t ext4 -o rw /dev/vda /new
mount --move /dev /new/dev; mount --move /proc /new/proc; mount --move /sys /new/sys
mkdir -p /new/code /new/out
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose code /new/code
mount -t 9p -o trans=virtio,version=9p2000.L out /new/out
exec switch_root /new /sbin/init
"""
UNITS = {
    "agent": """[Unit]
Description=does what the test asks, over a serial line
DefaultDependencies=no
After=local-fs.target
[Service]
ExecStart=/usr/bin/python3 -u /code/tests/installed/guest/agent.py
Restart=always
[Install]
WantedBy=sysinit.target
""",
    "adapter": """[Unit]
Description=a Bluetooth adapter at a serial line, as a Raspberry Pi has it
[Service]
ExecStart=/usr/bin/python3 /code/tests/installed/guest/adapter.py
[Install]
WantedBy=multi-user.target
""",
}
SETTINGS = {
    "hostname": "feverhub\n",
    "systemd/journald.conf.d/kept.conf": "[Journal]\nStorage=persistent\n",
    "apt/apt.conf.d/no-recommends": 'APT::Install-Recommends "false";\n',
}
SIZE = "5G"


def built() -> Path:
    """The folder with kernel, initrd and disk image; made if there is none. Raises CannotRun."""
    texts = [INITRD, SIZE, *UNITS.values(), *SETTINGS, *SETTINGS.values()]
    return image.kept(
        "hub-", [image.SUITE, *INSTALLED, *DOWNLOADED, *MODULES, *texts], _build, (*image.TOOLS, "qemu-img")
    )


def _build(work: Path) -> None:
    tree, done = work / "tree", work / "done"
    apt = "APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -y --no-install-recommends --download-only install "
    what = (f"--include={','.join(INSTALLED)}", "--skip=cleanup/apt", image.kernel_hook(work))
    more = f"--customize-hook={apt}{' '.join(DOWNLOADED)}"
    run_tool("mmdebstrap", "--quiet", "--variant=minbase", *what, more, image.SUITE, str(tree), image.mirror())
    image.place_kernel(work, done, MODULES, INITRD)
    for name, text in UNITS.items():
        (tree / "etc" / "systemd" / "system" / f"{name}.service").write_text(text)
    run_tool("chroot", str(tree), "systemctl", "-q", "enable", *UNITS)
    for name, text in SETTINGS.items():
        file = tree / "etc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    run_tool("mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(done / "root.ext4"), SIZE)
