"""One file of a form, as a browser sends it, straight to the disk: bounded, and gone again unless it arrives whole.

The form is multipart/form-data (RFC 7578) with that one file in it. Nothing of it is held in memory but the last piece.
"""

import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from edge.web.asking import Refused

LEFT_FREE_BYTES = 500 << 20
"""Of the disk: a hub that cannot write its journal is worth less than any backup."""
LONGEST_HEAD = 8192
_BOUNDARY = re.compile(r'multipart/form-data;.*\bboundary="?([\w\'()+,./:=? -]{1,70})"?', re.IGNORECASE)


class OneFile:
    """Cuts the file out of the form's body, piece by piece. boundary: as the form's head has it."""

    def __init__(self, boundary: bytes) -> None:
        self.whole = False
        self._end = b"\r\n--" + boundary
        self._kept = b"\r\n"  # the first boundary may stand at the very beginning
        self._inside = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What of the file this piece brings. Raises Refused for what is no such form."""
        self._kept += piece
        if not self._inside:
            begin = self._kept.find(self._end)
            head = self._kept.find(b"\r\n\r\n", begin + len(self._end)) if begin >= 0 else -1
            if head < 0:
                if len(self._kept) > LONGEST_HEAD:
                    raise Refused(400, "not_read")
                return
            if b"filename=" not in self._kept[begin:head]:
                raise Refused(400, "not_read")
            self._kept, self._inside = self._kept[head + 4 :], True
        if self.whole:
            return
        at = self._kept.find(self._end)
        if at >= 0:
            self.whole = True
            yield self._kept[:at]
            self._kept = b""
        elif len(self._kept) > len(self._end):  # what may be the begin of the boundary waits
            cut = len(self._kept) - len(self._end)
            yield self._kept[:cut]
            self._kept = self._kept[cut:]


async def received(pieces: AsyncIterator[bytes], content_type: str, length: int, file: Path) -> int:
    """Write the form's file there; its size in bytes. Raises Refused: too large, cut off, no file, no such form."""
    found = _BOUNDARY.match(content_type)
    if found is None or length <= 0:
        raise Refused(400, "not_read")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        room = shutil.disk_usage(file.parent).free - LEFT_FREE_BYTES
    except OSError:
        raise Refused(507, "upload_too_large") from None
    if length > room:
        raise Refused(413, "upload_too_large")
    part, working, size = OneFile(found[1].encode()), file.with_name(f".{file.name}.part"), 0
    try:
        with working.open("wb") as out:
            async for piece in pieces:
                for data in part.feed(piece):
                    size += len(data)
                    if size > room:
                        raise Refused(413, "upload_too_large")
                    out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if not part.whole:
            raise Refused(400, "upload_cut_off")
        if not size:
            raise Refused(400, "upload_no_file")
        working.replace(file)
    except OSError:
        raise Refused(507, "upload_too_large") from None
    finally:
        with contextlib.suppress(OSError):
            working.unlink(missing_ok=True)
    return size
