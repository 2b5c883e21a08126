"""Lay a form over the form it is based on. Pure.

Maps are merged by key; lists whose entries have, or may have, an id are merged by it: a known id changes the entry where
it stands, another one is appended.  ``{ remove: true }`` takes a key away, ``{ id: x, remove: true }`` an entry.  Every
other list, and every value, replaces what was there.

A merged map or list stands where the child wrote it, so that what is taken over never contains what is the child's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.resolving.shapes import keys_in, kind_of, merges_by_id, name_of, records_of, text_of
from forms.vocabulary import Key

_HEAD = frozenset({"format", "id", "version", "title"})
OWN_KEYS = frozenset({"format", "id", "version", "title", "status", "extends", "locked", "tests"})
"""Keys of a form that are never taken over from the form it is based on."""


def merged_form(parent: MapNode, child: MapNode, report: Report, language: str) -> MapNode:
    """Return the child with everything it does not say itself taken over from its parent.

    ``language`` is the one of texts written without a language.  What cannot be merged is noted in the child's report.
    """
    inherited = tuple(pair for pair in parent.pairs if pair[0].text not in OWN_KEYS)
    found = _Merge(report, language).record("FORM", MapNode(parent.line, parent.column, inherited), child)
    return replace(found, pairs=tuple(sorted(found.pairs, key=lambda pair: pair[0].text not in _HEAD)))


def is_removal(node: Node) -> bool:
    """Say whether a map says ``remove: true`` and nothing else, besides an id."""
    return isinstance(node, MapNode) and {key.text for key, _ in node.pairs} <= {"id", "remove"} and _removes(node)


def _removes(node: Node) -> bool:
    value = node.get("remove") if isinstance(node, MapNode) else None
    return isinstance(value, ScalarNode) and not value.style and value.text == "true"


class _Merge:
    """Merges the parts of one form."""

    def __init__(self, report: Report, language: str) -> None:
        self.report, self.language = report, language

    def record(self, kind: str, parent: MapNode, child: MapNode) -> MapNode:
        """Merge two records of a kind; the type of a field is the child's where it says one."""
        return self._pairs(parent, child, keys_in(kind, child if text_of(child, "type") else parent))

    def _pairs(self, parent: MapNode, child: MapNode, keys: Mapping[str, Key | None]) -> MapNode:
        written = {key.text: (key, value) for key, value in child.pairs}
        pairs: list[tuple[ScalarNode, Node]] = []
        for key, value in parent.pairs:
            own = written.pop(key.text, None)
            if own is None:
                pairs.append((key, value))
            elif not _takes_away(own[1]):
                pairs.append((own[0], self.value(keys.get(key.text), value, own[1])))
        for key, value in written.values():
            if _takes_away(value):
                fix = nearest_or_all(key.text, (key.text for key, _ in parent.pairs), "There are")
                self.report.error("E163", key, f'there is no "{key.text}" to remove', fix)
            else:
                pairs.append((key, value))
        return MapNode(child.line, child.column, tuple(pairs), child.file)

    def value(self, key: Key | None, parent: Node, child: Node) -> Node:
        """Merge what two forms say under the same key; the child's word counts where it is no map or list by id."""
        if key is None:
            return child
        if key.kind == "text":
            return self._text(parent, child)
        if isinstance(parent, MapNode) and isinstance(child, MapNode):
            kind = records_of(key, child)
            if kind:
                return self.record(kind, parent, child)
            return self._pairs(parent, child, _entries(key, child))
        if isinstance(parent, ListNode) and isinstance(child, ListNode):
            kind = records_of(key, child)
            return _Lists(self, kind, parent).merged(child) if merges_by_id(kind) else child
        return child

    def _text(self, parent: Node, child: Node) -> Node:
        """Merge texts by language where the child writes languages; a text without one replaces all of them."""
        if not isinstance(child, MapNode):
            return child
        if isinstance(parent, ScalarNode):
            parent = with_languages(parent, self.language)
        return self._pairs(parent, child, {}) if isinstance(parent, MapNode) else child


def _takes_away(node: Node) -> bool:
    return is_removal(node) and isinstance(node, MapNode) and len(node.pairs) == 1


def _entries(key: Key, child: MapNode) -> Mapping[str, Key | None]:
    """Return what the entries of a map are whose names are the author's; a value may be a map again."""
    inner = Key(key.name, key.kind.removeprefix("map to "), needed=False, default="", meaning="")
    return dict.fromkeys((name.text for name, _ in child.pairs), inner)


