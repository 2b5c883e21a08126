"""Compare objects of the directory with what a file says of them, and write what differs. Uses the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.importing_drafts import Draft
from connectors.local.importing_rows import addresses_of
from connectors.local.records import REFERENCES, STATES, checked_state, search_columns, text_columns
from connectors.local.tables import KIND_TABLES, TEXTS, addresses, counters, members, objects, search_texts
from connectors.local.transactions import reading, writing

_BATCH = 500
Units = Mapping[tuple[str, ...], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a file says of a known object; ids of its links, of its members (None: the file is silent) and of groups."""

    draft: Draft
    id: str
    links: Mapping[str, str]
    members: tuple[str, ...] | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object; ``reason`` is "" unless it was refused, and then nothing of it was written."""

    draft: Draft
    is_changed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Now:
    """An object as the directory has it; the number is that of its search texts."""

    row: Mapping[str, Any]
    number: int
    unit: str | None
    rdn: str
    mail: tuple[str, ...]
    members: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Difference:
    """What has to be written for one object."""

    change: Change
    now: _Now
    columns: Mapping[str, Any]
    place: Mapping[str, Any]
    mail: tuple[str, ...] | None
    memberships: tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.columns or self.place or self.mail is not None or any(self.memberships))


def apply_changes(engine: Engine, changes: Iterable[Change], *, units: Units, now: datetime) -> Iterator[Result]:
    """Write what differs, batch by batch, each in one transaction, and yield what became of each object in order.

    A batch the database refuses is written object by object, so that only the one at fault is left out.  Raises the
    errors of `connectors.errors`; the batches before are stored then.
    """
    remaining = iter(changes)
    while batch := list(islice(remaining, _BATCH)):
        with reading(engine) as connection:
            current = _read(connection, batch)
            found = {row.id: row for row in _units_by_id(units)}
        compared = [_compare(change, current.get(change.id), units, found) for change in batch]
        wanted = [item for item in compared if isinstance(item, _Difference) and not item.is_empty]
        refused = _write(engine, wanted, now)
        for item in compared:
            if isinstance(item, Result):
                yield item
            else:
                yield Result(item.change.draft, not item.is_empty, refused.get(item.change.id, ""))


@dataclass(frozen=True, slots=True)
class _Unit:
    id: str
    dn: str


def _units_by_id(units: Units) -> Iterator[_Unit]:
    return (_Unit(id_, dn) for id_, dn in units.values())


# --- reading --------------------------------------------------------------------------------------------------------


def _read(connection: Connection, batch: Sequence[Change]) -> Mapping[str, _Now]:
    ids = [change.id for change in batch]
    rows = _rows(connection, batch)
    placed = select(objects.c.id, objects.c.number, objects.c.unit_id, objects.c.rdn).where(objects.c.id.in_(ids))
    owned = select(addresses.c.object_id, addresses.c.address).where(addresses.c.object_id.in_(ids))
    mail = _grouped(connection, owned.order_by(addresses.c.object_id, addresses.c.position))
    groups_with_members = [change.id for change in batch if change.members is not None]
    inside = _grouped(
        connection, select(members.c.group_id, members.c.member_id).where(members.c.group_id.in_(groups_with_members))
    )
    outside = _grouped(connection, select(members.c.member_id, members.c.group_id).where(members.c.member_id.in_(ids)))
    return {
        id_: _Now(
            rows[id_], number, unit, rdn, tuple(mail.get(id_, ())), frozenset(inside.get(id_, ())),
            frozenset(outside.get(id_, ())),
        )
        for id_, number, unit, rdn in connection.execute(placed)
        if id_ in rows
    }  # fmt: skip


def _rows(connection: Connection, batch: Sequence[Change]) -> dict[str, Mapping[str, Any]]:
    rows: dict[str, Mapping[str, Any]] = {}
    for kind in {change.draft.kind for change in batch}:
        table = KIND_TABLES[kind]
        ids = [change.id for change in batch if change.draft.kind == kind]
        found = connection.execute(select(table).where(table.c.id.in_(ids)))
        rows |= {row["id"]: row for row in found.mappings()}
    return rows


def _grouped(connection: Connection, pairs: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in connection.execute(pairs):
        found.setdefault(one, []).append(other)
    return found


# --- comparing ------------------------------------------------------------------------------------------------------


def _compare(
    change: Change, now: _Now | None, units: Units, units_by_id: Mapping[str, _Unit]
) -> "_Difference | Result":
    if now is None:
        return Result(change.draft, False, "it was removed from the directory meanwhile")
    try:
        return _Difference(
            change=change,
            now=now,
            columns=_columns(change, now),
            place=_place(change.draft, now, units, units_by_id),
            mail=_mail(change.draft, now),
            memberships=_memberships(change, now),
        )
    except RejectedError as error:
        return Result(change.draft, False, str(error))


def _columns(change: Change, now: _Now) -> dict[str, Any]:
    kind, given = change.draft.kind, change.draft.attributes
    if kind == "ou":
        given = {name: value for name, value in given.items() if name != "name"}
    wanted: dict[str, Any] = dict(text_columns(kind, given))
    wanted |= {name: checked_state(kind, name, given[name]) for name in STATES[kind] if name in given}
    wanted |= {REFERENCES[name]: id_ for name, id_ in change.links.items()}
    differing = {column: value for column, value in wanted.items() if now.row[column] != value}
    if "enabled" in differing and "disabled_at" not in wanted:
        differing["disabled_at"] = None
    if any(column in {"login_key", "name_key"} and not value for column, value in differing.items()):
        raise RejectedError("It has no login or name.")
    return differing


def _place(draft: Draft, now: _Now, units: Units, units_by_id: Mapping[str, _Unit]) -> dict[str, Any]:
    """Return the columns of a new place; empty for units and CSV, which do not move anything."""
    unit = units_by_id.get(now.unit or "")
    if draft.kind == "ou" or draft.cn or (unit and f"{now.rdn},{unit.dn}".casefold() == draft.dn.casefold()):
        return {}
    rdns = names.parse(draft.dn)
    there = units.get(names.place(rdns[1:]))
    if there is None:
        raise RejectedError("Its new unit does not exist.")
    if there[0] == now.unit and names.place(rdns[:1]) == names.place(names.parse(now.rdn)):
        return {}
    return {"unit_id": there[0], "rdn": rdns[0].text, "rdn_key": rdns[0].normalised}


def _mail(draft: Draft, now: _Now) -> tuple[str, ...] | None:
    """Return all addresses as they should be, None when they are so already."""
    given = addresses_of(draft.attributes)
    if not given:
        return None
    rest = () if "addresses" in draft.attributes else now.mail
    wanted = tuple({key(address): address for address in (*rest[::-1], *given[::-1])}.values())[::-1]
    return None if wanted == now.mail else wanted


def _memberships(change: Change, now: _Now) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return the pairs of group and member to add and to remove."""
    added = {(group, change.id) for group in change.groups if group not in now.groups}
    if change.members is None:
        return frozenset(added), frozenset()
    wanted = frozenset(change.members)
    added |= {(change.id, member) for member in wanted - now.members}
    return frozenset(added), frozenset((change.id, member) for member in now.members - wanted)


