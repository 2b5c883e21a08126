"""A mail system without mailboxes, on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import create_engine, delete

from connectors.mailbox.tables import addresses, create_tables, mail_objects, rights


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database for a module, since making one takes longer than a test."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('mail')}/mail.db"
    return str(request.getfixturevalue("postgres_cluster").new_database())


@pytest.fixture
def mail_url(shared_url: str) -> str:
    """A database whose tables are there and empty."""
    engine = create_engine(shared_url)
    create_tables(engine)
    with engine.begin() as connection:
        for table in (rights, addresses, mail_objects):
            connection.execute(delete(table))
    engine.dispose()
    return shared_url