def with_languages(node: ScalarNode, language: str) -> MapNode:
    """Return a text that was written without a language as a map of languages."""
    key = ScalarNode(node.line, node.column, language, "", node.file)
    return MapNode(node.line, node.column, ((key, node),), node.file)


class _Lists:
    """Merges two lists of records by id; fields inside sections are found by their id alone."""

    def __init__(self, merge: _Merge, kind: str, parent: ListNode) -> None:
        self.merge, self.kind, self.parent = merge, kind, parent
        self.known = dict(self._names(parent))
        self.changes: dict[tuple[str, str], Node] = {}

    def _names(self, node: ListNode, section: str = "") -> Iterator[tuple[tuple[str, str], str]]:
        """Yield kind and name of every entry that has a name, with the name of the section it is in."""
        for item in node.items:
            kind = kind_of(self.kind, item)
            name = name_of(kind, item)
            if name:
                yield (kind, name), section
            fields = item.get("fields") if kind == "SECTION" and isinstance(item, MapNode) else None
            if isinstance(fields, ListNode):
                yield from self._names(fields, name or "?")

    def merged(self, child: ListNode) -> ListNode:
        """Return the parent's entries with the child's changes, and what is new behind them."""
        new = [item for item in child.items if not self._is_change(item)]
        return ListNode(child.line, child.column, (*self._changed(self.parent), *new), child.file)

    def _is_change(self, item: Node) -> bool:
        """Note an entry that changes one of the parent's; what is wrong with it is reported, and it counts as one."""
        kind = kind_of(self.kind, item)
        name = name_of(kind, item)
        if kind == "FIELD" and (kind, name) not in self.known and ("SECTION", name) in self.known:
            kind = "SECTION"
        if (kind, name) in self.changes:
            self._note("E116", item, f'"{name}" is changed twice', "Write what changes under one of them.")
            return True
        if (kind, name) in self.known:
            self.changes[kind, name] = item
            self._refuse_moving(item, name if kind == "SECTION" else "")
            return True
        if isinstance(item, MapNode) and item.get("remove") is not None:
            names = [known for known_kind, known in self.known if known_kind in (kind, "SECTION")]
            self._note("E163", item, f'there is no "{name}" to remove', nearest_or_all(name, names, "There are"))
            return True
        if kind == "SECTION":
            self._refuse_moving(item, "")
        return False

    def _refuse_moving(self, item: Node, section: str) -> None:
        """Note fields inside a section of the child that the parent has in another place."""
        fields = item.get("fields") if isinstance(item, MapNode) and self.kind == "FIELD" else None
        for field in fields.items if isinstance(fields, ListNode) and kind_of("FIELD", item) == "SECTION" else ():
            name = name_of("FIELD", field)
            where = self.known.get(("FIELD", name))
            if where is not None and where != section:
                message = f'the field "{name}" is there already, in another place, and cannot be moved'
                self._note("E163", field, message, "Write it outside the section; it is changed where it stands.")

    def _note(self, code: str, item: Node, message: str, fix: str) -> None:
        place = item.get("id") if isinstance(item, MapNode) else None
        self.merge.report.error(code, place or item, message, fix)

    def _changed(self, node: ListNode) -> Iterator[Node]:
        for item in node.items:
            kind = kind_of(self.kind, item)
            change = self.changes.get((kind, name_of(kind, item)))
            if change is None or not isinstance(change, MapNode) or not isinstance(item, MapNode):
                yield self._inside(item) if kind == "SECTION" and isinstance(item, MapNode) else item
            elif _removes(change):
                self._refuse_more(change)
            elif kind == "SECTION":
                yield self._inside(self.merge.record(kind, item, change))
            else:
                yield self.merge.record(kind, item, change)

    def _refuse_more(self, change: MapNode) -> None:
        for key, _ in change.pairs:
            if key.text not in ("id", "remove"):
                fix = "Remove this line, or do not remove the entry."
                self.merge.report.error("E122", key, f'"{key.text}" does not go together with "remove"', fix)

    def _inside(self, section: MapNode) -> MapNode:
        """Return a section with the changes to its fields that the child wrote outside it."""
        fields = section.get("fields")
        if not isinstance(fields, ListNode):
            return section
        items = tuple(self._changed(fields))
        if len(items) == len(fields.items) and all(new is old for new, old in zip(items, fields.items, strict=True)):
            return section
        place = min(self.changes.values(), key=lambda change: change.file)
        inner = ListNode(place.line, place.column, items, place.file)
        pairs = tuple((key, inner if key.text == "fields" else value) for key, value in section.pairs)
        return MapNode(place.line, place.column, pairs, place.file)
