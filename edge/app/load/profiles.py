"""Device profiles on disk: in the wheel under `edge/_profiles`, in a checkout in `device_profiles` beside `edge`."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from edge.decoding import Profile, as_plain, decode, key_bytes, parse_profile
from edge.errors import EdgeError, FrameMalformed, ProfileError, did_you_mean

_CAPTURE_KEYS = {"kind", "payload", "key", "address", "options", "source", "readings", "t", "rssi"}


def profiles_root() -> Path:
    """The folder that holds one folder a profile. Raises ProfileError if there is none."""
    package = Path(__file__).resolve().parents[2]
    for root in (package / "_profiles", package.parent / "device_profiles"):
        if root.is_dir():
            return root
    raise ProfileError(f"no device profiles beside {package}: the installation is not complete")


def _read(file: Path) -> Profile:
    profile = parse_profile(_text(file), str(file))
    if profile.id != file.parent.name:
        raise ProfileError(f"{file}, line 1, id: {profile.id!r} is not the name of its folder, {file.parent.name!r}")
    return profile


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ProfileError(f"{file}: cannot be read: {wrong}") from None


@cache
def load_profiles(root: Path) -> dict[str, Profile]:
    """All profiles under `root`, by id. Raises ProfileError."""
    profiles = {profile.id: profile for profile in map(_read, sorted(root.glob("*/profile.toml")))}
    if not profiles:
        raise ProfileError(f"{root}: expected folders with a profile.toml, found none")
    return profiles


def no_profile(ident: str, known: Sequence[str]) -> EdgeError:
    """What to raise for an id that no profile has."""
    return EdgeError(f"there is no profile {ident!r}{did_you_mean(ident, known)} (feverhub profiles lists them)")


def load_profile(ident: str) -> Profile:
    """One profile by its id, without reading the others. Raises EdgeError with the nearest match if unknown."""
    root = profiles_root()
    known = sorted(file.parent.name for file in root.glob("*/profile.toml"))
    if ident not in known:
        raise no_profile(ident, known)
    return _read(root / ident / "profile.toml")


def check_profiles(root: Path) -> Iterator[str]:
    """Every fault of the profiles under `root`, a sentence each with file and line. Nothing: all is well."""
    folders = sorted(file.parent for file in root.glob("*/profile.toml"))
    if not folders:
        yield f"{root}: expected folders with a profile.toml, found none"
    for folder in folders:
        try:
            profile = _read(folder / "profile.toml")
        except ProfileError as wrong:
            yield str(wrong)
            continue
        if not (folder / "README.md").is_file():
            yield f"{folder}: expected a README.md"
        captures = sorted((folder / "captures").glob("*.jsonl"))
        if not captures:
            yield f"{folder}: expected at least one captures/*.jsonl"
        for file in captures:
            yield from _check_captures(profile, file)


def _check_captures(profile: Profile, file: Path) -> Iterator[str]:
    for number, line in enumerate(_text(file).splitlines(), start=1):
        where = f"{file}, line {number}"
        try:
            capture = json.loads(line)
        except ValueError as wrong:
            yield f"{where}: not valid JSON: {wrong}"
            continue
        if (
            not isinstance(capture, dict)
            or not {"kind", "payload", "source", "readings"} <= set(capture) <= _CAPTURE_KEYS
        ):
            yield f"{where}: expected kind, payload, source and readings, and at most t, rssi, key, address and options"
            continue
        try:
            got = decode_capture(profile, capture)
        except (FrameMalformed, ValueError) as wrong:
            yield f"{where}, payload: {wrong}"
            continue
        if got != capture["readings"]:
            yield f"{where}, readings: expected {json.dumps(capture['readings'])}, decoded {json.dumps(got)}"


def decode_capture(profile: Profile, capture: dict[str, object]) -> list[dict[str, object]]:
    """The readings of one line of a capture file, as plain values. Raises FrameMalformed, ValueError (not hex)."""
    options = capture.get("options", {})
    assert isinstance(options, dict)
    decoded = decode(
        profile,
        str(capture["kind"]),
        bytes.fromhex(str(capture["payload"])),
        address=str(capture.get("address", "")),
        key=key_bytes(profile, str(capture.get("key", ""))),
        options=options,
    )
    return [as_plain(item) for item in decoded]
