"""The check-up of a hub, whether it runs or not: configuration, computer, broker, watch, what lies outside."""

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.app.client import readiness, remote, status
from edge.app.load import checked
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIALS, file_of, needs_radio, state_folder
from edge.config import Config
from edge.errors import ConfigError, EdgeError
from edge.host import checkup, machine, surroundings
from edge.host.checkup import Check, Level
from edge.model.people import Role

BROKER_S = 5.0
SERVER_CERTIFICATE = Path("/etc/mosquitto/feverhub/server.crt")
SECRETS = Path("/etc/feverhub/credentials")


@dataclass(frozen=True, slots=True)
class Examined:
    """checks: in the order in which they are shown. loaded: None where the configuration cannot be used."""

    checks: tuple[Check, ...]
    loaded: CheckedConfiguration | None

    @property
    def healthy(self) -> bool:
        return not any(each.level is Level.FAIL for each in self.checks)


async def examine(path: Path, *, state_dir: Path | None = None, root: Path = Path("/")) -> Examined:
    """Everything, in some seconds. root: of the files of the system, for tests. Raises nothing for what is broken."""
    now_s = time.time()
    found: list[Check] = []
    loaded = None
    try:
        loaded = checked.load(path, state_dir=state_dir)
        notes = checked.examine(loaded, dt.datetime.fromtimestamp(now_s).astimezone().date())
    except ConfigError as error:
        todo = "mend it, then: feverhub config check"
        found += [Check("configuration", Level.FAIL, line, todo) for line in str(error).splitlines()]
    else:
        found.append(Check("configuration", Level.OK, f"{path} can be used"))
        found += [Check("configuration", Level.WARN, note, "say which you want") for note in notes]
    state = loaded.state_dir if loaded else state_folder(path, state_dir)
    folder = Path(loaded.config.hub.credentials_dir) if loaded and loaded.config.hub.credentials_dir else SECRETS
    seen = await asyncio.to_thread(machine.look, state, [folder, state / CREDENTIALS], path, root=root)
    needed = loaded is None or needs_radio(loaded.config)
    found += [each for each in checkup.checks(seen) if needed or each.subject not in checkup.OF_THE_RADIO]
    if needed and seen.bluez and seen.adapters:
        found.append(await _bluetoothd())
    if loaded is not None:
        found += await _hub(loaded, now_s)
        found.append(_backup(loaded.config, now_s))
    return Examined(tuple(found), loaded)


async def _bluetoothd() -> Check:
    from edge.radio.bluez import adapters
    from edge.radio.faults import RADIO_ERRORS, describe

    try:
        there = await adapters()
    except RADIO_ERRORS as error:
        why = describe(error)
        return Check(
            "bluetoothd", Level.FAIL, f"bluetoothd does not answer ({why})", "sudo systemctl restart bluetooth"
        )
    if not there:
        return Check("bluetoothd", Level.FAIL, "bluetoothd knows no adapter for Bluetooth Low Energy", "plug one in")
    return Check("bluetoothd", Level.OK, f"bluetoothd answers and has {', '.join(sorted(there))}")


async def _hub(loaded: CheckedConfiguration, now_s: float) -> list[Check]:
    """What the broker keeps of the hub; without one, or without a hub, what the files say."""
    try:
        kept = await remote.kept(loaded, BROKER_S)
    except EdgeError as error:
        todo = "sudo systemctl status mosquitto; host, port and password in [mqtt]"
        unreachable = Check("broker", Level.FAIL, f"the broker cannot be reached: {error}", todo)
        return [unreachable, *_certificate_files(loaded, now_s), *_heartbeat(loaded.config, None, now_s)]
    seen = status.overview(loaded.config.hub.name, kept, now_s)
    found = [Check("broker", Level.OK, "the broker answers")]
    if not seen.online:
        todo = "sudo systemctl start feverhub"
        found.append(Check("hub", Level.FAIL, "the hub does not run, so nothing is watched", todo))
        return [*found, *_certificate_files(loaded, now_s), *_heartbeat(loaded.config, None, now_s)]
    found += _watch(loaded.config, seen, now_s)
    ends = {
        name: end_s for name, text in seen.health.get("certificates_end", {}).items() if (end_s := status.seconds(text))
    }
    found += surroundings.certificates(ends, now_s)
    said = seen.health.get("way", {})
    found += surroundings.way(status.seconds(said.get("last")), said.get("ways", {}), now_s)
    return [*found, *_heartbeat(loaded.config, seen.health.get("heartbeat"), now_s)]


def _watch(config: Config, seen: status.Overview, now_s: float) -> Iterator[Check]:
    """The bedtime check, as of now: what does not watch fails, what was not proven is to be done."""
    sensors = {device.id for device in config.devices}
    phones = {each.id for each in config.caregivers if each.role is not Role.VIEWER}
    found = [each for each in readiness.findings(config, seen, now_s) if each.subject not in ("clock", "broker", "way")]
    for each in found:
        if each.subject in phones:
            kind, level = "phone", Level.WARN
        elif each.subject in sensors:
            kind, level = "sensor", Level.FAIL
        else:
            kind, level = each.subject, Level.FAIL if each.subject == "hub" else Level.WARN
        sentence, _, todo = each.sentence.partition(": ")
        if each.good:
            yield Check(kind, Level.OK, each.sentence)
        else:
            yield Check(kind, level, sentence.rstrip("."), todo.rstrip("."))
    if phones and not any(each.good for each in found if each.subject in phones):
        todo = "feverhub test-alarm, then answer it on the phone"
        yield Check("phone", Level.FAIL, "of no phone it is proven that it would wake anybody", todo)
    ears = seen.health.get("radio", {}).get("adapters", [])
    yield from surroundings.ears(ears if isinstance(ears, list) else [])
    gateways = seen.health.get("gateways")
    if gateways is not None and not gateways.get("connected"):
        why = str(gateways.get("why"))
        yield Check(
            "ear", Level.FAIL, f"no gateway is heard over MQTT ({why})", "see the broker, and [[device]] mqtt_source"
        )


def _certificate_files(loaded: CheckedConfiguration, now_s: float) -> Iterator[Check]:
    """While nothing is connected: those of [mqtt], and the broker's own where this user may read it."""
    from edge.mqtt import tls

    mqtt, ends = loaded.config.mqtt, {}
    files = {"authority": mqtt.ca_file, "hub": mqtt.cert_file} if mqtt.tls else {}
    named = [(name, file_of(loaded, text)) for name, text in files.items() if text]
    for name, file in [*named, ("broker", SERVER_CERTIFICATE)]:
        try:
            if file is not None:
                ends[name] = tls.file_ends(file)
        except (OSError, ValueError):
            continue  # what [mqtt] names and cannot be read was said of the configuration
    yield from surroundings.certificates(ends, now_s)


def _heartbeat(config: Config, said: object, now_s: float) -> Iterator[Check]:
    """said: of the health topic; None while the hub does not run."""
    if config.heartbeat is None:
        yield surroundings.no_heartbeat()
    elif isinstance(said, dict):
        last_s = status.seconds(said.get("last"))
        yield surroundings.heartbeat(last_s, str(said.get("why") or ""), config.heartbeat.every_s, now_s)


def _backup(config: Config, now_s: float) -> Check:
    from edge.storage import backup

    folder, made, unread = config.backup.folder, None, ""
    try:
        made = backup.newest(Path(folder), config.hub.name) if folder else None
    except OSError as error:
        unread = error.strerror or str(error)
    return surroundings.backup(folder, None if made is None else made.timestamp(), unread, now_s)
