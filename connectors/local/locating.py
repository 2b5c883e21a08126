"""Find the object that a text in a file stands for. Reads only."""

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from connectors.directory import names
from connectors.directory.texts import NAMING, is_storable
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.querying import View
from connectors.local.tables import KIND_TABLES, addresses, objects, units
from connectors.spi import Ref


def locate(view: View, text: str, kind: str) -> Ref | None:
    """Return the object by id, else DN, else login or name, else address; None when it is none or not only one."""
    wanted = text.strip()
    if not wanted or not is_storable(wanted):
        return None
    typed = {"text": wanted, "key": key(wanted)}
    addressed = [_by_address(kind)] if "@" in wanted else []
    for attempt in (_by_id(kind), *_by_dn(kind, wanted), _by_name(kind), *addressed):
        found = view.connection.scalars(attempt, typed).all()
        if found:
            return Ref(kind, found[0]) if len(found) == 1 else None
    return None


# Policies name dozens of objects, each looked up whenever they are resolved; building its questions took most of the time.
@cache
def _by_id(kind: str) -> Select[str]:
    return _ids(kind, objects.c.id == bindparam("text"))


@cache
def _by_name(kind: str) -> Select[str]:
    table = KIND_TABLES[kind]
    named = or_(*(table.c[f"{name}_key"] == bindparam("key") for name in NAMING[kind]))
    return _ids(kind, objects.c.id.in_(select(table.c.id).where(named)))


@cache
def _by_address(kind: str) -> Select[str]:
    owners = select(addresses.c.object_id).where(addresses.c.address_key == bindparam("key"))
    return _ids(kind, objects.c.id.in_(owners))


def _ids(kind: str, condition: ColumnElement[bool]) -> Select[str]:
    return select(objects.c.id).where(objects.c.kind == kind, condition).limit(2)


def _by_dn(kind: str, text: str) -> list[Select[str]]:
    if "=" not in text:
        return []
    try:
        place = names.place(names.parse(text))
    except RejectedError:
        return []
    if kind == "ou":
        return [_ids(kind, objects.c.id.in_(select(units.c.id).where(units.c.place == "\n".join(place))))]
    parent = select(units.c.id).where(units.c.place == "\n".join(place[:-1]))
    return [_ids(kind, and_(objects.c.rdn_key == place[-1], objects.c.unit_id.in_(parent)))]
