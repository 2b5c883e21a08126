"""Filters put together without needless nesting: the impossible becomes `Nothing`, the certain `Everything`. Pure."""

from collections.abc import Iterable, Iterator

from connectors.spi import AllOf, AnyOf, Everything, Filter, Ids, Not, Nothing


def any_of(parts: Iterable[Filter]) -> Filter:
    """Return a filter that matches when one part does; no parts match nothing. Lists of ids become one."""
    ids: frozenset[str] = frozenset()
    kept: dict[Filter, None] = {}
    for part in _flat(parts, AnyOf):
        if isinstance(part, Everything):
            return part
        if isinstance(part, Ids):
            ids |= part.ids
        elif not isinstance(part, Nothing):
            kept[part] = None
    found = (*kept, Ids(ids)) if ids else tuple(kept)
    return found[0] if len(found) == 1 else AnyOf(found) if found else Nothing()


def all_of(parts: Iterable[Filter]) -> Filter:
    """Return a filter that matches when every part does; no parts match everything."""
    kept: dict[Filter, None] = {}
    for part in _flat(parts, AllOf):
        if isinstance(part, Nothing):
            return part
        if not isinstance(part, Everything):
            kept[part] = None
    found = tuple(kept)
    return found[0] if len(found) == 1 else AllOf(found) if found else Everything()


def not_(part: Filter) -> Filter:
    """Return a filter that matches when ``part`` does not."""
    if isinstance(part, Everything):
        return Nothing()
    if isinstance(part, Nothing):
        return Everything()
    return part.part if isinstance(part, Not) else Not(part)


def _flat(parts: Iterable[Filter], nesting: type[AnyOf] | type[AllOf]) -> Iterator[Filter]:
    for part in parts:
        if isinstance(part, nesting):
            yield from _flat(part.parts, nesting)
        else:
            yield part
