"""Compile what stands around the questions: target, caller check, confirmation, approval, messages, result. Pure."""

from collections.abc import Mapping
from typing import Any, cast

from forms.compiling.kept import shown
from forms.compiling.values import Values
from forms.definition import (
    Approval,
    Approver,
    Confirm,
    Limits,
    Next,
    Notify,
    Rate,
    Result,
    Show,
    Stage,
    Target,
    Text,
    Verify,
)
from forms.definition import (
    Record as Journal,
)
from forms.documents import Node
from forms.expressions import Scope, called
from forms.problems import did_you_mean
from forms.records import Pace, Record
from forms.values import ANY, TEXT, Type


def compile_target(values: Values, record: Record | None, scope: Scope) -> Target | None:
    """Compile the target; ``scope`` holds no fields, as nothing has been answered yet."""
    if record is None or record.string("type") is None:
        return None
    kind = record.string("type") or ""
    sets = values.around.resource_sets
    most = record.integer("max")
    _refuse_several(values, record)
    return Target(
        kind,
        label=values.text(record.words("label"), scope, "target"),
        help=values.text(record.words("help"), scope, "target"),
        within=values.known(record.values.get("within"), sets, "E124", "resource set"),
        excluded=values.known(record.values.get("except"), sets, "E124", "resource set"),
        where=values.checks(record.records("where"), scope),
        search=shown(values, record, "search", kind),
        show=shown(values, record, "show", kind),
        columns=shown(values, record, "columns", kind),
        multiple=record.flag("multiple"),
        max=50 if most is None else most,
        default=values.given(record.value("default"), Type(kind), scope, "default"),
    )


def _refuse_several(values: Values, record: Record) -> None:
    if record.flag("multiple"):
        message = "a form cannot act on several targets at once in this version"
        fix = "Remove it, and ask for them with a field that has  multiple: true ."
        values.report.error("E199", record.node_of("multiple"), message, fix)
    elif record.has("max"):
        values.report.error("E122", record.key("max"), '"max" belongs to "multiple"', "Remove it.")


def compile_verify(values: Values, form: Record, scope: Scope) -> Verify | None:
    """Compile how the caller is checked."""
    record = form.record("verify")
    name = record.string("policy") if record else form.string("verify")
    node = record.node_of("policy") if record else form.node_of("verify")
    if name is None:
        return None
    because = record.string("because") if record else None
    if name == "none" and not because:
        fix = "Write  verify: { policy: none, because: … } ."
        values.report.error("E111", node, 'without a caller check the form needs "because"', fix)
    elif name != "none":
        _check_policy(values, node, name)
    when = values.condition(record.scalar("when"), scope) if record else None
    return Verify(None if name == "none" else name, when, because)


def _check_policy(values: Values, node: Node, name: str) -> None:
    policies = values.around.verification.policies
    if name not in policies and "verification" not in values.around.incomplete:
        message = f'there is no verification policy "{name}"'
        values.report.error("E126", node, message, did_you_mean(name, policies))


def compile_record(values: Values, record: Record | None) -> Journal:
    """Compile what the journal asks for."""
    if record is None:
        return Journal()
    return Journal(
        cast("Any", record.string("ticket") or "optional"),
        values.pattern(record, "ticket_pattern"),
        cast("Any", record.string("reason") or "off"),
    )


def compile_confirm(values: Values, record: Record | None, scope: Scope) -> Confirm:
    """Compile what happens between filling in and running."""
    if record is None:
        return Confirm()
    return Confirm(
        cast("Any", record.string("plan") or "always"),
        values.text(record.words("message"), scope, "confirm"),
        values.given(record.value("type_to_confirm"), TEXT, scope, "type_to_confirm", "confirm"),
        _texts(values, record, "acknowledge", scope, "confirm"),
    )


def _texts(values: Values, record: Record, key: str, scope: Scope, place: str) -> tuple[Text, ...]:
    found = (values.text(words, scope, place) for words in record.texts(key))
    return tuple(text for text in found if text is not None)


