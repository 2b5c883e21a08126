"""Two releases on one database: what waited is kept and runs, an old process stops by itself, migrations only add."""

import sqlite3

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text

from runner.engine.releases import REPLACED, stop_at_newer_tables
from runner.errors import NotDurableError, SetUpError
from runner.store.schema import _config, expected_version, upgrade
from tests.runner.engine.waiting import queued
from tests.runner.pipeline.conftest import desk
from tests.runner.pipeline.desks import make_folder, open_desk

AGENT, PERSON = "agent.rotterdam", "u-t.novak"
WAITING_SINCE = 6
"""The first version of the tables in which submissions wait."""

__all__ = ["desk"]


def taken_to(connection, version):
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def columns(connection):
    looked = inspect(connection)
    return {
        (table, one["name"]): (one["nullable"] or one["default"] is not None, one["nullable"])
        for table in looked.get_table_names()
        for one in looked.get_columns(table)
    }


@pytest.mark.parametrize("number", range(WAITING_SINCE, expected_version()))
def test_what_an_older_process_writes_is_whole_in_newer_tables(tmp_path, number):
    engine = create_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    with engine.begin() as connection:
        taken_to(connection, f"{number:04}")
        before = columns(connection)
        taken_to(connection, f"{number + 1:04}")
        after = columns(connection)
    engine.dispose()
    tables = {table for table, _ in before}
    assert before.keys() <= after.keys(), "a column or table that the older release knows is gone"
    added = {name for name in after.keys() - before.keys() if name[0] in tables}
    assert [name for name in added if not after[name][0]] == [], "a new column that an older process cannot leave out"
    assert [name for name in before if before[name][1] and not after[name][1]] == [], "a column that must now be given"


def test_what_waits_when_the_tables_become_newer_is_kept_and_runs(tmp_path, company_template):
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path)
    kept = queued(opened, "office", PERSON, {"office": "A"})
    opened.close()
    old = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        taken_to(connection, f"{WAITING_SINCE:04}")
    engine.dispose()
    copied_back(tmp_path / "desk.db", old)
    upgrade(f"sqlite:///{old}")
    reopened = open_desk(tmp_path, store_url=f"sqlite:///{old}")
    assert reopened.state(kept) == "queued"
    assert reopened.actor(AGENT)
    assert reopened.carried_out() == 1
    assert (reopened.state(kept), reopened.value(PERSON, "office")) == ("done", "A")
    assert reopened.store.journal.verify().ok
    reopened.close()


def copied_back(new, old):
    """Copy the rows of a database into the older tables, as far as those have columns for them."""
    with sqlite3.connect(old, isolation_level=None) as connection:
        connection.execute("ATTACH DATABASE ? AS new", (str(new),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table in ("meta", "nodes") or table.startswith("sqlite_"):
                continue
            names = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")


def test_a_process_that_outlives_an_upgrade_says_so_and_takes_nothing_more(desk):
    stop_at_newer_tables(desk.services)
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    waiting = queued(desk, "office", "u-z.lindqvist", {"office": "B"})
    make_newer(desk)
    with pytest.raises(SetUpError, match="newer release"):
        stop_at_newer_tables(desk.services)
    stop_at_newer_tables(desk.services)
    assert desk.services.halt.reason == REPLACED
    assert desk.carried_out() == 0
    with pytest.raises(NotDurableError, match="newer release"):
        desk.confirm(AGENT, plan)
    assert (desk.state(waiting), desk.performed) == ("queued", [])
    assert desk.desk.step(desk.actor(AGENT), waiting, "en").state == "queued"


def make_newer(desk):
    statement = text("UPDATE meta SET version_num = :version")
    newer = {"version": f"{expected_version() + 1:04}"}
    desk.database.write(lambda connection: connection.execute(statement, newer).rowcount)
