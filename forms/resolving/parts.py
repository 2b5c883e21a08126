"""Find the parts of a form by dotted paths such as ``fields.reason.required``, each list and map read once. Pure."""

from collections.abc import Iterator, Mapping

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.resolving.shapes import keys_in, kind_of, name_of, records_of
from forms.vocabulary import KINDS, Key

NamedParts = Mapping[str, tuple[str, Node | None]]


class Parts:
    """The parts of one form. A part has a kind, which is empty for one that is no record or list of records."""

    def __init__(self, root: MapNode) -> None:
        self.root = root
        self._inside: dict[int, NamedParts] = {}  # by the identity of nodes, which the root keeps alive
        self._sections: Mapping[str, MapNode] | None = None

    def inside(self, kind: str, node: Node | None) -> NamedParts:
        """Return what can be named inside a part: its possible keys, or its entries; None stands for what is not written.

        Fields inside sections are named like the others.
        """
        if node is None or (isinstance(node, ScalarNode) and kind):
            return {name: _unwritten(key) for name, key in KINDS[kind].keys.items()} if kind else {}
        if id(node) not in self._inside:
            self._inside[id(node)] = dict(_named(kind, node))
        return self._inside[id(node)]

    def on_the_way(self, path: str) -> Iterator[tuple[str, str, Node | None, str]]:
        """Yield what is passed on the way to a part: its path, kind and node, and the word by which it goes on."""
        kind, passed = "FORM", ""
        node: Node | None = self.root
        for word in path.split("."):
            yield passed, kind, node, word
            kind, node = self.inside(kind, node).get(word, ("", None)) if node is not None else ("", None)
            passed = f"{passed}.{word}" if passed else word

    def at(self, path: str) -> Node | None:
        """Return what is written at a path, or None."""
        _, kind, node, word = list(self.on_the_way(path))[-1]
        return self.inside(kind, node).get(word, ("", None))[1] if node is not None else None

    def section_of(self, field: str) -> MapNode | None:
        """Return the section a field stands in, or None."""
        if self._sections is None:
            self._sections = dict(_fields_of_sections(self.root))
        return self._sections.get(field)


def _unwritten(key: Key) -> tuple[str, Node | None]:
    single = next((part for part in key.kind.split(" or ") if part.startswith("[")), "")
    return single.strip("[]"), None


def _named(kind: str, node: Node) -> Iterator[tuple[str, tuple[str, Node | None]]]:
    if isinstance(node, ListNode):
        for name, item in _entries(kind, node):
            yield name, (kind_of(kind, item), item)
    elif isinstance(node, MapNode):
        written = {key.text: value for key, value in node.pairs}
        if not kind:
            yield from ((name, ("", value)) for name, value in written.items())
            return
        for name, key in keys_in(kind, node).items():
            value = written.get(name)
            yield name, (records_of(key, value), value) if value is not None else _unwritten(key)


def _entries(kind: str, node: ListNode) -> Iterator[tuple[str, Node]]:
    for item in node.items:
        found = kind_of(kind, item)
        name = name_of(found, item)
        if name:
            yield name, item
        fields = item.get("fields") if found == "SECTION" and isinstance(item, MapNode) else None
        if isinstance(fields, ListNode):
            yield from _entries(kind, fields)


def _fields_of_sections(root: MapNode) -> Iterator[tuple[str, MapNode]]:
    """Yield the fields inside sections with their sections, those that stand first last."""
    fields = root.get("fields")
    for item in reversed(fields.items) if isinstance(fields, ListNode) else ():
        inner = item.get("fields") if isinstance(item, MapNode) and kind_of("FIELD", item) == "SECTION" else None
        if isinstance(inner, ListNode) and isinstance(item, MapNode):
            yield from ((name_of("FIELD", each), item) for each in inner.items)
