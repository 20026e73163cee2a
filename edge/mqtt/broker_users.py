"""The broker's users that the hub makes: for each caregiver's app, and for things that never leave the house.

One file in the state folder, a line each, `NAME:ROLE:HASH`. `deploy/mosquitto/broker-users.sh` makes of it what
mosquitto reads; what a role may do stands there. The hub's own user is not in it, so nothing here can lock it out.
A password is shown once, where it is made; only its hash is kept.
"""

import base64
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from edge.errors import StorageError

FOLDER, FILE = "broker", "users"
"""In the state folder."""
HOUSE = "house"
"""The user of things that never leave the house, and its role here."""
ITERATIONS = 101
"""As mosquitto_passwd 2.0 writes it: a password of 100 random bits needs no more, and every connection pays for it."""
SALT_BYTES = 12
GROUPS, LETTERS = 4, "abcdefghijkmnpqrstuvwxyz23456789"
"""Of a password: 4 groups of 5 of 32 letters, none that is taken for another: 100 random bits."""
ROLES = frozenset({"caregiver", "viewer", HOUSE})
_LINE = re.compile(r"([a-z0-9_-]{1,32}):([a-z]+):(\$7\$.{100,150})")


class BrokerUsers:
    """state: the hub's state folder."""

    def __init__(self, state: Path) -> None:
        self._file = state / FOLDER / FILE

    def roles(self) -> Mapping[str, str]:
        """The role of each. What cannot be read is nobody."""
        return {name: role for name, (role, _) in self._read().items()}

    def make(self, name: str, role: str) -> str:
        """A new password for that user; one it had before is void. Raises StorageError."""
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(GROUPS))
        self._write({**self._read(), name: (role, hashed(password, os.urandom(SALT_BYTES)))})
        return password

    def keep_only(self, wanted: Mapping[str, str]) -> bool:
        """Whoever is not wanted is gone, and the others have the role given here; whether that changed anything.

        Raises StorageError.
        """
        before = self._read()
        after = {name: (wanted[name], kept) for name, (_, kept) in before.items() if name in wanted}
        if after == before:
            return False
        self._write(after)
        return True

    def _read(self) -> dict[str, tuple[str, str]]:
        try:
            lines = self._file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return {}
        found = (_LINE.fullmatch(line) for line in lines)
        return {each[1]: (each[2], each[3]) for each in found if each and each[2] in ROLES}

    def _write(self, users: Mapping[str, tuple[str, str]]) -> None:
        """On disk as a whole or not at all."""
        _replace(self._file, (f"{name}:{role}:{kept}\n" for name, (role, kept) in users.items()))


def hashed(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """As mosquitto 2 keeps it: PBKDF2-HMAC-SHA512, `$7$iterations$salt$hash` (mosquitto_passwd(1), -H)."""
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)
    return f"$7${iterations}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


def _replace(file: Path, lines: Iterable[str]) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.writelines(lines)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{file}: cannot be written: {error.strerror}") from None
