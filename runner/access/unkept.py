"""Sets that are told by something the systems of a desk do not keep: they do not hold what they say. Pure."""

import re
from collections.abc import Iterator

from connectors.spi import Unkept, Unkepts
from forms.errors import Problem
from runner.access.model import ActorValue, Policy, ResourceSet, Selector

_FIX = "Tell them by something else: a group that they are in, or the unit where they stand."


def unkept_matches(policy: Policy, unkept: Unkepts, file: str, content: bytes) -> Iterator[Problem]:
    """Yield a warning (W331) for every attribute that a set of ``file`` matches and that is never there."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    for found in policy.sets.values():
        for name, one in _missing(found, unkept).items():
            line, column = _place(lines, found.id, name)
            where = "not there everywhere" if one.partly else "never there"
            message = f'the set "{found.id}" is told by "{name}", which is {where}: {one.reason}'
            yield Problem(file, line, column, "warning", "W331", message, _FIX, lines[line - 1] if line else "")


def _missing(found: ResourceSet, unkept: Unkepts) -> dict[str, Unkept]:
    selectors = (*found.resources, *found.excluded)
    asked = [pair for selector in selectors for pair in _matched(selector)]
    return {name: unkept[kind][name] for kind, name in asked if name in unkept.get(kind, {})}


def _matched(selector: Selector) -> Iterator[tuple[str, str]]:
    for name, value in selector.match:
        yield selector.kind, name
        if isinstance(value, ActorValue) and value.attribute:
            yield "user", value.attribute


def _place(lines: list[str], id_: str, name: str) -> tuple[int, int]:
    """Return where a set names an attribute; 0, 0 when that cannot be told."""
    is_inside, written = False, re.compile(rf"(?<![\w-]){re.escape(name)}(?=\s*[:)])")
    for number, line in enumerate(lines, 1):
        is_inside = is_inside or f"id: {id_}" in line
        if is_inside and (at := written.search(line)):
            return number, at.start() + 1
    return 0, 0
