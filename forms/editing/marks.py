"""Read a definition into nodes that know where they begin and end in the text. Pure.

Only for texts that `forms.documents.read_document` accepts: anchors, tags, odd keys and limits are its business.
Indexes count characters, lines and columns count from 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML


@dataclass(frozen=True, slots=True)
class MarkedScalar:
    """A text; ``last_line`` is the last line that is part of it, ``keeps`` that blank lines behind it are part of it too."""

    start: int
    end: int
    line: int
    column: int
    last_line: int
    text: str
    style: str
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class MarkedList:
    """A list; ``flow`` when it stands in brackets, and only then ``end`` is behind it."""

    start: int
    end: int
    line: int
    column: int
    last_line: int
    flow: bool
    items: tuple["MarkedNode", ...]


@dataclass(frozen=True, slots=True)
class MarkedMap:
    """A map with its keys in the order of the text; ``flow`` when it stands in braces."""

    start: int
    end: int
    line: int
    column: int
    last_line: int
    flow: bool
    pairs: tuple[tuple[MarkedScalar, "MarkedNode"], ...]

    def get(self, name: str) -> "MarkedNode | None":
        """Return the value of a key, or None."""
        return next((value for key, value in self.pairs if key.text == name), None)


MarkedNode: TypeAlias = MarkedScalar | MarkedList | MarkedMap


def marked(text: str, lines: tuple[str, ...]) -> MarkedMap:
    """Return the root of a text that `read_document` has accepted; ``lines`` are its lines with their ends."""
    stack: list[tuple[Any, list[MarkedNode]]] = [(None, [])]
    for event in _events(text):
        name = type(event).__name__
        if name in ("MappingStartEvent", "SequenceStartEvent"):
            stack.append((event, []))
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            start, found = stack.pop()
            stack[-1][1].append(_collection(start, event, found))
        elif name == "ScalarEvent":
            stack[-1][1].append(_scalar(event, lines))
    root = stack[0][1][0]
    assert isinstance(root, MarkedMap)  # noqa: S101 - read_document refuses every other root
    return root


def _events(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _scalar(event: Any, lines: tuple[str, ...]) -> MarkedScalar:
    start, end = event.start_mark, event.end_mark
    style = str(event.style or "")
    last, keeps = end.line, False
    if style in ("|", ">"):
        keeps = "+" in lines[start.line][start.column :].partition("#")[0]
        last -= end.column == 0
        while not keeps and last > start.line and not lines[last].strip("\r\n"):
            last -= 1
    return MarkedScalar(start.index, end.index, start.line, start.column, last, event.value, style, keeps)


def _collection(start: Any, end: Any, found: list[MarkedNode]) -> MarkedList | MarkedMap:
    mark, flow = start.start_mark, bool(start.flow_style)
    place = (mark.index, end.end_mark.index, mark.line, mark.column)
    if type(start).__name__ == "SequenceStartEvent":
        last = end.end_mark.line if flow else max((item.last_line for item in found), default=mark.line)
        return MarkedList(*place, last, flow, tuple(found))
    pairs = tuple(
        (key, value) for key, value in zip(found[::2], found[1::2], strict=True) if isinstance(key, MarkedScalar)
    )
    last = end.end_mark.line if flow else max((last_line_of(*pair) for pair in pairs), default=mark.line)
    return MarkedMap(*place, last, flow, pairs)


def last_line_of(key: MarkedScalar, value: MarkedNode) -> int:
    """Return the last line of a key with its value; a value that is not written is marked where something else begins."""
    return key.last_line if is_absent(value) else max(key.last_line, value.last_line)


def is_absent(value: MarkedNode) -> bool:
    """Say whether nothing is written where a value may stand."""
    return isinstance(value, MarkedScalar) and not value.text and not value.style
