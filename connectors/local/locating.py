"""Find the object that a text in a file stands for. Reads only."""

from sqlalchemy import ColumnElement, and_, or_, select

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
    attempts = [and_(objects.c.kind == kind, objects.c.id == wanted), *_attempts(kind, wanted)]
    for attempt in attempts:
        found = view.connection.scalars(select(objects.c.id).where(objects.c.kind == kind, attempt).limit(2)).all()
        if found:
            return Ref(kind, found[0]) if len(found) == 1 else None
    return None


def _attempts(kind: str, text: str) -> list[ColumnElement[bool]]:
    table = KIND_TABLES[kind]
    named = or_(*(table.c[f"{name}_key"] == key(text) for name in NAMING[kind]))
    attempts: list[ColumnElement[bool]] = [objects.c.id.in_(select(table.c.id).where(named))]
    if "@" in text:
        owners = select(addresses.c.object_id).where(addresses.c.address_key == key(text))
        attempts.append(objects.c.id.in_(owners))
    return [*_by_dn(kind, text), *attempts]


def _by_dn(kind: str, text: str) -> list[ColumnElement[bool]]:
    if "=" not in text:
        return []
    try:
        place = names.place(names.parse(text))
    except RejectedError:
        return []
    if kind == "ou":
        return [objects.c.id.in_(select(units.c.id).where(units.c.place == "\n".join(place)))]
    parent = select(units.c.id).where(units.c.place == "\n".join(place[:-1]))
    return [and_(objects.c.rdn_key == place[-1], objects.c.unit_id.in_(parent))]
