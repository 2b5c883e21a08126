"""The mail system as a connector: mailboxes, rights, addresses and distribution lists kept in tables.

It stands in for a real mail system in demonstrations and tests.  It knows no people: a user is a reference it keeps.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, select, text

from connectors.errors import ConnectorError, RejectedError, StaleObjectError
from connectors.folding import key
from connectors.mailbox.arguments import Arguments, is_storable
from connectors.mailbox.deciding import Edit, blank, decide, is_creation
from connectors.mailbox.querying import limit_of, page_behind, statement_for
from connectors.mailbox.session import Database
from connectors.mailbox.state import MailObject, differences
from connectors.mailbox.storing import load_one, load_rows, refuse_taken, write
from connectors.mailbox.tables import addresses, mail_objects
from connectors.spi import (
    Entry,
    Filter,
    Guard,
    Health,
    Operation,
    Outcome,
    Page,
    Preparation,
    Question,
    Ref,
    Secret,
    Verb,
)
from connectors.verbs import MAILBOX_VERBS

_PLACEHOLDER = MailObject("", "mailbox", "", addresses=("",))


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


class MailboxStub:
    """A mail system in the tables of a SQLAlchemy database (SQLite or PostgreSQL). Thread-safe; connects when used.

    ``clock`` gives the moment, aware, and ``new_id`` the ids of what is created.
    """

    name = "mailbox"
    kinds = ("mailbox", "mail_list")

    def __init__(self, url: str, *, clock: Callable[[], datetime] = _now, new_id: Callable[[], str] = _new_id) -> None:
        self._database = Database(url)
        self._clock = clock
        self._new_id = new_id

    def verbs(self) -> Mapping[str, Verb]:
        """Verbs by full name."""
        return MAILBOX_VERBS

    def read(self, question: Question) -> Page:
        """Answer a question. Reads only."""
        _check_kind(question.kind)
        statement = statement_for(question, self._database.dialect)
        with self._database.reading() as connection:
            rows = connection.execute(statement).mappings().all()
            limit = limit_of(question)
            found = load_rows(connection, rows[:limit])
        return Page(tuple(mail.entry() for mail in found), len(rows) > limit)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object that matches, in the order of ids; each page is one state of the tables."""
        _check_kind(kind)
        last = ""
        while True:
            statement = page_behind(kind, filter, last, self._database.dialect)
            with self._database.reading() as connection:
                found = load_rows(connection, connection.execute(statement).mappings().all())
            if not found:
                return
            yield from (mail.entry() for mail in found)
            last = found[-1].id

    def prepare(self, operation: Operation) -> Preparation:
        """Work out what ``operation`` would change, without writing."""
        arguments = self._arguments(operation)
        with self._database.reading() as connection:
            edit = self._edit(connection, arguments, new_id="", locked=False)
        guards = (edit.before.guard(),) if edit.before.version else ()
        return Preparation(differences(edit.before, edit.after), guards, edit.undo is not None)

    def perform(
        self,
        operation: Operation,
        guards: Sequence[Guard],
        secrets: Mapping[str, Secret],  # noqa: ARG002 - part of the contract; no verb here takes a secret
    ) -> Outcome:
        """Make the change in one transaction, guards included."""
        arguments = self._arguments(operation)
        with self._database.writing() as connection:
            for guard in guards:
                _check_guard(connection, guard)
            edit = self._edit(connection, arguments, new_id=self._new_id(), locked=True)
            if edit.before == edit.after:
                return Outcome("unchanged")
            write(connection, edit.before, edit.after, self._clock())
        changes = differences(edit.before, edit.after)
        given = arguments.verb.gives.items()
        return Outcome("changed", changes, {name: Ref(kind, edit.before.id) for name, kind in given}, edit.undo)

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find a mailbox or list by id, by one of its addresses, or by a name that only one of them has."""
        _check_kind(kind)
        if not text or not is_storable(text):
            return None
        owners = select(addresses.c.object_id).where(addresses.c.address_folded == key(text))
        columns = mail_objects.c
        with self._database.reading() as connection:
            for condition in (columns.id == text, columns.id.in_(owners), columns.name_folded == key(text)):
                query = select(columns.id).where(columns.object_kind == kind, condition).limit(2)
                found = connection.execute(query).scalars().all()
                if found:
                    return Ref(kind, found[0]) if len(found) == 1 else None
        return None

    def place_of(self, text: str) -> tuple[str, ...]:  # noqa: ARG002 - part of the contract
        """Raise `RejectedError`: a mail system has no units."""
        raise RejectedError("The mail system has no units.")

    def check(self) -> Health:
        """Say whether the system answers. Never raises."""
        try:
            with self._database.reading() as connection:
                connection.execute(text("SELECT 1"))
        except ConnectorError as error:
            return Health(ok=False, detail=str(error))
        return Health(ok=True, detail="The mail system answers.")

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _arguments(self, operation: Operation) -> Arguments:
        if operation.verb not in MAILBOX_VERBS:
            raise RejectedError(f'The mail system has no verb "{operation.verb}".')
        return Arguments(MAILBOX_VERBS[operation.verb], operation)

    def _edit(self, connection: Connection, arguments: Arguments, *, new_id: str, locked: bool) -> Edit:
        if is_creation(arguments.verb.name):
            before = blank(arguments.verb.name, new_id)
        else:
            before = _target(connection, arguments, locked=locked)
        edit = decide(before, arguments)
        if edit.after is not None:
            refuse_taken(connection, edit.before, edit.after)
        return edit


def _check_kind(kind: str) -> None:
    if kind not in MailboxStub.kinds:
        raise RejectedError(f'The mail system has no objects of the kind "{kind}".')


def _check_guard(connection: Connection, guard: Guard) -> None:
    found = load_one(connection, guard.ref, locked=True)
    if found is None:
        raise RejectedError("It no longer exists; nothing was changed.")
    if found.guard() != guard:
        raise StaleObjectError("It has changed since it was looked at; nothing was changed.")


def _target(connection: Connection, arguments: Arguments, *, locked: bool) -> MailObject:
    name, kind = ("list", "mail_list") if arguments.verb.argument("list") else ("mailbox", "mailbox")
    ref = arguments.target(name, kind)
    if not isinstance(ref, Ref):
        if locked:
            raise RejectedError(f"The {name} does not exist yet; nothing was changed.")
        return replace(_PLACEHOLDER, object_kind=kind)
    found = load_one(connection, ref, locked=locked)
    if found is None:
        raise RejectedError(f"There is no such {name}; nothing was changed.")
    return found
