"""The words of the first run. Never "normal" or "healthy"; each limit as the sentence that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.delivery import escalation
from edge.delivery.roster import Proof
from edge.model.language import N_, Locale
from edge.model.people import Limb, Role, Site, Watchfulness

DAY_S = 86_400.0
NOT_WATCHING = N_("This hub does not watch yet")
BROKEN = N_("This hub does NOT watch: its configuration cannot be used")
NOT_A_DEVICE = N_("Not a medical device. It can miss a seizure and a fever. Look at the child, not only at the number.")

PLACES: Mapping[str, str] = {
    Site.AXILLA: N_("in the armpit"),
    Site.PATCH: N_("as a patch on the skin"),
    Site.ORAL: N_("in the mouth"),
    Site.EAR: N_("in the ear"),
    Site.FOREHEAD: N_("at the forehead"),
    Site.RECTAL: N_("in the rectum"),
}
LIMBS: Mapping[str, str] = {
    Limb.LEFT_ANKLE: N_("at the left ankle"),
    Limb.RIGHT_ANKLE: N_("at the right ankle"),
    Limb.LEFT_WRIST: N_("at the left wrist"),
    Limb.RIGHT_WRIST: N_("at the right wrist"),
    Limb.CHEST: N_("at the chest (pats on the back ring there)"),
}
BADGES: Mapping[str, str] = {
    "heard on air": N_("tested: read on air"),
    "published payload": N_("read from its maker's published data, not yet tested on air"),
    "specification": N_("read as its specification says, never tested"),
}
ROLES: Mapping[str, str] = {
    Role.OWNER: N_("owner"),
    Role.CAREGIVER: N_("answers alarms"),
    Role.VIEWER: N_("may only look"),
}
LEVELS: Mapping[Watchfulness, str] = {
    Watchfulness.CALM: N_("Calm: wakes you less"),
    Watchfulness.BALANCED: N_("Balanced"),
    Watchfulness.WATCHFUL: N_("Watchful: misses less"),
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
    Way(
        "ntfy",
        "ntfy",
        N_("yes"),
        N_("no"),
        "Android",
        N_("Free. On an iPhone its current versions stay silent when muted."),
    ),
    Way(
        "pushover",
        "Pushover",
        N_("yes"),
        N_("yes"),
        N_("no"),
        N_("A paid app. In it, allow Critical Alerts for high priority."),
    ),
    Way(
        "",
        "Home Assistant",
        N_("yes"),
        N_("yes"),
        "Android",
        N_("If you have it: its blueprint is added once the hub watches."),
    ),
    Way(
        "",
        N_("the hub's loudspeaker"),
        N_("the room"),
        N_("the room"),
        N_("yes"),
        N_("Always there, if it is plugged in and loud."),
    ),
)
"""What was found out of each; the table of the page."""

NOT_COVERED = (
    N_("A weak or purely stiff convulsion, and one of a limb without a sensor, can be missed."),
    N_("A phone that is switched off, without a network, or whose app was removed does not ring."),
    N_("If the hub loses power, only apps that follow it over MQTT notice."),
    N_("A thermometer on the skin reads below the core, and says nothing while it settles."),
)
# A test that did not ring, by how the phone is reached.
SILENT: Mapping[str, Sequence[str]] = {
    "ntfy": (
        N_("Open ntfy: is the address subscribed, letter by letter?"),
        N_("Android settings, Apps, ntfy, Notifications: Max priority must override Do Not Disturb and make a sound."),
        N_("Android settings, Apps, ntfy, Battery: unrestricted. In ntfy: instant delivery on."),
        N_("An iPhone stays silent when muted on current versions of ntfy: take Pushover or Home Assistant there."),
    ),
    "pushover": (
        N_("Open Pushover: is this device switched on, and is it the account of the user key?"),
        N_("In its settings allow Critical Alerts for high priority."),
    ),
    "": (N_("Is the phone in a network? Is its app allowed to make sounds?"),),
}

WHO = N_("Say your name, at most 40 letters.")
CHILD = N_("Say the child's name, at most 40 letters.")
BORN = N_("Say the date of birth, such as 2026-03-14.")
NO_DATE = N_("{text} is no date: write it as 2026-03-14.")
FUTURE = N_("{date} is in the future. Is the year right?")
TOO_OLD = N_("{date} is more than 18 years ago. Is the year right?")
NO_NUMBER = N_("{text} is no temperature: write it as {example}.")
FAR = N_("{text} {degree} is no fever limit: take one from {low} to {high} {degree}.")
NO_KEYS = N_("Pushover needs both: your user key and the token of an application, 30 letters and digits each.")
NO_SERVER = N_("{text} is no name of a server: write it as ntfy.sh, without https://.")
NONE_CHOSEN = N_("Choose a sensor from the list first.")
NOT_RECEIVED = N_("Wait until the sensor has said something, then take it.")
NOT_YET = N_("This comes later: first answer the questions before it.")
ELSEWHERE_NOW = N_("The hub has changed meanwhile. Load the page again.")
QUIET = N_("Quiet for {minutes} min more. It does not watch meanwhile.")
FAILED = N_("This failed inside the hub. Load the page and try again; its log says what it was.")
CANNOT_RING = N_("This phone cannot be rung so: {why}.")
READ_AGAIN = N_("It was read again, and is still not right.")
LISTENING = N_("Listening to it …")
NOT_TAKEN = N_("It was not taken: look again.")

LOOKING = {
    "thermometer": N_("Put the thermometer close to the hub and switch it on, or press its button."),
    "sensor": N_("Put the movement sensor close to the hub and switch it on."),
}
NONE_NEAR = {
    "thermometer": N_(
        "No thermometer was received within {a} s. Is it switched on, close to the hub, and not "
        "connected to a phone? An ear or forehead thermometer must measure once."
    ),
    "sensor": N_(
        "No movement sensor was received within {a} s. Is it charged, switched on, close to the hub, "
        "and not connected to a phone?"
    ),
}


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


FAR_AWAY, NEAR, CLOSE, SOMEWHERE = N_("far"), N_("near"), N_("very close"), N_("distance unknown")


def signal(rssi_dbm: int | None) -> str:
    """How near a sensor is, as the catalogues have it."""
    if rssi_dbm is None:
        return SOMEWHERE
    return CLOSE if rssi_dbm >= CLOSE_DBM else NEAR if rssi_dbm >= NEAR_DBM else FAR_AWAY


MINUTES, SECONDS = N_("{minutes} min"), N_("{seconds} s")
RINGS_AT = N_("We ring at {limit} {place} {lasts}{silent}.")
EACH_TIME, FOR = N_("with a single measurement"), N_("for {span}")
SILENCE_SAYS_NOTHING = N_("; its silence means nothing, since it sends only what somebody measures")
OR_SILENT = N_(", or when nothing is received for {span}")
HIGH_FROM = N_("From {limit} it counts as high: the room rings at full volume, also at night.")
YOUNG = N_("She is under three months: every fever counts as high. See a doctor with any fever.")
MOVEMENT = N_(
    "We ring when rhythmic movement like that of a seizure goes on, or when nothing is received for {silent}."
)
NO_MOVEMENT = N_("Without a movement sensor no convulsion is noticed: only fever.")
NEVER_PROVEN, PROVEN = N_("never proven"), N_("proven {when}, answered after {seconds} s")
NOT_PLAYED, NO_SOUNDER, PLAYED = (
    N_("it has not played a test yet"),
    N_("none is set up"),
    N_("it played its test {when}"),
)
TODAY, YESTERDAY, DAYS_AGO = N_("today"), N_("yesterday"), N_("{days} days ago")
TEMPERATURE_OF, MOVEMENT_OF = N_("{name}: temperature {where}"), N_("{name}: movement {where}")
AT_A_LIMB = N_("at a limb")
ROOM_ALONE = N_("Only the room: nobody else is set up.")
AND = N_("{first} and {last}")
AT_MOVEMENT = N_("Movement like a seizure: {people} and the room at once, again every {often} until somebody answers.")
AT_FEVER = N_(
    "Fever, or a silent sensor: who is on watch ({people} while nobody is) at once, the room after {room}, everyone "
    "after {everyone}, again every {seldom}."
)


def span(seconds: float, words: Locale) -> str:
    """`10 min`, `60 s`."""
    if seconds >= 120 and seconds % 60 == 0:
        return words.say(MINUTES, minutes=words.short(seconds / 60))
    return words.say(SECONDS, seconds=words.short(seconds))


def thermometer(place: str, limit_c: float, confirm_s: float | None, silent_s: float | None, words: Locale) -> str:
    """When a thermometer rings. place: as in PLACES.

    confirm_s: how long above it; None: at each measurement. silent_s: None: never.
    """
    lasts = words.say(EACH_TIME) if confirm_s is None else words.say(FOR, span=span(confirm_s, words))
    silent = words.say(SILENCE_SAYS_NOTHING) if silent_s is None else words.say(OR_SILENT, span=span(silent_s, words))
    limit = words.temperature(limit_c)
    return words.say(RINGS_AT, limit=limit, place=words.say(place), lasts=lasts, silent=silent)


def high(limit_c: float, words: Locale) -> str:
    """From where it rings as high."""
    return words.say(HIGH_FROM, limit=words.temperature(limit_c))


def proof(last: Proof | None, now_s: float, words: Locale) -> str:
    """The last test that was answered. now_s: wall seconds."""
    if last is None:
        return words.say(NEVER_PROVEN)
    return words.say(PROVEN, when=_when(last, now_s, words), seconds=f"{last.seconds:.0f}")


def room_proof(last: Proof | None, now_s: float, words: Locale, *, there: bool) -> str:
    """The last test that the sounder played. there: whether one is set up."""
    if last is None:
        return words.say(NOT_PLAYED if there else NO_SOUNDER)
    return words.say(PLAYED, when=_when(last, now_s, words))


def _when(last: Proof, now_s: float, words: Locale) -> str:
    days = int(max(now_s - last.wall_s, 0.0) // DAY_S)
    return words.say(TODAY) if days == 0 else words.say(YESTERDAY) if days == 1 else words.say(DAYS_AGO, days=days)


def watched(name: str, place: str, words: Locale) -> str:
    """A sensor on the last page, by its site or limb."""
    text, where = (TEMPERATURE_OF, PLACES[place]) if place in PLACES else (MOVEMENT_OF, LIMBS.get(place, AT_A_LIMB))
    return words.say(text, name=name, where=short_place(where, words))


def short_place(place: str, words: Locale) -> str:
    """Of PLACES or LIMBS, without what stands in brackets."""
    return words.say(place).partition(" (")[0]


def order(names: Sequence[str], words: Locale) -> list[str]:
    """Who is told of an alarm, in which order. names: of the caregivers."""
    if not names:
        return [words.say(ROOM_ALONE)]
    people = words.say(AND, first=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else names[0]
    room, everyone = span(escalation.SOUNDER_AFTER_S, words), span(escalation.EVERYONE_AFTER_S, words)
    often, seldom = span(escalation.URGENT_REPEAT_S, words), span(escalation.REPEAT_S, words)
    return [
        words.say(AT_MOVEMENT, people=people, often=often),
        words.say(AT_FEVER, people=people, room=room, everyone=everyone, seldom=seldom),
    ]
