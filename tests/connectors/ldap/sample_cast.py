"""The people, groups and things of the local directory's sample, as they stand in real servers whose clock cannot be set.

The same invented cast with the same DNs of their units; every day and moment lies as far from now as it lies from the fixed
``NOW`` of the local sample. `stable_id` gives the UUID that an entry of the local sample has on a server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from connectors.local.loading import NewEntry
from tests.connectors.local.sample_directory import GROUPS_AND_MEMBERS, NOW, OTHERS, PERSONS, ROOT

PASSWORD = "Kompas-Regen-88"  # of everybody
UNITS = tuple(
    f"{path},{ROOT}"
    for path in (
        "OU=People", "OU=Sales,OU=People", "OU=Factory\\, North,OU=People", "OU=Leavers", "OU=Groups", "OU=Computers",
        "OU=Contacts",
    )
)  # fmt: skip
_NAMESPACE = UUID("4b0d5c1e-6d0f-4c57-9d34-2b1f7a3f6e55")


def stable_id(name: str) -> str:
    """Return the entryUUID or objectGUID of what is called ``name`` in the local sample (``u-alice``, ``g-Empty``)."""
    return str(uuid5(_NAMESPACE, name))


def people(now: datetime) -> tuple[NewEntry, ...]:
    return tuple(_shifted(entry, now) for entry in PERSONS)


def groups() -> tuple[NewEntry, ...]:
    return GROUPS_AND_MEMBERS


def others(now: datetime) -> tuple[NewEntry, ...]:
    """Return computers and contacts."""
    return tuple(_shifted(entry, now) for entry in OTHERS)


def by_name(entries: Sequence[NewEntry], dns: Mapping[str, str]) -> dict[str, str]:
    """Map what members and managers are called (a login, a name) to DNs; ``dns`` maps ids to DNs."""
    named = {str(entry.attributes["login"]): dns[entry.id] for entry in entries if entry.kind == "user"}
    rest = {first_value(entry.dn): dns[entry.id] for entry in entries if entry.kind in {"group", "computer"}}
    return {**named, **rest}


def first_value(dn: str) -> str:
    """Return the value of the first step of a DN of the sample, whose names of objects have no escapes."""
    return dn.split(",")[0].partition("=")[2]


def text(entry: NewEntry, name: str) -> tuple[str, ...]:
    """Return an attribute of text as values for a server: one, or none."""
    value = entry.attributes.get(name)
    return (str(value),) if value is not None else ()


def moment(entry: NewEntry, name: str) -> datetime | None:
    """Return an attribute that is a day (its beginning in UTC) or a moment."""
    value = entry.attributes.get(name)
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None


def _shifted(entry: NewEntry, now: datetime) -> NewEntry:
    gone = now.replace(microsecond=0) - NOW
    moved = {
        name: value + gone if isinstance(value, date | datetime) else value for name, value in entry.attributes.items()
    }
    return replace(entry, attributes=moved)
