"""How this computer gets in at the broker, and under which names. Light: every command to a running hub needs it."""

from edge.app.load.configuration import Configuration, file_of
from edge.config import Config
from edge.mqtt.link import BrokerSettings, Version

# The hub's own name at the broker, where it needs none to get in.
HUB_USER = "hub"


def broker_settings(known: Configuration) -> BrokerSettings:
    """Where the broker is, with the password from the credentials."""
    mqtt = known.config.mqtt
    return BrokerSettings(
        hub=known.config.hub.name,
        host=mqtt.host,
        port=mqtt.effective_port,
        tls=mqtt.tls,
        ca_file=file_of(known, mqtt.ca_file),
        cert_file=file_of(known, mqtt.cert_file),
        key_file=file_of(known, mqtt.key_file),
        username=mqtt.username,
        password=(known.credentials.get("mqtt_password") or "") if mqtt.username else "",
        keepalive_s=mqtt.keepalive_s,
        versions=(Version.V311,) if mqtt.broker == "embedded" else (Version.V5, Version.V311),
    )


def hub_user(config: Config) -> str:
    """The hub's own user at the broker; what comes under this name comes from the hub's own command line."""
    return config.mqtt.username or HUB_USER


def house_users(config: Config) -> frozenset[str]:
    """Users whose commands surely come from inside the house."""
    return frozenset({hub_user(config), *config.mqtt.house_users})
