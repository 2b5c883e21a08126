"""The raw typed tree between nodes and compiled forms: every key read as what its kind says, places kept. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from forms.documents import ListNode, MapNode, Node, ScalarNode


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar whose type its key decided: a text, a number, true or false; durations are seconds."""

    value: str | int | Decimal | bool
    node: ScalarNode


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate as written: ``count`` in ``seconds``."""

    count: int
    seconds: int
    node: ScalarNode


@dataclass(frozen=True, slots=True)
class Words:
    """A text per language; the language of a text written without one is empty."""

    languages: Mapping[str, ScalarNode]
    node: Node


@dataclass(frozen=True, slots=True)
class Record:
    """A record of some kind.

    ``values`` holds the keys that could be read, ``keys`` the places of all keys as written, ``broken`` those whose
    value was refused.  ``type`` is the field type of a field.
    """

    kind: str
    node: Node
    values: Mapping[str, "Raw"]
    keys: Mapping[str, ScalarNode]
    broken: frozenset[str] = field(default=frozenset())
    type: str = ""

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def has(self, key: str) -> bool:
        """Whether the key is written, readable or not."""
        return key in self.values or key in self.broken

    def key(self, key: str) -> Node:
        """Return the place of a key as written, or of the record."""
        return self.keys.get(key, self.node)

    def node_of(self, key: str) -> Node:
        """Return the place of a key's value, or of the record."""
        value = self.values.get(key)
        if isinstance(value, ScalarNode | ListNode | MapNode):
            return value
        if isinstance(value, Word | Pace | Words | Record):
            return value.node
        return self.key(key)

    def string(self, key: str) -> str | None:
        """Return a text, or None."""
        value = self.values.get(key)
        return value.value if isinstance(value, Word) and isinstance(value.value, str) else None

    def integer(self, key: str) -> int | None:
        """Return a whole number, or None."""
        value = self.values.get(key)
        if isinstance(value, Word) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.values.get(key)
        return value.value if isinstance(value, Word) and isinstance(value.value, bool) else default

    def words(self, key: str) -> Words | None:
        """Return a text per language, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Words) else None

    def scalar(self, key: str) -> ScalarNode | None:
        """Return a condition as written, or None."""
        value = self.values.get(key)
        return value if isinstance(value, ScalarNode) else None

    def value(self, key: str) -> Node | None:
        """Return a value as written, or None."""
        value = self.values.get(key)
        return value if isinstance(value, ScalarNode | ListNode | MapNode) else None

    def record(self, key: str) -> "Record | None":
        """Return a record, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Record) else None

    def records(self, key: str) -> "tuple[Record, ...]":
        """Return the records of a list, perhaps none."""
        return tuple(item for item in self._items(key) if isinstance(item, Record))

    def all_words(self, key: str) -> tuple[Word, ...]:
        """Return the words of a list, perhaps none."""
        return tuple(item for item in self._items(key) if isinstance(item, Word))

    def strings(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list, perhaps none."""
        return tuple(str(word.value) for word in self.all_words(key))

    def texts(self, key: str) -> tuple[Words, ...]:
        """Return the texts per language of a list, perhaps none."""
        return tuple(item for item in self._items(key) if isinstance(item, Words))

    def nodes(self, key: str) -> tuple[Node, ...]:
        """Return the values of a list, perhaps none."""
        return tuple(item for item in self._items(key) if isinstance(item, ScalarNode | ListNode | MapNode))

    def entries(self, key: str) -> "Iterator[tuple[str, Raw]]":
        """Yield the entries of a map, perhaps none."""
        value = self.values.get(key)
        if isinstance(value, Entries):
            yield from value.entries.items()

    def map_key(self, key: str, name: str) -> Node:
        """Return the place of a name inside a map."""
        value = self.values.get(key)
        return value.keys.get(name, self.node) if isinstance(value, Entries) else self.node

    def _items(self, key: str) -> "Sequence[Raw]":
        value = self.values.get(key)
        return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Entries:
    """A map with names of the author's choosing."""

    entries: "Mapping[str, Raw]"
    keys: Mapping[str, ScalarNode]


Raw: TypeAlias = Word | Pace | Words | Record | Entries | ScalarNode | ListNode | MapNode | tuple["Raw", ...]


def plain(raw: Raw) -> object:
    """Return what JSON can hold, without places, quotes, comments or order of keys; for the digest."""
    if isinstance(raw, Record):
        return {key: plain(value) for key, value in raw.values.items()}
    if isinstance(raw, Entries):
        return {key: plain(value) for key, value in raw.entries.items()}
    if isinstance(raw, Words):
        return {language: node.text for language, node in raw.languages.items()}
    if isinstance(raw, Word):
        return str(raw.value) if isinstance(raw.value, Decimal) else raw.value
    if isinstance(raw, Pace):
        return [raw.count, raw.seconds]
    if isinstance(raw, tuple):
        return [plain(item) for item in raw]
    return plain_node(raw)


def plain_node(node: Node) -> object:
    """Return a node as JSON: maps, lists, texts; true, false and nothing where they stand without quotes."""
    if isinstance(node, MapNode):
        return {key.text: plain_node(value) for key, value in node.pairs}
    if isinstance(node, ListNode):
        return [plain_node(item) for item in node.items]
    if node.is_null:
        return None
    return node.text == "true" if not node.style and node.text in ("true", "false") else node.text
