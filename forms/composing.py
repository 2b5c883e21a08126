"""Read a file in which nothing is wrong, quickly: libyaml's events become nodes. Pure.

libyaml is some twenty times as fast as the parser in Python, but its messages are poor and it knows YAML 1.1 only.  So
it gets no say: whatever is odd, and every text in which the two are known to differ, is left to the slow reading.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from forms.nodes import ListNode, MapNode, Node, ScalarNode, at_its_key

_DIFFERING = re.compile(r"[\t\x00\ud800-\udfff]|^%|^(?:---|\.\.\.)", re.MULTILINE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # as an escape may write it
_LOADER = getattr(yaml, "CSafeLoader", None)


def compose(text: str, *, deepest: int, most: int) -> MapNode | None:
    """Return the map a text consists of, or None: then read it slowly, which says what is wrong if anything is.

    ``deepest`` bounds how many lists and maps are inside each other, ``most`` how many keys and values there are; raises
    `TooManyError` at the first that is one too many.
    """
    if _LOADER is None or _DIFFERING.search(text):
        return None
    try:
        root = _Composer(deepest, most).root(yaml.parse(text, Loader=_LOADER))
    except (yaml.YAMLError, _OddError):
        return None
    return root if isinstance(root, MapNode) else None


class TooManyError(Exception):
    """There are more keys and values than may be; line and column, from 1, are those of the first one too many."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.line, self.column = node.line, node.column


class _OddError(Exception):
    """Something that the slow reading has to judge."""


class _Composer:
    """Turn the events of one file into nodes, without recursion."""

    def __init__(self, deepest: int, most: int) -> None:
        self.deepest, self.most = deepest, most

    def root(self, events: Iterator[Any]) -> Node | None:
        stack: list[tuple[Any, list[Node]]] = []
        items: list[Node] = []
        count = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                _check(event)
                items.append(_scalar(event))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                _check(event)
                stack.append((event, items))
                items = []
                if len(stack) > self.deepest:
                    raise _OddError
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                start, around = stack.pop()
                around.append(_collection(start, items))
                items = around
            elif kind is yaml.AliasEvent:
                raise _OddError
            else:
                continue
            count += 1
            if count > self.most:
                raise TooManyError(items[-1])
        return items[0] if len(items) == 1 else None


def _check(event: Any) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _OddError


def _scalar(event: Any) -> ScalarNode:
    if event.style == '"' and _UNSTORABLE.search(event.value):
        raise _OddError
    mark = event.start_mark
    return ScalarNode(mark.line + 1, mark.column + 1, event.value, event.style or "")


def _collection(start: Any, items: list[Node]) -> ListNode | MapNode:
    line, column = start.start_mark.line + 1, start.start_mark.column + 1
    if type(start) is yaml.SequenceStartEvent:
        return ListNode(line, column, tuple(items))
    return MapNode(line, column, tuple(_pairs(items)))


def _pairs(items: list[Node]) -> Iterator[tuple[ScalarNode, Node]]:
    seen = set()
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, ScalarNode) or key.text == "<<" or key.text in seen:
            raise _OddError
        seen.add(key.text)
        yield key, at_its_key(key, value)
