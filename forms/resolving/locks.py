"""Parts of a form that forms based on it cannot change. Pure.

A locked part is locked together with what decides whether it counts: the conditions of everything it stands in, the
``type`` of its field, and for ``required`` and ``validate`` of a field what fills the field in without anybody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.records import plain_node
from forms.resolving.merging import OWN_KEYS
from forms.resolving.parts import Parts

_DECIDING: Mapping[str, tuple[str, ...]] = {
    "FIELD": ("type", "when"),
    "SECTION": ("when",),
    "OPTION": ("when",),
    "OPERATION": ("do", "for_each", "only_if"),
    "NOTIFY": ("on", "when", "before"),
    "VERIFY": ("when",),
    "APPROVAL": ("when",),
    "STAGE": ("when",),
}
_ANSWERING = frozenset({"required", "validate"})
_FILLING = ("default", "from", "readonly")


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
    once = {path.text: path for path in reversed(paths)}
    parts = Parts(resolved)
    return tuple(
        Lock(path.text, report.document.file, path.line)
        for path in sorted(once.values(), key=lambda path: (path.line, path.column))
        if _is_part(path, parts, report)
    )


def _is_part(item: ScalarNode, parts: Parts, report: Report) -> bool:
    node: Node | None = parts.root
    kind, seen = "FORM", ""
    for word in item.text.split("."):
        inside = parts.inside(kind, node)
        if word not in inside or (not seen and word in OWN_KEYS):
            where = f' in "{seen}"' if seen else ""
            names = [name for name in inside if seen or name not in OWN_KEYS]
            report.error(
                "E163", item, f'there is no part "{word}"{where} to lock', nearest_or_all(word, names, "Parts")
            )
            return False
        kind, node = inside[word]
        seen = f"{seen}.{word}" if seen else word
    return True


def refuse_changes(locks: tuple[Lock, ...], parent: MapNode, child: MapNode, merged: MapNode, report: Report) -> None:
    """Note every locked part that differs between the parent and what the child made of it; writing the same is fine.

    ``child`` is the child as written: there the problem stands.
    """
    before, after, written = Parts(parent), Parts(merged), Parts(child)
    for lock in locks:
        changed = _changed(before, after, lock.path)
        if changed:
            locked = f'"{lock.path}" is locked in {lock.file} on line {lock.line}'
            own = report.document.file
            message = f"{locked}, and {own} changes it"
            if changed != f'"{lock.path}"':
                message = f"{locked}, and with it {changed}, which {own} changes"
            report.error("E162", _place(written, lock.path), message, "Leave it out here, or have it changed there.")


def _changed(before: Parts, after: Parts, path: str) -> str:
    """Return what differs of a part and of what decides whether it counts, as a sentence names it; empty for nothing."""
    was, is_now = dict(_meaning(before, path)), dict(_meaning(after, path))
    return next((what for what in {**was, **is_now} if was.get(what) != is_now.get(what)), "")


def _meaning(parts: Parts, path: str) -> Iterator[tuple[str, object]]:
    """Yield the part itself, then what decides whether it counts, in a form that can be compared."""
    yield f'"{path}"', _comparable(parts.at(path))
    for passed, kind, node, word in parts.on_the_way(path):
        filling = _FILLING if kind == "FIELD" and word in _ANSWERING else ()
        for key in (*_DECIDING.get(kind, ()), *filling):
            value = node.get(key) if isinstance(node, MapNode) else None
            yield f'"{passed}.{key}"', _comparable(value)
    words = path.split(".")
    section = parts.section_of(words[1]) if words[0] == "fields" and words[1:] else None
    yield 'the "when" of its section', _comparable(section.get("when") if section else None)


def _comparable(node: Node | None) -> object:
    return None if node is None else (plain_node(node),)


def _place(child: Parts, path: str) -> Node:
    """Return the deepest part of a path that the child writes: its key where it is a key."""
    found: Node = child.root
    for _, _, node, _ in child.on_the_way(path):
        found = node or found
    return child.at(path) or found
