"""Several people at once, and connections that break, on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.mailbox.connector import MailboxStub
from connectors.spi import Entry, Everything, Guard, Ids, Operation, Question, Ref, Value

ALICE, BOB = Ref("user", "alice"), Ref("user", "bob")
ROUNDS = 40


@pytest.fixture
def stub(mail_url: str) -> Iterator[MailboxStub]:
    stub = MailboxStub(mail_url)
    yield stub
    stub.close()


def create(stub: MailboxStub, name: str) -> Ref:
    arguments: dict[str, Value] = {"name": name, "address": f"{name}@example.org", "owner": ALICE}
    return stub.perform(Operation("s", "mailbox.create_shared", arguments), (), {}).outputs["mailbox"]


def entry(stub: MailboxStub, ref: Ref) -> Entry:
    return stub.read(Question(ref.kind, Ids(frozenset({ref.id})))).entries[0]


def together(*tasks: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def test_no_change_is_lost_and_none_is_made_on_what_was_not_seen(stub: MailboxStub) -> None:
    mailbox = create(stub, "sales")

    def change_owner() -> int:
        done = 0
        for number in range(ROUNDS):
            owner = BOB if number % 2 else ALICE
            update = Operation("s", "mailbox.update", {"mailbox": mailbox, "owner": owner})
            done += stub.perform(update, (), {}).state == "changed"
        return done

    def change_as_long_as_it_is_of_alice() -> int:
        done = 0
        for number in range(ROUNDS):
            seen = entry(stub, mailbox)
            if seen.attributes["owner"] != ALICE:
                continue
            guard = Guard(seen.ref, seen.version, seen.place)
            reply = Operation(
                "s", "mailbox.set_auto_reply", {"mailbox": mailbox, "message": f"{number} {guard.version}"}
            )
            try:
                changed = stub.perform(reply, [guard], {}).state == "changed"
            except RejectedError:
                continue
            assert int(entry(stub, mailbox).version) > int(seen.version)
            done += changed
        return done

    done = together(change_owner, change_owner, change_as_long_as_it_is_of_alice, change_as_long_as_it_is_of_alice)
    assert int(entry(stub, mailbox).version) == 1 + sum(done)


def test_rights_given_and_taken_by_several_at_once_end_as_the_last_one_left_them(stub: MailboxStub) -> None:
    mailbox = create(stub, "sales")
    people = [Ref("user", f"person-{number}") for number in range(6)]

    def give_and_take(person: Ref) -> int:
        arguments: dict[str, Value] = {"mailbox": mailbox, "user": person, "rights": ["full_access", "send_as"]}
        for verb in ("grant", "revoke", "grant"):
            stub.perform(Operation("s", f"mailbox.{verb}", arguments), (), {})
        return 1

    together(*(lambda person=person: give_and_take(person) for person in people))
    assert entry(stub, mailbox).attributes["full_access"] == tuple(people)
    assert int(entry(stub, mailbox).version) == 1 + 3 * len(people)


def test_one_address_goes_to_one_of_two_mailboxes(stub: MailboxStub) -> None:
    boxes = [create(stub, "sales"), create(stub, "press")]
    start = threading.Barrier(2)

    def take(mailbox: Ref, number: int) -> int:
        start.wait()
        add = Operation("s", "mailbox.add_address", {"mailbox": mailbox, "address": f"New{number}@example.org"})
        try:
            return stub.perform(add, (), {}).state == "changed"
        except RejectedError:
            return 0

    for number in range(10):
        assert sorted(together(lambda n=number: take(boxes[0], n), lambda n=number: take(boxes[1], n))) == [0, 1]
    assert sum(len(entry(stub, box).attributes["addresses"]) for box in boxes) == 2 + 10  # type: ignore[arg-type]


def test_two_processes_that_start_together_make_the_tables_once(database_url: str) -> None:
    stubs = [MailboxStub(database_url) for _ in range(4)]
    together(*(lambda stub=stub: len(stub.read(Question("mailbox", Everything())).entries) for stub in stubs))
    create(stubs[0], "sales")
    assert len(stubs[3].read(Question("mailbox", Everything())).entries) == 1
    for stub in stubs:
        stub.close()


@pytest.fixture
def postgres(postgres_database_url: str) -> Iterator[tuple[MailboxStub, Callable[[], None]]]:
    """A stub on PostgreSQL, and what cuts all its connections."""
    stub = MailboxStub(postgres_database_url)
    create(stub, "sales")
    other = create_engine(postgres_database_url)

    def cut() -> None:
        with other.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    yield stub, cut
    stub.close()
    other.dispose()


def rename(stub: MailboxStub, *then: Callable[[], None]) -> None:
    """Change a name in one transaction, with something happening before each further statement."""
    with stub._database.writing() as connection:
        connection.execute(text("UPDATE mail_objects SET name = 'Changed'"))
        for happening in then:
            happening()
            connection.execute(text("SELECT 1"))


def test_a_connection_cut_before_the_commit_means_that_nothing_happened(
    postgres: tuple[MailboxStub, Callable[[], None]],
) -> None:
    stub, cut = postgres
    with pytest.raises(UnavailableError):
        rename(stub, cut)
    assert [e.label for e in stub.read(Question("mailbox", Everything())).entries] == ["sales"]


def test_a_connection_cut_at_the_commit_leaves_the_outcome_unknown(
    postgres: tuple[MailboxStub, Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub, cut = postgres
    dialect = stub._database.engine.dialect
    commit = dialect.do_commit

    def commit_after_a_cut(connection: object) -> None:
        cut()
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", commit_after_a_cut)
    with pytest.raises(UnknownOutcomeError):
        rename(stub)
    monkeypatch.undo()
    assert [e.label for e in stub.read(Question("mailbox", Everything())).entries] == ["sales"]


def test_connections_cut_while_idle_are_replaced_without_a_word(
    postgres: tuple[MailboxStub, Callable[[], None]],
) -> None:
    stub, cut = postgres
    assert stub.check().ok
    cut()
    assert stub.check().ok
