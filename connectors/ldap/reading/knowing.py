"""Find out what DNs and ids stand for: one search for many, and one more for each level of nested groups. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.conditions import Circle, Known, named
from connectors.ldap.reading.decoding import dn_key, members, stable_id
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search
from connectors.spi import Filter, InGroup, Ref

_CHUNK = 100
_DEEPEST = 50  # levels of nested groups; a loop ends by itself


@dataclass(frozen=True, slots=True)
class Thing:
    """What a DN stands for: the object, the DNs of the groups it is a direct member of, and in AD its security id."""

    ref: Ref
    dn: str
    parents: tuple[str, ...] = ()
    sid: bytes = b""


@dataclass(slots=True)
class Knowing:
    """Remembers what one question has found out, and nothing beyond it: rights must not live on in a memory."""

    serving: Serving
    layout: Layout
    _things: dict[str, Thing | None] = field(default_factory=dict)

    # --- DNs --------------------------------------------------------------------------------------------------------

    def things(self, dns: Iterable[str]) -> Mapping[str, Thing]:
        """Return what these DNs stand for by `dn_key`; those that stand for nothing below the base are left out."""
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

    def above(self, groups: Iterable[str]) -> Mapping[str, Thing]:
        """Return these groups and all that they are in, at any depth, by `dn_key`; takes DNs."""
        reached: dict[str, Thing] = {}
        level = list(groups)
        for _ in range(_DEEPEST):
            found = {key: thing for key, thing in self.things(level).items() if key not in reached}
            if not found:
                break
            reached |= found
            level = [dn for thing in found.values() for dn in self._parents(thing)]
        return reached

    def _parents(self, thing: Thing) -> Sequence[str]:
        return thing.parents if self.layout.dialect.member_of else self.direct_groups(thing.dn)

    def direct_groups(self, dn: str) -> tuple[str, ...]:
        """Return the DNs of the groups that name this DN as a member: for servers that do not keep it in the entry."""
        wanted = filters.all_of((self.layout.kind("group").filter, filters.equals(self.layout.dialect.member, dn)))
        return tuple(row.dn for row in self._search(wanted, ("1.1",)))

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

    def _search(self, wanted: str, attributes: tuple[str, ...]) -> Iterable[Row]:
        return self.serving.rows(Search(self.layout.base, wanted, attributes))

    def _learn(self, row: Row) -> Thing | None:
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
    groups = {(one.group, one.nested) for one in given if isinstance(one, InGroup)}
    groups |= {(ref.id, False) for ref in refs if ref.kind == "group"}
    circles = {
        (group, nested): circle
        for group, nested in sorted(groups)
        if (circle := knowing.circle(group, nested=nested)) is not None
    }
    return Known(knowing.dns_of(ref for ref in refs if ref.kind != "group"), circles)
