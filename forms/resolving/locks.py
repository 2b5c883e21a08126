"""Parts of a form that forms based on it cannot change. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.records import plain_node
from forms.resolving.merging import OWN_KEYS
from forms.resolving.shapes import keys_in, kind_of, name_of, records_of
from forms.vocabulary import KINDS


@dataclass(frozen=True, slots=True)
class Lock:
    """A dotted path such as ``target.except`` or ``fields.reason``, with the file and the line that lock it."""

    path: str
    file: str
    line: int


def locks_of(root: MapNode, resolved: MapNode, report: Report) -> tuple[Lock, ...]:
    """Read the ``locked`` of a form; a path that names no part of the resolved form is noted and left out."""
    found = root.get("locked")
    paths = [item for item in found.items if isinstance(item, ScalarNode)] if isinstance(found, ListNode) else []
    return tuple(Lock(path.text, report.document.file, path.line) for path in paths if _is_part(path, resolved, report))


def _is_part(item: ScalarNode, resolved: MapNode, report: Report) -> bool:
    node: Node | None = resolved
    kind, seen = "FORM", ""
    for word in item.text.split("."):
        names = [name for name in _names(kind, node) if seen or name not in OWN_KEYS]
        if word not in names:
            where = f' in "{seen}"' if seen else ""
            fix = nearest_or_all(word, names, "Parts")
            report.error("E163", item, f'there is no part "{word}"{where} to lock', fix)
            return False
        kind, node = _below(kind, node, word)
        seen = f"{seen}.{word}" if seen else word
    return True


def _names(kind: str, node: Node | None) -> list[str]:
    """Return what can be named inside a node: its possible keys, or the names of its entries."""
    if isinstance(node, ListNode):
        return [name for name, _ in _named(kind, node)]
    if not kind:
        return [key.text for key, _ in node.pairs] if isinstance(node, MapNode) else []
    return list(keys_in(kind, node) if isinstance(node, MapNode) else KINDS[kind].keys)


def _named(kind: str, node: ListNode) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a list by their names, fields inside sections like the others."""
    for item in node.items:
        name = name_of(kind_of(kind, item), item)
        if name:
            yield name, item
        fields = item.get("fields") if kind_of(kind, item) == "SECTION" and isinstance(item, MapNode) else None
        if isinstance(fields, ListNode):
            yield from _named(kind, fields)


def _below(kind: str, node: Node | None, word: str) -> tuple[str, Node | None]:
    """Return kind and node of a part; the node is None when it is not written."""
    if isinstance(node, ListNode):
        item = dict(_named(kind, node)).get(word)
        return (kind_of(kind, item) if item is not None else kind), item
    value = node.get(word) if isinstance(node, MapNode) else None
    if not kind:
        return "", value
    key = keys_in(kind, node)[word] if isinstance(node, MapNode) else KINDS[kind].keys[word]
    if value is None:
        single = next((part for part in key.kind.split(" or ") if part.startswith("[")), "")
        return single.strip("[]"), None
    return records_of(key, value), value


def part_at(root: MapNode, path: str) -> Node | None:
    """Return what is written at a dotted path of a form, or None."""
    kind, node = "FORM", root
    found: Node | None = node
    for word in path.split("."):
        if found is None:
            return None
        kind, found = _below(kind, found, word) if word in _names(kind, found) else ("", None)
    return found


def refuse_changes(locks: tuple[Lock, ...], parent: MapNode, child: MapNode, merged: MapNode, report: Report) -> None:
    """Note every locked part that differs between the parent and what the child made of it; writing the same is fine.

    ``child`` is the child as written: there the problem stands.
    """
    for lock in locks:
        if _meaning(parent, lock.path) != _meaning(merged, lock.path):
            message = (
                f'"{lock.path}" is locked in {lock.file} on line {lock.line}, and {report.document.file} changes it'
            )
            report.error("E162", _place(child, lock.path), message, "Leave it out here, or have it changed there.")


def _meaning(root: MapNode, path: str) -> object:
    """Return a part in a form that can be compared; a field's with the condition of its section, which could hide it."""
    words = path.split(".")
    found = part_at(root, path)
    return (
        None if found is None else (plain_node(found),),
        _hidden_by(root, words[1]) if words[0] == "fields" and words[1:] else None,
    )


def _hidden_by(root: MapNode, field: str) -> object:
    fields = root.get("fields")
    for item in fields.items if isinstance(fields, ListNode) else ():
        inner = item.get("fields") if isinstance(item, MapNode) and kind_of("FIELD", item) == "SECTION" else None
        if isinstance(inner, ListNode) and any(name_of("FIELD", each) == field for each in inner.items):
            when = item.get("when") if isinstance(item, MapNode) else None
            return None if when is None else plain_node(when)
    return None


def _place(child: MapNode, path: str) -> Node:
    """Return the deepest part of a path that the child writes: its key where it is a key."""
    found: Node = child
    words = path.split(".")
    for count in range(1, len(words) + 1):
        part = part_at(child, ".".join(words[:count]))
        if part is None:
            break
        found = part
    return found
