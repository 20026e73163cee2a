"""Secrets, from systemd's credentials (systemd.exec(5), LoadCredential=) or from files that only their owner may read.

They are never in the configuration, never in the environment, and never printed.
"""

import grp
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from edge.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

# LoadCredential=feverhub:FOLDER passes each file of the folder on as feverhub_FILE.
_PREFIX = "feverhub_"

# The group of those who may ask the hub and answer without sudo; deploy/install.sh makes it.
READERS = "feverhub-users"

# Longest secret read, bytes. A private key of 8192 bit has about 6,000.
_LONGEST = 65_536


class Credentials:
    """Looks a secret up by name: first what systemd handed over, then the folder of the configuration, then `own`.

    folder: `[hub] credentials_dir`, None if there is none. own: the folder that the hub itself writes, None if there is
    none. What systemd hands over is readable for this service alone, whatever its mode says (access lists show as group
    bits), so only files of these two are checked for theirs.
    """

    def __init__(
        self, folder: Path | None = None, environment: Mapping[str, str] = os.environ, own: Path | None = None
    ) -> None:
        handed_over = environment.get("CREDENTIALS_DIRECTORY")
        self._systemd = Path(handed_over) if handed_over else None
        self._folder = folder
        self._own = own

    def __repr__(self) -> str:
        return f"Credentials(systemd={self._systemd is not None}, folder={str(self._folder) if self._folder else None})"

    def get(self, name: str) -> str | None:
        """The secret without its last line end; None if there is none of that name.

        Raises ConfigError for an impossible name, and for a file that others may read, is empty or is no text.
        """
        found = self._find(name)
        return None if found is None else _read(found, private=found.parent != self._systemd)

    def file(self, name: str) -> Path:
        """Where the secret of that name lies, for what reads files itself; checked as in `require`."""
        self.require(name)
        found = self._find(name)
        assert found is not None
        return found

    def _find(self, name: str) -> Path | None:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"{name!r} cannot be the name of a credential: letters, digits, '_', '.' and '-', up to 64"
            )
        if self._systemd is not None:
            for file in (self._systemd / f"{_PREFIX}{name}", self._systemd / name):
                if file.is_file():
                    return file
        for folder in (self._folder, self._own):
            if folder is not None and self._listed(folder / name):
                return folder / name
        return None

    def _listed(self, file: Path) -> bool:
        try:
            return file.exists()
        except OSError as error:
            if self._systemd is not None:  # a service may not look into the folder its credentials came from
                return False
            raise ConfigError(f"the credential {file} cannot be looked for: {error.strerror}") from None

    def require(self, name: str) -> str:
        """The secret of that name. Raises ConfigError, saying where to put it, if there is none."""
        secret = self.get(name)
        if secret is None:
            folder = self._folder or "/etc/feverhub/credentials"
            raise ConfigError(f"there is no credential {name!r}; put it into the file {folder}/{name} (chmod 600)")
        return secret


def is_open(status: os.stat_result) -> bool:
    """Whether others than its owner, and than those who may ask the hub, can do anything with it."""
    others = stat.S_IMODE(status.st_mode) & 0o077
    if others != stat.S_IRGRP:
        return bool(others)
    try:
        return grp.getgrgid(status.st_gid).gr_name != READERS
    except KeyError:
        return True


def _read(file: Path, private: bool) -> str:
    try:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ConfigError(f"the credential {file} is not a file")
            if private and is_open(status):
                raise ConfigError(f"others may read the credential {file}; run: chmod 600 {file}")
            content = opened.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigError(f"the credential {file} cannot be read: {error.strerror}") from None
    if len(content) > _LONGEST:
        raise ConfigError(f"the credential {file} is longer than {_LONGEST} bytes")
    try:
        secret = content.decode("utf-8-sig")  # editors of Windows put a mark before the text
    except UnicodeDecodeError:
        raise ConfigError(f"the credential {file} is not UTF-8 text") from None
    secret = secret.rstrip("\r\n")
    if not secret:
        raise ConfigError(f"the credential {file} is empty")
    return secret
