"""A radio in this process."""

from collections.abc import AsyncIterator

import pytest

from tests.support.air.bumble_backend import Air


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    air = await Air().start()
    yield air
    await air.fall_silent()
