"""Bound the time a backtracking matcher needs for a pattern, before it is ever run. Pure.

A matcher is slow when the same characters can be shared out in many ways between repetitions that overlap, such as
``a*a*a*``.  Parts that leave a choice (repetitions, alternatives, what is optional) *compete* when some text can pass
through both of them and everything between; a part that must be there and cannot be made of that text keeps them apart.
The number of ways is the product of the choices of those that compete, all but the largest; that, times the largest
number of choices, bounds the steps.  It is an upper bound up to a small factor; some harmless patterns are refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from forms.errors import ExpressionError
from forms.expressions.pattern_reading import MAX_REPEATS, Characters, Group, One, Part

MAX_STEPS = 2_000_000
"""Steps a pattern may take, by this estimate, on the longest text that is matched."""
_SIMPLER = "Write  a+  instead of  (a+)+ , and  [ab]*  instead of  (a|b)* ."
_MAX_ITEMS = 200
_MAX_CHOICES = 40


@dataclass(frozen=True, slots=True)
class _Item:
    """A part: the characters it is made of, how many choices it leaves, and what each way through it must pass."""

    characters: Characters
    choices: int
    ways: tuple[tuple[Characters, ...], ...]

    def keeps_apart(self, common: Characters) -> bool:
        """Say whether no text of ``common`` characters gets through."""
        return all(any(not needed & common for needed in way) for way in self.ways)


def check_cost(pattern: Group) -> None:
    """Return when matching is fast on every text of 1,000 characters; else raise `ExpressionError` E217."""
    if max(_steps(_items(branch)) for branch in pattern.branches) > MAX_STEPS:
        raise _too_slow(0)


def _too_slow(offset: int) -> ExpressionError:
    return ExpressionError(
        "this pattern could take very long on some texts",
        code="E217",
        offset=offset,
        fix="Let repetitions of the same characters be separated by a character that is in neither of them.",
    )


def _items(parts: Sequence[Part]) -> list[_Item]:
    items: list[_Item] = []
    for part in parts:
        items.extend(_items_of(part))
        if len(items) > _MAX_ITEMS:
            raise ExpressionError("this pattern is too large", code="E217")
    return items


def _items_of(part: Part) -> Iterator[_Item]:
    if isinstance(part, One):
        yield _repeated(part.characters, (part.characters,), part.low, part.high)
    elif part.high == part.low:
        yield from _fixed(part, part.low)
    elif (part.low, part.high) == (0, 1):
        yield _alternatives((*part.branches, ()))
    else:
        yield _loop(part)


def _repeated(characters: Characters, needed: tuple[Characters, ...], low: int, high: int | None) -> _Item:
    choices = (MAX_REPEATS if high is None else high) - low + 1
    return _Item(characters, max(choices, 1), (needed if low else (),))


def _fixed(group: Group, times: int) -> Iterator[_Item]:
    body = _items(group.branches[0]) if len(group.branches) == 1 else [_alternatives(group.branches)]
    for _ in range(min(times, _MAX_ITEMS + 1)):
        yield from body


def _loop(group: Group) -> _Item:
    parts = group.branches[0]
    ones = tuple(part for part in parts if isinstance(part, One) and part.low == part.high)
    if len(group.branches) > 1 or len(ones) != len(parts) or not ones:
        message = "a group that repeats may not hold another repetition, or alternatives"
        raise ExpressionError(message, code="E217", offset=group.offset, fix=_SIMPLER)
    needed = tuple(one.characters for one in ones)
    return _repeated(_union(needed), needed, group.low, group.high)


def _alternatives(branches: tuple[tuple[Part, ...], ...]) -> _Item:
    rows = [_items(branch) for branch in branches]
    ways = tuple(tuple(item.ways[0][0] for item in row if len(item.ways) == 1 and item.ways[0]) for row in rows)
    return _Item(_union(item.characters for row in rows for item in row), sum(map(_steps, rows)), ways)


def _union(sets: Sequence[Characters] | Iterator[Characters]) -> Characters:
    bits = 0
    for characters in sets:
        bits |= characters
    return bits


def _steps(items: Sequence[_Item]) -> int:
    """Return a bound of the steps through ``items``; 1 when there is no choice."""
    choosing = [place for place, item in enumerate(items) if item.choices > 1]
    if len(choosing) > _MAX_CHOICES:
        return MAX_STEPS + 1
    ways, largest = 1, 1
    for competing in _competing(items, choosing):
        choices = [items[place].choices for place in competing]
        largest = max(largest, *choices)
        ways *= prod(choices) // max(choices)
    return ways * largest


def _competing(items: Sequence[_Item], choosing: Sequence[int]) -> list[set[int]]:
    """Return the places that leave a choice, in sets of those that compete with each other."""
    sets: list[set[int]] = []
    for place in choosing:
        rivals = [found for found in sets if any(_do_compete(items, other, place) for other in found)]
        sets = [found for found in sets if found not in rivals]
        sets.append({place}.union(*rivals))
    return sets


def _do_compete(items: Sequence[_Item], first: int, second: int) -> bool:
    common = items[first].characters & items[second].characters
    return bool(common) and not any(item.keeps_apart(common) for item in items[first + 1 : second])
