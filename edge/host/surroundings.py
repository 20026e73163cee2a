"""Whether what a hub rests on beside its computer can be left alone: ears, certificates, heartbeat, backup. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from edge.host.checkup import Check, Fields, Level
from edge.model.language import N_

DAY_S: Final = 86_400.0
BACKUP_DAYS: Final = 7.0
CERTIFICATE_DAYS: Final = 14.0
WAY_LATE_DAYS: Final = 15.0
"""Two weeks without a try."""
HEARTBEAT_LATE: Final = 3.0
"""Beats that did not get through."""
CERTIFICATES: Final = {
    "broker": N_("The broker's certificate"),
    "authority": N_("The certificate of the broker's authority (ca_file)"),
    "hub": N_("This hub's certificate"),
}
"""On the way to the broker, as the health topic names them."""


def ears(adapters: Sequence[Mapping[str, object]]) -> Iterator[Check]:
    """adapters: of the health topic's `radio`. Without any that works nothing is heard."""
    deaf = all(each.get("fault") for each in adapters)
    for each in adapters:
        ear, why = str(each.get("adapter") or N_("the adapter")), str(each.get("fault") or "")
        if why:
            todo = N_("see its power and connection; the hub tries again by itself")
            level = Level.FAIL if deaf else Level.WARN
            yield Check("ear", level, N_("{ear} hears nothing: {why}"), todo, {"ear": ear, "why": why})
        else:
            yield Check("ear", Level.OK, N_("{ear} listens"), fields={"ear": ear})


def certificates(ends_s: Mapping[str, float], now_s: float) -> Iterator[Check]:
    """ends_s: by the names of CERTIFICATES; in wall seconds, as now_s."""
    todo = N_("make it anew: deploy/mosquitto/README.md")
    for name, end_s in ends_s.items():
        days = (end_s - now_s) / DAY_S
        known: Fields = {"name": CERTIFICATES.get(name, name), "days": round(days)}
        if days <= 0:
            yield Check("certificate", Level.FAIL, N_("{name} has ended"), todo, known)
        elif days < CERTIFICATE_DAYS:
            yield Check("certificate", Level.WARN, N_("{name} ends in {days} days"), todo, known)
        else:
            yield Check("certificate", Level.OK, N_("{name} ends in {days} days"), fields=known)


def no_heartbeat() -> Check:
    """None is set up, which is no fault."""
    todo = N_("[heartbeat] url, of a service that calls you when it stays away, such as healthchecks.io")
    return Check("heartbeat", Level.OK, N_("nobody outside of the house would notice a hub without power"), todo)


def heartbeat(last_s: float | None, why: str, every_s: float, now_s: float) -> Check:
    """last_s: when one got through, wall seconds. why: the newest one did not."""
    if last_s is not None and now_s - last_s <= HEARTBEAT_LATE * every_s:
        return Check("heartbeat", Level.OK, N_("the outward heartbeat gets through"))
    todo = N_("see the Internet connection and [heartbeat] url")
    if why:
        said = N_("the outward heartbeat does not get through ({why})")
        return Check("heartbeat", Level.WARN, said, todo, {"why": why})
    return Check("heartbeat", Level.WARN, N_("the outward heartbeat does not get through"), todo)


def way(last_s: float | None, ways: Mapping[str, str | None], now_s: float) -> Iterator[Check]:
    """The weekly try of the way of alarms. last_s: wall seconds. ways: by each why not; None: it was not tried."""
    if last_s is None:
        return
    for name, why in ways.items():
        known: Fields = {"way": name, "why": why or "", "days": max(0, int((now_s - last_s) / DAY_S))}
        if why is None:
            said = N_("{way}: cannot be tried without ringing")
            yield Check("way", Level.OK, said, N_("feverhub test-alarm rings it"), known)
        elif why:
            todo = N_("see the connection and the address, then: feverhub test-alarm")
            yield Check("way", Level.WARN, N_("{way}: no message got through {days} days ago ({why})"), todo, known)
        elif now_s - last_s > WAY_LATE_DAYS * DAY_S:
            todo = N_("see the log of the hub")
            yield Check("way", Level.WARN, N_("{way}: last tried {days} days ago"), todo, known)
        else:
            yield Check("way", Level.OK, N_("{way}: a message got through {days} days ago"), fields=known)


def backup(folder: str, newest_s: float | None, unread: str, now_s: float) -> Check:
    """folder: of the configuration, empty for none. newest_s: wall seconds. unread: why it cannot be looked at."""
    known: Fields = {"folder": folder, "why": unread}
    if not folder:
        todo = N_("set [backup] folder, such as a USB stick")
        return Check("backup", Level.WARN, N_("no backup is made"), todo)
    if unread:
        return Check("backup", Level.WARN, N_("{folder} cannot be read: {why}"), N_("see that the stick is in"), known)
    if newest_s is None:
        return Check("backup", Level.WARN, N_("there is no backup in {folder} yet"), N_("sudo feverhub backup"), known)
    days = (now_s - newest_s) / DAY_S
    old = days > BACKUP_DAYS
    todo = N_("sudo feverhub backup, and see that the stick is in") if old else ""
    level = Level.WARN if old else Level.OK
    return Check("backup", level, N_("the last backup is {days} days old"), todo, {"days": round(days)})
