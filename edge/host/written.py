"""What goes to the memory card, which wears by it."""

from pathlib import Path


def written_bytes(pid: int | str = "self") -> int:
    """What a process has handed to the block layer since it began (proc(5), `write_bytes` of /proc/PID/io); 0 where the
    kernel does not say.
    """
    try:
        lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text("ascii").splitlines())
        return int(lines["write_bytes"])
    except (OSError, ValueError, KeyError):
        return 0
