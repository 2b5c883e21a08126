from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from runner.errors import SetUpError
from runner.store.database import connect
from runner.store.schema import expected_version, upgrade
from runner.store.store import Store
from runner.store.tables import metadata
from tests.runner.store.drafts import NOW


def set_version(url: str, version: str) -> None:
    database = connect(url)
    statement = text("UPDATE meta SET version_num = :version")
    database.write(lambda connection: connection.execute(statement, {"version": version}).rowcount)
    database.close()


def test_the_migrations_make_exactly_the_tables_the_code_knows(database_url: str):
    upgrade(database_url)
    database = connect(database_url)
    options = {"version_table": "meta", "compare_type": False}
    differences = database.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    )
    database.close()
    assert [one for one in differences if "meta" not in str(one)] == []


def test_upgrading_again_changes_nothing(database_url: str):
    upgrade(database_url)
    with Store.open(database_url) as store:
        store.form_versions.remember("unlock", "1", "d", "text", "alice", NOW)
    upgrade(database_url)
    with Store.open(database_url) as store:
        assert store.form_versions.get("unlock", "1").text == "text"


def test_an_empty_database_asks_for_the_upgrade(database_url: str):
    with pytest.raises(SetUpError, match="run deskhand upgrade"):
        Store.open(database_url)


def test_an_older_database_asks_for_the_upgrade(database_url: str):
    upgrade(database_url)
    set_version(database_url, "0000")
    with pytest.raises(SetUpError, match="run deskhand upgrade"):
        Store.open(database_url)


def test_a_newer_database_is_refused_and_left_alone(database_url: str):
    upgrade(database_url)
    newer = f"{expected_version() + 1:04}"
    set_version(database_url, newer)
    with pytest.raises(SetUpError, match="newer release"):
        Store.open(database_url)
    with pytest.raises(SetUpError, match="newer release"):
        upgrade(database_url)


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "oracle://x"])
def test_other_databases_are_refused_in_a_sentence(url: str):
    with pytest.raises(SetUpError, match="database has to be"):
        Store.open(url)


def test_a_database_that_cannot_be_opened_is_a_matter_of_set_up(tmp_path: Path):
    for url in (f"sqlite:///{tmp_path}/nowhere/desk.db", "postgresql://u:hush@127.0.0.1:1/desk"):
        with pytest.raises(SetUpError, match="could not be opened") as refused:
            Store.open(url)
        assert "hush" not in str(refused.value)
        with pytest.raises(SetUpError, match="could not be opened"):
            upgrade(url)
