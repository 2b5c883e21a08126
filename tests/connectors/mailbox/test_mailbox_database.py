"""The database behind the mail system: what its failures mean, and many writers at once."""

import sqlite3
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.mailbox import session
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.spi import Everything, Operation, Outcome, Question, Ref

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALL = Question("mailbox", Everything(), limit=1000)
CREATE = Operation("s", "mailbox.create_shared", {"name": "Sales", "address": "sales@example.org"})


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/mail.db"


def names(stub: MailboxStub) -> list[object]:
    return [entry.attributes["name"] for entry in stub.read(ALL).entries]


def test_loaded_mailboxes_are_read_as_they_were_given(tmp_path: Path) -> None:
    engine = create_engine(url_of(tmp_path))
    row = MailboxRow(
        "Reception",
        "Reception@company.test",
        "shared",
        "alice",
        {"full_access": ["alice", "bob"], "send_as": ["bob"]},
        ["front@company.test"],
        auto_reply="Closed",
        auto_reply_until=date(2026, 5, 1),
    )
    assert load_mailboxes(engine, [row, MailboxRow("All", "all@company.test", "list")], now=NOW) == 2
    engine.dispose()
    stub = MailboxStub(url_of(tmp_path))
    (entry,) = stub.read(ALL).entries
    assert {name: value for name, value in entry.attributes.items() if name not in ("id", "created", "changed")} == {
        "name": "Reception",
        "display_name": "Reception",
        "address": "Reception@company.test",
        "addresses": ("Reception@company.test", "front@company.test"),
        "kind": "shared",
        "owner": Ref("user", "alice"),
        "full_access": (Ref("user", "alice"), Ref("user", "bob")),
        "send_as": (Ref("user", "bob"),),
        "hidden": False,
        "archive": False,
        "auto_reply": "Closed",
        "auto_reply_until": date(2026, 5, 1),
    }
    assert (entry.dn, entry.place, entry.label) == ("Reception@company.test", (), "Reception")
    assert stub.locate("all@company.test", "mail_list") is not None
    stub.close()


@pytest.mark.parametrize(
    "rows",
    [
        [MailboxRow("A", "a@company.test"), MailboxRow("B", "A@Company.test")],
        [MailboxRow("A", "a@company.test"), MailboxRow("B", "not an address")],
        [MailboxRow("A", "a@company.test", "public")],
        [MailboxRow("A\nB", "a@company.test")],
        [MailboxRow("A", "a@company.test", rights={"owner": ["alice"]})],
    ],
)
def test_one_wrong_row_means_that_none_is_loaded(tmp_path: Path, rows: list[MailboxRow]) -> None:
    engine = create_engine(url_of(tmp_path))
    with pytest.raises(RejectedError):
        load_mailboxes(engine, rows, now=NOW)
    engine.dispose()
    stub = MailboxStub(url_of(tmp_path))
    assert names(stub) == []
    stub.close()


def test_what_was_written_survives_and_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    stub = MailboxStub(url_of(tmp_path))
    stub.perform(CREATE, (), {})
    with stub._database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    stub.close()
    again = MailboxStub(url_of(tmp_path))
    assert names(again) == ["Sales"]
    again.close()


def test_a_database_of_another_release_is_refused(tmp_path: Path) -> None:
    stub = MailboxStub(url_of(tmp_path))
    stub.perform(CREATE, (), {})
    with stub._database.writing() as connection:
        connection.execute(text("UPDATE mailbox_schema SET version = 99"))
    stub.close()
    newer = MailboxStub(url_of(tmp_path))
    with pytest.raises(RejectedError, match="version 99"):
        newer.read(ALL)
    assert (newer.check().ok, "version 99" in newer.check().detail) == (False, True)
    newer.close()


def test_a_database_that_cannot_be_opened_is_unavailable() -> None:
    stub = MailboxStub("sqlite:////nowhere/at/all/mail.db")
    with pytest.raises(UnavailableError):
        stub.read(ALL)
    with pytest.raises(UnavailableError):
        stub.perform(CREATE, (), {})
    assert not stub.check().ok
    stub.close()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle+nothing://x/y", "mysql-of-the-future://"])
def test_an_url_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(RejectedError):
        MailboxStub(url)


def test_a_database_locked_by_another_process_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_BUSY_MILLISECONDS", 50)
    stub = MailboxStub(url_of(tmp_path))
    assert names(stub) == []
    other = sqlite3.connect(tmp_path / "mail.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError):
        stub.perform(CREATE, (), {})
    assert names(stub) == []
    other.execute("ROLLBACK")
    other.close()
    assert stub.perform(CREATE, (), {}).state == "changed"
    stub.close()


def test_a_full_disk_means_that_nothing_was_written(tmp_path: Path) -> None:
    stub = MailboxStub(url_of(tmp_path))
    made = stub.perform(CREATE, (), {}).outputs["mailbox"]
    event.listen(
        stub._database.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1")
    )
    reply = Operation("s", "mailbox.set_auto_reply", {"mailbox": made, "message": "x" * 20_000})
    with pytest.raises(UnavailableError):
        stub.perform(reply, (), {})
    (entry,) = stub.read(ALL).entries
    assert "auto_reply" not in entry.attributes
    stub.close()


def test_a_commit_that_fails_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    stub = MailboxStub(url_of(tmp_path))
    assert names(stub) == []

    def fail(_connection: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    dialect = stub._database.engine.dialect
    real, dialect.do_commit = dialect.do_commit, fail
    try:
        with pytest.raises(UnknownOutcomeError):
            stub.perform(CREATE, (), {})
    finally:
        dialect.do_commit = real
    assert names(stub) == []
    assert stub.perform(CREATE, (), {}).state == "changed"
    stub.close()


@pytest.mark.parametrize("where", ["file", "memory"])
def test_of_many_who_take_one_address_exactly_one_gets_it(tmp_path: Path, where: str) -> None:
    stub = MailboxStub(url_of(tmp_path) if where == "file" else "sqlite://")
    outcomes: list[Outcome | RejectedError] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait()
        try:
            outcomes.append(stub.perform(CREATE, (), {}))
        except RejectedError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([outcome for outcome in outcomes if isinstance(outcome, Outcome)]) == 1
    assert len(outcomes) == 8
    assert names(stub) == ["Sales"]
    stub.close()


def test_readers_wait_for_no_writer(tmp_path: Path) -> None:
    stub = MailboxStub(url_of(tmp_path))
    stub.perform(CREATE, (), {})
    with stub._database.writing() as connection:
        connection.execute(text("UPDATE mail_objects SET name = 'Unfinished'"))
        assert names(stub) == ["Sales"]
    stub.close()
