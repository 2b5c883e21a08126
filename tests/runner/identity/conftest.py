from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from runner.identity.identity import Identity, identity_on
from runner.identity.passwords import Passwords
from runner.store.store import Store
from tests.runner.identity.directory_door import Door, open_door
from tests.runner.migrated import migrated


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url)
    with Store.open(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def quick_passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def door(store: Store) -> Door:
    return open_door(store)


@pytest.fixture
def identity(store: Store, quick_passwords: Passwords) -> Identity:
    return identity_on(store, passwords=quick_passwords)
