"""The canonical order of keys: that of the vocabulary, with what it does not know behind. Pure."""

from collections.abc import Mapping, Sequence

from forms.editing.marks import MarkedList, MarkedMap, MarkedNode, MarkedScalar
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, Key, keys_of

_SHAPES: tuple[tuple[str, type[MarkedList | MarkedMap]], ...] = (
    ("list of ", MarkedList),
    ("map to ", MarkedMap),
    ("[", MarkedMap),
)


def keys_of_record(kind: str, node: MarkedMap) -> Mapping[str, Key]:
    """Return the keys of a record of a kind, in canonical order; for a field those of its type, for a section its own."""
    if kind != "FIELD":
        return KINDS[kind].keys
    if node.get("section") is not None:
        return KINDS["SECTION"].keys
    written = node.get("type")
    type_ = written.text if isinstance(written, MarkedScalar) else ""
    type_ = type_ if type_ in FIELD_TYPES else ALIASES.get(type_.lower(), "")
    return keys_of(type_) if type_ else KINDS["FIELD"].keys


def places(names: Sequence[str], order: Mapping[str, Key]) -> list[int]:
    """Return the places of the names in canonical order; ``$schema`` stands first.

    Keys nobody knows follow behind, those with ``x-`` last, both as they stood.
    """
    known = {name: place for place, name in enumerate(order)}

    def rank(place: int) -> tuple[int, int]:
        name = names[place]
        if name in known:
            return 0, known[name]
        return -1 if name == "$schema" else 2 if name.startswith("x-") else 1, place

    return sorted(range(len(names)), key=rank)


def inner_kind(kind: str, node: MarkedNode) -> str:
    """Return the kind of record that a value is, or that its items or entries are; empty when it holds none.

    ``kind`` is one of `forms.vocabulary.Key`.
    """
    for choice in kind.split(" or "):
        for prefix, shape in _SHAPES:
            inner = choice.removeprefix(prefix).strip("[]")
            if choice.startswith(prefix) and choice.endswith("]") and isinstance(node, shape):
                return inner
    return ""


def is_collection(kind: str, node: MarkedNode) -> bool:
    """Say whether records stand inside this value rather than being the value."""
    return isinstance(node, MarkedList) or kind.startswith("map to ")
