"""`connectors.spi.Filter` → bounds in LDAP, and the places below which a filter can find anything. Pure.

What a filter names (people, groups) is looked up before; `Known` holds the DNs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.filters import EVERYTHING, NOTHING, UNKNOWN, Bounds, exactly
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.state_filters import TIMES, flag, when, when_present
from connectors.spi import (
    UNSEEN,
    AllOf,
    AnyOf,
    Compare,
    Everything,
    Filter,
    Ids,
    InGroup,
    Not,
    Nothing,
    Ref,
    Under,
    Value,
)
from connectors.verbs import ATTRIBUTES

_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Circle:
    """A group as a filter needs it: the DNs of itself and, when nested, of the groups in it; their primary ids."""

    dns: frozenset[str]
    rids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up: DNs of objects, and groups by id and whether nested ones count."""

    dns: Mapping[Ref, str] = field(default_factory=dict)
    groups: Mapping[tuple[str, bool], Circle] = field(default_factory=dict)


def named(filter_: Filter) -> Iterator[Ref | InGroup]:
    """Yield every object and every group question that a filter holds."""
    match filter_:
        case InGroup():
            yield filter_
        case Compare(value=Ref() as ref):
            yield ref
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from named(part)
        case Not(part):
            yield from named(part)


def places(filter_: Filter) -> tuple[tuple[str, ...], ...] | None:
    """Return places below which everything stands that a filter can find; None when it may stand anywhere."""
    match filter_:
        case Nothing():
            return ()
        case Under(place):
            return (place,) if place else ()
        case AllOf(parts):
            bounded = [found for part in parts if (found := places(part)) is not None]
            return min(bounded, key=lambda some: (len(some), -min(map(len, some), default=0))) if bounded else None
        case AnyOf(parts):
            each = [places(part) for part in parts]
            if any(some is None for some in each):
                return None
            return _outermost([place for some in each if some for place in some])
    return None


