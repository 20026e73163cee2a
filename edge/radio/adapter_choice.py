"""Which adapter to connect a sensor over: the one that receives it best."""

import math
from dataclasses import dataclass

from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice


@dataclass(frozen=True, slots=True)
class Sighting:
    """An adapter that receives the sensor, and how well."""

    adapter: str
    ble: BLEDevice
    rssi_dbm: int | None

    @property
    def path(self) -> str:
        """Where BlueZ has the sensor, empty in a test rig without BlueZ."""
        return str(self.ble.details.get("path", "")) if isinstance(self.ble.details, dict) else ""

    @property
    def client(self) -> type[BaseBleakClient] | None:
        """What connects over a proxy; None: bleak's own for this computer."""
        return self.ble.details.get("client") if isinstance(self.ble.details, dict) else None

    @property
    def level(self) -> float:
        return -math.inf if self.rssi_dbm is None else self.rssi_dbm


class AdapterChoice:
    """The newest sighting of each adapter since `clear`, and which adapters failed."""

    def __init__(self) -> None:
        self._known: dict[str, Sighting] = {}
        self._failed: set[str] = set()

    def add(self, sighting: Sighting) -> None:
        self._known[sighting.adapter] = sighting

    def clear(self) -> None:
        self._known.clear()

    def best(self) -> Sighting:
        """The loudest, of those over which the last attempts have not failed, if there is one."""
        if self._failed.issuperset(self._known):
            self._failed.clear()
        return max((each for each in self._known.values() if each.adapter not in self._failed), key=lambda o: o.level)

    def failed(self, adapter: str) -> None:
        self._failed.add(adapter)

    def worked(self) -> None:
        self._failed.clear()
