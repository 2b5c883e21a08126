"""How large a form may become: checked before its parts are put together, so that no small file makes much work. Pure."""

from collections.abc import Iterator

from forms.documents import MAX_NODES
from forms.errors import DefinitionError
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report
from forms.reading import MAX_FIELDS, MAX_ITEMS
from forms.resolving.shapes import keys_in, kind_of, records_of

MAX_TAKEN_OVER = 5_000
"""How many keys, values, lists and maps a form may have that takes parts over: they cost a few bytes in each such form."""


def refuse_long_lists(root: MapNode, report: Report) -> None:
    """Note every list of a form that has too many entries; raises `DefinitionError` when there is one."""
    found = [(name, node) for name, node in _lists("FORM", root) if len(node.items) > _most(name)]
    for name, node in found:
        message = f'"{name}" has {len(node.items):,} entries; at most {_most(name):,} are read'
        report.error("E115", node, message)
    if found:
        raise DefinitionError(report.problems)


def _lists(kind: str, node: MapNode) -> Iterator[tuple[str, ListNode]]:
    """Yield the lists of records, and of locks, below a record, with the keys they stand under; none inside a long one."""
    keys = keys_in(kind, node)
    for written, value in node.pairs:
        inner = records_of(keys.get(written.text), value)
        if isinstance(value, ListNode) and (inner or written.text == "locked"):
            yield written.text, value
            for item in value.items if inner and len(value.items) <= _most(written.text) else ():
                if isinstance(item, MapNode):
                    yield from _lists(kind_of(inner, item), item)
        elif isinstance(value, MapNode) and inner:
            yield from _lists(inner, value)


def _most(name: str) -> int:
    return MAX_FIELDS if name == "fields" else MAX_ITEMS


def refuse_large(root: MapNode, report: Report, place: Node, most: int = MAX_NODES) -> None:
    """Raise `DefinitionError`, told at ``place``, for a form of more than ``most`` keys, values, lists and maps."""
    if _size_of(root, most) > most:
        message = f"with all it takes over, the form has more than {most:,} keys and values"
        report.error("E102", place, message, "Make several forms of it.")
        raise DefinitionError(report.problems)


def _size_of(root: Node, most: int) -> int:
    """Return how many keys, values, lists and maps there are in a node; counts no further than is refused."""
    count, open_ = 0, [root]
    while open_ and count <= most:
        node = open_.pop()
        count += 1
        if isinstance(node, MapNode):
            count += len(node.pairs)
            open_.extend(value for _, value in node.pairs if not isinstance(value, ScalarNode))
            count += sum(isinstance(value, ScalarNode) for _, value in node.pairs)
        elif isinstance(node, ListNode):
            open_.extend(node.items)
    return count
