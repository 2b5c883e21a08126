"""Put the fields of fragments where a form uses them. Pure."""

from collections.abc import Iterator

from forms.errors import DefinitionError, Problem
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.reading import MAX_FIELDS, Reader
from forms.resolving.shapes import kind_of, text_of
from forms.resolving.sources import Sources, from_file, named_files
from forms.vocabulary import keys_of


class Fragments:
    """The fragments of a desk folder, each read once."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._read: dict[str, tuple[tuple[Node, ...] | None, tuple[Problem, ...]]] = {}

    def fields(self, file: str) -> tuple[tuple[Node, ...] | None, tuple[Problem, ...]]:
        """Return the fields of a fragment, None where it has none to give, and what is wrong with it."""
        if file not in self._read:
            self._read[file] = self._fields(file)
        return self._read[file]

    def _fields(self, file: str) -> tuple[tuple[Node, ...] | None, tuple[Problem, ...]]:
        try:
            report = Report(self.sources.document(file))
        except DefinitionError as error:
            return None, error.problems
        found = fields_of(report)
        if found is not None and len(found.items) > MAX_FIELDS:
            return None, report.problems
        fields = tuple(from_file(field, file) for field in found.items) if found else None
        return fields, report.problems


class Expansion:
    """Expands the fragments of one form; ``is_complete`` turns false when one of them is missing or cannot be read."""

    def __init__(self, fragments: Fragments, report: Report) -> None:
        self.fragments, self.report = fragments, report
        self.is_complete = True
        self._used: set[str] = set()

    def form(self, root: MapNode) -> MapNode:
        """Return a form, or any map with ``fields``, with every fragment written out; the same node when none is used."""
        found = root.get("fields")
        fields = self._list(found) if isinstance(found, ListNode) else found
        if fields is found or fields is None:
            return root
        pairs = tuple((key, fields if key.text == "fields" else value) for key, value in root.pairs)
        return MapNode(root.line, root.column, pairs, root.file)

    def _list(self, node: ListNode) -> ListNode:
        items = tuple(self._items(node))
        if len(items) == len(node.items) and all(new is old for new, old in zip(items, node.items, strict=True)):
            return node
        return ListNode(node.line, node.column, items, node.file)

    def _items(self, node: ListNode) -> Iterator[Node]:
        for item in node.items:
            if not isinstance(item, MapNode):
                yield item
            elif kind_of("FIELD", item) == "USE":
                yield from self._fragment(item)
            elif isinstance(item.get("fields"), ListNode) and _has_fields(item):
                yield self.form(item)
            else:
                yield item

    def _fragment(self, item: MapNode) -> tuple[Node, ...]:
        for key, _ in item.pairs:
            if key.text != "use":
                message = f'the use of a fragment has no "{key.text}"'
                self.report.error("E110", key, message, "Write only  use: <name> .")
        value, name = item.get("use"), text_of(item, "use")
        if not isinstance(value, ScalarNode) or value.is_null:
            self.report.error("E113", value or item, '"use" must be the name of a fragment', "Write  use: <name> .")
            return self._missing()
        if name in self._used:
            message = f'the fragment "{name}" is used twice, so its fields would be there twice'
            self.report.error("E116", value, message, "Remove one of them.")
            return ()
        self._used.add(name)
        known, doubled = self.fragments.sources.fragments, self.fragments.sources.doubled_fragments.get(name)
        file = known.get(name)
        if doubled is not None:
            message = f'there are several fragments "{name}": {named_files(doubled)}'
            self.report.error("E116", value, message, "Keep one of them; until then this form is left out.")
            return self._missing()
        if file is None:
            fix = nearest_or_all(name, known, "Fragments")
            fix = fix or f"Write its fields in  fragments/{name}.fields.yaml ."
            self.report.error("E160", value, f'there is no fragment "{name}"', fix)
            return self._missing()
        fields, problems = self.fragments.fields(file)
        self.report.take(problems)
        return self._missing() if fields is None else fields

    def _missing(self) -> tuple[Node, ...]:
        self.is_complete = False
        return ()


def _has_fields(item: MapNode) -> bool:
    type_ = text_of(item, "type")
    return kind_of("FIELD", item) == "SECTION" or not type_ or (type_ == "rows" and "fields" in keys_of(type_))


def fields_of(report: Report) -> ListNode | None:
    """Return the fields of a fragment, without uses of fragments; None when it has no such list. Notes what is wrong."""
    root = report.document.root
    fields = root.get("fields")
    kept = []
    for item in fields.items if isinstance(fields, ListNode) else ():
        if isinstance(item, MapNode) and _uses(item):
            fix = "Write its fields here, or use both fragments in the form."
            report.error("E113", item, "a fragment cannot use a fragment", fix)
        else:
            kept.append(item)
    found = ListNode(fields.line, fields.column, tuple(kept)) if isinstance(fields, ListNode) else None
    pairs = tuple((key, found if found and key.text == "fields" else value) for key, value in root.pairs)
    Reader(report).record("FIELDS", MapNode(root.line, root.column, pairs))
    return found


def _uses(item: MapNode) -> bool:
    """Say whether an entry, or one inside it, uses a fragment."""
    inner = item.get("fields")
    inside = inner.items if isinstance(inner, ListNode) else ()
    return kind_of("FIELD", item) == "USE" or any(isinstance(each, MapNode) and _uses(each) for each in inside)
