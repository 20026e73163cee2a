"""A hub's topics at a ward's broker: spread over slots, apart for two hubs of one name, without what is the family's.

feverhub-ward/<slot>/<instance>/<hub>/about                    retained: the bed, and what the hub is
feverhub-ward/<slot>/<instance>/<hub>/...                      as below feverhub/<hub>/ at the family's broker
feverhub-ward/<slot>/<instance>/<hub>/cmd/<user>/<verb>        answers of the ward

Whoever reads the whole ward shares the work by slots, so no broker needs shared subscriptions. A slot is two levels,
its digits in base 8, so that eight of them are one filter: a broker may keep a queue for each. The instance is made of
the id that a hub keeps for itself: hubs may have one name (`home` is the default), and still never share a topic. Pure.
"""

import hashlib
import re
from dataclasses import dataclass

from edge.mqtt.topics import MAX_ID, ROOT, Topics

WARD_ROOT = "feverhub-ward"
SLOTS, BASE = 64, 8
_INSTANCE_DIGITS = 12
_SHOWN = re.compile(
    r"status|health|pauses|event|alarm/[a-z0-9_-]+|[a-z0-9_-]+/(event|alarm/[a-z0-9_-]+(/[a-z0-9_-]+)?)"
    r"|[a-z0-9_-]+/(?!alarm/|event/)[a-z0-9_-]+/[a-z0-9_-]+"
)
"""What a ward is shown: alarms, the latest values and the state of the watch; not who the caregivers are, who is on
watch, and what they wrote down."""
_ADDRESS = re.compile(
    rf"{WARD_ROOT}/(?P<slot>[0-7]/[0-7])/(?P<instance>[0-9a-f]{{{_INSTANCE_DIGITS}}})"
    rf"/(?P<hub>[a-z0-9_-]{{1,{MAX_ID}}})/(?P<rest>.+)"
)


def instance_of(client_id: str) -> str:
    """What tells this hub from every other: twelve hex digits. The id itself is a secret."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:_INSTANCE_DIGITS]


def slot_of(instance: str) -> str:
    """Its slot, `0/0` to `7/7`; hubs spread evenly, since the instance is a hash."""
    return _digits(int(instance, 16) % SLOTS)


@dataclass(frozen=True, slots=True)
class WardTopics:
    """The topics of one hub at a ward's broker. instance: of `instance_of`."""

    hub: str
    instance: str

    @property
    def root(self) -> str:
        return f"{WARD_ROOT}/{slot_of(self.instance)}/{self.instance}"

    @property
    def about(self) -> str:
        """Retained: which bed it is."""
        return f"{self.root}/{self.hub}/about"

    def outward(self, topic: str) -> str | None:
        """Where a topic of the family's broker stands at the ward's; None for what a ward is not shown."""
        rest = topic.removeprefix(f"{ROOT}/{self.hub}/")
        return f"{self.root}/{self.hub}/{rest}" if rest != topic and _SHOWN.fullmatch(rest) else None

    def inward(self, topic: str) -> str:
        """The same command at the family's broker."""
        return f"{Topics(self.hub).base}{topic.removeprefix(f'{self.root}/{self.hub}')}"


@dataclass(frozen=True, slots=True)
class Address:
    """Whose topic it is, and which of its topics. rest: as below `feverhub/<hub>/`."""

    instance: str
    hub: str
    rest: str

    @property
    def base(self) -> str:
        """What every topic of this hub begins with."""
        return f"{WARD_ROOT}/{slot_of(self.instance)}/{self.instance}/{self.hub}"


def address(topic: str) -> Address | None:
    """The topic taken apart; None for one that no hub writes, or that stands in the slot of another."""
    found = _ADDRESS.fullmatch(topic)
    if found is None or found["slot"] != slot_of(found["instance"]):
        return None
    return Address(found["instance"], found["hub"], found["rest"])


def filters(slots: range) -> tuple[str, ...]:
    """What who reads these slots subscribes to: as few filters as can be."""
    if slots == range(SLOTS):
        return (f"{WARD_ROOT}/#",)
    found, slot = [], slots.start
    while slot < slots.stop:
        whole = slot % BASE == 0 and slot + BASE <= slots.stop
        found.append(f"{WARD_ROOT}/{slot // BASE if whole else _digits(slot)}/#")
        slot += BASE if whole else 1
    return tuple(found)


def _digits(slot: int) -> str:
    return f"{slot // BASE}/{slot % BASE}"
