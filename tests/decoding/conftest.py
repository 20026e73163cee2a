"""Profiles and captures as every test of this room wants them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from edge.app.load.profiles import load_profiles, profiles_root
from edge.decoding import decode, key_bytes
from edge.decoding.profile import Profile
from edge.model.reading import Decoded


@dataclass(frozen=True)
class Capture:
    """One line of a captures file."""

    profile: Profile
    where: str
    kind: str
    payload: bytes
    readings: list[dict[str, object]]
    key: bytes | None = None
    address: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def decode(self, payload: bytes | None = None) -> tuple[Decoded, ...]:
        data = self.payload if payload is None else payload
        return decode(self.profile, self.kind, data, address=self.address, key=self.key, options=self.options)


def _captures() -> list[Capture]:
    found = []
    for profile in load_profiles(profiles_root()).values():
        for file in sorted((profiles_root() / profile.id / "captures").glob("*.jsonl")):
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                row = json.loads(line)
                found.append(
                    Capture(
                        profile,
                        f"{profile.id}:{number}",
                        row["kind"],
                        bytes.fromhex(row["payload"]),
                        row["readings"],
                        key_bytes(profile, row.get("key", "")),
                        row.get("address", ""),
                        row.get("options", {}),
                    )
                )
    return found


CAPTURES = _captures()


@pytest.fixture(params=CAPTURES, ids=lambda capture: capture.where)
def capture(request: pytest.FixtureRequest) -> Capture:
    return request.param


@pytest.fixture
def captures() -> list[Capture]:
    return CAPTURES


@pytest.fixture(scope="session")
def profiles() -> dict[str, Profile]:
    return load_profiles(profiles_root())
