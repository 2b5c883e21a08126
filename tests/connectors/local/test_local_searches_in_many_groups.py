"""A search for the members of any of very many groups stays one condition, whatever the number."""

from datetime import UTC, datetime

import pytest

from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.spi import AnyOf, InGroup, Not, Question

ROOT = "OU=People,DC=sample,DC=test"
MANY = tuple(InGroup(f"nothing-{number}") for number in range(5_000))


@pytest.fixture
def directory(tmp_path):
    url = f"sqlite:///{tmp_path / 'directory.db'}"
    engine = open_engine(url)
    create_tables(engine)
    people = [NewEntry("user", f"CN={login},{ROOT}", {"login": login}, id=login) for login in ("alice", "bob", "carol")]
    groups = [
        NewEntry("group", f"CN=inner,{ROOT}", {"name": "inner"}, members=("alice",), id="inner"),
        NewEntry("group", f"CN=outer,{ROOT}", {"name": "outer"}, members=("bob", "inner"), id="outer"),
    ]
    load_entries(engine, (*people, *groups), now=datetime(2026, 6, 1, tzinfo=UTC))
    engine.dispose()
    found = LocalDirectory(url)
    yield found
    found.close()


def found(directory, kind, wanted):
    return {entry.ref.id for entry in directory.read(Question(kind, wanted)).entries}


def test_members_of_any_of_many_groups_are_found_directly_and_through_others(directory):
    assert found(directory, "user", AnyOf((*MANY, InGroup("outer")))) == {"alice", "bob"}
    assert found(directory, "user", AnyOf((*MANY, InGroup("outer", nested=False)))) == {"bob"}
    assert found(directory, "user", AnyOf((*MANY, InGroup("outer", nested=False), InGroup("inner")))) == {
        "alice",
        "bob",
    }
    assert found(directory, "user", Not(AnyOf((*MANY, InGroup("outer"))))) == {"carol"}
    assert found(directory, "user", AnyOf(MANY)) == set()


def test_a_group_is_never_among_its_own_members(directory):
    assert found(directory, "group", AnyOf((InGroup("outer"), InGroup("inner")))) == {"inner"}
