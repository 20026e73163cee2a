"""A push service on loopback that answers as the test says."""

from collections.abc import Iterator

import pytest

from tests.support.push_service import Service, push_service


@pytest.fixture
def service() -> Iterator[Service]:
    with push_service() as state:
        yield state
