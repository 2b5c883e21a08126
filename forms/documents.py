"""Read a definition file into nodes that know where they stand. Pure; time and memory are bounded by the limits below.

YAML 1.2 (and JSON, which is a part of it) without what makes a file hard to review: no anchors, aliases, tags, merge
keys or directives, no key twice, one document.  Scalars stay texts; which type a text has is decided by its key.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from forms.errors import DefinitionError, Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 30
MAX_NODES = 20_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BAD_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\x00\ud800-\udfff]")
_QUOTED_FIRST = re.compile(r"""^\s*(?:-\s+)?[\w-]+:\s+(["']).*\1\s+$""")
_BRACES = re.compile(r"\$\{|\{\{")


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text as written. ``style`` is empty for a bare word, else the character that opens it; lines count from 1."""

    line: int
    column: int
    text: str
    style: str

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


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map; every key stands once, in the order of the file."""

    line: int
    column: int
    pairs: tuple[tuple[ScalarNode, "Node"], ...]

    def get(self, name: str) -> "Node | None":
        """Return the value of a key, or None."""
        return next((value for key, value in self.pairs if key.text == name), None)


Node: TypeAlias = ScalarNode | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read. ``problems`` are those that did not stop the reading, such as a key written twice."""

    file: str
    lines: tuple[str, ...]
    root: MapNode
    problems: tuple[Problem, ...] = ()


class _Builder:
    """Turn the events of one file into nodes, without recursion."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []
        self.stack: list[tuple[Any, list[Node]]] = []
        self.roots: list[Node] = []
        self.count = 0

    def problem(self, code: str, line: int, column: int, message: str, fix: str = "") -> Problem:
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Problem(self.file, line, column, "error", code, message, fix, source)

    def stop(self, code: str, line: int, column: int, message: str, fix: str = "") -> DefinitionError:
        return DefinitionError([*self.problems, self.problem(code, line, column, message, fix)])

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._check(event)
            self.stack.append((event, []))
            if len(self.stack) > MAX_DEPTH:
                raise self.stop("E102", *_place(event), f"more than {MAX_DEPTH} levels inside each other")
        elif kind == "ScalarEvent":
            self._check(event)
            self._put(self._scalar(event))
        elif kind == "MappingEndEvent":
            start, items = self.stack.pop()
            self._put(MapNode(*_place(start), self._pairs(items)))
        elif kind == "SequenceEndEvent":
            start, items = self.stack.pop()
            self._put(ListNode(*_place(start), tuple(items)))
        elif kind == "AliasEvent":
            self._check(event)
        elif kind == "DocumentStartEvent":
            self._start(event)

    def _start(self, event: Any) -> None:
        if event.version or event.tags:
            raise self.stop("E104", 1, 1, "a directive (%) is not allowed", "Remove the line that starts with %.")
        if self.roots:
            raise self.stop("E102", *_place(event), "a second document starts here", "Write one document per file.")

    def _put(self, node: Node) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            message = f"the file has more than {MAX_NODES:,} keys and values"
            raise self.stop("E102", node.line, node.column, message, "Split it.")
        (self.stack[-1][1] if self.stack else self.roots).append(node)

    def _check(self, event: Any) -> None:
        if event.anchor is not None:
            word = "alias (*)" if type(event).__name__ == "AliasEvent" else "anchor (&)"
            raise self.stop("E104", *_place(event), f"an {word} is not allowed", "Write the value out, or use a list.")
        if getattr(event, "ctag", None) is not None:
            raise self.stop("E104", *_place(event), "a tag (!) is not allowed", "Put quotes around the value.")

    def _scalar(self, event: Any) -> ScalarNode:
        if _SURROGATE.search(event.value):
            raise self.stop("E102", *_place(event), "this text contains a character that cannot be stored")
        return ScalarNode(*_place(event), event.value, "" if event.style is None else str(event.style))

    def _pairs(self, items: list[Node]) -> tuple[tuple[ScalarNode, Node], ...]:
        seen: dict[str, tuple[ScalarNode, Node]] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                raise self._no_key(key)
            if key.text == "<<" and not key.style:
                raise self.stop("E104", key.line, key.column, "a merge key (<<) is not allowed", "Write the keys out.")
            first = seen.setdefault(key.text, (key, _at_its_key(key, value)))[0]
            if first is not key:
                fix = f"The first one is on line {first.line}. Remove one of them."
                self.problems.append(self.problem("E103", key.line, key.column, f'"{key.text}" is written twice', fix))
        return tuple(seen.values())

    def _no_key(self, key: Node) -> DefinitionError:
        line = self.lines[key.line - 1]
        found = _BRACES.search(line)
        if found:
            return self.stop("E204", key.line, found.start() + 1, *_FILL_IN)
        return self.stop(
            "E100", key.line, key.column, "a list or a map cannot be a key", "Put quotes around the value."
        )


def _at_its_key(key: ScalarNode, value: Node) -> Node:
    """Return the value; where nothing is written the parser gives the place of what follows, so take the key's."""
    if isinstance(value, ScalarNode) and not value.text and not value.style:
        return ScalarNode(key.line, key.column, "", "")
    return value


_FILL_IN = ("a value is filled in with $(name)", "Write $(name) instead of ${name} or {{ name }}.")


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def read_document(file: str, content: bytes) -> Document:
    """Read a YAML or JSON file whose root is a map.

    Raises `DefinitionError` when the file cannot be read on: not UTF-8, larger than 256 KiB or 20,000 values, deeper
    than 30 levels, not YAML, or with something in it that the language does not allow.
    """
    text = _decoded(file, content)
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    builder = _Builder(file, lines)
    bad = _BAD_CHARACTER.search(text)
    if bad:
        before = text[: bad.start()]
        place = (before.count("\n") + 1, bad.start() - (before.rfind("\n") + 1) + 1)
        raise builder.stop("E102", *place, f"the character U+{ord(bad.group()):04X} is not allowed", "Remove it.")
    for event in _events(builder, text.replace("\t", " ") if file.endswith(".json") else text):
        builder.take(event)
    root = builder.roots[0] if builder.roots else None
    if not isinstance(root, MapNode):
        place = (root.line, root.column) if root else (0, 0)
        raise builder.stop("E113", *place, "the file must consist of lines such as  key: value")
    return Document(file, lines, root, tuple(builder.problems))


def _decoded(file: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        message = f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read"
        raise DefinitionError([Problem(file, 0, 0, "error", "E102", message, "Split it.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(file, line, 1, "error", "E102", "the file is not UTF-8", "Save it with the encoding UTF-8.")
        raise DefinitionError([problem]) from None


def _events(builder: _Builder, text: str) -> Iterator[Any]:
    """Yield the parser's events; whatever the parser raises becomes a `DefinitionError`."""
    events = YAML(typ="safe", pure=True).parse(text)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        except YAMLError as error:
            raise _syntax(builder, error) from None
        except Exception:  # the parser gives up in many ways on odd input, and all of them mean the same
            raise builder.stop("E100", 0, 0, "this is not valid YAML") from None
        yield event


def _syntax(builder: _Builder, error: Any) -> DefinitionError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return builder.stop("E100", 0, 0, "this is not valid YAML")
    line, column = mark.line + 1, mark.column + 1
    source = builder.lines[mark.line] if mark.line < len(builder.lines) else ""
    problem = str(getattr(error, "problem", "") or "")
    braces = _BRACES.search(source)
    if braces:
        return builder.stop("E204", line, braces.start() + 1, *_FILL_IN)
    if "mapping values are not allowed" in problem:
        fix = 'Put quotes around the whole value:  key: "text: more text"'
        return builder.stop("E101", line, column, 'a ": " inside a value', fix)
    if _QUOTED_FIRST.match(source[: mark.column]):
        message = "the value starts with a quote, so it ends at the next quote"
        fix = "Put the field name first, or quote the whole expression with ' '."
        return builder.stop("E101", line, column, message, fix)
    return builder.stop("E100", line, column, *_described(problem, source[mark.column : mark.column + 1]))


def _described(problem: str, character: str) -> tuple[str, str]:
    """Say in an admin's words what the parser found."""
    if "'\\t'" in problem or character == "\t":
        return "a tab cannot be used here", "Indent with spaces."
    if "cannot start any token" in problem:
        return f'a value cannot start with "{character}"', "Put quotes around the value."
    if "end of stream" in problem or "stream end" in problem:
        return "the file ends in the middle of a value", "Close the quote or the bracket."
    if "expected ',' or" in problem:
        return "a list or map in brackets is not closed here", "Put a comma between entries, and close the bracket."
    if "expected <block end>" in problem or "could not find expected ':'" in problem:
        return "this line does not fit the lines above it", "Line it up with them, and write  key: value ."
    return "this is not valid YAML", "Check the indentation and the quotes."
