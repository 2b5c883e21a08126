"""How the tables of the vocabulary are written and held. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record.

    ``kind`` is what its value is: ``string``, ``text`` (per language), ``name``, ``identifier``, ``integer``,
    ``number``, ``boolean``, ``condition``, ``value`` (literal text with ``$( )``), ``path``, ``duration``, ``rate``,
    ``anything``, ``one of a, b``, ``list of …``, ``map to …``, ``[KIND]``, or two of them joined by ``or``.
    """

    name: str
    kind: str
    needed: bool
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its name in capitals, what people call it, and its keys in canonical order.

    ``open`` allows keys that begin with ``x-``.
    """

    name: str
    title: str
    keys: Mapping[str, Key]
    open: bool = False


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field type, the JSON of its answer, its type in conditions, and its own keys besides those of every field."""

    name: str
    meaning: str
    json: str
    type: str
    keys: tuple[str, ...]
    needed: tuple[str, ...] = ()


def key_table(table: str) -> Mapping[str, Key]:
    """Make keys from lines ``name | kind | yes or nothing | default | meaning``."""
    keys = [_key(line) for line in table.strip().splitlines()]
    return {key.name: key for key in keys}


def _key(line: str) -> Key:
    name, kind, needed, default, meaning = (cell.strip() for cell in line.split("|"))
    return Key(name, kind, needed == "yes", default, meaning)


def kind(name: str, title: str, table: str, *, open: bool = False) -> Kind:
    """Make a kind of record from its table."""
    return Kind(name, title, key_table(table), open)
