"""A mail system without mailboxes, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, delete

from connectors.mailbox.tables import addresses, create_tables, mail_objects, rights


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database with the tables for a module, since making one takes longer than a test."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('mail')}/mail.db"
    else:
        url = request.getfixturevalue("postgres_cluster").new_database()
    engine = create_engine(url)
    create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def shared_url(shared_engine: Engine) -> str:
    return shared_engine.url.render_as_string(hide_password=False)


@pytest.fixture
def mail_url(shared_engine: Engine, shared_url: str) -> str:
    """A database whose tables are there and empty."""
    with shared_engine.begin() as connection:
        for table in (rights, addresses, mail_objects):
            connection.execute(delete(table))
    return shared_url
