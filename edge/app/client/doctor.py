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
from edge.host import checkup, machine
from edge.host.checkup import Check, Level
from edge.model.people import Role

BROKER_S = 5.0
BACKUP_DAYS = 7.0
CERTIFICATE_DAYS = 14.0
DAY_S = 86_400.0
HEARTBEAT_LATE = 3.0
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
        found += _backup(loaded.config, now_s)
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
    found += _certificates({readiness.CERTIFICATES.get(name, name): end_s for name, end_s in ends.items()}, now_s)
    return [*found, *_heartbeat(loaded.config, seen.health.get("heartbeat"), now_s)]


def _watch(config: Config, seen: status.Overview, now_s: float) -> Iterator[Check]:
    """The bedtime check, as of now: what does not watch fails, what was not proven is to be done."""
    sensors = {device.id for device in config.devices}
    phones = {each.id for each in config.caregivers if each.role is not Role.VIEWER}
    found = [each for each in readiness.findings(config, seen, now_s) if each.subject not in ("clock", "broker")]
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
    for ear in ears if isinstance(ears, list) else []:
        why = ear.get("trouble") or ear.get("why") or ""
        level = Level.WARN if why else Level.OK
        yield Check("ear", level, f"{ear.get('adapter') or 'the adapter'} listens{f', but: {why}' if why else ''}")
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
    named = [(readiness.CERTIFICATES[name], file_of(loaded, text)) for name, text in files.items() if text]
    for name, file in [*named, (readiness.CERTIFICATES["broker"], SERVER_CERTIFICATE)]:
        try:
            if file is not None:
                ends[name] = tls.file_ends(file)
        except (OSError, ValueError):
            continue  # what [mqtt] names and cannot be read was said of the configuration
    yield from _certificates(ends, now_s)


def _certificates(ends: dict[str, float], now_s: float) -> Iterator[Check]:
    for name, end_s in ends.items():
        days = (end_s - now_s) / DAY_S
        if days <= 0:
            yield Check("certificate", Level.FAIL, f"{name} has ended", "make it anew: deploy/mosquitto/README.md")
        elif days < CERTIFICATE_DAYS:
            todo = "make it anew: deploy/mosquitto/README.md"
            yield Check("certificate", Level.WARN, f"{name} ends in {days:.0f} days", todo)
        else:
            yield Check("certificate", Level.OK, f"{name} ends in {days:.0f} days")


def _heartbeat(config: Config, said: object, now_s: float) -> Iterator[Check]:
    """said: of the health topic; None while the hub does not run."""
    if config.heartbeat is None:
        todo = "[heartbeat] url, of a service that calls you when it stays away, such as healthchecks.io"
        yield Check(
            "heartbeat", Level.OK, "nobody outside of the house would notice that the hub is without power", todo
        )
    elif isinstance(said, dict):
        last_s = status.seconds(said.get("last"))
        late = last_s is None or now_s - last_s > HEARTBEAT_LATE * config.heartbeat.every_s
        why = f" ({said['why']})" if said.get("why") else ""
        if late:
            todo = "see the Internet connection and [heartbeat] url"
            yield Check("heartbeat", Level.WARN, f"the outward heartbeat does not get through{why}", todo)
        else:
            yield Check("heartbeat", Level.OK, "the outward heartbeat gets through")


def _backup(config: Config, now_s: float) -> Iterator[Check]:
    from edge.storage import backup

    folder = config.backup.folder
    if not folder:
        yield Check("backup", Level.WARN, "no backup is made", "set [backup] folder, such as a USB stick")
        return
    try:
        made = backup.newest(Path(folder), config.hub.name)
    except OSError as error:
        yield Check("backup", Level.WARN, f"{folder} cannot be read: {error.strerror}", "see that the stick is in")
        return
    if made is None:
        yield Check("backup", Level.WARN, f"there is no backup in {folder} yet", "sudo feverhub backup")
        return
    days = (now_s - made.timestamp()) / DAY_S
    level = Level.OK if days <= BACKUP_DAYS else Level.WARN
    todo = "" if level is Level.OK else "sudo feverhub backup, and see that the stick is in"
    yield Check("backup", level, f"the last backup is {days:.0f} days old", todo)
