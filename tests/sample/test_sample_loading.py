"""The sample company in a directory and a mail system."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.local.loading import load_entries
from connectors.local.tables import create_tables, groups, members, people, units
from connectors.local.transactions import open_engine, reading, writing
from connectors.mailbox.connector import MailboxStub
from connectors.spi import Compare, Question
from runner.sample.company import make_company
from runner.sample.loading import entries, load_company
from runner.sample.parts import stable_id

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder: Path = tmp_path_factory.mktemp("sample")
    return f"sqlite:///{folder}/directory.db", f"sqlite:///{folder}/mail.db"


def test_everything_is_loaded_and_a_second_time_nothing_is(urls: tuple[str, str]) -> None:
    first = load_company(*urls, now=NOW)
    company = first.company
    parts = (
        company.units,
        company.people,
        company.service_accounts,
        company.groups,
        company.computers,
        company.contacts,
    )
    assert first.directory >= sum(map(len, parts))
    assert first.mailboxes == len(company.mailboxes)
    second = load_company(*urls, now=NOW)
    assert (second.directory, second.mailboxes) == (0, 0)


def test_what_was_changed_meanwhile_stays(urls: tuple[str, str]) -> None:
    load_company(*urls, now=NOW)
    engine = open_engine(urls[0])
    with writing(engine) as connection:
        connection.execute(people.update().where(people.c.login == "alice").values(title="Pilot"))
    load_company(*urls, now=NOW)
    with reading(engine) as connection:
        assert connection.scalar(select(people.c.title).where(people.c.login == "alice")) == "Pilot"
    engine.dispose()


def test_people_groups_and_managers_are_linked(urls: tuple[str, str]) -> None:
    company = load_company(*urls, now=NOW).company
    engine = open_engine(urls[0])
    with reading(engine) as connection:
        zoe = connection.execute(select(people).where(people.c.login == "z.lindqvist")).mappings().one()
        assert zoe["id"] == stable_id("user", "z.lindqvist")
        assert zoe["manager_id"] == stable_id("user", "p.dewit")
        assert zoe["locked_at"] is not None
        assert zoe["password_hash"] is None
        pairs = Counter(connection.scalars(select(members.c.group_id)))
        for group in company.groups:
            assert pairs[group.id] == len(group.people) + len(group.groups) + len(group.computers)
        owned = dict(connection.execute(select(groups.c.name, groups.c.owner_id)).all())
        assert owned["GG-Sales-Leads"] == stable_id("user", "p.dewit")
        assert "OU=Rotterdam,OU=People,DC=sample,DC=test" in set(connection.scalars(select(units.c.dn)))
        states = Counter(connection.execute(select(people.c.enabled, people.c.pending)).all())
    assert states[False, True] == 12
    assert states[False, False] == 60
    engine.dispose()


def test_nothing_of_the_company_is_left_out(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/directory.db")
    create_tables(engine)
    report = load_entries(engine, entries(make_company(NOW), passwords={"alice": "a hash"}.get), now=NOW)
    assert report.problems == ()
    assert report.dangling == ()
    with reading(engine) as connection:
        assert connection.scalar(select(people.c.password_hash).where(people.c.login == "alice")) == "a hash"
    engine.dispose()


def test_shared_mailboxes_have_owners_and_readers(urls: tuple[str, str]) -> None:
    company = load_company(*urls, now=NOW).company
    stub = MailboxStub(urls[1])
    page = stub.read(Question("mailbox", Compare("kind", "==", "shared"), limit=100))
    assert len(page.entries) == 20
    invoices = next(entry for entry in page.entries if entry.attributes["address"] == "invoices@sample.test")
    owner = invoices.attributes["owner"]
    assert getattr(owner, "id", None) == stable_id("user", company.leads["Finance"])
    assert len(invoices.attributes["full_access"]) == 6  # type: ignore[arg-type]
    stub.close()
