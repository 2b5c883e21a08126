"""A few objects of each kind, one from each unit, on which rights are looked at. Reads only."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.layout import Layout
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search

_LOOKED_AT = 2_000
MOST_UNITS = 8
# Those that Active Directory protects itself: their rights are put back every hour (MS-ADTS 3.1.1.6.1.3).
_ORDINARY = "(!(adminCount=1))(!(isCriticalSystemObject=TRUE))"


@dataclass(frozen=True, slots=True)
class Sample:
    """One object, and the unit it stands in (for a unit, itself)."""

    dn: str
    unit: str


def samples(serving: Serving, layout: Layout, kind: str) -> tuple[Sample, ...]:
    """Return one object from each of the units with the most objects of a kind, at most `MOST_UNITS`.

    Raises as `Serving.rows` does.
    """
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    with closing(_dns(serving, layout, kind)) as found:
        for dn in islice(found, _LOOKED_AT):
            unit = dn if kind == "ou" else _above(dn)
            if unit:
                first.setdefault(unit, dn)
                counts[unit] = counts.get(unit, 0) + 1
    # In Active Directory no rights are delegated on CN=Users, where its own accounts stand, as long as there are units.
    units = [unit for unit in counts if unit.upper().startswith("OU=")] if layout.dialect.by_guid else []
    most = sorted(units or counts, key=lambda unit: (-counts[unit], len(unit)))[:MOST_UNITS]
    return tuple(Sample(first[unit], unit) for unit in most)


def _dns(serving: Serving, layout: Layout, kind: str) -> Generator[str]:
    wanted = layout.kind(kind).filter
    if kind == "ou":
        wanted = filters.all_of((wanted, "(objectClass=organizationalUnit)"))
    if layout.dialect.by_guid:
        wanted = f"(&{wanted}{_ORDINARY})"
    for row in serving.some(Search(layout.base, wanted, ("1.1",))):
        if row is not None:
            yield row.dn


def _above(dn: str) -> str:
    try:
        return names.printed(names.parse(dn)[1:])
    except RejectedError:
        return ""
