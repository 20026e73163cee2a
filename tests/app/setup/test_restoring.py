"""Which settings of a backup a hub takes over."""

from edge import config
from edge.app.load import settings_file
from edge.app.setup.restoring import merged
from edge.config import Source

BROKERS = [{"host": "home"}, {"id": "ward", "host": "w"}]


def test_the_brokers_of_a_backup_come_back_all_of_them_the_familys_first():
    text = settings_file.as_toml(merged({}, {"mqtt": BROKERS}, {}))
    known = config.parse([Source(text, "settings.toml")])
    assert (known.mqtt.host, [ward.host for ward in known.wards]) == ("home", ["w"])


def test_a_hub_that_has_its_own_broker_gets_none_of_the_backups():
    """A ward alone would be taken for the family's broker."""
    for own in ({"host": "mine"}, [{"host": "mine"}]):
        assert "mqtt" not in merged({"mqtt": own}, {"mqtt": BROKERS}, {})
