"""What the nodes of a definition are, as the vocabulary tells it: kinds of maps, names of entries, texts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, Key, keys_of

_NAMES = {"OPTION": "value", "NEXT": "form"}


def kind_of(kind: str, node: Node) -> str:
    """Return the kind of an entry: what stands among fields may also be a section, or the use of a fragment."""
    if kind == "FIELD" and isinstance(node, MapNode):
        return "SECTION" if node.get("section") is not None else "USE" if node.get("use") is not None else "FIELD"
    return kind


def keys_in(kind: str, node: MapNode) -> Mapping[str, Key]:
    """Return the keys that a record of a kind may have; those of a field depend on its type."""
    if kind != "FIELD":
        return KINDS[kind].keys
    written = text_of(node, "type")
    type_ = written if written in FIELD_TYPES else ALIASES.get(written.lower(), "")
    return keys_of(type_) if type_ else KINDS["FIELD"].keys


def records_of(key: Key | None, node: Node) -> str:
    """Return the kind of the records that stand under a key, one or a list of them; empty when they are none."""
    if key is None:
        return ""
    start = {MapNode: "[", ListNode: "list of ["}.get(type(node))
    found = (part for part in key.kind.split(" or ") if start and part.startswith(start))
    return next((part.removeprefix("list of ").strip("[]") for part in found), "")


def text_of(node: Node, key: str) -> str:
    """Return what is written under a key of a map, or an empty text."""
    value = node.get(key) if isinstance(node, MapNode) else None
    return value.text if isinstance(value, ScalarNode) else ""


def name_of(kind: str, node: Node) -> str:
    """Return the name of an entry of a list: its id, the value of an option, the form of a link; or an empty text."""
    if kind == "OPTION" and isinstance(node, ScalarNode):
        return node.text
    return text_of(node, _NAMES.get(kind, "id"))


def merges_by_id(kind: str) -> bool:
    """Say whether the entries of such a list have, or may have, an id: then lists are merged by it."""
    return bool(kind) and "id" in KINDS[kind].keys


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A text of a form: the dotted key that translations call it by, and its node.

    ``is_bare_option`` says that the node is an option of which only the value is written, which is its label too.
    """

    path: str
    node: Node
    is_bare_option: bool = False


def texts_in(kind: str, node: Node, path: str = "") -> Iterator[TextPlace]:
    """Yield every text below a record, in the order of the file.

    Entries of lists are called by their names, or by their position from 1; fields inside sections by their id alone.
    """
    if kind == "OPTION" and isinstance(node, ScalarNode):
        yield TextPlace(f"{path}label", node, is_bare_option=True)
    if not isinstance(node, MapNode):
        return
    keys = keys_in(kind, node)
    for written, value in node.pairs:
        key = keys.get(written.text)
        if key is None:
            continue
        below = f"{path}{key.name}"
        inner = records_of(key, value)
        if key.kind == "text":
            yield TextPlace(below, value)
        elif inner and isinstance(value, MapNode):
            yield from texts_in(inner, value, f"{below}.")
        elif isinstance(value, ListNode) and (inner or key.kind == "list of text"):
            yield from _texts_of_entries(inner, value, path if kind == "SECTION" else f"{below}.")


def _texts_of_entries(kind: str, node: ListNode, path: str) -> Iterator[TextPlace]:
    sections = 0
    for position, item in enumerate(node.items, start=1):
        found = kind_of(kind, item)
        if not kind:
            yield TextPlace(f"{path}{position}", item)
        elif found == "SECTION":
            sections += 1
            yield from _texts_of_section(item, path, name_of(found, item) or str(sections))
        else:
            yield from texts_in(found, item, f"{path}{name_of(kind, item) or position}.")


def _texts_of_section(node: Node, path: str, name: str) -> Iterator[TextPlace]:
    for text in texts_in("SECTION", node, path):
        own = text.path.removeprefix(path)
        yield TextPlace(f"sections.{name}.{own}", text.node) if own in KINDS["SECTION"].keys else text


_FOUND_BY_COMPILING = ("FIELD", "OPERATION")


def note_same_ids(node: Node, report: Report, kind: str = "FORM") -> None:
    """Note ids that two entries of a list have, of the kinds whose ids nothing but resolving reads."""
    if not isinstance(node, MapNode):
        return
    keys = keys_in(kind, node)
    for written, value in node.pairs:
        inner = records_of(keys.get(written.text), value)
        if isinstance(value, ListNode) and inner:
            _note_twice(inner, value, report)
            for item in value.items:
                note_same_ids(item, report, kind_of(inner, item))
        elif inner:
            note_same_ids(value, report, inner)


def _note_twice(kind: str, node: ListNode, report: Report) -> None:
    seen = set()
    for item in node.items:
        found = kind_of(kind, item)
        name = text_of(item, "id")
        if not name or found in _FOUND_BY_COMPILING or not merges_by_id(found):
            continue
        if (found, name) in seen and isinstance(item, MapNode):
            report.error("E116", item.get("id") or item, f'the id "{name}" is there twice', "Rename one of them.")
        seen.add((found, name))
