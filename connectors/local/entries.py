"""Rows → `connectors.spi.Entry`: a page of any size costs a fixed handful of queries. Reads only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, Select, bindparam, select

from connectors.local.attributes import EXPIRY, AnyMoment, Moment, parameters, value_column
from connectors.local.graph import Shape
from connectors.local.records import REFERENCES
from connectors.local.tables import KIND_TABLES, addresses, members, objects
from connectors.spi import Entry, Ref, Value
from connectors.verbs import ATTRIBUTES

_CHUNK = 500
_COMPUTED = {"user": ("enabled", "locked", "expired", "is_manager", "has_photo"), "group": ("member_count",)}
_LISTED = frozenset({"id", "dn", "groups", "addresses", EXPIRY})
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_GROUPS = select(members.c.member_id, members.c.group_id).where(members.c.member_id.in_(_IDS))
_ADDRESSES = (
    select(addresses.c.object_id, addresses.c.address)
    .where(addresses.c.object_id.in_(_IDS))
    .order_by(addresses.c.position)
)


def read_entries(
    connection: Connection, kind: str, ids: Sequence[str], *, shape: Shape, moment: Moment
) -> tuple[Entry, ...]:
    """Return the objects with these ids in this order; those that do not exist are left out."""
    rows: dict[str, RowMapping] = {}
    groups: dict[str, list[str]] = {}
    mail: dict[str, list[str]] = {}
    statement = _statement(kind, has_lock_end=moment.lock_lasts is not None)
    for start in range(0, len(ids), _CHUNK):
        part = list(ids[start : start + _CHUNK])
        found = connection.execute(statement, {"ids": part, **parameters(moment)})
        rows.update({row["id"]: row for row in found.mappings()})
        _collect(connection, groups, _GROUPS, part)
        if kind in {"user", "group", "contact"}:
            _collect(connection, mail, _ADDRESSES, part)
    read = (_entry(kind, rows[id_], shape, groups.get(id_, []), mail.get(id_, [])) for id_ in ids if id_ in rows)
    return tuple(_with_expiry(entry, moment) if kind == "user" else entry for entry in read)


def _with_expiry(entry: Entry, moment: Moment) -> Entry:
    set_on = entry.attributes.get("password_set_on")
    expiry = moment.expiry_of(set_on if isinstance(set_on, datetime) else None)
    return replace(entry, attributes={**entry.attributes, EXPIRY: expiry})


@cache
def _statement(kind: str, *, has_lock_end: bool) -> Select[Any]:
    """Return the statement that reads objects of a kind: built once, since building takes longer than executing."""
    table, moment = KIND_TABLES[kind], AnyMoment(has_lock_end)
    columns = [column for column in table.c if not column.name.endswith("_key") and column.name != "id"]
    hidden = {"password_hash", *_COMPUTED.get(kind, ())}
    computed = [(name, value_column(kind, name, moment)) for name in _COMPUTED.get(kind, ())]
    return (
        select(
            *(column for column in objects.c if column.name != "number"),
            *(column for column in columns if column.name not in hidden),
            *(column.label(name) for name, column in computed if column is not None),
        )
        .join_from(objects, table, table.c.id == objects.c.id)
        .where(objects.c.id.in_(_IDS))
    )


def _collect(connection: Connection, found: dict[str, list[str]], statement: Any, ids: Sequence[str]) -> None:
    for id_, item in connection.execute(statement, {"ids": ids}):
        found.setdefault(id_, []).append(item)


def _entry(kind: str, row: RowMapping, shape: Shape, groups: Sequence[str], mail: Sequence[str]) -> Entry:
    ref, dn, place = Ref(kind, row["id"]), *_place(kind, row, shape)
    attributes: dict[str, Value] = {"id": ref.id, "dn": dn}
    for name, known in ATTRIBUTES[kind].items():
        if name not in _LISTED:
            attributes[name] = _value(name, known.type, row)
    if "groups" in ATTRIBUTES[kind]:
        attributes["groups"] = tuple(Ref("group", group) for group in sorted(groups))
    if "addresses" in ATTRIBUTES[kind]:
        attributes["addresses"] = tuple(mail)
    above = shape.graph.above(groups) - {ref.id}
    return Entry(ref, dn, place, attributes, above, str(row["version"]))


def _place(kind: str, row: RowMapping, shape: Shape) -> tuple[str, tuple[str, ...]]:
    unit = shape.units[row["id"] if kind == "ou" else row["unit_id"]]
    return (unit.dn, unit.place) if kind == "ou" else (f"{row['rdn']},{unit.dn}", unit.place)


def _value(name: str, type_: str, row: RowMapping) -> Value:
    value = row[REFERENCES.get(name, name)]
    if value is None:
        return None
    if name in REFERENCES:
        return Ref(type_, value)
    found: Value = bool(value) if type_ == "bool" else value
    return found
