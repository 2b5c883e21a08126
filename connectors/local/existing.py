"""What a bulk load has to know of what is already there: identities, names, places and addresses. Reads only."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.tables import addresses, computers, groups, objects, people, units
from connectors.spi import Ref

UNIQUE_NAMES: Mapping[str, Sequence[str]] = {"user": ("login", "upn"), "group": ("name",), "computer": ("name",)}


class Existing:
    """What is already there, read at once; the load adds what it makes.

    ``named`` maps (kind and attribute, folded text) to an id, ``places`` (unit id, normalised step) to an id.
    """

    def __init__(self, connection: Connection) -> None:
        self.ids: dict[str, str] = dict(connection.execute(select(objects.c.id, objects.c.kind)).all())
        self.number: int = connection.scalar(select(func.max(objects.c.number))) or 0
        rows = connection.execute(select(units.c.id, units.c.place, units.c.dn))
        self.units = {tuple(place.split("\n")): (id_, dn) for id_, place, dn in rows}
        placed = select(objects.c.unit_id, objects.c.rdn_key, objects.c.id)
        self.places = {(unit, rdn): id_ for unit, rdn, id_ in connection.execute(placed)}
        self.addresses = set(connection.scalars(select(addresses.c.address_key)))
        self.named: dict[tuple[str, str], str] = {}
        for kind, table in (("user", people), ("group", groups), ("computer", computers)):
            for name in UNIQUE_NAMES[kind]:
                found = connection.execute(select(table.c[f"{name}_key"], table.c.id))
                self.named.update({(f"{kind}.{name}", text): id_ for text, id_ in found if text})

    def find(self, reference: object, kinds: Sequence[str]) -> str | None:
        """Return the id of an object of one of these kinds, or None."""
        text = reference.id if isinstance(reference, Ref) else str(reference)
        if self.ids.get(text) in kinds:
            return text
        named = (self.named.get((f"{kind}.{name}", key(text))) for kind in kinds for name in UNIQUE_NAMES.get(kind, ()))
        found = next((id_ for id_ in named if id_), None) or (self._at(text) if "=" in text else None)
        return found if found and self.ids.get(found) in kinds else None

    def _at(self, dn: str) -> str | None:
        try:
            place = names.place(names.parse(dn))
        except RejectedError:
            return None
        parent = self.units.get(place[:-1])
        return self.places.get((parent[0], place[-1])) if parent else None
