"""What the radio of a running hub has heard lately, for a bug report: without addresses, keys and names."""

import json
import re
from collections.abc import Iterator, Mapping

from edge.app.client import remote
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.profiles import decode_capture
from edge.decoding import Profile, mask, without_address
from edge.errors import EdgeError, FrameMalformed
from edge.model.event import Verb
from edge.model.people import Device, Role

FILE = "heard.jsonl"
"""As the hub writes it into its state folder."""
WAIT_S = 20.0
MOST_LINES = 20_000
_WORDS = re.compile(rb"[\x20-\x7e\xa0-\xff]{4,}")
"""What may be a name, in a frame that its profile cannot read."""


async def heard(loaded: CheckedConfiguration) -> str:
    """The lines of the report, or one sentence why there are none. The hub's own file is gone afterwards."""
    try:
        owner = next((each for each in loaded.config.caregivers if each.role is Role.OWNER), None)
        if owner is None:
            return "there is no owner who could ask the hub for them"
        answer = await remote.send(loaded, owner, Verb.FRAMES, {}, WAIT_S)
        if answer.get("ok") is not True:
            return f"the hub does not tell: {answer.get('reason')}"
        file = loaded.state_dir / FILE
        text = file.read_text("ascii")
        file.unlink()
    except EdgeError as error:
        return f"the hub does not tell: {error}"
    except (OSError, ValueError) as error:
        return f"what the hub has written cannot be read ({type(error).__name__}): run it with sudo"
    return "\n".join(masked(text, loaded)) or "the radio has heard nothing of the sensors"


def masked(text: str, loaded: CheckedConfiguration) -> Iterator[str]:
    """text: lines as the hub writes them. Sensors by their numbers; what only a key opens stands without its bytes."""
    numbers = {device.id: number for number, device in enumerate(loaded.config.devices, 1)}
    devices = {device.id: device for device in loaded.config.devices}
    for line in text.splitlines()[-MOST_LINES:]:
        said = json.loads(line)
        device = devices.get(said["device"])
        if device is None:
            continue
        shown: dict[str, object] = {
            "ago_s": float(said["ago_s"]),
            "sensor": numbers[device.id],
            "kind": str(said["kind"]),
            "rssi": said["rssi"],
        }
        yield json.dumps({**shown, **_payload(loaded.profiles[device.profile], device, shown["kind"], said["payload"])})


def _payload(profile: Profile, device: Device, kind: object, payload: str) -> Mapping[str, object]:
    """The bytes, as far as they may be shown; why they cannot be read, where that is so."""
    raw, options = bytes.fromhex(payload), dict(device.options)
    line: dict[str, object] = {"kind": kind, "payload": payload, "options": options}
    secret = {"address": device.address, "key": device.key}
    try:
        readings = decode_capture(profile, {**line, **secret})
    except FrameMalformed as error:
        hidden = _WORDS.sub(lambda found: bytes(len(found[0])), without_address(raw, device.address))
        return {"payload": hidden.hex(), "unread": str(error)}
    hidden = mask(profile, str(kind), raw, device.address, options)
    try:
        same = decode_capture(profile, {**line, "payload": hidden.hex()}) == readings
    except FrameMalformed:
        same = False
    return {"payload": hidden.hex()} if same else {"sealed_bytes": len(raw), "readings": len(readings)}
