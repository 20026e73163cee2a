"""Topic names, exactly as README.md documents them. Pure.

feverhub/<hub>/status                                retained, the will
feverhub/<hub>/health                                retained
feverhub/<hub>/on_watch|pauses|caregivers|sounder|drill|bedtime  retained
feverhub/<hub>/alarm/<condition>                     retained, of the hub
feverhub/<hub>/event                                 changes of the hub's own alarms
feverhub/<hub>/<person>/temperature|motion/<device>  retained
feverhub/<hub>/<person>/alarm/<condition>            retained, physiological
feverhub/<hub>/<person>/alarm/<condition>/<device>   retained, technical, of a sensor
feverhub/<hub>/<person>/event                        changes of this person's alarms
feverhub/<hub>/<person>/illness                      retained
feverhub/<hub>/<person>/care                         what caregivers added: doses, symptoms, illnesses ...
feverhub/<hub>/cmd/<user>/<verb>
feverhub/<hub>/reply/<user>
homeassistant/device/<id>/config                     retained
"""

import re
from dataclasses import dataclass

from edge.errors import CommandRefused, ConfigError
from edge.model.alarm import AlarmKey, Kind
from edge.model.reading import Quantity

ROOT = "feverhub"
RESERVED = frozenset({"alarm", "cmd", "reply", "health", "status", "event"})
HOME_ASSISTANT_STATUS = "homeassistant/status"

MAX_ID = 32
_ID = re.compile(rf"[a-z0-9_-]{{1,{MAX_ID}}}")
_TEMPERATURES = frozenset({Quantity.TEMPERATURE, Quantity.SKIN_TEMPERATURE, Quantity.CORE_TEMPERATURE})
_MOTIONS = frozenset({Quantity.ACCELERATION, Quantity.MAGNITUDE, Quantity.MOVEMENT_COUNT})


def check_id(value: str, what: str) -> str:
    """Give `value` back if it may stand in a topic; else ConfigError, which calls it `what`."""
    if not _ID.fullmatch(value):
        raise ConfigError(f"the {what} {value!r} must be 1 to 32 of the characters a-z, 0-9, _ and -")
    if value in RESERVED:
        raise ConfigError(f"the {what} {value!r} is reserved in topics; choose another")
    return value


def quantity_word(quantity: Quantity) -> str:
    """The topic level of a quantity: every temperature is `temperature`, all that moves is `motion`."""
    if quantity in _TEMPERATURES:
        return "temperature"
    return "motion" if quantity in _MOTIONS else quantity.value


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one hub. Every method raises ConfigError for an id that may not stand in a topic.

    root: what stands before its name; another at a ward's broker (edge.mqtt.ward_topics).
    """

    hub: str
    root: str = ROOT

    def __post_init__(self) -> None:
        check_id(self.hub, "hub name")

    @property
    def base(self) -> str:
        return f"{self.root}/{self.hub}"

    @property
    def status(self) -> str:
        return f"{self.base}/status"

    @property
    def health(self) -> str:
        return f"{self.base}/health"

    @property
    def on_watch(self) -> str:
        return f"{self.base}/on_watch"

    @property
    def pauses(self) -> str:
        return f"{self.base}/pauses"

    @property
    def caregivers(self) -> str:
        return f"{self.base}/caregivers"

    @property
    def sounder(self) -> str:
        """What every sounder of the house plays."""
        return f"{self.base}/sounder"

    @property
    def drill(self) -> str:
        """The last drill, and whether one is due."""
        return f"{self.base}/drill"

    @property
    def bedtime(self) -> str:
        """When somebody last said good night."""
        return f"{self.base}/bedtime"

    def commands(self, user: str = "+") -> str:
        """The filter of the commands to this hub, of everybody or of that user."""
        return f"{self.base}/cmd/{user}/+"

    def latest(self, person: str, quantity: Quantity, device: str) -> str:
        level = quantity_word(quantity)
        return f"{self.base}/{check_id(person, 'person id')}/{level}/{check_id(device, 'device id')}"

    def of_latest(self, topic: str) -> tuple[str, str] | None:
        """Person and device of the topic of a sensor's latest value; None of any other topic of this hub."""
        match topic.split("/"):
            case [_, _, person, "temperature" | "motion", device] if _ID.fullmatch(device):
                return person, device
        return None

    def alarm(self, key: AlarmKey, kind: Kind) -> str:
        """Retained state. A physiological condition is the child's, whichever sensor saw it."""
        topic = f"{self._owner(key.person)}/alarm/{key.condition.value}"
        if key.device and key.person and kind is Kind.TECHNICAL:
            return f"{topic}/{check_id(key.device, 'device id')}"
        return topic

    def event(self, person: str = "") -> str:
        """Changes of alarms; of the hub's own ones (`adapter_down` ...) without a person."""
        return f"{self._owner(person)}/event"

    def care(self, person: str) -> str:
        """Each version of what caregivers add about this person."""
        return f"{self._owner(person)}/care"

    def illness(self, person: str) -> str:
        """Whether caregivers said that this person is ill, and what was seen of it."""
        return f"{self._owner(person)}/illness"

    def reply(self, user: str) -> str:
        return f"{self.base}/reply/{check_id(user, 'user name')}"

    def may_answer_at(self, user: str, response_topic: str) -> bool:
        """Whether a response topic that a user asked for lies under its own reply topic.

        Elsewhere, the hub's rights could be borrowed to write what the user may not.
        """
        own = self.reply(user)
        fits = response_topic == own or response_topic.startswith(f"{own}/")
        return fits and not any(sign in response_topic for sign in "+#\0") and len(response_topic) <= 256

    def command(self, topic: str) -> tuple[str, str]:
        """Take `feverhub/<hub>/cmd/<user>/<verb>` apart into (user, verb).

        Raises
        ------
        CommandRefused
            It is not a command to this hub, or the user is not an id.
        """
        match topic.split("/"):
            case [root, hub, "cmd", user, verb] if root == ROOT and hub == self.hub:
                pass
            case _:
                raise CommandRefused(f"a command is sent to {self.base}/cmd/<user>/<verb>")
        if not _ID.fullmatch(user) or user in RESERVED:
            raise CommandRefused("the user in the topic is not a valid id")
        return user, verb

    def _owner(self, person: str) -> str:
        return f"{self.base}/{check_id(person, 'person id')}" if person else self.base


def discovery(object_id: str) -> str:
    """Home Assistant's device discovery, retained."""
    return f"homeassistant/device/{check_id(object_id, 'discovery id')}/config"
