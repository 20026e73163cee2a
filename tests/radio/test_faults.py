"""What the Bluetooth libraries throw, in words and as trouble for the recovery."""

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError
from bleak.exc import BleakBluetoothNotAvailableReason as Because

from edge.radio.faults import classify, describe
from edge.radio.recovery import Trouble


def unavailable(because):
    return BleakBluetoothNotAvailableError("bleak's words", because)


def dbus(name):
    return BleakDBusError(name, ["the details"])


@pytest.mark.parametrize(
    ("error", "trouble", "words"),
    [
        (unavailable(Because.NO_BLUETOOTH), Trouble.UNAVAILABLE, "no Bluetooth adapter was found"),
        (unavailable(Because.POWERED_OFF), Trouble.OFF, "the Bluetooth adapter is switched off"),
        (unavailable(Because.DENIED_BY_SYSTEM), Trouble.UNAVAILABLE, "this user may not use Bluetooth (D-Bus refused)"),
        (unavailable(Because.UNKNOWN), Trouble.UNAVAILABLE, "Bluetooth is not available (bleak's words)"),
        (dbus("org.freedesktop.DBus.Error.ServiceUnknown"), Trouble.UNAVAILABLE, "(bluetoothd) is not running"),
        (dbus("org.freedesktop.DBus.Error.Spawn.ChildExited"), Trouble.UNAVAILABLE, "(bluetoothd) is not running"),
        (dbus("org.freedesktop.DBus.Error.AccessDenied"), Trouble.UNAVAILABLE, "AccessDenied"),
        (dbus("org.bluez.Error.NotReady"), Trouble.OFF, "the Bluetooth adapter is switched off"),
        (dbus("org.bluez.Error.InProgress"), Trouble.REFUSED, "the details"),
        (FileNotFoundError(2, "No such file", "/run/dbus"), Trouble.UNAVAILABLE, "D-Bus cannot be reached"),
        (EOFError(), Trouble.UNAVAILABLE, "D-Bus cannot be reached (EOFError)"),
        (TimeoutError(), Trouble.REFUSED, "BlueZ does not answer"),
        (BleakError("adapter 'hci3' not found"), Trouble.UNAVAILABLE, "adapter 'hci3' not found"),
        (AssertionError(), Trouble.REFUSED, "AssertionError"),
    ],
)
def test_each_failure_to_scan_has_a_kind_and_a_sentence(error, trouble, words):
    found, sentence = classify(error)
    assert found is trouble
    assert words in sentence
    assert "\n" not in sentence


def test_a_description_is_one_line_and_never_empty():
    assert describe(BleakError("two\n lines")) == "two lines"
    assert describe(TimeoutError()) == "TimeoutError"
    assert describe(KeyError("org.bluez.GattService1")) == "KeyError 'org.bluez.GattService1'"
