"""Run tests/radio/vm/guest in a virtual machine: Debian's kernel, the real bluetoothd, bleak as it is.

    python -m tests.radio.vm.run [pytest arguments]

Needs from apt: qemu-system-x86, mmdebstrap, busybox-static, e2fsprogs, kmod. No KVM, no network in the guest.
Code is read from the working tree over 9p, so a change needs no new image. Exits with pytest's code, and with 2 and one
sentence where the machine cannot run: it never skips.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.radio.vm.image import CannotRun, built

ROOT = Path(__file__).parents[3]
LONGEST_S = 1500
QEMU = (
    *(
        "qemu-system-x86_64",
        "-accel",
        "tcg,thread=multi,tb-size=512",
        "-M",
        "q35",
        "-cpu",
        "max",
        "-smp",
        "2",
        "-m",
        "1024",
    ),
    *("-virtfs", f"local,path={ROOT},mount_tag=code,security_model=none,readonly=on"),
)
"""A computer of two emulated processors that sees this working tree. It takes less than 2 GiB: 1 GiB of memory, and
512 MiB of translated code, of which QEMU would take 1 GiB.
"""
TESTS = (
    *("-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "python_files=check_*.py"),
    *("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", "--timeout=240", "-q"),
    *("--rootdir=/code", "--confcutdir=/code/tests/radio/vm/guest", "-c", "/dev/null", "--import-mode=importlib"),
)


def main(arguments: list[str]) -> int:
    try:
        code, figures = boot([*TESTS, *arguments, "tests/radio/vm/guest"])
    except CannotRun as reason:
        print(f"test-radio: {reason}", file=sys.stderr)
        return 2
    if figures:
        print(table(figures))
    return code


def boot(python: list[str], longest_s: float = LONGEST_S) -> tuple[int, list[dict[str, object]]]:
    """Run the guest's Python with these arguments; its exit code, and what it wrote down (JSON lines in /out/figures).

    A kernel under emulation sometimes dies while it starts (it patches code that another processor runs): once more.
    Raises CannotRun.
    """
    image = built()
    for _ in range(2):
        with tempfile.TemporaryDirectory() as out:
            (Path(out) / "arguments").write_text("\n".join(python))
            ended = _run(image, Path(out), longest_s)
            code, figures = Path(out) / "code", Path(out) / "figures"
            if code.exists():
                lines = figures.read_text().splitlines() if figures.exists() else []
                return int(code.read_text()), [json.loads(line) for line in lines]
            if (Path(out) / "begun").exists():
                break
            print("test-radio: the virtual machine ended while it started", file=sys.stderr)
    raise CannotRun(f"the virtual machine ended before its tests did (QEMU's exit code: {ended})")


def _run(image: Path, out: Path, longest_s: float) -> int:
    """QEMU's exit code. Raises CannotRun."""
    machine = subprocess.Popen(
        [
            *(*QEMU, "-nographic", "-no-reboot", "-nic", "none"),
            *("-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd")),
            *("-append", "console=ttyS0 quiet panic=-1 random.trust_cpu=on mitigations=off"),
            *("-drive", f"file={image / 'root.ext4'},format=raw,if=virtio,readonly=on"),
            *("-virtfs", f"local,path={out},mount_tag=out,security_model=none"),
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        return machine.wait(longest_s)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"the virtual machine did not end within {longest_s:.0f} s") from None
    finally:
        machine.kill()
        machine.wait()


def table(figures: list[dict[str, object]]) -> str:
    """What tests/radio/README.md shows."""
    rows = ["| fault | noticed after | streams again after |", "| --- | --- | --- |"]
    faults = [row for row in figures if "fault" in row]
    rows += [f"| {row['fault']} | {row['noticed_s']:.1f} s | {row['again_s']:.1f} s |" for row in faults]
    return "\n".join(["", *rows, "", *(str(row["note"]) for row in figures if "note" in row)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
