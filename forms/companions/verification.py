"""Read ``verification.yaml``, how callers are checked. Pure."""

from forms.companions.reading import Found, note_twice, read_companion
from forms.compiling.surroundings import Surroundings
from forms.compiling.values import Values
from forms.definition import (
    Method,
    Settings,
    Text,
    Verification,
    VerificationPolicy,
)
from forms.expressions import Scope
from forms.problems import Report, nearest_or_all
from forms.records import Record
from forms.values import TEXT, Type


def read_verification(file: str, content: bytes, settings: Settings) -> Found[Verification]:
    """Read ``verification.yaml``."""
    around = Surroundings({}, settings)
    return read_companion(
        file, content, "VERIFICATION", Verification(), lambda report, record: _verification(report, record, around)
    )


def _verification(report: Report, record: Record, around: Surroundings) -> Verification:
    values = Values(report, around)
    methods = {method.id: method for method in (_method(values, each) for each in record.records("methods"))}
    policies = {
        policy.id: policy for policy in (_rule(values, each, frozenset(methods)) for each in record.records("policies"))
    }
    note_twice(report, record.records("methods"))
    note_twice(report, record.records("policies"))
    if "none" in policies:
        node = next(each.node_of("id") for each in record.records("policies") if each.string("id") == "none")
        fix = "Give it another id: a form without a caller check says  policy: none ."
        report.error("E123", node, 'a policy cannot be called "none"', fix)
    return Verification(policies, methods, record.strings("not_a_method"))


_KINDS = {"checklist": "ask", "one_time_code": "to", "push": "", "confirm_by": "who"}


def _check_kind(report: Report, record: Record) -> None:
    """Note a kind of method that cannot be done, or lacks the key that says with what or whom."""
    kind = record.string("kind")
    if kind is not None and kind not in _KINDS:
        fix = nearest_or_all(kind, _KINDS, "Kinds")
        report.error("E120", record.node_of("kind"), f'there is no kind of caller check "{kind}"', fix)
    elif kind is not None and _KINDS[kind] and not record.has(_KINDS[kind]):
        message = f'a method of the kind "{kind}" needs "{_KINDS[kind]}"'
        report.error("E111", record.node, message, f"Write  {_KINDS[kind]}: … .")


def _method(values: Values, record: Record) -> Method:
    _check_kind(values.report, record)
    scope = Scope({"target": Type("user"), "actor": Type("user"), "org": values.around.org()})
    return Method(
        record.string("id") or "",
        record.string("kind") or "",
        values.text(record.words("title"), scope, "title") or Text({}),
        to=values.given(record.value("to"), TEXT, scope, "to"),
        who=values.given(record.value("who"), Type("user"), scope, "who"),
        ask=tuple(text for words in record.texts("ask") if (text := values.text(words, scope, "ask")) is not None),
    )


def _rule(values: Values, record: Record, methods: frozenset[str]) -> VerificationPolicy:
    need, attempts, valid = (record.integer(key) for key in ("need", "attempts", "valid_for"))
    names = values.known(record.values.get("methods"), methods, "E126", "method")
    if attempts is not None and attempts < 1:
        values.report.error("E115", record.node_of("attempts"), '"attempts" must be at least 1', "Write  attempts: 3 .")
    if need is not None and not 1 <= need <= len(set(names)):
        fix = "Write how many of the methods are needed; it lists no more."
        values.report.error("E115", record.node_of("need"), f'"need" must be from 1 to {len(set(names))}', fix)
    return VerificationPolicy(
        record.string("id") or "",
        values.text(record.words("title"), Scope({}), "title") or Text({}),
        need or 1,
        names,
        3 if attempts is None else attempts,
        600 if valid is None else valid,
    )