def _outermost(found: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    kept: list[tuple[str, ...]] = []
    for place in sorted(set(found), key=len):
        if not any(place[: len(outer)] == outer for outer in kept):
            kept.append(place)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Translates filters about one kind of object; ``now`` decides what has expired."""

    kind: str
    layout: Layout
    known: Known
    now: datetime

    def bounds(self, filter_: Filter, depth: int = 0) -> Bounds:
        """Return the bounds; raises `RejectedError` for an attribute or comparison that the kind does not have."""
        if depth > _DEEPEST:
            raise RejectedError("The condition is nested too deeply.")
        match filter_:
            case Everything():
                return EVERYTHING
            case Nothing():
                return NOTHING
            case AllOf(parts):
                return filters.both(self.bounds(part, depth + 1) for part in parts)
            case AnyOf(parts):
                return filters.either(self.bounds(part, depth + 1) for part in parts)
            case Not(part):
                return filters.neither(self.bounds(part, depth + 1))
            case Ids(ids):
                found = (id_filter(self.layout.dialect.id, id_) for id_ in sorted(ids))
                return exactly(filters.any_of(one for one in found if one))
            case Under():
                return UNKNOWN
            case InGroup(group) if group == UNSEEN:
                return UNKNOWN
            case InGroup(group, nested):
                return self._in_group(self.known.groups.get((group, nested)), group)
            case Compare():
                return self._compare(filter_)

    def _in_group(self, circle: Circle | None, group: str) -> Bounds:
        if circle is None:
            return NOTHING
        member_of = self.layout.dialect.member_of
        if not member_of:
            return UNKNOWN
        inside = [filters.equals(member_of, dn) for dn in sorted(circle.dns)]
        primary = (
            [f"(primaryGroupID={rid})" for rid in sorted(circle.rids)] if self.kind in {"user", "computer"} else []
        )
        own = id_filter(self.layout.dialect.id, group) if self.kind == "group" else ""
        found = filters.any_of((*inside, *primary))
        return exactly(filters.all_of((found, filters.negated(own))) if own else found)

    # --- comparisons ------------------------------------------------------------------------------------------------

    def _compare(self, compare: Compare) -> Bounds:
        known = ATTRIBUTES[self.kind].get(compare.attribute)
        if known is None:
            raise RejectedError(f"A {self.kind} has no “{compare.attribute[:100]}”.")
        if compare.op in ("present", "absent"):
            present = self._present(compare.attribute)
            return present if compare.op == "present" else filters.neither(present)
        if compare.value in (None, "", ()):
            return self._present(compare.attribute) if compare.op == "!=" else NOTHING
        if compare.op == "!=":
            return filters.neither(self._equal(compare.attribute, known.type, compare.value))
        if compare.op == "==":
            return self._equal(compare.attribute, known.type, compare.value)
        return Bounds(self._at_least(compare, known.type).upper)

    def _at_least(self, compare: Compare, type_: str) -> Bounds:
        value = compare.value
        if compare.op in ("contains", "starts_with"):
            if type_.startswith("list:") and compare.op == "contains":
                return self._equal(compare.attribute, type_, value)
            if type_ != "text" or not isinstance(value, str):
                raise _unfit(compare)
            return self._text(compare.attribute, value, end=False, start=compare.op == "starts_with")
        if type_ == "bool" or type_ not in ("text", "number", "date", "datetime"):
            raise _unfit(compare)
        if isinstance(value, date):
            return when(self.layout, compare.attribute, compare.op, value)
        return self._present(compare.attribute)

    def _equal(self, attribute: str, type_: str, value: Value) -> Bounds:
        if attribute == "id":
            found = id_filter(self.layout.dialect.id, value) if isinstance(value, str) else ""
            return exactly(found) if found else NOTHING
        if attribute == "dn":
            return self._at(value)
        if type_ == "bool":
            yes = flag(self.layout, self.kind, attribute, self.now)
            return yes if value is True else filters.neither(yes) if value is False else NOTHING
        if type_ == "text":
            return self._text(attribute, value) if isinstance(value, str) else NOTHING
        if isinstance(value, Ref):
            return self._link(attribute, value)
        if attribute == "addresses":
            return self._address(value)
        if isinstance(value, date):
            return when(self.layout, attribute, "==", value)
        return UNKNOWN

    def _present(self, attribute: str) -> Bounds:
        kind, dialect = self.layout.kind(self.kind), self.layout.dialect
        if attribute in ("id", "dn", "created", "changed"):
            return EVERYTHING
        type_ = ATTRIBUTES[self.kind][attribute].type
        if type_ == "text":
            return exactly(
                filters.any_of(filters.present(one) for one in self.layout.attributes_for(self.kind, attribute))
            )
        if attribute in kind.links:
            return Bounds(filters.present(kind.links[attribute]))
        if attribute == "groups":
            return Bounds(
                filters.ALL if dialect.nested or not dialect.member_of else filters.present(dialect.member_of)
            )
        if attribute in TIMES[dialect.states]:
            return when_present(self.layout, attribute)
        return UNKNOWN

    def _text(self, attribute: str, value: str, *, start: bool = True, end: bool = True) -> Bounds:
        if "\x00" in value:
            return NOTHING
        found = [
            filters.like(one, value, start=start, end=end) for one in self.layout.attributes_for(self.kind, attribute)
        ]
        if self.kind == "computer" and attribute == "name":
            return UNKNOWN if not found else Bounds(filters.any_of(found))
        return Bounds(filters.any_of(found))

    def _address(self, value: Value) -> Bounds:
        attribute = self.layout.kind(self.kind).addresses
        if not isinstance(value, str) or "\x00" in value:
            return NOTHING
        found = [filters.like("mail", value)]
        if attribute and attribute != "mail":
            found.append(filters.like(attribute, f"smtp:{value}"))
        return Bounds(filters.any_of(found))

    def _link(self, attribute: str, ref: Ref) -> Bounds:
        if ref.kind not in ATTRIBUTES[self.kind][attribute].type.split(":"):
            return NOTHING
        if attribute == "groups":
            return self._in_group(self.known.groups.get((ref.id, False)), ref.id)
        dn, link = self.known.dns.get(ref), self.layout.kind(self.kind).links.get(attribute)
        return exactly(filters.equals(link, dn)) if dn and link else NOTHING

    def _at(self, value: Value) -> Bounds:
        if not isinstance(value, str):
            raise RejectedError("A place is compared with a text.")
        return Bounds(filters.equals(self.layout.dialect.dn, names.printed(names.parse(value))))


def _unfit(compare: Compare) -> RejectedError:
    return RejectedError(f"“{compare.attribute[:100]}” cannot be compared in this way.")
