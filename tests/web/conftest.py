"""A page, and the test as its hub."""

import pytest

from tests.support.page import page_process


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with page_process(tmp_path_factory.mktemp("page")) as made:
        yield made
