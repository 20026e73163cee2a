"""The bedtime check: whether this night would be watched, and somebody woken. One sentence for each part. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.app.client.measured import AT_THE_START, MEASURED
from edge.app.client.status import Fields, Overview, missing, seconds
from edge.config import Config
from edge.host.checkup import Level
from edge.host.surroundings import CERTIFICATES, way
from edge.model.people import PROOF_LASTS_S, Caregiver, Role

# A battery below this may not last the night.
CHARGED_PERCENT = 30.0
DAY_S = 86_400.0
FORETOLD_S = 14 * DAY_S


@dataclass(frozen=True, slots=True)
class Finding:
    """sentence: what is, and what to do if it is not good."""

    subject: str
    good: bool
    sentence: str


def findings(config: Config, seen: Overview, now_s: float) -> list[Finding]:
    """Of every part that a night rests on. now_s: wall seconds."""
    if not seen.online:
        why = "The hub is not running: start it with sudo systemctl start feverhub."
        return [Finding("hub", False, why)]
    return [
        *_hub(seen),
        *(_sensor(device.id, seen) for device in config.devices),
        *_watchfulness(config),
        _clock(seen),
        *_broker(seen, now_s),
        *(_phone(each, seen, now_s) for each in config.caregivers if each.role is not Role.VIEWER),
        _sounder(seen, now_s),
        *_drill(config, seen, now_s),
        *_way(seen, now_s),
    ]


def _hub(seen: Overview) -> Iterator[Finding]:
    sensors = {str(each.get("device")) for each in missing(seen.health)}
    for each in seen.alarms:
        if each.get("kind") == "technical" and each.get("device", "") not in sensors and each.get("priority") != "none":
            yield Finding("hub", False, f"{each.get('text')}. {each.get('guidance')}")
    if not seen.health.get("watched") and not seen.health.get("not_watched"):
        yield Finding("hub", False, "No sensor is set up, so nothing is watched.")
    if any("has said nothing" in why for why in seen.trouble):
        yield Finding("hub", False, "The hub has said nothing of itself for a while: restart it.")


def _sensor(device: str, seen: Overview) -> Finding:
    lost: Fields | None = next((each for each in missing(seen.health) if each.get("device") == device), None)
    if lost is not None:
        return Finding(device, False, f"{device} is not watched ({lost.get('reason')}): see that it is on and worn.")
    percent = seen.health.get("battery_percent", {}).get(device)
    listened = seen.health.get("listened_percent", {}).get(device)
    proven = "" if listened is None else f" A convulsion would have been noticed for {listened} % of the last 12 hours."
    if percent is None:
        return Finding(device, True, f"{device} is there; it tells nothing of its battery.{proven}")
    if percent < CHARGED_PERCENT:
        return Finding(device, False, f"{device} is heard, but its battery has {percent:.0f} %: charge it first.")
    return Finding(device, True, f"{device} is heard, and its battery has {percent:.0f} %.{proven}")


def _watchfulness(config: Config) -> Iterator[Finding]:
    """What the family chose, and what that was measured to mean."""
    for person in config.persons:
        if any(device.person == person.id and device.limb is not None for device in config.devices):
            chosen = MEASURED[person.watchfulness]
            sentence = f"{person.name}: watchfulness {person.watchfulness}. {chosen.sentence()} {AT_THE_START}"
            yield Finding(person.id, True, sentence)


def _clock(seen: Overview) -> Finding:
    if seen.health.get("clock_synchronised") is True:
        return Finding("clock", True, "The clock is set.")
    return Finding("clock", False, "The hub's clock is not set, so times may be wrong: see timedatectl.")


def _broker(seen: Overview, now_s: float) -> Iterator[Finding]:
    soon = False
    for name, time in seen.health.get("certificates_end", {}).items():
        end_s = seconds(time)
        if end_s is not None and end_s - now_s < FORETOLD_S:
            soon = True
            days = max(int((end_s - now_s) // DAY_S), 0)
            sentence = f"{CERTIFICATES.get(name, name)} ends in {days} days: renew it, or alarms by MQTT end with it."
            yield Finding("broker", False, sentence)
    if not soon:
        yield Finding("broker", True, "The broker answers, and the hub is connected to it.")


def _phone(who: Caregiver, seen: Overview, now_s: float) -> Finding:
    row = next((each for each in seen.caregivers if each.get("id") == who.id), {})
    proven_s = seconds(row.get("last_proof"))
    if seconds(row.get("phone_changed")) is not None:
        sentence = (
            f"{who.name}'s phone was changed or updated, and not tested since: feverhub test-alarm, then answer it."
        )
        return Finding(who.id, False, sentence)
    if proven_s is None:
        return Finding(who.id, False, f"{who.name} has never answered a test: feverhub test-alarm, then answer it.")
    days = _days(now_s - proven_s)
    if now_s - proven_s > PROOF_LASTS_S:
        return Finding(who.id, False, f"{who.name} answered the last test {days}: make another (feverhub test-alarm).")
    return Finding(who.id, True, f"{who.name} answered a test {days}, within {row.get('proof_s')} s.")


def _sounder(seen: Overview, now_s: float) -> Finding:
    words, proven_s = seen.health.get("sounder"), seen.health.get("sounder_proof_wall_s")
    if words == "none is set up":
        return Finding("sounder", False, "There is no sounder, so only phones can wake you: set [hub] sounder.")
    if words == "fails":
        return Finding("sounder", False, "The sounder does not sound: see that the loudspeaker is on and plugged in.")
    if proven_s is None or now_s - proven_s > PROOF_LASTS_S:
        return Finding("sounder", False, "The sounder was not tested in the last 30 days: feverhub test-alarm.")
    return Finding("sounder", True, f"The sounder played its test {_days(now_s - proven_s)}.")


def _drill(config: Config, seen: Overview, now_s: float) -> Iterator[Finding]:
    """What became of the last drill, of each who was to answer."""
    names = {each.id: each.name for each in config.caregivers}
    began_s, due_s = seconds(seen.drill.get("began")), seconds(seen.drill.get("due"))
    if began_s is not None and seen.drill.get("over") and not seen.drill.get("broken_off"):
        for row in seen.drill.get("results", ()):
            who, rang_s, answered_s = (row.get(key) for key in ("caregiver", "rang_s", "answered_s"))
            name, rang = names.get(str(who), str(who)), "" if rang_s is None else f" rang after {rang_s:g} s,"
            if answered_s is None:
                rang = rang or " nothing took it,"
                why = f"{name} did NOT answer the drill{_when(began_s, now_s)}:{rang} test it again."
                yield Finding(str(who), False, why)
            else:
                said = f"Drill{_when(began_s, now_s)}: {name}{rang} answered after {answered_s:g} s."
                yield Finding(str(who), True, said)
    if due_s is not None and due_s <= now_s:
        yield Finding("drill", False, "The monthly drill is due: play an alarm through by day with feverhub drill.")


def _way(seen: Overview, now_s: float) -> Iterator[Finding]:
    """What of the weekly try of the way of alarms did not get through."""
    said = seen.health.get("way", {})
    for each in way(seconds(said.get("last")), said.get("ways", {}), now_s):
        if each.level is not Level.OK:
            yield Finding("way", False, f"The weekly try of the way of alarms: {each.sentence}: {each.todo}.")


def _when(then_s: float, now_s: float) -> str:
    return f" {_days(now_s - then_s)}"


def _days(seconds_ago: float) -> str:
    days = int(max(seconds_ago, 0.0) // DAY_S)
    return "today" if days == 0 else "a day ago" if days == 1 else f"{days} days ago"


def amber(rows: Sequence[Fields], now_s: float) -> set[str]:
    """Ids of those whose phone was not proven in the last 30 days."""
    proofs = {str(each.get("id")): seconds(each.get("last_proof")) for each in rows}
    return {who for who, at_s in proofs.items() if at_s is None or now_s - at_s > PROOF_LASTS_S}
