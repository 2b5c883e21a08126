"""Load many objects at once: for imports and for the sample company.

Verbs change one object and report it; this fills tables.  Parents that are missing are made, references are resolved
among what is there and what is loaded, and a row that cannot stand is reported while the rest is loaded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.existing import UNIQUE_NAMES, Existing
from connectors.local.records import DEFAULTS, REFERENCES, STATES, checked_state, search_columns, text_columns
from connectors.local.tables import (
    KIND_TABLES,
    addresses,
    counters,
    members,
    metadata,
    objects,
    search_texts,
    units,
)
from connectors.local.transactions import writing
from connectors.spi import Ref

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One object to load.

    ``dn`` places it; a root of several steps (``DC=example,DC=org``) is one unit.  ``attributes`` maps neutral names
    to values; ``addresses`` a sequence of texts; ``manager`` and ``owner`` a `Ref` or a text, and ``groups`` several
    of them; a text is an id, a DN, a login, a sign-in name or a group's or computer's name.  ``members`` (of a group)
    likewise.  ``id`` is made when empty.  ``source`` is repeated in problems, e.g. a line number.
    """

    kind: str
    dn: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    members: Sequence[str | Ref] = ()
    password_hash: str | None = None
    id: str = ""
    source: object = None


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """Why one entry, or one reference of an entry that was loaded, was left out."""

    entry: NewEntry
    reason: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was loaded: number of new objects by kind, ids in the order of the entries, and what was left out.

    ``ids`` holds None for an entry that was left out; ``dangling`` names references that were not found.
    """

    loaded: Mapping[str, int]
    ids: tuple[str | None, ...]
    problems: tuple[LoadProblem, ...]
    dangling: tuple[LoadProblem, ...]


def load_entries(
    engine: Engine,
    entries: Iterable[NewEntry],
    *,
    now: datetime,
    new_id: Callable[[], str] = lambda: str(uuid4()),
    progress: Callable[[int], None] = lambda _count: None,
) -> LoadReport:
    """Load objects in one transaction; tables must exist (`connectors.local.tables.create_tables`).

    An entry that cannot be stored (taken name, bad DN, wrong type) is left out and reported; the others are loaded.
    ``progress`` is called with the number of entries done after each batch.  Raises the errors of
    `connectors.errors`, nothing was loaded then.
    """
    with writing(engine) as connection:
        loading = _Loading(connection, now, new_id)
        done = 0
        for batch in _batches(entries):
            loading.add(batch)
            done += len(batch)
            progress(done)
        loading.link()
        return loading.report()


def _batches(entries: Iterable[NewEntry]) -> Iterator[list[NewEntry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


class _Loading:
    """One load: rows are collected by table and written batch by batch; references wait until all objects exist."""

    def __init__(self, connection: Connection, now: datetime, new_id: Callable[[], str]) -> None:
        self.connection, self.now, self.new_id = connection, now, new_id
        self.known = Existing(connection)
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.ids: list[str | None] = []
        self.problems: list[LoadProblem] = []
        self.dangling: list[LoadProblem] = []
        self.links: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.waiting: list[tuple[NewEntry, str]] = []
        self.references: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.counts: dict[str, int] = {}

    def report(self) -> LoadReport:
        return LoadReport(self.counts, tuple(self.ids), tuple(self.problems), tuple(self.dangling))

    def add(self, batch: Sequence[NewEntry]) -> None:
        for entry in batch:
            try:
                self.ids.append(self._add(entry))
            except RejectedError as error:
                self.ids.append(None)
                self.problems.append(LoadProblem(entry, str(error)))
        self._flush()

    def _flush(self) -> None:
        for table in (objects, *KIND_TABLES.values(), addresses, search_texts):
            if rows := self.rows.pop(table.name, None):
                self.connection.execute(insert(table), rows)

    def _put(self, table: Any, row: dict[str, Any]) -> None:
        self.rows.setdefault(table.name, []).append(row)

    def _add(self, entry: NewEntry) -> str:
        if entry.kind not in KIND_TABLES:
            raise RejectedError(f"“{entry.kind}” is no kind of object of the directory.")
        rdns = names.parse(entry.dn)
        if entry.kind == "ou":
            return self._add_unit(entry, rdns)
        columns, mail = self._columns(entry, rdns[0].value), self._addresses(entry)
        self._check_names(entry.kind, columns)
        if len(rdns) < 2:
            raise RejectedError("An object must stand in a unit.")
        unit = self._unit(rdns[1:])
        id_ = self._object(entry, unit, rdns[0])
        self._put(KIND_TABLES[entry.kind], {"id": id_, **columns})
        self._finish(entry, id_, columns, mail)
        return id_

    def _columns(self, entry: NewEntry, name: str) -> dict[str, Any]:
        kind, given = entry.kind, dict(entry.attributes)
        if kind in {"group", "computer", "ou"}:
            given["name"] = given.get("name") or name
        if kind in {"user", "contact"}:
            given["display_name"] = given.get("display_name") or name
        empty = {column.name: None for column in KIND_TABLES[kind].c if column.name != "id"}
        states = {item: checked_state(kind, item, given[item]) for item in STATES[kind] if item in given}
        secret = {"password_hash": entry.password_hash} if kind == "user" else {}
        return {**empty, **DEFAULTS[kind], **text_columns(kind, given), **states, **secret}

    def _check_names(self, kind: str, columns: Mapping[str, Any]) -> None:
        if kind in {"user", "group", "computer"} and not columns[f"{UNIQUE_NAMES[kind][0]}_key"]:
            raise RejectedError("It has no login or name.")
        for name in UNIQUE_NAMES.get(kind, ()):
            if (f"{kind}.{name}", columns[f"{name}_key"]) in self.known.named:
                raise RejectedError(f"Its {name} is already in use.")

    def _addresses(self, entry: NewEntry) -> list[str]:
        given = entry.attributes.get("addresses") or ()
        texts = [entry.attributes.get("mail"), *(given if isinstance(given, list | tuple) else (given,))]
        found = list(
            {key(text.strip()): text.strip() for text in texts if isinstance(text, str) and text.strip()}.values()
        )
        if any(key(address) in self.known.addresses for address in found):
            raise RejectedError("One of its mail addresses is already in use.")
        return found

    def _object(self, entry: NewEntry, unit: str | None, rdn: names.Rdn) -> str:
        if (unit, rdn.normalised) in self.known.places:
            raise RejectedError("Another object of this name stands in the unit.")
        id_ = entry.id or self.new_id()
        if id_ in self.known.ids:
            raise RejectedError("Its id is already in use.")
        created, changed = entry.attributes.get("created"), entry.attributes.get("changed")
        self.known.number += 1
        self.known.ids[id_] = entry.kind
        self.known.places[unit, rdn.normalised] = id_
        times = {
            "created": created if isinstance(created, datetime) and created.tzinfo else self.now,
            "changed": changed if isinstance(changed, datetime) and changed.tzinfo else self.now,
        }
        row = {"id": id_, "kind": entry.kind, "unit_id": unit, "rdn": rdn.text, "rdn_key": rdn.normalised, "version": 1}
        self._put(objects, {"number": self.known.number, **row, **times})
        return id_

    def _finish(self, entry: NewEntry, id_: str, columns: Mapping[str, Any], mail: Sequence[str]) -> None:
        for name in UNIQUE_NAMES.get(entry.kind, ()):
            if text := columns[f"{name}_key"]:
                self.known.named[f"{entry.kind}.{name}", text] = id_
        for position, address in enumerate(mail):
            self.known.addresses.add(key(address))
            row = {"address_key": key(address), "address": address, "object_id": id_, "position": position}
            self._put(addresses, row)
        search = {"number": self.known.number, "kind": entry.kind, **search_columns(columns, mail)}
        self._put(search_texts, search)
        self.counts[entry.kind] = self.counts.get(entry.kind, 0) + 1
        if entry.members or any(entry.attributes.get(name) for name in (*REFERENCES, "groups")):
            self.waiting.append((entry, id_))

    def _add_unit(self, entry: NewEntry, rdns: tuple[names.Rdn, ...]) -> str:
        place = names.place(rdns)
        if place in self.known.units:
            raise RejectedError("The unit exists already.")
        parent = self._unit(rdns[1:]) if len(rdns) > 1 and not _is_root(rdns) else None
        rdn = names.Rdn(tuple(pair for step in rdns for pair in step.pairs)) if parent is None else rdns[0]
        id_ = self._object(entry, parent, rdn)
        columns = self._columns(entry, rdns[0].value)
        dn = names.printed(rdns)
        self._put(units, {**columns, "id": id_, "dn": dn, "place": "\n".join(place)})
        self.known.units[place] = (id_, dn)
        self._finish(entry, id_, columns, ())
        return id_

    def _unit(self, rdns: tuple[names.Rdn, ...]) -> str:
        found = self.known.units.get(names.place(rdns))
        return found[0] if found else self._add_unit(NewEntry("ou", names.printed(rdns)), rdns)

    def link(self) -> None:
        """Write references and memberships, now that every object has its id."""
        there = self.connection.execute(select(members.c.group_id, members.c.member_id))
        pairs: set[tuple[str, str]] = {(group, member) for group, member in there}
        before = len(pairs)
        new: list[dict[str, str]] = []
        for entry, id_ in self.waiting:
            for group, member in self._memberships(entry, id_):
                if (group, member) not in pairs:
                    pairs.add((group, member))
                    new.append({"group_id": group, "member_id": member})
            self._link_references(entry, id_)
        self._write_references()
        for start in range(0, len(new), _BATCH):
            self.connection.execute(insert(members), new[start : start + _BATCH])
        self._write_references()
        if len(pairs) > before or "group" in self.counts:
            self._count("groups")
        self._count("units")
        self._continue_numbers()

    def _continue_numbers(self) -> None:
        if self.connection.dialect.name == "postgresql":
            sequence = func.pg_get_serial_sequence(objects.name, "number")
            self.connection.execute(select(func.setval(sequence, max(1, self.known.number))))

    def _count(self, name: str) -> None:
        row = counters.c.name == name
        self.connection.execute(update(counters).where(row).values(value=counters.c.value + 1))

    def _memberships(self, entry: NewEntry, id_: str) -> Iterator[tuple[str, str]]:
        for member in entry.members:
            if found := self._found(entry, member, ("user", "group", "computer")):
                yield id_, found
        given = entry.attributes.get("groups") or ()
        for group in given if isinstance(given, list | tuple) else (given,):
            if found := self._found(entry, group, ("group",)):
                yield found, id_

    def _link_references(self, entry: NewEntry, id_: str) -> None:
        table = KIND_TABLES[entry.kind]
        for name, column in REFERENCES.items():
            given = entry.attributes.get(name)
            if given and column in table.c and (found := self._found(entry, given, ("user",))):
                self.references.setdefault((table.name, column), []).append({"of": id_, "to": found})

    def _write_references(self) -> None:
        for (name, column), rows in self.references.items():
            table = metadata.tables[name]
            statement = update(table).where(table.c.id == bindparam("of")).values({column: bindparam("to")})
            self.connection.execute(statement, rows)

    def _found(self, entry: NewEntry, reference: object, kinds: Sequence[str]) -> str | None:
        found = self.known.find(reference, kinds)
        if found is None:
            self.dangling.append(LoadProblem(entry, "A reference of it was not found."))
        return found


def _is_root(rdns: tuple[names.Rdn, ...]) -> bool:
    """Say whether a unit has no parent: the domain head, or a single step."""
    return all(type_.lower() in {"dc", "0.9.2342.19200300.100.1.25"} for rdn in rdns for type_, _ in rdn.pairs)
