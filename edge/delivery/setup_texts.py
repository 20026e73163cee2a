"""The words of the first run. Never "normal" or "healthy"; each limit as the sentence that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.delivery import escalation
from edge.delivery.roster import Proof
from edge.model.people import Limb, Site, Watchfulness

DAY_S = 86_400.0
NOT_WATCHING = "This hub does not watch yet"
BROKEN = "This hub does NOT watch: its configuration cannot be used"
NOT_A_DEVICE = "Not a medical device. It can miss a seizure and a fever. Look at the child, not only at the number."

PLACES: Mapping[str, str] = {
    Site.AXILLA: "in the armpit",
    Site.PATCH: "as a patch on the skin",
    Site.ORAL: "in the mouth",
    Site.EAR: "in the ear",
    Site.FOREHEAD: "at the forehead",
    Site.RECTAL: "in the rectum",
}
LIMBS: Mapping[str, str] = {
    Limb.LEFT_ANKLE: "at the left ankle",
    Limb.RIGHT_ANKLE: "at the right ankle",
    Limb.LEFT_WRIST: "at the left wrist",
    Limb.RIGHT_WRIST: "at the right wrist",
    Limb.CHEST: "at the chest (pats on the back ring there)",
}
BADGES: Mapping[str, str] = {
    "heard on air": "tested: read on air",
    "published payload": "read from its maker's published data, not yet tested on air",
    "specification": "read as its specification says, never tested",
}
LEVELS: Mapping[Watchfulness, str] = {
    Watchfulness.CALM: "Calm: wakes you less",
    Watchfulness.BALANCED: "Balanced",
    Watchfulness.WATCHFUL: "Watchful: misses less",
}

CLOSE_DBM, NEAR_DBM = -60, -80
"""A sensor in the hand at the hub, and one in the same room: bounds of common sense, shown as words alone."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a phone can be rung. muted, offline: whether it rings then, in words. note: what to know."""

    word: str
    name: str
    android_muted: str
    iphone_muted: str
    offline: str
    note: str


WAYS: Sequence[Way] = (
    Way("ntfy", "ntfy", "yes", "no", "Android", "Free. On an iPhone its current versions stay silent when muted."),
    Way("pushover", "Pushover", "yes", "yes", "no", "A paid app. In it, allow Critical Alerts for high priority."),
    Way("", "Home Assistant", "yes", "yes", "Android", "If you have it: its blueprint is added once the hub watches."),
    Way("", "the hub's loudspeaker", "the room", "the room", "yes", "Always there, if it is plugged in and loud."),
)
"""What was found out of each; the table of the page."""

NOT_COVERED = (
    "A weak or purely stiff convulsion, and one of a limb without a sensor, can be missed.",
    "A phone that is switched off, without a network, or whose app was removed does not ring.",
    "If the hub loses power, only apps that follow it over MQTT notice.",
    "A thermometer on the skin reads below the core, and says nothing while it settles.",
)
# A test that did not ring, by how the phone is reached.
SILENT: Mapping[str, Sequence[str]] = {
    "ntfy": (
        "Open ntfy: is the address subscribed, letter by letter?",
        "Android settings, Apps, ntfy, Notifications: Max priority must override Do Not Disturb and make a sound.",
        "Android settings, Apps, ntfy, Battery: unrestricted. In ntfy: instant delivery on.",
        "An iPhone stays silent when muted on current versions of ntfy: take Pushover or Home Assistant there.",
    ),
    "pushover": (
        "Open Pushover: is this device switched on, and is it the account of the user key?",
        "In its settings allow Critical Alerts for high priority.",
    ),
    "": ("Is the phone in a network? Is its app allowed to make sounds?",),
}

WHO = "Say your name, at most 40 letters."
CHILD = "Say the child's name, at most 40 letters."
BORN = "Say the date of birth, such as 2026-03-14."
NO_DATE = "{text} is no date: write it as 2026-03-14."
FUTURE = "{date} is in the future. Is the year right?"
TOO_OLD = "{date} is more than 18 years ago. Is the year right?"
NO_NUMBER = "{text} is no temperature: write it as 38.5."
FAR = "{text} °C is no fever limit: take one from {low:g} to {high:g} °C."
NO_KEYS = "Pushover needs both: your user key and the token of an application, 30 letters and digits each."
NO_SERVER = "{text} is no name of a server: write it as ntfy.sh, without https://."
NONE_CHOSEN = "Choose a sensor from the list first."
NOT_RECEIVED = "Wait until the sensor has said something, then take it."
NOT_YET = "This comes later: first answer the questions before it."
ELSEWHERE_NOW = "The hub has changed meanwhile. Load the page again."
QUIET = "Quiet for {minutes} min more. It does not watch meanwhile."
FAILED = "This failed inside the hub. Load the page and try again; its log says what it was."
READ_AGAIN = "It was read again, and is still not right."

