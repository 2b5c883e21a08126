"""Entries of a directory as `connectors.spi.Entry`: a page of any size costs a handful of searches. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.directory import names
from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import (
    attributes_of,
    custom_of,
    dn_key,
    is_readable,
    stable_id,
    text,
    version,
    wanted,
)
from connectors.ldap.reading.knowing import Above, Knowing, Thing
from connectors.ldap.reading.listings import NamedGroups
from connectors.ldap.reading.powerful import is_powerful
from connectors.ldap.reading.primaries import PrimaryGroups, counted
from connectors.ldap.reading.ranges import completed
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search
from connectors.spi import UNSEEN, Entry, Ref, Value
from connectors.verbs import ATTRIBUTES

_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Found:
    """An object, and the entry it was read from."""

    entry: Entry
    row: Row


@dataclass(slots=True)
class Reader:
    """Reads at one moment; what it has found out about groups is forgotten with it.

    ``context`` is the DN of the naming context that holds the base: ``everywhere`` knows its groups, as a base below its
    head leaves those out that rule it.
    """

    serving: Serving
    layout: Layout
    now: datetime
    primary_groups: PrimaryGroups = field(default_factory=PrimaryGroups)
    context: str = ""
    named: NamedGroups = field(default_factory=NamedGroups)
    knowing: Knowing = field(init=False)
    everywhere: Knowing = field(init=False)

    def __post_init__(self) -> None:
        self.knowing = self.everywhere = Knowing(self.serving, self.layout, named=self.named)
        context = self.context or self.layout.domain
        if dn_key(context) != dn_key(self.layout.base):
            self.everywhere = Knowing(self.serving, self.layout, context, self.named)

    def by_ids(self, kind: str, ids: Iterable[str]) -> dict[str, Found]:
        """Return the objects of a kind with these ids; those that do not exist are left out."""
        found: dict[str, Found] = {}
        given = list(dict.fromkeys(ids))
        for start in range(0, len(given), _CHUNK):
            part = (id_filter(self.layout.dialect.id, id_) for id_ in given[start : start + _CHUNK])
            asked = filters.any_of(one for one in part if one)
            if asked != filters.NONE:
                rows = self.serving.rows(self.search(kind, asked))
                found |= {one.entry.ref.id: one for one in self.found(kind, list(rows))}
        return found

    def one(self, ref: Ref) -> Found | None:
        """Return one object, or None."""
        return self.by_ids(ref.kind, (ref.id,)).get(ref.id) if ref.kind in self.layout.dialect.kinds else None

    def search(self, kind: str, asked: str, base: str = "") -> Search:
        """Return the search for entries of a kind that match a filter, with all that an `Entry` needs."""
        wanted_filter = filters.all_of((self.layout.kind(kind).filter, asked))
        return Search(base or self.layout.base, wanted_filter, wanted(self.layout, kind))

    def found(self, kind: str, rows: Sequence[Row]) -> list[Found]:
        """Return the objects that these entries are, in their order; one without an id or a readable DN is left out."""
        whole = (completed(self.serving, row) for row in rows)
        known = [
            (row, id_) for row in whole if (id_ := stable_id(self.layout, row)) is not None and is_readable(row.dn)
        ]
        direct = self._direct(kind, [row for row, _ in known])
        self.knowing.things(dn for row, _ in known for dn in (*direct[id(row)], *self._linked(kind, row)))
        around = self.everywhere.things(dn for row, _ in known for dn in direct[id(row)])
        self.everywhere.listed({thing.dn: thing.parents for thing in around.values()})
        marked = self._marked(kind, known)
        return [Found(self._entry(kind, row, id_, direct[id(row)], marked), row) for row, id_ in known]

    def primaries(self, kind: str) -> frozenset[int]:
        """Return the relative ids of groups whose members cannot be counted; none for other kinds."""
        return self.primary_groups.in_use(self.serving, self.layout, self.now) if kind == "group" else frozenset()

    # --- one entry --------------------------------------------------------------------------------------------------

    def _entry(
        self, kind: str, row: Row, id_: str, direct: tuple[str, ...], marked: dict[str, frozenset[str]]
    ) -> Entry:
        attributes = counted(attributes_of(self.layout, kind, row, self.now), row, self.primaries(kind))
        for name, attribute in self.layout.kind(kind).links.items():
            attributes[name] = self._link(text(row.first(attribute)), ATTRIBUTES[kind][name].type)
        for name, ids in marked.items():
            attributes[name] = id_ in ids
        if kind == "user" and self.layout.custom:
            attributes["custom"] = custom_of(self.layout, row)
        groups: frozenset[str] = frozenset()
        if "groups" in ATTRIBUTES[kind]:
            attributes["groups"] = tuple(ref for ref in self.knowing.ids(direct) if ref.kind == "group")
            above = self._above(kind, row, direct)
            found = [thing for thing in above.groups.values() if thing.ref.kind == "group"]
            groups = frozenset(thing.ref.id for thing in found if self._is_ours(thing)) - {id_}
            groups |= frozenset() if above.is_whole else {UNSEEN}
            mark = {"user": "privileged", "group": "sensitive"}.get(kind)
            if mark and self._may_be_powerful(row, found, above):
                attributes[mark] = True
        steps = names.strict_place(names.parse(row.dn))
        place = steps if kind == "ou" else steps[:-1]
        return Entry(Ref(kind, id_), row.dn, place, attributes, groups, version(self.layout, row))

    def _link(self, dn: str | None, kind: str) -> Value:
        thing = self.knowing.things((dn,)).get(dn_key(dn)) if dn else None
        return thing.ref if thing and thing.ref.kind == kind else None

    def _linked(self, kind: str, row: Row) -> Iterator[str]:
        for attribute in self.layout.kind(kind).links.values():
            if (dn := text(row.first(attribute))) is not None:
                yield dn

    def _direct(self, kind: str, rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
        """Return the DNs of the groups that entries are in themselves, by the identity of the row."""
        direct = {id(row): self._direct_groups(kind, row) for row in rows}
        if "groups" not in ATTRIBUTES[kind]:
            return direct
        listed = self.everywhere.listed({row.dn: direct[id(row)] for row in rows})
        return {id(row): (*direct[id(row)], *listed[dn_key(row.dn)]) for row in rows}

    def _direct_groups(self, kind: str, row: Row) -> tuple[str, ...]:
        member_of = self.layout.dialect.member_of
        if "groups" not in ATTRIBUTES[kind]:
            return ()
        if not member_of:
            return self.everywhere.direct_groups(row.dn)
        return tuple(value.decode("utf-8", "replace") for value in row.values.get(member_of.lower(), ()))

    def _above(self, kind: str, row: Row, direct: tuple[str, ...]) -> Above:
        if self.layout.dialect.states != "active_directory" or kind not in ("user", "computer"):
            return self.everywhere.above(direct)
        primary = self.everywhere.primary_group(row)
        found = self.everywhere.above((*direct, primary.dn) if primary else direct)
        return found if primary else replace(found, is_whole=False)

    def _is_ours(self, thing: Thing) -> bool:
        return self.everywhere is self.knowing or dn_key(thing.dn).endswith("," + dn_key(self.layout.base))

    def _may_be_powerful(self, row: Row, groups: Sequence[Thing], above: Above) -> bool:
        """Say whether Active Directory gives power to an entry: one whose groups are not all seen may have any."""
        if self.layout.dialect.states != "active_directory":
            return False
        return not above.is_whole or is_powerful((row.first("objectSid") or b"", *(thing.sid for thing in groups)))

    # --- what other entries tell ------------------------------------------------------------------------------------

    def _marked(self, kind: str, known: Sequence[tuple[Row, str]]) -> dict[str, frozenset[str]]:
        """Return who has a photo and, where the entry does not tell, who manages somebody."""
        if kind != "user":
            return {}
        dialect, marked = self.layout.dialect, {}
        marked["has_photo"] = frozenset(self._with_photo([id_ for _, id_ in known]))
        if not dialect.reports:
            marked["is_manager"] = frozenset(self._managing(known))
        return marked

    def _with_photo(self, ids: Sequence[str]) -> Iterator[str]:
        dialect = self.layout.dialect
        for start in range(0, len(ids), _CHUNK):
            some = filters.any_of(id_filter(dialect.id, id_) for id_ in ids[start : start + _CHUNK])
            asked = filters.all_of((some, filters.present(dialect.photo)))
            for row in self.serving.rows(Search(self.layout.base, asked, (dialect.id,))):
                if (id_ := stable_id(self.layout, row)) is not None:
                    yield id_

    def _managing(self, known: Sequence[tuple[Row, str]]) -> Iterator[str]:
        link = self.layout.kind("user").links.get("manager")
        if not link:
            return
        ids = {dn_key(row.dn): id_ for row, id_ in known}
        dns = [row.dn for row, _ in known]
        for start in range(0, len(dns), _CHUNK):
            asked = filters.any_of(filters.equals(link, dn) for dn in dns[start : start + _CHUNK])
            for row in self.serving.rows(self._of_people(asked, link)):
                manager = text(row.first(link))
                if manager and (id_ := ids.get(dn_key(manager))) is not None:
                    yield id_

    def _of_people(self, asked: str, attribute: str) -> Search:
        return Search(self.layout.base, filters.all_of((self.layout.kind("user").filter, asked)), (attribute,))
