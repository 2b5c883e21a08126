"""How large a form may become: checked before its parts are put together, so that no small file makes much work. Pure."""

from forms.documents import MAX_NODES
from forms.errors import DefinitionError
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report
from forms.reading import MAX_FIELDS, MAX_ITEMS
from forms.resolving.shapes import keys_in, kind_of, records_of


def refuse_long_lists(root: MapNode, report: Report) -> None:
    """Note every list of a form that has too many entries; raises `DefinitionError` when there is one."""
    if _note_long_lists("FORM", root, report):
        raise DefinitionError(report.problems)


def _note_long_lists(kind: str, node: MapNode, report: Report) -> bool:
    keys, found = keys_in(kind, node), False
    for written, value in node.pairs:
        inner = records_of(keys.get(written.text), value)
        if isinstance(value, ListNode) and (inner or written.text == "locked"):
            found |= _is_long(written.text, value, report)
            maps = (item for item in value.items if isinstance(item, MapNode) and inner)
            found |= any([_note_long_lists(kind_of(inner, item), item, report) for item in maps])
        elif isinstance(value, MapNode) and inner:
            found |= _note_long_lists(inner, value, report)
    return found


def _is_long(name: str, node: ListNode, report: Report) -> bool:
    most = MAX_FIELDS if name == "fields" else MAX_ITEMS
    if len(node.items) > most:
        report.error("E115", node, f'"{name}" has {len(node.items):,} entries; at most {most:,} are read')
    return len(node.items) > most


def refuse_large(root: MapNode, report: Report) -> None:
    """Raise `DefinitionError` for a form that has become larger than a file may be, see `forms.documents`."""
    if _size_of(root) > MAX_NODES:
        message = f"with all it takes over, the form has more than {MAX_NODES:,} keys and values"
        report.error("E102", root, message, "Make several forms of it.")
        raise DefinitionError(report.problems)


def _size_of(root: Node) -> int:
    """Return how many keys, values, lists and maps there are in a node; counts no further than is refused."""
    count, open_ = 0, [root]
    while open_ and count <= MAX_NODES:
        node = open_.pop()
        count += 1
        if isinstance(node, MapNode):
            count += len(node.pairs)
            open_.extend(value for _, value in node.pairs if not isinstance(value, ScalarNode))
            count += sum(isinstance(value, ScalarNode) for _, value in node.pairs)
        elif isinstance(node, ListNode):
            open_.extend(node.items)
    return count
