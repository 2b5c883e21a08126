"""Every object of a directory at one moment, indexed so that a filter over all of them is a few operations on bits. Pure.

A census is for questions about everybody at once: what a change of the policy means, who could do what.  It answers as
`connectors.matching.matches` does, for whole kinds; a single decision is never taken from it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import TypeAlias, assert_never

from connectors.folding import key
from connectors.matching import absent, matches
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Entry,
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
from runner.access.bits import bits_of, full, numbers_in
from runner.access.selecting import BoundSelector, direct_groups
from runner.access.views import NUMBER

ALWAYS_KEPT = frozenset({"id", "groups", "display_name", "name", "login", "address", "owner", "kind", NUMBER})
"""Attributes that every census keeps, whatever it was asked to."""

_MOST_KEPT = 4_096
_Key: TypeAlias = "tuple[type, Value]"


@dataclass(slots=True)
class _Kind:
    """The objects of one kind, numbered from 0 in the order they came."""

    entries: list[Entry] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    by_group: dict[str, list[int]] = field(default_factory=dict)
    by_direct_group: dict[str, list[int]] = field(default_factory=dict)
    by_place: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    by_value: dict[str, dict[_Key, list[int]]] = field(default_factory=dict)
    answers: dict[Filter, int] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        number = self.numbers.setdefault(entry.ref.id, len(self.entries))
        if number < len(self.entries):
            return
        self.entries.append(entry)
        self.by_place.setdefault(entry.place, []).append(number)
        for group in entry.groups:
            self.by_group.setdefault(group, []).append(number)
        for group in direct_groups(entry):
            self.by_direct_group.setdefault(group, []).append(number)

    def values(self, attribute: str) -> dict[_Key, list[int]]:
        """Return which objects have which value, be it one of several; texts folded, empty values left out."""
        if attribute not in self.by_value:
            found: dict[_Key, list[int]] = {}
            for number, entry in enumerate(self.entries):
                value = entry.attributes.get(attribute)
                for one in {_key(item) for item in _items(value)}:
                    found.setdefault(one, []).append(number)
            self.by_value[attribute] = found
        return self.by_value[attribute]


class Census:
    """All objects of all kinds; made by `Census.of`.

    A set of objects of one kind is an `int`, see `runner.access.bits`; its numbers mean something in this census only.
    ``attributes`` says which attributes are known beside `ALWAYS_KEPT`, None: all of them.
    """

    def __init__(self, kinds: Mapping[str, _Kind], attributes: frozenset[str] | None) -> None:
        self._kinds, self.attributes = dict(kinds), attributes

    @classmethod
    def of(cls, entries: Iterable[Entry], attributes: Collection[str] | None = None) -> "Census":
        """Count every object; of two with the same identity the first one stands.

        With ``attributes`` only these are kept of each object, beside `ALWAYS_KEPT`.
        """
        kept = None if attributes is None else ALWAYS_KEPT | frozenset(attributes)
        kinds: dict[str, _Kind] = {}
        thin = _Thinning(kept)
        for entry in entries:
            kinds.setdefault(entry.ref.kind, _Kind()).add(thin(entry))
        return cls(kinds, kept)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds there is something of, sorted."""
        return tuple(sorted(self._kinds))

    def count(self, kind: str) -> int:
        """Return how many objects of a kind there are."""
        return len(self._kind(kind).entries)

    def everything(self, kind: str) -> int:
        """Return all objects of a kind."""
        return full(self.count(kind))

    def entry(self, ref: Ref) -> Entry | None:
        """Return one object with what was kept of it; None when there is none."""
        of_kind = self._kind(ref.kind)
        number = of_kind.numbers.get(ref.id)
        return None if number is None else of_kind.entries[number]

    def entries(self, kind: str, bits: int | None = None, most: int | None = None) -> Iterator[Entry]:
        """Yield the objects of a set (None: all of the kind) in order, the first ``most`` of them."""
        found = self._kind(kind).entries
        numbers = range(len(found)) if bits is None else numbers_in(bits)
        yield from (found[number] for number in islice(numbers, most))

    def bit(self, ref: Ref) -> int:
        """Return the set that holds one object; empty when there is none."""
        number = self._kind(ref.kind).numbers.get(ref.id)
        return 0 if number is None else 1 << number

    def set_of(self, kind: str, ids: Iterable[str]) -> int:
        """Return the set of the objects with these ids; unknown ids are left out."""
        numbers = self._kind(kind).numbers
        return bits_of((numbers[id_] for id_ in ids if id_ in numbers), self.count(kind))

    def ids(self, kind: str, bits: int) -> tuple[str, ...]:
        """Return the ids of a set's objects, in order."""
        return tuple(entry.ref.id for entry in self.entries(kind, bits))

    def values(self, kind: str, attribute: str) -> Iterator[tuple[Value, int]]:
        """Yield each value that an attribute has, texts folded, with how many objects have it.

        Raises `ValueError` for an attribute that was not kept.
        """
        self._check(attribute)
        for (_, value), numbers in self._kind(kind).values(attribute).items():
            yield value, len(numbers)

    def selected(self, selector: BoundSelector) -> int:
        """Return what a selector selects of its kind."""
        return self.matching(selector.filter(), selector.kind)

    def matching(self, filter_: Filter, kind: str) -> int:
        """Return the objects of a kind that match.

        Raises `ValueError` for a comparison with an attribute that was not kept.
        """
        of_kind = self._kind(kind)
        match filter_:
            case Everything():
                return full(len(of_kind.entries))
            case Nothing():
                return 0
            case AllOf(parts):
                return reduce(and_, (self.matching(part, kind) for part in parts), full(len(of_kind.entries)))
            case AnyOf(parts):
                return reduce(or_, (self.matching(part, kind) for part in parts), 0)
            case Not(part):
                return full(len(of_kind.entries)) & ~self.matching(part, kind)
            case Ids(ids):
                return self.set_of(kind, ids)
            case Under() | InGroup() | Compare():
                return self._kept_answer(of_kind, filter_)
            case _:
                assert_never(filter_)

    def _kept_answer(self, of_kind: _Kind, filter_: Under | InGroup | Compare) -> int:
        try:
            known = of_kind.answers.get(filter_)
        except TypeError:  # a value that cannot be a key
            return self._answer(of_kind, filter_)
        if known is None:
            if len(of_kind.answers) >= _MOST_KEPT:
                of_kind.answers.clear()
            known = of_kind.answers[filter_] = self._answer(of_kind, filter_)
        return known

    def _answer(self, of_kind: _Kind, filter_: Under | InGroup | Compare) -> int:
        size = len(of_kind.entries)
        match filter_:
            case Under(place):
                below = (found for at, found in of_kind.by_place.items() if place and at[: len(place)] == place)
                return bits_of((number for numbers in below for number in numbers), size)
            case InGroup(group, nested):
                members = of_kind.by_group if nested else of_kind.by_direct_group
                return bits_of(members.get(group, ()), size)
            case Compare():
                self._check(filter_.attribute)
                return _compared(of_kind, filter_)

    def _check(self, attribute: str) -> None:
        if self.attributes is not None and attribute not in self.attributes:
            raise ValueError(f"the census does not know the attribute {attribute}")

    def _kind(self, kind: str) -> _Kind:
        return self._kinds.get(kind) or _Kind()


