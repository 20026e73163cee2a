"""The tables of brokers: the family's own, and those of wards, which get the same and never come before it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from edge.config.kinds import Id, Port, Text, TextOrNone, User
from edge.config.places import At
from edge.model.people import Role

WARD_KEEPALIVE_MAX_S = 36
"""A ward says within 60 s that a hub is gone: one and a half keepalives (MQTT 5.0, section 3.1.2.10), and the 5 s for
which the broker waits with the will."""


class BrokerTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a broker is, and how to get in.

    host: its name or address. port: None for the standard one. tls: whether to encrypt. ca_file: PEM of the authority
    that signed its certificate, empty for the system's. cert_file, key_file: PEM of the hub's own certificate and key,
    empty for none. username: the hub's user; the password is a credential.
    """

    host: Text = "localhost"
    port: Port | None = None
    tls: bool = False
    ca_file: TextOrNone = ""
    cert_file: TextOrNone = ""
    key_file: TextOrNone = ""
    username: User = ""

    @property
    def effective_port(self) -> int:
        """The port that was set, else the standard one: 8883 with TLS, 1883 without."""
        return self.port or (8883 if self.tls else 1883)


class MqttTable(BrokerTable, frozen=True, forbid_unknown_fields=True):
    """The family's broker: commands, access list and Home Assistant are there alone.

    broker: `embedded` for the demo alone. keepalive_s: longest silence on the connection (MQTT 5.0, 3.1.2.10).
    house_users: users that never leave the house.
    """

    broker: Literal["external", "embedded"] = "external"
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=300)] = 30
    house_users: list[User] = []


class WardTable(BrokerTable, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A further broker: each `[[mqtt]]` behind the first. Its password is the credential `<id>_mqtt_password`.

    id: its name in the health topic, and of its cursor in the journal. bed: what the ward's station calls this hub.
    answers: the one user of that broker whose commands this hub hears, empty for nobody's; `mqtt_user` of a caregiver.
    """

    id: Id
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=WARD_KEEPALIVE_MAX_S)] = 30
    bed: TextOrNone = ""
    answers: User = ""


def ward_problems(built: Mapping[str, Any], items: Mapping[str, Sequence[tuple[Any, At]]]) -> Iterator[str]:
    """Who answers from a ward is a caregiver who is not in the house."""
    own = built.get("mqtt") or MqttTable()
    able = {row.mqtt_user or row.id: row.id for row, _ in items["caregiver"] if row.role is not Role.VIEWER}
    for row, at in items["mqtt"]:
        if not row.answers:
            continue
        where = f"{at('answers')}: mqtt.answers: {row.answers!r}"
        if row.answers not in able:
            yield f"{where} is the user of no caregiver who may answer; add a [[caregiver]] with this mqtt_user"
        elif row.answers in (own.username, *own.house_users):
            yield f"{where} is a user of the house too, and who sits in a ward is not in the house; choose another"
