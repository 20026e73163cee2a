"""How this computer gets in at the broker, and under which names. Light: every command to a running hub needs it."""

from typing import Any

from edge.app.load.configuration import Configuration, file_of
from edge.config import BrokerTable, Config, WardTable
from edge.mqtt.link import BrokerSettings, Version

# The hub's own name at the broker, where it needs none to get in.
HUB_USER = "hub"


def broker_settings(known: Configuration) -> BrokerSettings:
    """Where the family's broker is, with the password from the credentials."""
    mqtt = known.config.mqtt
    versions = (Version.V311,) if mqtt.broker == "embedded" else (Version.V5, Version.V311)
    return _settings(known, mqtt, "mqtt_password", keepalive_s=mqtt.keepalive_s, versions=versions)


def ward_settings(known: Configuration, ward: WardTable) -> BrokerSettings:
    """Where a ward's broker is, with the password from the credentials; its topics are the caller's to know."""
    return _settings(known, ward, f"{ward.id}_mqtt_password", keepalive_s=ward.keepalive_s)


def _settings(known: Configuration, table: BrokerTable, password: str, **more: Any) -> BrokerSettings:
    return BrokerSettings(
        hub=known.config.hub.name,
        host=table.host,
        port=table.effective_port,
        tls=table.tls,
        ca_file=file_of(known, table.ca_file),
        cert_file=file_of(known, table.cert_file),
        key_file=file_of(known, table.key_file),
        username=table.username,
        password=(known.credentials.get(password) or "") if table.username else "",
        **more,
    )


def hub_user(config: Config) -> str:
    """The hub's own user at the broker; what comes under this name comes from the hub's own command line."""
    return config.mqtt.username or HUB_USER


def house_users(config: Config) -> frozenset[str]:
    """Users whose commands surely come from inside the house."""
    return frozenset({hub_user(config), *config.mqtt.house_users})
