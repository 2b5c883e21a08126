from collections.abc import Iterator

import pytest

from runner.store.schema import upgrade
from runner.store.store import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    upgrade(database_url)
    with Store.open(database_url) as opened:
        yield opened
