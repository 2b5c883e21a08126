"""Shapes of single values as draft-07 schemas: what the reader takes for a text, a number, a duration. Pure.

A scalar is read by its key, so a text may look like a number in YAML, and a number may stand in quotes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

WORDS = ("string", "number", "boolean")
"""The JSON types of what is read as a text."""
EXPRESSION = r"\$\("
_TRUTH = "(?:[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])"


def _said(types: Sequence[str], sentence: str, **more: object) -> Json:
    """Return a schema whose refusals are one sentence; editors that do not know these keys ignore them."""
    named = {"type": list(types) if len(types) > 1 else types[0], **more, "errorMessage": sentence}
    return {**named, "patternErrorMessage": sentence} if "pattern" in more else named


_TEXT: Json = {
    "type": [*WORDS, "object"],
    "additionalProperties": {"type": [*WORDS, "null"]},
    "minProperties": 1,
    "errorMessage": "Write a text, or a map with a text per language.",
}
_WHOLE = r"^\d{1,9}$"
_NUMBER = r"^[-+]?\d{1,15}(\.\d{1,9})?$"

SCALARS: Mapping[str, Json] = {
    "text": _TEXT,
    "value": {},
    "anything": {},
    "string": _said(WORDS, "Write a text."),
    "pattern": _said(WORDS, "Write a pattern; put quotes around it."),
    "name": _said(WORDS, "Use letters, digits, dots and dashes.", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"),
    "identifier": _said(
        ("string", "boolean"),
        "Use small letters, digits and _ , beginning with a letter.",
        pattern="^[a-z][a-z0-9_]{0,63}$",
    ),
    "integer": _said(("integer", "string"), "Write a whole number.", pattern=_WHOLE, minimum=0),
    "number": _said(("number", "string"), "Write a number.", pattern=_NUMBER),
    "boolean": _said(("boolean",), "Write  true  or  false ."),
    "condition": _said(("string", "boolean"), "Write a condition, which is true or false."),
    "path": _said(("string",), "Write an attribute of the target, such as  target.mail ."),
    "duration": _said(("string",), "Write for example  15m, 2h, 5d.", pattern=r"^\d{1,6}(s|m|min|h|d|w)$"),
    "rate": _said(("string",), "Write for example  30/hour  or  3/day .", pattern=r"^\d{1,6}/(minute|hour|day|week)$"),
}
TRUE_FALSE_OR_CONDITION = _said(
    ("boolean", "string"), "Write  true  or  false , without quotes, or a condition.", pattern=f"^(?!{_TRUTH}$)"
)


def one_of(words: Iterable[str], meanings: Iterable[str] | None = None) -> Json:
    """Return a schema of fixed words; a word that YAML takes for a number or for true is accepted as that too."""
    given = tuple(words)
    every = [*given, *(other for word in given if (other := _as_yaml(word)) is not None)]
    return {"enum": every} if meanings is None else {"enum": every, "enumDescriptions": list(meanings)}


def _as_yaml(word: str) -> int | float | bool | None:
    if word in ("true", "false"):
        return word == "true"
    for number in (int, float):
        try:
            return number(word) if word[:1].isdigit() and "_" not in word else None
        except ValueError:
            continue
    return None


def suggested(words: Iterable[str], shape: Json) -> Json:
    """Return a schema that offers words and accepts whatever has the shape."""
    return {"anyOf": [one_of(words), shape]}


def joined(shapes: Sequence[Json]) -> Json:
    """Return a schema for one of several shapes that differ in their JSON types.

    Keywords of draft-07 bind one type each, so the shapes are laid over each other; those with fixed words are not.
    """
    if any("enum" in shape or "anyOf" in shape for shape in shapes):
        return {"anyOf": list(shapes)}
    types = [type_ for shape in shapes for type_ in _types(shape)]
    laid = {key: value for shape in shapes for key, value in shape.items() if key != "errorMessage"}
    return {**laid, "type": list(dict.fromkeys(types))}


def _types(shape: Json) -> list[str]:
    types = shape["type"]
    return [types] if isinstance(types, str) else types
