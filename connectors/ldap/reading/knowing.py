"""Find out what DNs and ids stand for: one search for many, and one more for each level of nested groups. Reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.conditions import Circle, Known, named
from connectors.ldap.reading.decoding import dn_key, members, stable_id
from connectors.ldap.reading.listings import NamedGroups, listed
from connectors.ldap.reading.ranges import completed
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search
from connectors.spi import UNSEEN, Filter, InGroup, Ref

_CHUNK = 100
_DEEPEST = 50  # levels of nested groups; a loop ends by itself


@dataclass(frozen=True, slots=True)
class Thing:
    """What a DN stands for: the object, the DNs of the groups it is a direct member of, and in AD its security id."""

    ref: Ref
    dn: str
    parents: tuple[str, ...] = ()
    sid: bytes = b""


@dataclass(frozen=True, slots=True)
class Above:
    """Groups by `dn_key`, and whether these are all: not where one cannot be read, or they are nested too deeply."""

    groups: Mapping[str, Thing]
    is_whole: bool


@dataclass(slots=True)
class Knowing:
    """Remembers what one question has found out, and nothing beyond it: rights must not live on in a memory.

    ``wider`` is a DN above the base below which is looked too, as far as the account may; ``unseen`` are DNs of groups
    that were met and could not be read.
    """

    serving: Serving
    layout: Layout
    wider: str = ""
    named: NamedGroups = field(default_factory=NamedGroups)
    unseen: set[str] = field(default_factory=set)
    _listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _things: dict[str, Thing | None] = field(default_factory=dict)

    # --- DNs --------------------------------------------------------------------------------------------------------

    def things(self, dns: Iterable[str]) -> Mapping[str, Thing]:
        """Return what these DNs stand for by `dn_key`; those that stand for nothing that is seen are left out."""
        spelt = {dn_key(dn): dn for dn in dns}
        missing = [dn for key, dn in spelt.items() if key not in self._things]
        for start in range(0, len(missing), _CHUNK):
            part = missing[start : start + _CHUNK]
            self._things.update(dict.fromkeys(map(dn_key, part)))
            found = filters.any_of(filters.equals(self.layout.dialect.dn, dn) for dn in part)
            for row in self._search(found, self._attributes()):
                self._learn(row)
        return {key: thing for key in spelt if (thing := self._things.get(key)) is not None}

    def ids(self, dns: Iterable[str]) -> tuple[Ref, ...]:
        """Return the objects that these DNs stand for, sorted by id."""
        return tuple(sorted((thing.ref for thing in self.things(dns).values()), key=lambda ref: (ref.kind, ref.id)))

    def above(self, groups: Iterable[str]) -> Above:
        """Return these groups and all that they are in, at any depth; takes DNs."""
        reached: dict[str, Thing] = {}
        level, is_whole = {dn_key(dn): dn for dn in groups}, True
        for _ in range(_DEEPEST):
            found = self.things(level.values())
            missing = level.keys() - found.keys()
            self.unseen.update(level[key] for key in missing)
            is_whole = is_whole and not missing
            reached |= found
            listed = self.listed({thing.dn: thing.parents for thing in found.values()})
            inside = (dn for thing in found.values() for dn in (*self._parents(thing), *listed[dn_key(thing.dn)]))
            level = {key: dn for dn in inside if (key := dn_key(dn)) not in reached}
            if not level:
                return Above(reached, is_whole)
        return Above(reached, is_whole=False)

    def listed(self, held: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
        """Return the named groups that list entries which do not say so, by `dn_key`; ``held`` as in `listings.listed`."""
        keys = {dn: dn_key(dn) for dn in held}
        self._listed.update(self.named.recalled([key for key in keys.values() if key not in self._listed]))
        missing = {dn: groups for dn, groups in held.items() if keys[dn] not in self._listed}
        if missing:
            named, found = self.named.ids(), dict.fromkeys((keys[dn] for dn in missing), tuple[str, ...]())
            for dn, group in listed(self.serving, self.layout, named, missing):
                found[keys[dn]] += (group,)
            self.named.keep(named, found)
            self._listed.update(found)
        return {key: self._listed[key] for key in map(dn_key, held)}

    def _parents(self, thing: Thing) -> Sequence[str]:
        return thing.parents if self.layout.dialect.member_of else self.direct_groups(thing.dn)

    def direct_groups(self, dn: str) -> tuple[str, ...]:
        """Return the DNs of the groups that name this DN as a member: for servers that do not keep it in the entry."""
        wanted = filters.all_of((self.layout.kind("group").filter, filters.equals(self.layout.dialect.member, dn)))
        return tuple(dict.fromkeys(row.dn for row in self._search(wanted, ("1.1",))))

    def primary_group(self, row: Row) -> Thing | None:
        """Return the group that primaryGroupID points to: not among memberOf (MS-ADTS 3.1.1.4.5.2)."""
        sid, rid = row.first("objectSid"), row.first("primaryGroupID")
        if sid is None or rid is None or not rid.isdigit() or len(sid) < 12:
            return None
        wanted = sid[:-4] + int(rid).to_bytes(4, "little")
        name = "sid:" + wanted.hex()
        if name not in self._things:
            self._things[name] = None
            for found in self._search(f"(objectSid={filters.octets(wanted)})", self._attributes()):
                self._things[name] = self._learn(found)
        return self._things[name]

    # --- ids --------------------------------------------------------------------------------------------------------

    def dns_of(self, refs: Iterable[Ref]) -> Mapping[Ref, str]:
        """Return the DNs of objects; those that do not exist are left out."""
        found: dict[Ref, str] = {}
        given = list(dict.fromkeys(refs))
        for start in range(0, len(given), _CHUNK):
            part = {ref.id: ref for ref in given[start : start + _CHUNK]}
            wanted = filters.any_of(one for id_ in part if (one := id_filter(self.layout.dialect.id, id_)))
            for row in self._search(wanted, (self.layout.dialect.id,)) if wanted != filters.NONE else ():
                id_ = stable_id(self.layout, row)
                if id_ in part:
                    found[part[id_]] = row.dn
        return found

    def circle(self, group: str, *, nested: bool) -> Circle | None:
        """Return a group as filters need it, with the groups in it when ``nested``; None when there is none."""
        start = self._group_rows(id_filter(self.layout.dialect.id, group))
        if not start:
            return None
        if not nested:
            return Circle(frozenset(row.dn for row in start))
        reached = {dn_key(row.dn): row for row in start}
        level = list(start)
        for _ in range(_DEEPEST):
            below = [row for row in self._inside(level) if dn_key(row.dn) not in reached]
            if not below:
                break
            reached |= {dn_key(row.dn): row for row in below}
            level = below
        return Circle(frozenset(row.dn for row in reached.values()), frozenset(_rids(reached.values())))

    def _inside(self, groups: Sequence[Row]) -> list[Row]:
        """Return the groups that are direct members of these."""
        dialect = self.layout.dialect
        if not dialect.member_of:
            listed = [dn for row in groups for dn in members(self.layout, row)]
            chunks = (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
            found = (filters.any_of(filters.equals(dialect.dn, dn) for dn in chunk) for chunk in chunks)
            return [row for wanted in found for row in self._group_rows(wanted)]
        inside: list[Row] = []
        for start in range(0, len(groups), _CHUNK):
            part = groups[start : start + _CHUNK]
            inside += self._group_rows(filters.any_of(filters.equals(dialect.member_of, row.dn) for row in part))
        return inside

    def _group_rows(self, wanted: str) -> list[Row]:
        if wanted in ("", filters.NONE):
            return []
        dialect = self.layout.dialect
        attributes = (dialect.id, "objectSid") if dialect.member_of else (dialect.id, dialect.member)
        return list(self._search(filters.all_of((self.layout.kind("group").filter, wanted)), attributes))

    # --- searching --------------------------------------------------------------------------------------------------

    def _attributes(self) -> tuple[str, ...]:
        dialect = self.layout.dialect
        own = "objectSid" if dialect.states == "active_directory" else "uid"
        return tuple(name for name in (dialect.id, "objectClass", own, dialect.member_of) if name)

    def _search(self, wanted: str, attributes: tuple[str, ...]) -> Iterator[Row]:
        yield from self.serving.rows(Search(self.layout.base, wanted, attributes))
        if self.wider:
            with suppress(RejectedError):
                yield from self.serving.rows(Search(self.wider, wanted, attributes))

    def _learn(self, row: Row) -> Thing | None:
        row = completed(self.serving, row)
        id_, kind = stable_id(self.layout, row), kind_of(row)
        if id_ is None or kind is None:
            return None
        above = tuple(
            value.decode("utf-8", "replace") for value in row.values.get(self.layout.dialect.member_of.lower(), ())
        )
        thing = self._things[dn_key(row.dn)] = Thing(Ref(kind, id_), row.dn, above, row.first("objectSid") or b"")
        return thing


def kind_of(row: Row) -> str | None:
    """Return the kind of object that the classes of an entry make it, None for none of ours. Pure."""
    classes = {value.decode("ascii", "replace").lower() for value in row.values.get("objectclass", ())}
    if classes & {"group", "groupofnames", "groupofuniquenames", "groupofmembers", "groupofentries"}:
        return "group"
    if classes & {"computer", "device"}:
        return "computer"
    if "contact" in classes:
        return "contact"
    if "user" in classes:
        return "user"
    if "inetorgperson" in classes:
        return "user" if row.values.get("uid") else "contact"
    return (
        "ou"
        if classes & {"organizationalunit", "organization", "domain", "domaindns", "dcobject", "container"}
        else None
    )


def _rids(rows: Iterable[Row]) -> Iterable[int]:
    for row in rows:
        sid = row.first("objectSid")
        if sid is not None and len(sid) >= 12:
            yield int.from_bytes(sid[-4:], "little")


def known(knowing: Knowing, filter_: Filter) -> Known:
    """Look up the objects and groups that a filter names."""
    given = list(named(filter_))
    refs = [one for one in given if isinstance(one, Ref)]
    groups = {(one.group, one.nested) for one in given if isinstance(one, InGroup) and one.group != UNSEEN}
    groups |= {(ref.id, False) for ref in refs if ref.kind == "group"}
    for group, _ in groups:
        knowing.named.add(group)
    circles = {
        (group, nested): circle
        for group, nested in sorted(groups)
        if (circle := knowing.circle(group, nested=nested)) is not None
    }
    return Known(knowing.dns_of(ref for ref in refs if ref.kind != "group"), circles)
