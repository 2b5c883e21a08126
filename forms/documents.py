"""Read a definition file into nodes that know where they stand. Pure; time and memory are bounded by the limits below.

YAML 1.2 (and JSON, which is a part of it) without what makes a file hard to review: no anchors, aliases, tags, merge
keys or directives, no key twice, one document.  Scalars stay texts; which type a text has is decided by its key.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from forms.composing import TooManyError, compose
from forms.errors import DefinitionError, Problem
from forms.nodes import ListNode, MapNode, Node, ScalarNode, at_its_key
from forms.syntax_errors import braces_in, mistake_of

__all__ = ["Document", "ListNode", "MapNode", "Node", "ScalarNode", "read_document", "read_slowly"]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 30
MAX_NODES = 20_000
MAX_TWICE = 100

_LINE_END = re.compile("\r\n|\r|\n")  # as YAML and editors count them
_BAD_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\x00\ud800-\udfff]")


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
            raise self.too_many(node.line, node.column)
        (self.stack[-1][1] if self.stack else self.roots).append(node)

    def too_many(self, line: int, column: int) -> DefinitionError:
        message = f"the file has more than {MAX_NODES:,} keys and values"
        return self.stop("E102", line, column, message, "Split it.")

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
            first = seen.setdefault(key.text, (key, at_its_key(key, value)))[0]
            if first is not key:
                fix = f"The first one is on line {first.line}. Remove one of them."
                self.problems.append(self.problem("E103", key.line, key.column, f'"{key.text}" is written twice', fix))
                if len(self.problems) == MAX_TWICE:
                    raise DefinitionError(self.problems)
        return tuple(seen.values())

    def _no_key(self, key: Node) -> DefinitionError:
        found = braces_in(self.lines, key.line)
        if found is not None:
            return self.stop(found.code, found.line, found.column, found.message, found.fix)
        return self.stop(
            "E100", key.line, key.column, "a list or a map cannot be a key", "Put quotes around the value."
        )


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def read_document(file: str, content: bytes) -> Document:
    """Read a YAML or JSON file whose root is a map.

    Raises `DefinitionError` when the file cannot be read on: not UTF-8, larger than 256 KiB or 20,000 values, deeper
    than 30 levels, not YAML, or with something in it that the language does not allow.
    """
    builder, text = _opened(file, content)
    try:
        quick = compose(text, deepest=MAX_DEPTH, most=MAX_NODES)
    except TooManyError as error:
        raise builder.too_many(error.line, error.column) from None
    return _slowly(builder, text) if quick is None else Document(file, builder.lines, quick)


def read_slowly(file: str, content: bytes) -> Document:
    """Read a file as `read_document` does, with the parser alone whose places and messages lead to what is wrong."""
    return _slowly(*_opened(file, content))


def _opened(file: str, content: bytes) -> tuple[_Builder, str]:
    text = _decoded(file, content)
    builder = _Builder(file, tuple(_LINE_END.split(text)))
    bad = _BAD_CHARACTER.search(text)
    if bad:
        before = _LINE_END.split(text[: bad.start()])
        place = (len(before), len(before[-1]) + 1)
        raise builder.stop("E102", *place, f"the character U+{ord(bad.group()):04X} is not allowed", "Remove it.")
    return builder, text.replace("\t", " ") if file.endswith(".json") else text


def _slowly(builder: _Builder, text: str) -> Document:
    for event in _events(builder, text):
        builder.take(event)
    root = builder.roots[0] if builder.roots else None
    if not isinstance(root, MapNode):
        place = (root.line, root.column) if root else (0, 0)
        raise builder.stop("E113", *place, "the file must consist of lines such as  key: value")
    return Document(builder.file, builder.lines, root, tuple(builder.problems))


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
    found = mistake_of(builder.lines, mark.line + 1, mark.column + 1, str(getattr(error, "problem", "") or ""))
    return builder.stop(found.code, found.line, found.column, found.message, found.fix)
