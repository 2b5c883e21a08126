"""A part of a compiled form as single values in words, by the keys under which they are written. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from connectors.spi import Verb
from forms.definition import Rate, Template, Text
from forms.expressions import Expression
from forms.values import Duration, Type

_WRITTEN: Mapping[str, str] = {
    "within": "in",
    "excluded": "except",
    "source": "from",
    "arguments": "with",
    "fixed": "values",
}
"""Keys that are called otherwise in a form than in the code."""
_DERIVED = frozenset({"value_type", "is_read", "is_written", "section", "row_kind", "id"})
Leaves = Mapping[tuple[str, ...], str]


def leaves(value: Any, *, without: frozenset[str] = frozenset()) -> Leaves:
    """Return every value in a part of a form by its place; what is not set has none. ``without`` names keys to leave out."""
    return dict(_leaves(value, (), without))


def _leaves(value: Any, place: tuple[str, ...], without: frozenset[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    if value is None or value == () or value == {}:
        return
    if isinstance(value, Text):
        for language, template in value.languages.items():
            yield (*place, f"in {language}") if len(value.languages) > 1 else place, _template(template)
    elif _is_single(value):
        yield place, word(value)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, (*place, str(key)), frozenset())
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in without and field.name not in _DERIVED:
                yield from _field(field.name, getattr(value, field.name), place)
    else:
        yield from _items(value, place)


def _field(name: str, value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if name.endswith("_seconds") and isinstance(value, int):
        yield (*place, name.removesuffix("_seconds")), _span(value)
    else:
        yield from _leaves(value, (*place, _WRITTEN.get(name, name)), frozenset())


def _items(value: Sequence[Any], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the values of a list: in one where each is a single one, else by id, value or number."""
    if all(_is_single(one) for one in value):
        yield place, ", ".join(word(one) for one in value)
        return
    for number, one in enumerate(value, 1):
        name = getattr(one, "id", None) or getattr(one, "value", None)
        yield from _leaves(one, (*place, name if isinstance(name, str) else str(number)), frozenset())


def _is_single(value: Any) -> bool:
    if isinstance(value, Expression | Template | Type | Verb | Rate | Duration | str):
        return True
    return not isinstance(value, Mapping | Sequence) and not is_dataclass(value)


def word(value: Any) -> str:
    """Return one value as a person reads it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Expression():
            return f"$({value.source.strip()})"
        case Template():
            return _template(value)
        case Verb():
            return value.name
        case Rate(count, seconds):
            return f"{count} in {_span(seconds)}"
        case Duration(months, seconds):
            return " ".join(
                part for part in (f"{months} months" if months else "", _span(seconds) if seconds else "") if part
            )
        case None:
            return "nothing"
    return str(value)


def _template(template: Template) -> str:
    return "".join(part if isinstance(part, str) else word(part) for part in template.parts)


def _span(seconds: int) -> str:
    sizes = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    name, length = next(size for size in sizes if seconds % size[1] == 0 and (seconds or size[1] == 1))
    count = seconds // length
    return f"{count:,} {name}{'' if count == 1 else 's'}"
