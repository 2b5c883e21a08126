"""Compile operations against the verbs of the connectors, and derive the permissions they need. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, cast

from connectors.spi import Argument, Verb
from connectors.verbs import ATTRIBUTES, HARD_ATTRIBUTES, PERMISSIONS, READ_PERMISSIONS
from forms.compiling.abilities import CUSTOM, can_set, custom_type, is_left_out, refuse_nothing_left
from forms.compiling.values import Values
from forms.definition import Given, NeedAt, Step, Target, Template
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.expressions import Expression, Scope, called, type_named
from forms.problems import did_you_mean, nearest_or_all
from forms.records import Entries, Record
from forms.values import ANY, DATE, TEXT, Type, list_of

_SIGNS = re.compile(r"[^a-z0-9]")
_HARD = frozenset(_SIGNS.sub("", name.lower()) for name in HARD_ATTRIBUTES)
_PREFIXES = (CUSTOM, "extension.", "attributes.")


def compile_steps(values: Values, records: tuple[Record, ...], scope: Scope) -> tuple[tuple[Step, ...], Type]:
    """Compile operations from top to bottom; each sees the outputs of those above.

    Returns the steps, without those whose verb is unknown or left out here, and the type of ``steps`` behind the last one.
    """
    steps: list[Step] = []
    outputs: dict[str, Type] = {}
    for record in records:
        inner = Scope({**scope.names, "steps": Type("row", columns=dict(outputs))})
        step_id = record.string("id") or ""
        if step_id and step_id in outputs:
            node = record.node_of("id")
            message = f'there are two operations with the id "{step_id}"'
            values.report.error("E116", node, message, "Rename one of them.")
        verb = _verb(values, record)
        outputs[step_id] = (
            Type("row", columns={name: type_named(kind) for name, kind in verb.gives.items()}) if verb else ANY
        )
        if verb is not None and step_id:
            left_out = is_left_out(values, record, verb)
            with values.apart() if left_out else nullcontext():
                step = _step(values, record, step_id, verb, inner)
            steps += [] if left_out else [step]
    refuse_nothing_left(values, records, steps)
    return tuple(steps), Type("row", columns=outputs)


def _verb(values: Values, record: Record) -> Verb | None:
    name = record.string("do")
    if name is None:
        return None
    verb = values.around.verbs.get(name)
    if verb is None:
        fix = did_you_mean(name, values.around.verbs)
        values.report.error("E140", record.node_of("do"), f'no connector offers "{name}"', fix)
    return verb


def _step(values: Values, record: Record, id: str, verb: Verb, scope: Scope) -> Step:
    for_each = _for_each(values, record, scope)
    inner = Scope({**scope.names, "item": for_each[1]}) if record.has("for_each") else scope
    until = values.given(record.value("until"), DATE, inner, "until")
    if record.has("until") and verb.inverse is None:
        message = f'"{verb.name}" cannot be taken back, so it cannot have an "until"'
        values.report.error("E144", record.key("until"), message, "Remove it.")
    return Step(
        id,
        verb,
        _arguments(values, record, verb, inner),
        title=values.text(record.words("title"), inner, "title"),
        only_if=values.condition(record.scalar("only_if"), inner),
        for_each=for_each[0],
        until=until,
        revert=cast("Any", record.string("revert") or "auto"),
        on_error=cast("Any", record.string("on_error")),
        undo=cast("Any", record.string("undo") or "auto"),
        retry=record.integer("retry") or 0,
        note=values.text(record.words("note"), inner, "note"),
    )


def _for_each(values: Values, record: Record, scope: Scope) -> tuple[Given, Type]:
    """Return the list, and the type of its items."""
    node = record.value("for_each")
    if isinstance(node, ListNode):
        return values.given(node, list_of(TEXT), scope, "for_each"), TEXT
    if not isinstance(node, ScalarNode):
        return None, ANY
    found = values.template(node, scope, "for_each")
    if found is None or found.type.name == "any":
        return found, ANY
    if found.type.name != "list":
        inner = found.single.source.strip() if found.single else ""
        fix = f"Write  $({inner}.add)  or  $({inner}.remove) ." if found.type.name == "delta" else ""
        values.report.error("E214", node, f'"for_each" needs a list, this is {called(found.type)}', fix)
        return None, ANY
    return found, found.type.item or ANY


def _arguments(values: Values, record: Record, verb: Verb, scope: Scope) -> dict[str, Given]:
    entries = record.values.get("with")
    written: Mapping[str, Any] = entries.entries if isinstance(entries, Entries) else {}
    keys = entries.keys if isinstance(entries, Entries) else {}
    _check_names(values, record, verb)
    found: dict[str, Given] = {}
    for name, node in written.items():
        argument = verb.argument(name)
        if argument is None:
            continue
        if argument.type == "map":
            found[name] = _settings(values, node, verb, scope)
        elif can_set(values, keys[name], verb, name):
            found[name] = _argument(values, node, argument, scope)
    return found


def _check_names(values: Values, record: Record, verb: Verb) -> None:
    entries = record.values.get("with")
    keys = entries.keys if isinstance(entries, Entries) else {}
    names = [argument.name for argument in verb.arguments]
    for name, key in keys.items():
        if name not in names:
            fix = nearest_or_all(name, names, "Arguments")
            values.report.error("E141", key, f'"{verb.name}" has no argument "{name}"', _in_order(fix, names))
    if "with" in record.broken:
        return
    for argument in verb.arguments:
        if argument.needed and argument.name not in keys:
            message = f'"{verb.name}" needs "{argument.name}"'
            values.report.error("E142", record.node_of("do"), message, "Write it under  with: .")


def _in_order(fix: str, names: list[str]) -> str:
    return fix or f"Arguments: {', '.join(names)}."


def _argument(values: Values, node: Node, argument: Argument, scope: Scope) -> Given:
    found = values.given(node, type_named(argument.type), scope, argument.name, "operations", "E143")
    if argument.one_of:
        items = node.items if isinstance(node, ListNode) else (node,)
        for item in items:
            if isinstance(item, ScalarNode) and "$(" not in item.text and item.text not in argument.one_of:
                fix = nearest_or_all(item.text, argument.one_of, "Values")
                values.report.error("E143", item, f'"{argument.name}" cannot be "{item.text}"', fix)
    return found


def _settings(values: Values, node: Node, verb: Verb, scope: Scope) -> Given:
    """Compile the attributes and values of ``set``; only attributes that may be set on this kind of object."""
    if not isinstance(node, MapNode):
        values.report.error("E113", node, '"set" must be a map of attributes to values')
        return None
    found: dict[str, Given] = {}
    for key, value in node.pairs:
        wanted = _type_of(values, key, verb)
        if wanted is not None:
            found[key.text] = values.given(value, wanted, scope, key.text, "operations", "E143")
    return found


def _type_of(values: Values, key: ScalarNode, verb: Verb) -> Type | None:
    """Return the type of an attribute that is to be set; None for one that cannot be, which is noted."""
    kind = verb.name.split(".")[-2] if "." in verb.name else ""
    if kind == "user" and key.text.startswith(CUSTOM) and verb.further is not None and not _is_hard(key.text):
        return custom_type(values, key, verb.further)
    if not _is_settable(values, key, kind) or not can_set(values, key, verb, key.text):
        return None
    return type_named(ATTRIBUTES[kind][key.text].type)


def _is_settable(values: Values, key: ScalarNode, kind: str) -> bool:
    attributes = ATTRIBUTES.get(kind, {})
    settable = {name for name, attribute in attributes.items() if attribute.settable}
    if key.text in settable:
        return True
    if _is_hard(key.text):
        values.report.error("E146", key, f'no form may set "{key.text}"', "Remove it.")
    elif key.text in attributes:
        fix = "There may be an operation of its own for it."
        values.report.error("E146", key, f'"{key.text}" of a {kind} cannot be set here', fix)
    else:
        fix = did_you_mean(key.text, settable)
        values.report.error("E126", key, f'a {kind} has no attribute "{key.text}" that can be set', fix)
    return False


def _is_hard(written: str) -> bool:
    """Say whether a name, in any spelling, is an attribute that no form may set: ``member-of``, ``custom.adminCount``."""
    name = unicodedata.normalize("NFKC", written).strip().lower().split(";")[0]
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return _SIGNS.sub("", name) in _HARD


def needs_of(steps: tuple[Step, ...], target: Target | None, requires: tuple[str, ...]) -> tuple[NeedAt, ...]:
    """Return every permission the form needs, each once, sorted."""
    needs = {_required(permission) for permission in requires}
    if target is not None and target.type in READ_PERMISSIONS:
        needs.add(NeedAt(READ_PERMISSIONS[target.type], target.type, "target"))
    for step in steps:
        needs |= _needs_of_step(step)
    return tuple(sorted(needs, key=lambda need: (need.permission, need.kind, need.on)))


def _required(permission: str) -> NeedAt:
    on = "form" if permission in PERMISSIONS and "form" in PERMISSIONS[permission][0] else ""
    return NeedAt(permission, on, on)


def _needs_of_step(step: Step) -> set[NeedAt]:
    needs = set()
    for need in step.verb.needs:
        argument = step.verb.argument(need.on)
        if argument is None or (not argument.needed and step.arguments.get(need.on) is None):
            continue
        kind = argument.type.removeprefix("list:")
        on = "target" if is_target(step.arguments.get(need.on)) else f"{step.id}.{need.on}"
        needs.add(NeedAt(need.permission, "mail_domain" if kind == "address" else kind, on))
    return needs


def is_target(given: Given) -> bool:
    """Say whether a value is exactly ``$(target)``, alone or as the only one of a list."""
    if isinstance(given, tuple) and len(given) == 1:
        return is_target(given[0])
    single: Expression | None = given.single if isinstance(given, Template) else None
    return single is not None and single.source.strip() == "target"


def check_callers(values: Values, records: tuple[Record, ...], steps: tuple[Step, ...], form: Record) -> None:
    """Note verbs that are done for a caller while the form does not say how that caller is checked (E145)."""
    if form.has("verify"):
        return
    by_id = {step.id: step for step in steps}
    for record in records:
        step = by_id.get(record.string("id") or "")
        if step is not None and step.verb.caller_check:
            message = f'"{step.verb.name}" is done for a caller, but the form does not say how the caller is checked'
            fix = "Add  verify: <policy>  (or  verify: { policy: none, because: … } )."
            values.report.error("E145", record.node_of("do"), message, fix)


def check_checked_object(
    values: Values, records: tuple[Record, ...], steps: tuple[Step, ...], policy: str | None
) -> None:
    """Note verbs that are done for a caller on somebody else than the target, who alone is checked (E145)."""
    by_id = {step.id: step for step in steps}
    for record in records:
        step = by_id.get(record.string("id") or "")
        if policy is None or step is None or not step.verb.caller_check or not step.verb.needs:
            continue
        first = step.verb.needs[0].on
        if step.arguments.get(first) is not None and not is_target(step.arguments[first]):
            message = f'the caller who is checked is the target, but "{step.verb.name}" is done on somebody else'
            fix = f"Write  {first}: $(target)  (or  verify: {{ policy: none, because: … }} )."
            values.report.error("E145", record.node_of("do"), message, fix)
