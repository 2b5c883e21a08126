"""Check what a form reads and asks for against what the systems of this desk keep: a wrong list is worse than none. Pure.

What is never there may be shown, with a warning; nothing is asked for by it, since the answer would be a false one.
"""

from collections.abc import Iterator

from connectors.spi import Unkept
from connectors.verbs import ATTRIBUTES
from forms.compiling.values import Values
from forms.definition import Lookup
from forms.documents import Node
from forms.expressions import Node as Tree
from forms.expressions.syntax import Attribute, children
from forms.records import Record

_ASK_OTHERWISE = "Remove the condition, or ask for something that is kept here."
_SORT_OTHERWISE = "Sort by another attribute."


def note_condition(values: Values, node: Node, kind: str, name: str) -> None:
    """Note a condition on what is never there (E166), or not everywhere or the same for all (W331)."""
    found = _unkept(values, kind, name)
    if found is None:
        return
    if found.is_unanswerable:
        message = f'nothing can be asked by "{name}" here: {found.reason}'
        values.report.error("E166", node, message, _ASK_OTHERWISE)
    elif found.partly:
        message = f'what is asked by "{name}" is answered by some directories only: {found.reason}'
        values.report.warning("W331", node, message, _ASK_OTHERWISE)
    else:
        message = f'"{name}" is the same for all here: {found.reason}, so every one counts as {found.taken_for}'
        values.report.warning("W331", node, message, _ASK_OTHERWISE)


def note_sort(values: Values, node: Node, kind: str, name: str) -> None:
    """Note an order by what is never there (E166), or not everywhere (W331)."""
    found = _unkept(values, kind, name)
    if found is not None and found.is_unanswerable:
        values.report.error("E166", node, f'nothing is sorted by "{name}" here: {found.reason}', _SORT_OTHERWISE)
    elif found is not None:
        values.report.warning("W331", node, f'"{name}" does not sort all here: {found.reason}', _SORT_OTHERWISE)


def note_search(values: Values, node: Node, lookup: Lookup) -> None:
    """Note a form that uses a search which cannot be answered here (E166)."""
    reason = lookup.unanswerable(values.around.unkept)
    if reason:
        message = f'the search "{lookup.id}" cannot be answered here: {reason}'
        values.report.error("E166", node, message, "Use another search, or mend this one in lookups.yaml.")


def shown(values: Values, record: Record, key: str, kind: str | None) -> tuple[str, ...]:
    """Return the attributes of a kind that a key lists; those that do not exist are noted (E126), and columns never there.

    Of what is searched in or shown beside a name nobody misses what is not there.
    """
    words = record.values.get(key)
    if not kind:
        return values.known(words, None, "E126", "attribute")
    names = values.known(words, frozenset(ATTRIBUTES[kind]), "E126", f"attribute of a {kind}")
    for word in record.all_words(key) if key == "columns" else ():
        note_shown(values, word.node, kind, str(word.value))
    return names


def note_shown(values: Values, node: Node, kind: str, name: str) -> None:
    """Note something shown that is never there (W331)."""
    found = _unkept(values, kind, name)
    if found is not None:
        some = " about some" if found.partly else ""
        message = f'"{name}" tells nothing{some} here: {found.reason}'
        values.report.warning("W331", node, message, "Remove it, if it is of no use.")


def check_read(values: Values) -> None:
    """Note, once for each attribute, an expression that reads what is never there (W331)."""
    told: set[tuple[str, str]] = set()
    for written in values.written:
        for node in _read(written.expression.node):
            found = _unkept(values, node.kind, node.name)
            if found is None or not found.is_unanswerable or (node.kind, node.name) in told:
                continue
            told.add((node.kind, node.name))
            is_bool = ATTRIBUTES[node.kind][node.name].type == "bool"
            message = f'"{node.name}" is always {"no" if is_bool else "empty"} here: {found.reason}'
            values.report.warning("W331", written.node, message, "Do not rely on it.", node.offset)


def _unkept(values: Values, kind: str, name: str) -> Unkept | None:
    return values.around.unkept.get(kind, {}).get(name)


def _read(node: Tree) -> Iterator[Attribute]:
    if isinstance(node, Attribute) and node.kind:
        yield node
    for child in children(node):
        yield from _read(child)
