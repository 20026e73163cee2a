"""Bluetooth started anew for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.radio.vm.guest.machine import Machine


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    machine = Machine()
    await machine.start()
    yield machine
    await machine.stop()
