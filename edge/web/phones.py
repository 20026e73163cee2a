"""The phones that may see the page: a folder with one small file each, so that two processes never write the same one.

A secret is 256 random bits, a code that is typed 40; on disk lies its SHA-256 alone, as the name of the file. An
invitation is let in once.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from edge.errors import EdgeError

FOLDER = "phones"
"""In the state folder."""
INVITED_S = 900.0
"""An invitation that nobody took for so long is void: a photograph of its code is of no use the day after."""
_INVITATION, _PHONE = ".invitation", ".phone"
MOST_PHONES = 100
_SHOWN = 8
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of codes that are typed: none that is taken for another, so 32."""
_LONGEST_SECRET = 100


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that was let in, or invited. hash: of its secret. caregiver: whose it is.

    made_s: since when. ends_s: until when, None for good. Wall seconds.
    """

    hash: str
    caregiver: str
    made_s: float
    ends_s: float | None = None

    @property
    def id(self) -> str:
        """How a person names it."""
        return self.hash[:_SHOWN]


class Phones:
    """folder: made when it is first needed, for the user who owns the folder above it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def invite(self, caregiver: str, now_s: float, ends_s: float | None = None, *, typed: bool = False) -> str:
        """The code that lets one phone in, within 15 minutes. ends_s: when that phone's access ends.

        typed: short enough for that: 40 random bits, of which nobody can try a millionth in this time (`limits.py`).
        """
        for old in self._read(_INVITATION):
            if not _invited(old, now_s):
                self._path(old.hash, _INVITATION).unlink(missing_ok=True)
        if len(list(self._read(_PHONE))) >= MOST_PHONES:
            raise EdgeError(f"{MOST_PHONES} phones are let in already; end one with: feverhub web end ID")
        secret = _short() if typed else _secret()
        return self._keep(secret, caregiver, now_s, ends_s, _INVITATION)

    def invitation(self, code: str, now_s: float) -> Phone | None:
        """Whom a code lets in; None if it is wrong, used or too old."""
        found = self._find(code, _INVITATION)
        return found if found is not None and _invited(found, now_s) else None

    def let_in(self, code: str, now_s: float, secret: str = "") -> str | None:
        """The secret of a new phone, for a code that was not used yet. secret: 256 random bits that it has already."""
        found = self.invitation(code, now_s)
        if found is None:
            return None
        try:
            self._path(found.hash, _INVITATION).unlink()  # only one of two at once gets past this
        except FileNotFoundError:
            return None
        return self._keep(secret or _secret(), found.caregiver, now_s, found.ends_s, _PHONE)

    def find(self, secret: str, now_s: float) -> Phone | None:
        """The phone with this secret; None if there is none, or its access has ended."""
        found = self._find(secret, _PHONE)
        return None if found is None or (found.ends_s is not None and now_s >= found.ends_s) else found

    def all(self) -> list[Phone]:
        """Every phone that was let in, the oldest first; also those whose access has ended."""
        return sorted(self._read(_PHONE), key=lambda phone: phone.made_s)

    def end(self, phone_id: str) -> bool:
        """End the access of the phones with this id; whether there was one."""
        found = [phone for phone in self._read(_PHONE) if phone.id == phone_id]
        for phone in found:
            self._path(phone.hash, _PHONE).unlink(missing_ok=True)
        return bool(found)

    def address_of(self, caregiver: str) -> str:
        """Where that caregiver's phone is rung, if the hub itself has made the address; else empty."""
        try:
            return (self.folder.parent / "credentials" / f"phone_{caregiver}").read_text("utf-8").strip()
        except (OSError, ValueError):
            return ""

    def _path(self, digest: str, kind: str) -> Path:
        return self.folder / f"{digest}{kind}"

    def _find(self, secret: str, kind: str) -> Phone | None:
        if not 0 < len(secret) <= _LONGEST_SECRET:
            return None
        digest = hashed(secret)
        found = _load(self._path(digest, kind))
        return found if found is not None and hmac.compare_digest(found.hash, digest) else None

    def _read(self, kind: str) -> Iterator[Phone]:
        with contextlib.suppress(FileNotFoundError):
            for path in list(self.folder.iterdir()):
                if path.suffix == kind and (found := _load(path)) is not None:
                    yield found

    def give(self, phone: Phone, caregiver: str) -> None:
        """From now on that phone is this caregiver's."""
        self._write(msgspec.structs.replace(phone, caregiver=caregiver), _PHONE)

    def _keep(self, secret: str, caregiver: str, now_s: float, ends_s: float | None, kind: str) -> str:
        self._write(Phone(hash=hashed(secret), caregiver=caregiver, made_s=now_s, ends_s=ends_s), kind)
        return secret

    def _write(self, made: Phone, kind: str) -> None:
        """On disk as a whole or not at all; for the service's user, who owns the state folder, when root writes it."""
        try:
            self._make_folder()
            owner = self.folder.parent.stat()
            descriptor, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(descriptor, "wb") as out:
                out.write(msgspec.json.encode(made))
                out.flush()
                os.fsync(out.fileno())
            if os.geteuid() == 0:
                os.chown(name, owner.st_uid, owner.st_gid)
            Path(name).replace(self._path(made.hash, kind))
        except OSError as error:
            raise EdgeError(f"{self.folder}: cannot be written: {error.strerror}") from None

    def _make_folder(self) -> None:
        """The service's from the first moment: it and a command of root's may both be about to make it."""
        if self.folder.exists():
            return
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=self.folder.parent))
        if os.geteuid() == 0:
            owner = self.folder.parent.stat()
            os.chown(made, owner.st_uid, owner.st_gid)
        try:
            made.rename(self.folder)
        except OSError:
            made.rmdir()
            if not self.folder.exists():
                raise


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _short() -> str:
    code = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def as_typed(code: str) -> str:
    """A short code as a person wrote it down, in the form that it has here."""
    plain = "".join(code.split()).replace("-", "").upper()
    return f"{plain[:4]}-{plain[4:]}" if len(plain) == 8 else code


def hashed(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _invited(invitation: Phone, now_s: float) -> bool:
    return 0 <= now_s - invitation.made_s < INVITED_S


def _load(path: Path) -> Phone | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Phone)
    except (OSError, msgspec.MsgspecError):
        return None
