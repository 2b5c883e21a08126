"""What a definition file consists of: texts, lists and maps that know where they stand. Immutable.

``file`` is empty for a node of the file that is read, and names the other file a node was taken over from.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text as written. ``style`` is empty for a bare word, else the character that opens it; lines count from 1."""

    line: int
    column: int
    text: str
    style: str
    file: str = field(default="", compare=False)

    @property
    def is_null(self) -> bool:
        """Whether nothing, ``~`` or ``null`` is written, without quotes."""
        return not self.style and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list, perhaps empty."""

    line: int
    column: int
    items: tuple["Node", ...]
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map; every key stands once, in the order of the file."""

    line: int
    column: int
    pairs: tuple[tuple[ScalarNode, "Node"], ...]
    file: str = field(default="", compare=False)

    def get(self, name: str) -> "Node | None":
        """Return the value of a key, or None."""
        return next((value for key, value in self.pairs if key.text == name), None)


Node: TypeAlias = ScalarNode | ListNode | MapNode


def at_its_key(key: ScalarNode, value: Node) -> Node:
    """Return the value; where nothing is written the parser gives the place of what follows, so take the key's."""
    if isinstance(value, ScalarNode) and not value.text and not value.style:
        return ScalarNode(key.line, key.column, "", "")
    return value
