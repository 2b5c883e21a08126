from collections.abc import Iterator

import pytest

from runner.store.store import Store
from tests.runner.migrated import migrated


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url) as opened:
        yield opened
