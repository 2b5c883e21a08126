"""Fixtures that more than one room uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import chromium
from tests.servers.postgres import Cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    with Cluster.started() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> str:
    """URL of the cluster's own first database, shared by the whole session."""
    return postgres_cluster.url("postgres")


@pytest.fixture
def postgres_database_url(postgres_cluster: Cluster) -> str:
    """URL of a fresh, empty database."""
    return postgres_cluster.new_database()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh, empty database; each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("postgres_database_url"))
