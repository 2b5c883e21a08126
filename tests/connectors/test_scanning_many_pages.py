"""A scan of more objects than fit on a page: all of them, once, in order, also while others write."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import create_engine

from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.spi import Compare, Connector, Everything, Guard, Operation, Question, Ref

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MANY = 2_345
ROOT = "OU=People,DC=sample,DC=test"


def login(number: int) -> str:
    return f"p{number:05d}"


@pytest.fixture(scope="module", params=["directory", "mailbox"])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connector]:
    url = f"sqlite:///{tmp_path_factory.mktemp('scanned')}/{request.param}.db"
    if request.param == "mailbox":
        engine = create_engine(url)
        boxes = (MailboxRow(login(n), f"{login(n)}@sample.test", id=login(n)) for n in range(MANY))
        load_mailboxes(engine, boxes, now=NOW)
        engine.dispose()
        stub = MailboxStub(url)
        yield stub
        stub.close()
        return
    directory = LocalDirectory(url)
    create_tables(directory.engine)
    people = (
        NewEntry("user", f"CN={login(n)},{ROOT}", {"login": login(n), "display_name": login(n)}, id=login(n))
        for n in range(MANY)
    )
    load_entries(directory.engine, people, now=NOW)
    yield directory
    directory.close()


def test_all_pages_together_hold_everything_once_in_order(full: Connector) -> None:
    found = [entry.ref.id for entry in full.scan(full.kinds[0], Everything())]
    assert found == [login(number) for number in range(MANY)]


def test_a_filter_reaches_over_all_pages(full: Connector) -> None:
    name = "login" if full.name == "directory" else "name"
    found = [entry.ref.id for entry in full.scan(full.kinds[0], Compare(name, "contains", "0"))]
    assert found == [login(number) for number in range(MANY) if "0" in login(number)]


def test_somebody_else_writes_between_two_pages(full: Connector) -> None:
    kind = full.kinds[0]
    entries = full.scan(kind, Everything())
    first = list(islice(entries, 10))
    (last,) = full.read(Question(kind, Compare("id", "==", login(MANY - 1)))).entries
    verb, arguments = (
        ("directory.user.update", {"user": last.ref, "set": {"title": "Tester"}})
        if kind == "user"
        else ("mailbox.hide", {"mailbox": last.ref})
    )
    guard = Guard(last.ref, last.version, last.place)
    assert full.perform(Operation("step", verb, arguments), (guard,), {}).state == "changed"
    rest = list(entries)
    assert [entry.ref.id for entry in (*first, *rest)] == [login(number) for number in range(MANY)]
    assert rest[-1].version != last.version


def test_an_in_memory_directory_is_scanned_while_it_is_read() -> None:
    directory = LocalDirectory("sqlite://")
    create_tables(directory.engine)
    load_entries(directory.engine, [NewEntry("user", f"CN=alice,{ROOT}", {"login": "alice"}, id="alice")], now=NOW)
    entries = directory.scan("user", Everything())
    assert next(entries).ref == Ref("user", "alice")
    assert directory.locate("alice", "user") == Ref("user", "alice")
    assert list(entries) == []
    directory.close()
