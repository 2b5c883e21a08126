"""A draft of one change: what it reads, what it will report, and the statements that make it.

A verb's function fills a draft from what the transaction sees.  Preparing stops there; performing also runs the
statements in the same transaction.  So both say the same, by construction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Executable, select, update

from connectors.directory.texts import is_storable
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.entries import read_entries
from connectors.local.querying import View
from connectors.local.records import search_columns
from connectors.local.tables import KIND_TABLES, addresses, counters, objects, search_texts
from connectors.spi import Change, ChangeKind, Entry, Guard, Operation, OutputRef, Ref, Value


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password after the checks: its hash, and how many former ones are kept."""

    hash: str
    history: int


@dataclass(slots=True)
class Draft:
    """Collects one operation. ``new_id`` is the id of an object it makes; ``password`` is None while preparing.

    ``known`` are objects that were read in this transaction already.
    """

    view: View
    operation: Operation
    new_id: str
    password: NewPassword | None = None
    known: Mapping[Ref, Entry] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    touched: dict[Ref, Entry] = field(default_factory=dict)
    writes: list[Executable] = field(default_factory=list)
    altered: dict[str, None] = field(default_factory=dict)
    retold: dict[Ref, None] = field(default_factory=dict)
    inverse: Operation | None = None
    outputs: dict[str, Ref] = field(default_factory=dict)
    regrouped: bool = False

    # --- what was asked ---------------------------------------------------------------------------------------------

    def given(self, name: str) -> Any:
        """Return an argument, or None."""
        return self.operation.arguments.get(name)

    def text(self, name: str) -> str:
        """Return a text argument without spaces around it; empty when it was not given."""
        return str(self.given(name) or "").strip()

    def entry(self, name: str) -> Entry:
        """Return the object given in an argument; raises `RejectedError` when it does not exist."""
        return self.entries((self.given(name),))[0]

    def entries(self, given: Sequence[Ref | OutputRef] | None) -> list[Entry]:
        """Return the objects given, each once and in that order; raises `RejectedError` when one does not exist.

        An object that an earlier step will make is an entry with an empty id and no attributes.
        """
        wanted = list(dict.fromkeys(given or ()))
        refs = [ref for ref in wanted if isinstance(ref, Ref)]
        found = {entry.ref: entry for kind in {ref.kind for ref in refs} for entry in self._read(kind, refs)}
        if len(found) < len(refs):
            raise RejectedError("An object of this change does not exist any more.")
        self.touched.update({ref: found[ref] for ref in refs})
        return [found[ref] if isinstance(ref, Ref) else _to_come(ref) for ref in wanted]

    def _read(self, kind: str, refs: Sequence[Ref]) -> tuple[Entry, ...]:
        known = tuple(self.known[ref] for ref in refs if ref.kind == kind and ref in self.known)
        ids = [ref.id for ref in refs if ref.kind == kind and ref not in self.known and is_storable(ref.id)]
        return known + read_entries(self.view.connection, kind, ids, shape=self.view.shape, moment=self.view.moment)

    def existing(self, ref: object, kind: str, label: str) -> str | None:
        """Return the id of an object that an attribute points to; raises `RejectedError` when it does not exist."""
        if ref is None:
            return None
        if not isinstance(ref, Ref) or ref.kind != kind or self.view.entry(ref) is None:
            raise RejectedError(f"{label}: no such {kind}.")
        return ref.id

    # --- what will be done ------------------------------------------------------------------------------------------

    def report(self, kind: ChangeKind, entry: Entry, attribute: str, before: Value, after: Value) -> None:
        """Add a line of what changes."""
        ref = entry.ref if entry.ref.id else None
        self.changes.append(Change(kind, ref, entry.label or "–", attribute, before, after))

    def write(self, statement: Executable) -> None:
        """Add a statement."""
        self.writes.append(statement)

    def alter(self, *ids: str) -> None:
        """Say that objects change: their version grows."""
        self.altered.update(dict.fromkeys(ids))

    def store(self, entry: Entry, columns: Mapping[str, Any]) -> None:
        """Write columns of the object's own table."""
        if columns:
            table = KIND_TABLES[entry.ref.kind]
            self.write(update(table).where(table.c.id == entry.ref.id).values(**columns))
            self.alter(entry.ref.id)
            self.retold[entry.ref] = None

    def undo_by(self, verb: str, **arguments: Value) -> None:
        """Say which operation takes this back."""
        self.inverse = Operation(self.operation.id, verb, arguments)

    def guards(self) -> tuple[Guard, ...]:
        """Return what has to be as it is now for this draft to stand."""
        return tuple(Guard(entry.ref, entry.version, entry.place) for entry in self.touched.values())

    # --- doing it ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Execute the statements, let versions grow and renew what is searched."""
        connection = self.view.connection
        for statement in self.writes:
            connection.execute(statement)
        if self.altered:
            grown = {"version": objects.c.version + 1, "changed": self.view.moment.now}
            connection.execute(update(objects).where(objects.c.id.in_(list(self.altered))).values(**grown))
        for ref in self.retold:
            _renew_search(connection, ref)
        if self.regrouped:
            connection.execute(update(counters).where(counters.c.name == "groups").values(value=counters.c.value + 1))


def _to_come(ref: OutputRef) -> Entry:
    return Entry(Ref(ref.kind, ""), "", (), {"display_name": f"new {ref.kind}", "groups": ()})


def _renew_search(connection: Connection, ref: Ref) -> None:
    table = KIND_TABLES[ref.kind]
    row = connection.execute(select(table).where(table.c.id == ref.id)).mappings().one()
    mail = connection.scalars(
        select(addresses.c.address).where(addresses.c.object_id == ref.id).order_by(addresses.c.position)
    )
    number = select(objects.c.number).where(objects.c.id == ref.id).scalar_subquery()
    renewed = search_columns(dict(row), mail)
    connection.execute(update(search_texts).where(search_texts.c.number == number).values(**renewed))


def refuse_taken_addresses(view: View, wanted: Sequence[str], owner: str) -> None:
    """Raise `RejectedError` when one of the addresses belongs to another object."""
    keys = [key(address) for address in wanted]
    taken = select(addresses.c.address_key).where(addresses.c.address_key.in_(keys), addresses.c.object_id != owner)
    if keys and view.connection.scalar(taken.limit(1)) is not None:
        raise RejectedError("The mail address is already in use.")
