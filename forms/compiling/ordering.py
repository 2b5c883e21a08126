"""In which order fields are worked out, and circles between them. Pure."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence

from forms.definition import Check, Field, Template, Text
from forms.expressions import Expression

Uses = Mapping[str, frozenset[str]]


def order_of(fields: Sequence[Field]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids so that each comes after those it depends on, in page order else; and a circle, if any.

    What only limits an answer (``required``, ``min``, ``max``, ``validate``) is followed where that makes no circle:
    two fields may well limit each other.
    """
    firm = {field.id: frozenset(firm_uses(field)) for field in fields}
    every = {field.id: firm[field.id] | frozenset(loose_uses(field)) - {field.id} for field in fields}
    found, _ = _sorted(every)
    if len(found) == len(every):
        return tuple(found), ()
    found, rest = _sorted(firm)
    return tuple(found + rest), _circle(firm, rest)


def _sorted(uses: Uses) -> tuple[list[str], list[str]]:
    position = {field_id: number for number, field_id in enumerate(uses)}
    waiting = {field_id: len(names & uses.keys()) for field_id, names in uses.items()}
    users: dict[str, list[str]] = {field_id: [] for field_id in uses}
    for field_id, names in uses.items():
        for name in names & uses.keys():
            users[name].append(field_id)
    ready = [(position[field_id], field_id) for field_id, count in waiting.items() if not count]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        _, field_id = heapq.heappop(ready)
        found.append(field_id)
        for user in users[field_id]:
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, (position[user], user))
    done = set(found)
    return found, [field_id for field_id in uses if field_id not in done]


def _circle(uses: Uses, rest: list[str]) -> tuple[str, ...]:
    """Follow the fields that could not be placed until one comes again; start the circle with the first on the page."""
    if not rest:
        return ()
    left, path, here = set(rest), [], rest[0]
    while here not in path:
        path.append(here)
        here = next(name for name in rest if name in uses[here] & left)
    circle = path[path.index(here) :]
    first = circle.index(min(circle, key=rest.index))
    return tuple(circle[first:] + circle[:first])


def firm_uses(field: Field) -> Iterator[str]:
    """Yield the names a field's value or presence depends on."""
    yield from names_in(field.when, field.default, field.value, field.of, field.readonly, field.arguments)
    if field.options is not None:
        options = field.options
        yield from names_in(options.arguments, options.where, options.label, *(option.when for option in options.fixed))
    if field.unique is not None:
        yield from names_in(field.unique.compare, field.unique.alternatives)
    inner_ids = {inner.id for inner in field.fields}
    for inner in field.fields:
        yield from (name for name in firm_uses(inner) if name not in inner_ids)


def loose_uses(field: Field) -> Iterator[str]:
    """Yield the names that only limit a field's answer."""
    yield from names_in(field.required, field.min, field.max, field.step, field.validate)
    inner_ids = {inner.id for inner in field.fields}
    for inner in field.fields:
        yield from (name for name in loose_uses(inner) if name not in inner_ids)


def names_in(*things: object) -> Iterator[str]:
    """Yield every name that expressions in these values read."""
    for thing in things:
        if isinstance(thing, Expression):
            yield from thing.names
        else:
            yield from names_in(*_inside(thing))


def _inside(thing: object) -> Iterable[object]:
    if isinstance(thing, Template):
        return [part for part in thing.parts if isinstance(part, Expression)]
    if isinstance(thing, Text):
        return thing.languages.values()
    if isinstance(thing, Check):
        return (thing.check, thing.message)
    if isinstance(thing, Mapping):
        return thing.values()
    return thing if isinstance(thing, tuple | list) else ()
