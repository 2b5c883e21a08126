"""Check a form against what the systems of this desk can do: verbs, attributes they have, further attributes. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.spi import Further, Verb
from forms.compiling.values import Values
from forms.definition import Step
from forms.documents import Node, ScalarNode
from forms.expressions import Node as Tree
from forms.expressions import type_named
from forms.expressions.syntax import Attribute, children
from forms.problems import nearest_or_all
from forms.records import Record
from forms.values import Type

CUSTOM = "custom."
"""What the names of further attributes of people begin with."""


def is_left_out(values: Values, record: Record, verb: Verb) -> bool:
    """Say whether an operation is left out because it cannot be done here and the form is of use without it (W330).

    What cannot be done and is not left out is noted as an error (E148).
    """
    if not verb.unavailable:
        return False
    message = f'"{verb.name}" cannot be done here: {verb.unavailable}'
    if record.flag("if_possible"):
        values.report.warning("W330", record.node_of("do"), f"{message}; the operation is left out")
        return True
    fix = "Remove the operation, or write  if_possible: true  when the form is of use without it."
    values.report.error("E148", record.node_of("do"), message, fix)
    return False


def refuse_nothing_left(values: Values, records: Sequence[Record], steps: Sequence[Step]) -> None:
    """Note that all operations of a form are left out (E148): it would do nothing and look as if it did."""
    if records and not steps and not values.report.has_errors:
        message = "nothing that this form does can be done here"
        values.report.error("E148", records[0].node_of("do"), message, "Remove the form.")


def can_set(values: Values, key: Node, verb: Verb, name: str) -> bool:
    """Say whether the system has a place for an attribute; where it has none, that is noted (E149)."""
    reason = verb.cannot_set.get(name)
    if reason is None:
        return True
    values.report.error("E149", key, f'"{verb.name}" cannot set "{name}" here: {reason}', "Remove it.")
    return False


def custom_type(values: Values, key: ScalarNode, further: Mapping[str, Further]) -> Type | None:
    """Return the type of a further attribute that a form sets; None when it may not, which is noted (E126, E146)."""
    name = key.text.removeprefix(CUSTOM)
    found = further.get(name)
    if found is None:
        known = sorted(CUSTOM + one.name for one in further.values() if one.settable)
        message = f'a user has no attribute "{key.text}" in this directory'
        values.report.error("E126", key, message, nearest_or_all(key.text, known, "There are") or _declare(name))
        return None
    if not found.settable:
        fix = f"Write  settable = true  at  custom.{name}  in deskhand.toml, if forms may set it."
        values.report.error("E146", key, f'"{key.text}" may be read and not set', fix)
        return None
    return type_named(found.type)


def check_custom(values: Values) -> None:
    """Note every further attribute that an expression reads and the directory does not have (E211)."""
    further = _further(values.around.verbs)
    if further is None:
        return
    for written in values.written:
        for node in _read(written.expression.node):
            if node.name not in further:
                known = sorted(further)
                fix = nearest_or_all(node.name, known, "There are") or _declare(node.name)
                message = f'a user has no "{CUSTOM}{node.name}" in this directory'
                values.report.error("E211", written.node, message, fix, node.offset)


def _further(verbs: Mapping[str, Verb]) -> Mapping[str, Further] | None:
    """Return the further attributes of people; None where they are not known."""
    verb = verbs.get("directory.user.update")
    return verb.further if verb is not None else None


def _read(node: Tree) -> Iterator[Attribute]:
    inner = node.subject if isinstance(node, Attribute) else None
    if isinstance(node, Attribute) and isinstance(inner, Attribute) and inner.name == "custom" and inner.kind == "user":
        yield node
    for child in children(node):
        yield from _read(child)


def _declare(name: str) -> str:
    return f'Name it in deskhand.toml:  custom.{name[:40]} = "…" , with the attribute of the directory.'
