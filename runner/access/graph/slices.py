"""The parts of resource sets, so that what many bindings reach is written down once. Pure.

What a set holds of one kind whoever asks is one slice; a selector that compares with the actor has a slice for each value that
somebody has, and one, empty today, for the values that nothing has yet, where forms can write them.
Sets that hold the same by the same selectors share their slices.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass

from runner.access.explanation.wording import listed, plural, selector_in_words
from runner.access.graph.directory import Landscape, Plain, Sought, sought
from runner.access.graph.model import AttackGraph, Edge, Node
from runner.access.resolving import ResolvedSelector, ResolvedSet

_WRITTEN = frozenset({"user", "group"})
"""Kinds of whose details forms can change what selectors compare."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a set holds of a kind by selectors that compare with nothing, or by one that compares with the actor."""

    kind: str
    seeking: tuple[Sought, ...]
    without: tuple[Sought, ...]
    words: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """A node for a part of a set; ``value`` is the node that has to be had as well, None for whoever asks."""

    number: int
    template: Template
    value: int | None = None

    @property
    def keys(self) -> tuple[tuple[int, ...], ...]:
        """What has to be had as well."""
        return () if self.value is None else ((self.value,),)


def templates(resolved: ResolvedSet) -> tuple[Template, ...]:
    """Return the parts of a set.

    A kind that is closed, as an exclusion was not found, has none.  An exclusion that compares with the actor takes nothing
    away here: it may leave somebody in.
    """
    excluded = [(one.written.kind, sought(one, widely=True)) for one in resolved.excluded]
    closed = {one.written.kind for one in resolved.excluded if one.missing}
    kinds = dict.fromkeys(one.written.kind for one in resolved.resources)
    found: list[Template] = []
    for kind in kinds:
        if kind not in closed:
            without = tuple(one for of, one in excluded if of == kind and one is not None and not one.compared)
            without = tuple(one for one in without if not one.fixed.own)
            found += _of_kind(kind, [one for one in resolved.resources if one.written.kind == kind], without)
    return tuple(found)


def _of_kind(kind: str, resources: list[ResolvedSelector], without: tuple[Sought, ...]) -> Iterator[Template]:
    seeking = [(one, found) for one in resources if (found := sought(one)) is not None]
    fixed = [(one, found) for one, found in seeking if not found.compared and not found.fixed.own]
    if fixed:
        words = listed([selector_in_words(one.written) for one, _ in fixed], most=3)
        unique = tuple(dict.fromkeys(found for _, found in fixed))
        yield Template(kind, unique, without, words)
    for one, found in seeking:
        if found.compared or found.fixed.own:
            yield Template(kind, (found,), without, selector_in_words(one.written), found.fixed.own)


@dataclass(slots=True)
class Slices:
    """Makes the slices of the sets that are used, once for all sets."""

    graph: AttackGraph
    landscape: Landscape
    _known: dict[tuple[Template, tuple[Plain, ...]], Slice] = field(default_factory=dict)
    _of_set: dict[str, tuple[Slice, ...]] = field(default_factory=dict)
    values: dict[tuple[tuple[str, ...], tuple[Plain, ...]], int] = field(default_factory=dict)

    def of(self, resolved: ResolvedSet, node: int) -> tuple[Slice, ...]:
        """Return the slices of a set whose node is given; those that hold nothing are left out."""
        if resolved.id not in self._of_set:
            made = tuple(one for template in templates(resolved) for one in self._made(template))
            for one in made:
                self.graph.write(Edge("DH_HasSlice", node, one.number))
            self._of_set[resolved.id] = made
        return self._of_set[resolved.id]

    def all(self) -> Iterable[Slice]:
        """Return every slice there is."""
        return self._known.values()

    def _made(self, template: Template) -> Iterator[Slice]:
        first = template.seeking[0]
        if template.own or not first.compared:
            yield self._slice(template, ())
            return
        for values in self.landscape.found.get(first, {}):
            if (first.attributes, values) in self.landscape.had:
                yield self._slice(template, values)
        if template.kind in _WRITTEN:
            yield self._slice(template, ())

    def _slice(self, template: Template, values: tuple[Plain, ...]) -> Slice:
        key = (Template(template.kind, template.seeking, template.without, "", template.own), values)
        if key not in self._known:
            value = self._value(template.seeking[0].attributes, values) if values else None
            label = template.words + (f" ({self._called(values)})" if values else "")
            id_ = f"{template.kind}-{_digest(key)}"
            number = self.graph.add(Node("DH_Slice", "slice", id_, label, (("about", plural(template.kind)),)))
            self._known[key] = Slice(number, template, value)
            if not template.own:
                self.graph.contents[number] = self._contents(template, values)
        return self._known[key]

    def _value(self, attributes: tuple[str, ...], values: tuple[Plain, ...]) -> int:
        if (attributes, values) not in self.values:
            names = ", ".join(attribute.replace("_", " ") or "person" for attribute in attributes)
            id_ = _digest((attributes, values))
            self.values[attributes, values] = self.graph.add(
                Node("DH_Value", "value", id_, f"{names}: {self._called(values)}")
            )
        return self.values[attributes, values]

    def _called(self, values: tuple[Plain, ...]) -> str:
        called = []
        for kind, value in values:
            number = self.graph.number(kind, str(value))
            called.append(self.graph.nodes[number].label if number is not None else str(value))
        return ", ".join(called)

    def _contents(self, template: Template, values: tuple[Plain, ...]) -> "array[int]":
        found: set[int] = set()
        for one in template.seeking:
            found.update(self.landscape.found.get(one, {}).get(values, ()))
        for one in template.without:
            found.difference_update(self.landscape.found.get(one, {}).get((), ()))
        return array("L", sorted(found))


def _digest(what: object) -> str:
    return hashlib.sha256(_canonical(what).encode("utf-8")).hexdigest()[:20]


def _canonical(what: object) -> str:
    """Return a text that is the same for the same thing in every run."""
    if isinstance(what, frozenset):
        return f"{{{','.join(sorted(_canonical(one) for one in what))}}}"
    if isinstance(what, tuple):
        return f"({','.join(_canonical(one) for one in what)})"
    if is_dataclass(what) and not isinstance(what, type):
        names = [one.name for one in fields(what) if one.compare]
        return f"<{','.join(f'{name}={_canonical(getattr(what, name))}' for name in names)}>"
    return repr(what)
