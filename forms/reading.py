"""Read nodes into the raw typed tree, driven by the vocabulary: keys decide types, nothing is ignored. Pure.

Problems are noted in a `Report` and the rest is read on; what could not be read is simply not in the tree.
"""

from collections.abc import Mapping

from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.records import Entries, Raw, Record, Word, Words
from forms.scalars import SCALARS, ScalarError, read_one_of
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, Key, keys_of

MAX_ITEMS = 1_000
MAX_FIELDS = 200


class Reader:
    """Reads the records of one file."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def record(self, kind: str, node: Node, name: str = "") -> Record | None:
        """Read a record of a kind; None when the node is no map."""
        if kind == "OPTION" and isinstance(node, ScalarNode):
            return self._bare_option(node, name)
        if not isinstance(node, MapNode):
            self._wrong_shape(node, name, f"{with_article(KINDS[kind].title)} in the form of  key: value", _shape(kind))
            return None
        if kind == "FIELD":
            return self._field(node)
        table = KINDS[kind]
        return self._keys(kind, table.keys, table.title, node, is_open=table.open)

    def _keys(
        self,
        kind: str,
        known: Mapping[str, Key],
        title: str,
        node: MapNode,
        *,
        is_open: bool = False,
        is_lenient: bool = False,
        type_: str = "",
    ) -> Record:
        values: dict[str, Raw] = {}
        for key, value in node.pairs:
            if key.text in known:
                found = self.read(known[key.text].kind, value, key.text)
                if found is not None:
                    values[key.text] = found
            elif not is_lenient and not (is_open and is_for_tools(key.text)):
                fix = _types_with(key.text, type_) or nearest_or_all(key.text, known, "Keys")
                self.report.error("E110", key, f'{with_article(title)} has no "{key.text}"', fix)
        written = {key.text: key for key, _ in node.pairs}
        for wanted in known.values():
            if wanted.needed and wanted.name not in written:
                message = f'{with_article(title)} needs "{wanted.name}"'
                self.report.error("E111", node, message, f"Write  {wanted.name}: … .")
        return Record(kind, node, values, written, frozenset(written) - values.keys(), type_)

    def _bare_option(self, node: ScalarNode, name: str) -> Record | None:
        word = self._scalar("string", node, name)
        if word is None:
            return None
        return Record("OPTION", node, {"value": word, "label": Words({"": node}, node)}, {})

    def _field(self, node: MapNode) -> Record | None:
        if node.get("section") is not None:
            return self._keys("SECTION", KINDS["SECTION"].keys, "section", node)
        written = node.get("type")
        type_ = written.text if isinstance(written, ScalarNode) else ""
        if type_ in FIELD_TYPES:
            return self._keys("FIELD", keys_of(type_), f"{type_} field", node, type_=type_)
        if written is not None and type_:
            self._unknown_type(written, type_)
        meant = ALIASES.get(type_.lower(), "")
        keys = keys_of(meant) if meant else KINDS["FIELD"].keys
        return self._keys("FIELD", keys, "field", node, is_lenient=bool(type_), type_=meant)

    def _unknown_type(self, node: Node, type_: str) -> None:
        alias = ALIASES.get(type_.lower())
        fix = f'Use "{alias}".' if alias else nearest_or_all(type_, FIELD_TYPES, "Types")
        self.report.error("E120", node, f'there is no field type "{type_}"', fix)

    def read(self, kind: str, node: Node, name: str) -> Raw | None:
        """Read a value of a kind as `forms.vocabulary.Key` describes; None when it was refused."""
        if " or " in kind:
            kind = _alternative(kind.split(" or "), node)
        if kind in ("value", "anything"):
            return node
        if isinstance(node, ScalarNode) and node.is_null:
            self.report.error("E113", node, f'"{name}" has no value', "Write one, or remove the line.")
            return None
        if kind.startswith("list of "):
            return self._list(kind.removeprefix("list of "), node, name)
        if kind.startswith("map to "):
            return self._map(kind.removeprefix("map to "), node, name)
        if kind.startswith("["):
            return self.record(kind.strip("[]"), node, name)
        if kind == "text":
            return self._text(node, name)
        if not isinstance(node, ScalarNode):
            self._wrong_shape(node, name, "a single value")
            return None
        return node if kind in ("condition", "path") else self._scalar(kind, node, name)

    def _list(self, kind: str, node: Node, name: str) -> Raw | None:
        if not isinstance(node, ListNode):
            self._wrong_shape(node, name, "a list")
            return None
        most = MAX_FIELDS if name == "fields" else MAX_ITEMS
        if len(node.items) > most:
            self.report.error("E115", node, f'"{name}" has {len(node.items):,} entries; at most {most:,} are read')
        found = (self._entry(kind, item, name) for item in node.items[:most])
        return tuple(item for item in found if item is not None)

    def _entry(self, kind: str, node: Node, name: str) -> Raw | None:
        is_bare = kind == "[OPTION]" and isinstance(node, ScalarNode)
        if not kind.startswith(("[", "map to ")) or isinstance(node, MapNode) or is_bare:
            return self.read(kind, node, name)
        found, table = _FOUND.get(type(node), "a single value"), KINDS.get(kind.strip("[]"))
        fix = _shape(table.name) if table else "Write  { key: value } ."
        self.report.error("E113", node, f'an entry of "{name}" must be a map of keys to values, not {found}', fix)
        return None

    def _map(self, kind: str, node: Node, name: str) -> Raw | None:
        if not isinstance(node, MapNode):
            self._wrong_shape(node, name, "a map in the form of  key: value")
            return None
        found = {key.text: self.read(kind, value, key.text) for key, value in node.pairs}
        keys = {key.text: key for key, _ in node.pairs}
        return Entries({key: value for key, value in found.items() if value is not None}, keys)

    def _text(self, node: Node, name: str) -> Raw | None:
        if isinstance(node, ScalarNode):
            return Words({"": node}, node)
        if not isinstance(node, MapNode) or not node.pairs:
            self._wrong_shape(node, name, "a text, or a text per language")
            return None
        languages = {key.text: value for key, value in node.pairs if isinstance(value, ScalarNode)}
        for key, value in node.pairs:
            if not isinstance(value, ScalarNode):
                self._wrong_shape(value, key.text, "a text")
        return Words(languages, node) if languages else None

    def _scalar(self, kind: str, node: ScalarNode, name: str) -> Word | None:
        try:
            if kind.startswith("one of "):
                return Word(read_one_of(node, name, kind.removeprefix("one of ").split(", ")), node)
            return SCALARS[kind](node, name)  # type: ignore[return-value]
        except ScalarError as error:
            self.report.error(error.code, node, error.message, error.fix)
            return None

    def _wrong_shape(self, node: Node, name: str, expected: str, fix: str = "") -> None:
        found = _FOUND.get(type(node), "a single value")
        what = f'"{name}"' if name else "this"
        self.report.error("E113", node, f"{what} must be {expected}, not {found}", fix or _SHAPES.get(expected, ""))


_FOUND: Mapping[type, str] = {ListNode: "a list", MapNode: "a map"}
_SHAPES = {
    "a list": "Write  [ … ]  or lines that start with  - .",
    "a single value": "Write one value, without [ ] and { }.",
    "a map in the form of  key: value": "Write  { key: value }  or lines such as  key: value .",
}


def _shape(kind: str) -> str:
    needed = [key.name for key in KINDS[kind].keys.values() if key.needed]
    return f"Write  {{ {', '.join(f'{name}: …' for name in needed)} }} ." if needed else ""


def _alternative(kinds: list[str], node: Node) -> str:
    """Choose what is meant by the shape of what is written; a condition unless true or false stands there."""
    if isinstance(node, ListNode):
        return next((kind for kind in kinds if kind.startswith("list of ")), kinds[0])
    if isinstance(node, MapNode):
        return next((kind for kind in kinds if kind.startswith("[")), kinds[0])
    if "boolean" in kinds:
        return "boolean" if node.text.lower() in ("true", "false", "yes", "no", "on", "off") else "condition"
    return next((kind for kind in kinds if not kind.startswith(("[", "list of "))), kinds[0])


def _types_with(key: str, type_: str) -> str:
    """Say which fields have a key that a field of this type has not; nothing where none has."""
    others = [name for name, found in FIELD_TYPES.items() if key in found.keys] if type_ else []
    return f"It belongs to fields of the type {' or '.join(others)}." if others else ""


def is_for_tools(key: str) -> bool:
    """Whether a key at the top of a file is not ours: ``x-…``, and ``$schema``, by which editors know a JSON file."""
    return key.startswith("x-") or key == "$schema"


def with_article(words: str) -> str:
    """Put ``a`` or ``an`` before words."""
    return f"{'an' if words[:1] in 'aeiou' and not words.startswith('u') else 'a'} {words}"