LOOKING = {
    "thermometer": "Put the thermometer close to the hub and switch it on, or press its button.",
    "sensor": "Put the movement sensor close to the hub and switch it on.",
}
NONE_NEAR = {
    "thermometer": "No thermometer was received within {seconds:.0f} s. Is it switched on, close to the hub, and not "
    "connected to a phone? An ear or forehead thermometer must measure once.",
    "sensor": "No movement sensor was received within {seconds:.0f} s. Is it charged, switched on, close to the hub, "
    "and not connected to a phone?",
}


RESTORE = (
    "sudo systemctl stop feverhub",
    "sudo feverhub restore /media/.../feverhub-home-...",
    "sudo systemctl start --no-block feverhub",
)
"""What root types at the hub to go on with a backup instead."""


def links(url: str) -> tuple[str, str]:
    """Of an ntfy address: as a person copies it, and as the link that opens the app (ntfy, "Subscribe from your
    phone"). Both empty for another one.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("ntfy", "ntfys"):
        return "", ""
    return (
        f"http{'s' if scheme == 'ntfys' else ''}://{rest}",
        f"ntfy://{rest}{'' if scheme == 'ntfys' else '?secure=false'}",
    )


def broker(user: str, *, looks: bool) -> Sequence[str]:
    """What root types at the hub so that an app over MQTT gets in as that user. looks: who may only look."""
    block, acl = "grandmother" if looks else "mother", "/etc/mosquitto/feverhub/acl"
    copy = f"sed -n '/^user {block}$/,/^$/p' {acl} | sed 's/^user {block}$/user {user}/' >>{acl}"
    return (
        f"sudo mosquitto_passwd /etc/mosquitto/feverhub/passwords {user}",
        f'sudo sh -c "{copy}"',
        "sudo systemctl reload mosquitto",
    )


def signal(rssi_dbm: int | None) -> str:
    """How near a sensor is, in words."""
    if rssi_dbm is None:
        return "distance unknown"
    return "very close" if rssi_dbm >= CLOSE_DBM else "near" if rssi_dbm >= NEAR_DBM else "far"


def span(seconds: float) -> str:
    """`10 min`, `60 s`."""
    return f"{seconds / 60:g} min" if seconds >= 120 and seconds % 60 == 0 else f"{seconds:g} s"


def thermometer(place: str, limit_c: float, confirm_s: float | None, silent_s: float | None) -> str:
    """When a thermometer rings. confirm_s: how long above it; None: at each measurement. silent_s: None: never."""
    lasts = "with a single measurement" if confirm_s is None else f"for {span(confirm_s)}"
    silent = (
        "; its silence means nothing, since it sends only what somebody measures"
        if silent_s is None
        else f", or when nothing is received for {span(silent_s)}"
    )
    return f"We ring at {limit_c:.1f} °C {place} {lasts}{silent}."


def high(limit_c: float) -> str:
    """From where it rings as high."""
    return f"From {limit_c:.1f} °C it counts as high: the room rings at full volume, also at night."


YOUNG = "She is under three months: every fever counts as high. See a doctor with any fever."
MOVEMENT = "We ring when rhythmic movement like that of a seizure goes on, or when nothing is received for {silent}."
NO_MOVEMENT = "Without a movement sensor no convulsion is noticed: only fever."


def proof(last: Proof | None, now_s: float) -> str:
    """The last test that was answered. now_s: wall seconds."""
    if last is None:
        return "never proven"
    return f"proven {_when(last, now_s)}, answered after {last.seconds:.0f} s"


def room_proof(last: Proof | None, now_s: float, *, there: bool) -> str:
    """The last test that the sounder played. there: whether one is set up."""
    if last is None:
        return "it has not played a test yet" if there else "none is set up"
    return f"it played its test {_when(last, now_s)}"


def _when(last: Proof, now_s: float) -> str:
    days = int(max(now_s - last.wall_s, 0.0) // DAY_S)
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def watched(name: str, place: str) -> str:
    """A sensor on the last page, by its site or limb."""
    what, where = ("temperature", PLACES[place]) if place in PLACES else ("movement", LIMBS.get(place, "at a limb"))
    return f"{name}: {what} {where.partition(' (')[0]}"


def order(names: Sequence[str]) -> list[str]:
    """Who is told of an alarm, in which order. names: of the caregivers."""
    if not names:
        return ["Only the room: nobody else is set up."]
    people = " and ".join(names)
    room, everyone = span(escalation.SOUNDER_AFTER_S), span(escalation.EVERYONE_AFTER_S)
    often, seldom = span(escalation.URGENT_REPEAT_S), span(escalation.REPEAT_S)
    first = f"who is on watch ({people} while nobody is) at once, the room after {room}, everyone after {everyone}"
    return [
        f"Movement like a seizure: {people} and the room at once, again every {often} until somebody answers.",
        f"Fever, or a silent sensor: {first}, again every {seldom}.",
    ]