class _Thinning:
    """Keeps of an entry what is asked for; equal places, groups and values are kept once."""

    def __init__(self, kept: frozenset[str] | None) -> None:
        self._kept = kept
        self._places: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._groups: dict[frozenset[str], frozenset[str]] = {}
        self._lists: dict[tuple[Value, ...], tuple[Value, ...]] = {}

    def __call__(self, entry: Entry) -> Entry:
        if self._kept is None:
            return entry
        attributes: dict[str, Value] = {
            name: value for name, value in entry.attributes.items() if name in self._kept and not absent(value)
        }
        if isinstance(groups := attributes.get("groups"), tuple):
            attributes["groups"] = self._lists.setdefault(groups, groups)
        place = self._places.setdefault(entry.place, entry.place)
        return Entry(entry.ref, "", place, attributes, self._groups.setdefault(entry.groups, entry.groups))


def _items(value: Value) -> Iterator[Value]:
    if isinstance(value, tuple):
        for item in value:
            yield from _items(item)
    elif not absent(value):
        yield value


def _key(value: Value) -> _Key:
    if isinstance(value, str):
        return str, key(value)
    return (Decimal if isinstance(value, int) and not isinstance(value, bool) else type(value)), value


def _compared(of_kind: _Kind, compare: Compare) -> int:
    """Return what a comparison matches: by the index where a text, a number or an object is wanted, else one by one."""
    size, wanted = len(of_kind.entries), compare.value
    if compare.op in ("==", "!=") and not absent(wanted) and not isinstance(wanted, date | tuple):
        found = bits_of(of_kind.values(compare.attribute).get(_key(wanted), ()), size)
        return found if compare.op == "==" else full(size) & ~found
    test: Callable[[Entry], bool] = lambda entry: matches(compare, entry)  # noqa: E731
    return bits_of((number for number, entry in enumerate(of_kind.entries) if test(entry)), size)