def compile_approval(
    values: Values, record: Record | None, scope: Scope, fields: Mapping[str, Type]
) -> Approval | None:
    """Compile who must agree; approvers without stages are one stage."""
    if record is None:
        return None
    if record.has("approvers") == record.has("stages"):
        message = "an approval has approvers or stages, not both"
        if not record.has("stages"):
            message = "the approval does not say who may agree"
        fix = "Write  approvers: [ … ] , or  stages: [ … ]  for one round after the other."
        values.report.error("E122", record.node, message, fix)
    stages = tuple(_stage(values, stage, scope) for stage in record.records("stages"))
    if record.has("approvers"):
        stages = (_stage(values, record, scope, is_whole=True),)
    expires, remind = record.integer("expires"), record.integer("remind")
    return Approval(
        stages,
        when=values.condition(record.scalar("when"), scope),
        expires_seconds=5 * 86_400 if expires is None else expires,
        on_expiry=cast("Any", record.string("on_expiry") or "reject"),
        remind_seconds=remind,
        message=values.text(record.words("message"), scope, "approval"),
        show=values.known(record.values.get("show"), frozenset(fields), "E210", "field"),
    )


def _stage(values: Values, record: Record, scope: Scope, *, is_whole: bool = False) -> Stage:
    title = None if is_whole else values.text(record.words("title"), scope, "approval")
    when = None if is_whole else values.condition(record.scalar("when"), scope)
    approvers = tuple(_approver(values, each, scope) for each in record.records("approvers"))
    need = record.integer("need")
    if need == 0:
        values.report.error("E115", record.node_of("need"), '"need" must be at least 1')
    return Stage(title, approvers, 1 if need is None else need, when)


def _approver(values: Values, record: Record, scope: Scope) -> Approver:
    if len(record.keys) != 1:
        fix = "Write one approver per entry of the list."
        values.report.error("E122", record.node, "an approver is named in exactly one way", fix)
    user = Type("user")
    return Approver(
        user=values.given(record.value("user"), user, scope, "user", "approval"),
        group=record.string("group"),
        role=record.string("role"),
        manager_of=values.given(record.value("manager_of"), user, scope, "manager_of", "approval"),
        owner_of=values.given(record.value("owner_of"), ANY, scope, "owner_of", "approval"),
    )


def compile_notify(values: Values, record: Record, scope: Scope) -> Notify:
    """Compile a message."""
    before = record.integer("before")
    return Notify(
        on=record.strings("on"),
        to=tuple(_addressee(values, node, scope, record.string("by") or "mail") for node in record.nodes("to")),
        subject=values.text(record.words("subject"), scope, "notify") or Text({}),
        body=values.text(record.words("body"), scope, "notify"),
        when=values.condition(record.scalar("when"), scope),
        by=cast("Any", record.string("by") or "mail"),
        before_seconds=7 * 86_400 if before is None else before,
    )


def _addressee(values: Values, node: Node, scope: Scope, by: str) -> Any:
    found = values.given(node, ANY, scope, "to", "notify")
    type_ = getattr(found, "type", TEXT)
    one = type_.item if type_.name == "list" and type_.item else type_
    if by != "mail" and one.name not in ("text", "choice", "any"):
        values.report.error("E214", node, f'"to" needs the name of a {by} in deskhand.toml, this is {called(type_)}')
        return found
    if one.name not in ("user", "group", "mailbox", "contact", "text", "choice", "any", "null"):
        values.report.error("E214", node, f'"to" needs a person or an address, this is {called(type_)}')
    return found


def compile_result(values: Values, record: Record | None, scope: Scope) -> Result:
    """Compile the last page, the only place besides an operation that may take a password."""
    if record is None:
        return Result()
    return Result(
        values.text(record.words("message"), scope, "result"),
        tuple(_show(values, each, scope) for each in record.records("show")),
        tuple(_next(values, each, scope) for each in record.records("next")),
    )


def _show(values: Values, record: Record, scope: Scope) -> Show:
    is_secret = record.string("secret") == "once"
    wanted = Type("secret") if is_secret else ANY
    value = values.given(record.value("value"), wanted, scope, "value", "result")
    return Show(values.text(record.words("label"), scope, "result") or Text({}), value, is_secret, record.flag("copy"))


def _next(values: Values, record: Record, scope: Scope) -> Next:
    arguments = values.given_entries(record, "with", {}, scope)
    return Next(record.string("form") or "", values.text(record.words("label"), scope, "result"), arguments)


def compile_limits(record: Record | None) -> Limits:
    """Compile the brakes."""
    if record is None:
        return Limits()
    return Limits(_rate(record, "per_actor"), _rate(record, "per_target"), record.integer("max_changes"))


def _rate(record: Record, key: str) -> Rate | None:
    value = record.values.get(key)
    return Rate(value.count, value.seconds) if isinstance(value, Pace) else None
