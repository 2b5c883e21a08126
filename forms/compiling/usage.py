"""Warnings: answers nothing uses (W301), or that may be missing where they are used (W302); nobody told (W304). Pure."""

import re
from collections.abc import Iterator

from forms.compiling.questions import Question
from forms.compiling.types import selection_of
from forms.compiling.values import Values
from forms.definition import Field, Form, Step
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.records import Entries, Record

_NEVER_EMPTY = frozenset({"boolean", "membership", "note"})
_GUARDED = re.compile(r"\b(default|if|answered)\s*\(")


def warn_unused(values: Values, questions: tuple[Question, ...], *, is_view: bool = False) -> None:
    """Note answers that no expression reads; what is only looked at is no answer."""
    where = "the search of a table" if is_view else "an operation"
    for question in questions:
        record = question.record
        is_looked_at = record.type == "note" or (record.type == "table" and selection_of(record) == "none")
        if is_looked_at or record.flag("show") or question.id in values.used | values.read_apart:
            continue
        message = f'the answer "{question.id}" is not used anywhere'
        values.report.warning("W301", record.node_of("id"), message, f"Use it in {where}, or remove the field.")


def warn_unguarded(
    values: Values, records: tuple[Record, ...], steps: tuple[Step, ...], fields: tuple[Field, ...]
) -> None:
    """Note arguments that read an answer which is only asked sometimes, in an operation that is always done."""
    conditional = {field.id: field for field in fields if field.when is not None and field.type not in _NEVER_EMPTY}
    by_id = {step.id: step for step in steps}
    for record in records:
        step = by_id.get(record.string("id") or "")
        if step is not None and conditional:
            for field in conditional.values():
                if not _is_guarded(step, field):
                    _warn(values, record, field)


def warn_untold(values: Values, records: tuple[Record, ...], form: Form) -> None:
    """Note that what a person signs in with is reset for a caller, and no mail says so: a lie would go unnoticed."""
    by_id = {step.id: step for step in form.steps}
    for record in records:
        step = by_id.get(record.string("id") or "")
        if step is not None and _resets(step) and not form.notify:
            message = f'"{step.verb.name}" is done for a caller, and nobody is told of it'
            fix = "Add  notify: [{ on: [done], to: [$(target)], subject: …, body: … }] ."
            values.report.warning("W304", record.node_of("do"), message, fix)


def _resets(step: Step) -> bool:
    return step.verb.caller_check and any(need.permission.endswith(".reset") for need in step.verb.needs)


def _is_guarded(step: Step, field: Field) -> bool:
    if step.only_if is None or field.when is None:
        return False
    return bool(step.only_if.names & (field.when.names | {field.id}))


def _warn(values: Values, record: Record, field: Field) -> None:
    name = re.compile(rf"\$\((?:[^()]|\([^()]*\))*?(?<![\w.])({field.id})(?!\w)")
    for node in _scalars(record):
        found = name.search(node.text)
        if found and not _GUARDED.search(node.text):
            when = field.when.source.strip() if field.when else ""
            message = f'"{field.id}" is only asked when  {when} ; otherwise it is empty here'
            fix = f"Add  only_if: …  to this operation, or write  $({field.id} | default(…)) ."
            values.report.warning("W302", node, message, fix, found.start(1))


def _scalars(record: Record) -> Iterator[ScalarNode]:
    entries = record.values.get("with")
    if isinstance(entries, Entries):
        for raw in entries.entries.values():
            if isinstance(raw, ScalarNode | ListNode | MapNode):
                yield from _below(raw)


def _below(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _below(item)
    else:
        for _, value in node.pairs:
            yield from _below(value)
