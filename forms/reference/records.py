"""The pages of the reference about files and their records. Pure."""

from collections.abc import Iterable, Mapping

from forms.reference.chapters import CHAPTERS
from forms.reference.markdown import anchor, code, table
from forms.vocabulary import KINDS, Key, Kind

_HEADS = ("key", "what is written", "needed", "default", "meaning")
_IN_WORDS: Mapping[str, str] = {
    "string": "text, as it stands",
    "text": "text, or one per language; `$( )` is filled in",
    "name": "name: small letters, digits, dashes",
    "identifier": "name for expressions: small letters, digits, underscores",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "condition": "condition, without `$( )`",
    "value": "value; `$( )` is filled in",
    "path": "`target.…`",
    "duration": "span such as `30min`, `2h`, `5d`",
    "rate": "number per time, such as `20/hour`, `5/day`",
    "pattern": "pattern",
    "anything": "anything",
}


def keys_table(keys: Iterable[Key], pages: Mapping[str, str]) -> str:
    """Return the table of a record's keys; ``pages`` says on which page a kind of record stands."""
    return table(
        _HEADS,
        (
            (code(key.name), in_words(key.kind, pages), "yes" if key.needed else "", code(key.default), key.meaning)
            for key in keys
        ),
    )


def in_words(kind: str, pages: Mapping[str, str]) -> str:
    """Say in words what a key takes; a record is linked."""
    if " or " in kind and not kind.startswith("one of "):
        return " or ".join(in_words(part, pages) for part in kind.split(" or "))
    if kind.startswith("list of "):
        return f"list: {in_words(kind.removeprefix('list of '), pages)}"
    if kind.startswith("map to "):
        return f"names, each with: {in_words(kind.removeprefix('map to '), pages)}"
    if kind.startswith("one of "):
        return ", ".join(code(word) for word in kind.removeprefix("one of ").split(", "))
    if kind.startswith("["):
        return _linked(kind.strip("[]"), pages)
    return _IN_WORDS.get(kind, kind)


def _linked(name: str, pages: Mapping[str, str]) -> str:
    title = KINDS[name].title
    return f"[{title}]({pages.get(name, '')}#{anchor(title)})"


def record(kind: Kind, pages: Mapping[str, str], level: str = "##") -> str:
    """Return the part of a page about one kind of record."""
    open_ = "\n\nKeys that begin with `x-` are left to other tools." if kind.open else ""
    chapter = f"\n\n{CHAPTERS[kind.name]}" if kind.name in CHAPTERS else ""
    return f"{level} {kind.title[0].upper()}{kind.title[1:]}\n\n{keys_table(kind.keys.values(), pages)}{open_}{chapter}"