# --- writing --------------------------------------------------------------------------------------------------------


def _write(engine: Engine, wanted: Sequence[_Difference], now: datetime) -> dict[str, str]:
    """Write the differences; returns id → reason of those that were refused."""
    if not wanted:
        return {}
    try:
        _write_together(engine, wanted, now)
    except RejectedError as error:
        if len(wanted) == 1:
            return {wanted[0].change.id: str(error)}
        return {id_: reason for one in wanted for id_, reason in _write(engine, [one], now).items()}
    return {}


def _write_together(engine: Engine, wanted: Sequence[_Difference], now: datetime) -> None:
    with writing(engine) as connection:
        for difference in wanted:
            _write_one(connection, difference, now)
        _write_memberships(connection, wanted)


def _write_one(connection: Connection, difference: _Difference, now: datetime) -> None:
    id_, kind = difference.change.id, difference.change.draft.kind
    moved = {**difference.place, "version": objects.c.version + 1, "changed": now}
    connection.execute(update(objects).where(objects.c.id == id_).values(moved))
    if difference.columns:
        table = KIND_TABLES[kind]
        connection.execute(update(table).where(table.c.id == id_).values(difference.columns))
    if difference.mail is not None:
        connection.execute(delete(addresses).where(addresses.c.object_id == id_))
        rows = [
            {"address_key": key(address), "address": address, "object_id": id_, "position": position}
            for position, address in enumerate(difference.mail)
        ]
        connection.execute(insert(addresses), rows)
    texts = {**difference.now.row, **difference.columns}
    if difference.mail is not None or texts.keys() & {*TEXTS[kind]} & difference.columns.keys():
        mail = difference.now.mail if difference.mail is None else difference.mail
        row = search_texts.c.number == difference.now.number
        connection.execute(update(search_texts).where(row).values(search_columns(texts, mail)))


def _there(connection: Connection, pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return those of the pairs that are stored already, as they are when a batch is written object by object."""
    groups = {group for group, _ in pairs}
    stored = select(members.c.group_id, members.c.member_id).where(members.c.group_id.in_(groups))
    return frozenset((group, member) for group, member in connection.execute(stored) if (group, member) in pairs)


def _write_memberships(connection: Connection, wanted: Sequence[_Difference]) -> None:
    added = frozenset[tuple[str, str]]().union(*(difference.memberships[0] for difference in wanted))
    removed = frozenset[tuple[str, str]]().union(*(difference.memberships[1] for difference in wanted))
    added -= _there(connection, added)
    if added:
        rows = [{"group_id": group, "member_id": member} for group, member in sorted(added)]
        connection.execute(insert(members), rows)
    for group, member in removed:
        pair = (members.c.group_id == group) & (members.c.member_id == member)
        connection.execute(delete(members).where(pair))
    if added or removed:
        groups_changed = counters.c.name == "groups"
        connection.execute(update(counters).where(groups_changed).values(value=counters.c.value + 1))
