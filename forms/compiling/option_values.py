"""Compare choices with texts: one that no option has is never chosen, so the comparison always says the same. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from forms.compiling.surroundings import Surroundings
from forms.expressions.syntax import Attribute, Binary, Items, Literal, Name, Node, children
from forms.records import Record

Options = Mapping[str, frozenset[str]]


def options_of(questions: Iterable[tuple[str, Record]], around: Surroundings) -> Options:
    """Return the values of the questions, given by id, whose options all stand in the form or in a shared list."""
    found = {}
    for id_, record in questions:
        if record.type in ("choice", "choices") and not record.flag("allow_other") and "options" not in record.broken:
            values = _written(record, around)
            if values:
                found[id_] = values
    return found


def _written(record: Record, around: Surroundings) -> frozenset[str]:
    options = record.record("options")
    if options is None:
        return frozenset(value for each in record.records("options") if (value := each.string("value")) is not None)
    shared = around.lists.get(options.string("list") or "")
    column = options.string("value") or "value"
    return frozenset(str(row[column]) for row in shared.rows if column in row) if shared else frozenset()


def foreign_options(node: Node, options: Options) -> Iterator[tuple[Literal, str]]:
    """Yield the texts a choice is compared with though none of its options has them, with the name of the question."""
    if isinstance(node, Binary) and node.operator in ("==", "!=", "in", "not in", "contains"):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            name = _question(one)
            for literal in _texts(other) if name in options else ():
                if literal.value not in options[name]:
                    yield literal, name
    for below in children(node):
        yield from foreign_options(below, options)


def _question(node: Node) -> str:
    if isinstance(node, Attribute) and node.name == "value":
        node = node.subject
    return node.name if isinstance(node, Name) else ""


def _texts(node: Node) -> Iterator[Literal]:
    for item in node.items if isinstance(node, Items) else (node,):
        if isinstance(item, Literal) and isinstance(item.value, str):
            yield item
