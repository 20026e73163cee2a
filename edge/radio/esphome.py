"""A Bluetooth proxy of ESPHome as bleak's scanner: all of its advertisements, and whom to connect by.

The native API is spoken by aioesphomeapi. bleak-esphome is not used: it wants habluetooth, which wants PyRIC, and that
is under the GPL; and habluetooth hands on only what the ear that it prefers has heard, so silence would mean nothing.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import Callable
from typing import Any

import structlog
from aioesphomeapi.client import APIClient
from aioesphomeapi.core import (
    APIConnectionError,
    EncryptionPlaintextAPIError,
    InvalidEncryptionKeyAPIError,
    RequiresEncryptionAPIError,
    ResolveAPIError,
)
from aioesphomeapi.model import BluetoothProxyFeature, BluetoothScannerMode
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bluetooth_data_tools import int_to_bluetooth_address, parse_advertisement_data_bytes

from edge.radio.esphome_client import LEAVE_S, Session, over
from edge.radio.faults import ProxyUnreachable
from edge.radio.proxy import Proxy

CONNECT_S = 10.0
"""A proxy in the house answers within a second or is not there; shorter than what a scan may take to begin."""
KEEPALIVE_S = 10.0
"""Between two pings. aioesphomeapi gives a connection up after 4.5 of them without an answer, so within 45 s: half of
what the air may be quiet, and late data are no later than that."""
_PUBLIC, _RANDOM = "public", "random"

log = structlog.get_logger("radio")


class ProxyScanner(BaseBleakScanner):
    """bleak's scanner over one proxy: to scan is to be connected to it. `connected_to` makes one for a proxy.

    Each device that it reports carries in its details the client class that connects over this very connection, since
    a proxy that was restarted knows nothing of what went over the last one.
    """

    proxy: Proxy
    lost: Callable[[str], None]

    def __init__(self, callback: Any, service_uuids: Any, *_: Any, **__: Any) -> None:
        super().__init__(callback, service_uuids)
        self._api: APIClient | None = None
        self._session: Session | None = None
        self._client: type[BaseBleakClient] | None = None

    async def start(self) -> None:
        """Raises ProxyUnreachable, with a sentence for a person."""
        self.seen_devices = {}
        if self.proxy.encrypted and not self.proxy.key:
            raise ProxyUnreachable(f"there is no key for it; put it into the file {self.proxy.id}_key")
        self._api = APIClient(
            self.proxy.host,
            self.proxy.port,
            None,
            client_info="feverhub",
            keepalive=KEEPALIVE_S,
            noise_psk=self.proxy.key if self.proxy.encrypted else None,
        )
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._begin(self._api)
        except TimeoutError:
            raise ProxyUnreachable(f"{self.proxy.host} does not answer") from None
        except (APIConnectionError, OSError) as error:
            raise ProxyUnreachable(self._words(error)) from error

    async def _begin(self, api: APIClient) -> None:
        await api.connect(on_stop=self._stopped, login=True, log_errors=False)
        info = await api.device_info()
        version = api.api_version
        features = info.bluetooth_proxy_feature_flags_compat(version) if version else 0
        if not features & BluetoothProxyFeature.RAW_ADVERTISEMENTS:
            raise ProxyUnreachable(f"{info.name} is no Bluetooth proxy, or older than ESPHome 2023.6")
        self._session = Session(api, features)
        self._session.begin()
        self._client = over(self._session)
        if features & BluetoothProxyFeature.FEATURE_STATE_AND_MODE:
            # Passive, it would never see a name that stands in a scan response.
            api.bluetooth_scanner_set_mode(BluetoothScannerMode.ACTIVE)
        api.subscribe_bluetooth_le_raw_advertisements(self._received)

    async def stop(self) -> None:
        self._close()
        if self._api is not None:
            with contextlib.suppress(APIConnectionError, TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    await self._api.disconnect()
            self._api = None

    async def _stopped(self, expected: bool) -> None:
        """The connection is over; connections to sensors over it are too, whatever the proxy still believes."""
        known = self._session is not None
        self._close()
        if known and not expected:
            self.lost(f"the connection to {self.proxy.host} was lost")

    def _close(self) -> None:
        session, self._session, self._client = self._session, None, None
        if session is not None:
            session.end()

    def _received(self, message: Any) -> None:
        """message: a BluetoothLERawAdvertisementsResponse."""
        for each in message.advertisements:
            try:
                found = parse_advertisement_data_bytes(each.data)
            except (ValueError, IndexError) as error:
                log.debug("advertisement", proxy=self.proxy.id, error=str(error))
                continue
            name, services, service_data, makers, tx_power_dbm = found
            self._hand_on(each, AdvertisementData(name, makers, service_data, services, tx_power_dbm, each.rssi, ()))

    def _hand_on(self, raw: Any, advert: AdvertisementData) -> None:
        """raw: a BluetoothLERawAdvertisement of the native API (api.proto)."""
        if self._client is None:
            return
        address, name = int_to_bluetooth_address(raw.address), advert.local_name
        details = {
            "source": self.proxy.id,
            "address_type": raw.address_type,
            "props": {"AddressType": _RANDOM if raw.address_type else _PUBLIC},
            "client": self._client,
        }
        device = self.create_or_update_device(address, address, name or "", details, advert)
        self.call_detection_callbacks(device, advert)

    def _words(self, error: Exception) -> str:
        if isinstance(error, RequiresEncryptionAPIError):
            return "it asks for its key: leave encrypted out, and put its key into the credentials"
        if isinstance(error, EncryptionPlaintextAPIError):
            return "it has no key; give it one (api: encryption: in its ESPHome configuration)"
        if isinstance(error, InvalidEncryptionKeyAPIError):
            return f"it has another key than the one in the file {self.proxy.id}_key"
        if isinstance(error, ResolveAPIError):
            return f"nobody in the network knows {self.proxy.host}"
        number = re.search(r"\[Errno (\d+)\]", str(error))  # aioesphomeapi puts it behind every address that it tried
        why = os.strerror(int(number[1])).lower() if number else " ".join(str(error).split())
        return f"{self.proxy.host} cannot be reached ({why})"


def connected_to(proxy: Proxy, lost: Callable[[str], None]) -> type[BaseBleakScanner]:
    """A scanner class for one proxy. lost: is told, in a sentence, when its connection breaks."""
    return type("ProxyScanner", (ProxyScanner,), {"proxy": proxy, "lost": staticmethod(lost)})
