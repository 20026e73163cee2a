"""A radio in this process."""

import pytest

from tests.radio.bumble_backend import Air


@pytest.fixture
async def air() -> Air:
    return await Air().start()
