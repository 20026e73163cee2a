"""What bleak, bleak-retry-connector and D-Bus throw, as a sentence and as the kind of trouble to recover from."""

import asyncio

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError
from dbus_fast.errors import AuthError, DBusError

from edge.model.language import N_
from edge.radio.recovery import Trouble


class ProxyUnreachable(BleakError):
    """A Bluetooth proxy of the house cannot be used; the sentence says why."""


RADIO_ERRORS = (
    BleakError,
    DBusError,
    AuthError,
    OSError,  # the D-Bus socket is not there or broke; TimeoutError is one too
    EOFError,  # the D-Bus daemon closed the connection
    AssertionError,  # bleak asserts that its bus is there, which a lost D-Bus disproves
    AttributeError,  # bleak after a disconnect in the middle of a call; bleak-retry-connector retries on it
    KeyError,  # services that vanished while bleak was reading them; likewise
    ValueError,  # bleak refuses a write; dbus-fast cannot read a message
    RuntimeError,  # bleak-retry-connector at its end
)
"""Failures of the radio, not of this program: each leads to another try, none to silence."""


def end_if_cancelled() -> None:
    """Raises CancelledError where this task was told to end, whatever a library made of that.

    aioesphomeapi turns a cancellation into an error of its own, which would pass for one more failure to recover from.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


_NOT_AVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: N_("no Bluetooth adapter was found"),
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: N_("the Bluetooth adapter cannot do Bluetooth Low Energy"),
    BleakBluetoothNotAvailableReason.POWERED_OFF: N_("the Bluetooth adapter is switched off"),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: N_("this user may not use Bluetooth (D-Bus refused)"),
}
_GONE = ("ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", ".Spawn.")
IN_PROGRESS = "org.bluez.Error.InProgress"
NOT_READY = "org.bluez.Error.NotReady"
"""What a scan over an adapter that was named and is switched off ends with."""


def describe(error: BaseException) -> str:
    """One line for a person; with the class where the words alone would say nothing."""
    words = " ".join(str(error).split())
    spoken = isinstance(error, (BleakError, DBusError, AuthError, OSError)) and words
    return words if spoken else f"{type(error).__name__} {words}".rstrip()


def classify(error: Exception) -> tuple[Trouble, str]:
    """What a failure to start the scan means, and a sentence."""
    if isinstance(error, ProxyUnreachable):
        return Trouble.UNAVAILABLE, str(error)
    if isinstance(error, BleakBluetoothNotAvailableError):
        off = error.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
        words = _NOT_AVAILABLE.get(error.reason, f"Bluetooth is not available ({error.args[0]})")
        return (Trouble.OFF if off else Trouble.UNAVAILABLE), words
    if isinstance(error, BleakDBusError):
        if any(part in error.dbus_error for part in _GONE):
            return Trouble.UNAVAILABLE, f"the Bluetooth service (bluetoothd) is not running ({describe(error)})"
        if error.dbus_error == NOT_READY:
            return Trouble.OFF, _NOT_AVAILABLE[BleakBluetoothNotAvailableReason.POWERED_OFF]
        denied = "AccessDenied" in error.dbus_error
        return (Trouble.UNAVAILABLE if denied else Trouble.REFUSED), f"BlueZ: {describe(error)}"
    if isinstance(error, TimeoutError):
        return Trouble.REFUSED, N_("BlueZ does not answer")
    if isinstance(error, (OSError, EOFError, AuthError, DBusError)):
        return Trouble.UNAVAILABLE, f"D-Bus cannot be reached ({describe(error)})"
    if isinstance(error, BleakError) and "not found" in str(error):
        return Trouble.UNAVAILABLE, describe(error)
    return Trouble.REFUSED, f"the scan did not start ({describe(error)})"
