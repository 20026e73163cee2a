"""What the hub tells its page of a first run, while it does not watch yet. Every text is ready to be read."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.model.language import N_
from edge.web.reader import Reader

UPLOAD, UPLOADED = "upload", "backup.zip"
"""In the state folder: the folder of what a phone sends, and the file that it has there. As a key: that file."""
STEPS = ("you", "child", "thermometer", "sensor", "limits", "others", "phone", "app")
"""In their order, by the names that stand in the addresses of the pages. The last one begins the watch."""
SENSORS = ("thermometer", "sensor")
TITLES: Mapping[str, str] = {
    "you": N_("Who are you?"),
    "child": N_("Who is watched?"),
    "thermometer": N_("The thermometer"),
    "sensor": N_("The movement sensor"),
    "limits": N_("When it rings"),
    "others": N_("Who else?"),
    "phone": N_("How this phone rings"),
    "app": N_("Get this phone ready"),
    "test": N_("Does it ring?"),
    "sounder": N_("Did you hear the hub?"),
    "done": N_("What is watched"),
}
"""What stands above each page; the last three are of a hub that watches."""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor that is near. key: what it is chosen by. badge: how far it was proven. signal: how near it is, in words.

    value: what it says without being asked, empty if nothing.
    """

    key: str
    name: str
    badge: str
    signal: str
    value: str = ""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """The search for a sensor. what: which step it is for.

    state: `looking` for those that are near, `trying` one of them, `locked` if that one wants a key, `received` once it
    has said something, `over` when time is up or something is wrong. form: of the key that it wants, in words.

    left_s: seconds until it ends. words: what is wrong, or what is being done.
    value: the newest value of the one that was chosen. note: what to know about it.
    """

    what: str = ""
    state: Literal["idle", "looking", "trying", "locked", "received", "over"] = "idle"
    left_s: int = 0
    found: list[Neighbour] = []
    words: str = ""
    chosen: str = ""
    value: str = ""
    note: str = ""
    form: str = ""


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was found. key: what it is chosen by. label: of which hub and when; about: where it lies."""

    key: str
    label: str
    about: str


class Restore(msgspec.Struct, frozen=True, kw_only=True):
    """Going on with a backup. words: what is being done, or why it was not. unusable: sentences about others."""

    state: Literal["idle", "working", "failed", "done"] = "idle"
    words: str = ""
    found: list[Backup] = []
    unusable: list[str] = []


class Choice(msgspec.Struct, frozen=True):
    """One of several. sentence: what it means."""

    word: str
    label: str
    sentence: str = ""


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag="setup"):
    """How far the first run has come, for one kind of reader.

    reader: whose words these are. hub: its name. trouble: what is wrong with the configuration, a sentence each; then
    there are no steps.
    aside: whether what is wrong was written by the hub, so that it may be put aside. quiet: until when the room is not
    told of it, in words. step: the first that is not done.
    done: those that are. values: what was answered, by the names of the fields.
    children: those who are watched so far, by name. paired: each sensor in words, by step.
    limits: when the hub rings, a sentence each. levels: of watchfulness. others: further caregivers, in words. address:
    where the app of the phone listens; link: the same as a link that opens the app. Both empty without one.
    owners: whose phones may answer, by id; empty for a phone that is nobody's yet.
    """

    reader: Reader = Reader()
    hub: str = ""
    trouble: list[str] = []
    aside: bool = False
    quiet: str = ""
    step: str = STEPS[0]
    done: list[str] = []
    values: dict[str, str] = {}
    children: list[str] = []
    paired: dict[str, str] = {}
    scan: Scan = Scan()
    restore: Restore = Restore()
    limits: list[str] = []
    levels: list[Choice] = []
    others: list[str] = []
    address: str = ""
    link: str = ""
    owners: tuple[str, ...] = ("",)
