"""Validate a submission: shape, choices, uniqueness, the author's rules. Pure; every problem at once."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from connectors.spi import Ref
from forms.answering.naming import is_free
from forms.answering.options import Bound, membership_kind, narrowed, picker_search
from forms.answering.schema import is_answered_by_people, schema_problems
from forms.answering.situation import Situation, in_language
from forms.answering.wire import PICKERS, normalise
from forms.answering.working_out import Answer, Worked, work_out
from forms.definition import Check, Field
from forms.errors import AnswerProblem, AnswersError, ExpressionError
from forms.expressions import Environment, holds, is_match
from forms.values import Delta, Value

_MOST_REASON = 1_000
_LEAST_PASSWORD = 12


def validate(situation: Situation, posted: Mapping[str, object]) -> Worked:
    """Return the form worked out, when every answer fits; raises `AnswersError` with all problems, or `MissingFacts`.

    Answers to questions that are not asked are dropped; answers to questions the form does not have are a problem.
    """
    try:
        return _validate(situation, posted)
    except ExpressionError as error:
        sentence = "The form cannot be worked out with these answers; one of them is too large."
        raise AnswersError([AnswerProblem("", sentence)]) from error


def _validate(situation: Situation, posted: Mapping[str, object]) -> Worked:
    worked = work_out(situation, posted)
    problems = [*_undeclared(situation, posted), *_changed_readonly(worked, posted), *_record_problems(situation)]
    problems += schema_problems(situation, worked.answers)
    told = {problem.field for problem in problems}
    for answer in worked.answers.values():
        if answer.asked and answer.field.id not in told:
            problems += _question_problems(situation, answer, situation.environment(worked.values))
    if not problems:
        problems += _check_problems(situation, worked)
    if problems:
        raise AnswersError(problems)
    return worked


def _undeclared(situation: Situation, posted: Mapping[str, object]) -> Iterator[AnswerProblem]:
    fields = {field.id: field for field in situation.form.fields}
    for id_ in posted:
        if id_ not in fields:
            yield AnswerProblem("", "This form does not ask one of the questions that were answered.")
        elif not is_answered_by_people(fields[id_]):
            yield AnswerProblem(id_, "This is worked out by the desk and cannot be answered.")
        elif fields[id_].type == "rows":
            yield from _undeclared_columns(fields[id_], posted[id_])


def _undeclared_columns(field: Field, rows: object) -> Iterator[AnswerProblem]:
    known = {column.id for column in field.fields}
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        if isinstance(row, dict) and not row.keys() <= known:
            yield AnswerProblem(field.id, "This row has a column the form does not ask for.", number)


def _changed_readonly(worked: Worked, posted: Mapping[str, object]) -> Iterator[AnswerProblem]:
    for id_, answer in worked.answers.items():
        if (
            answer.asked
            and answer.readonly
            and id_ in posted
            and is_answered_by_people(answer.field)
            and normalise(answer.field, posted[id_]) != normalise(answer.field, answer.wire)
        ):
            yield AnswerProblem(id_, "This is shown, but cannot be changed here.")


def _record_problems(situation: Situation) -> Iterator[AnswerProblem]:
    record, request = situation.form.record, situation.request
    if record.ticket == "required" and not request.ticket:
        yield AnswerProblem("ticket", "Write the ticket number.")
    elif request.ticket and (record.ticket == "off" or len(request.ticket) > 100 or not request.ticket.isprintable()):
        yield AnswerProblem("ticket", "This is not a ticket number.")
    elif request.ticket and record.ticket_pattern and not is_match(record.ticket_pattern, request.ticket):
        yield AnswerProblem("ticket", "This does not look like a ticket number of your ticket system.")
    if record.reason == "required" and not request.reason:
        yield AnswerProblem("reason", "Write why this is done.")
    elif request.reason and record.reason == "off":
        yield AnswerProblem("reason", "This form does not ask for a reason.")
    elif len(request.reason) > _MOST_REASON:
        yield AnswerProblem("reason", f"Write at most {_MOST_REASON} characters.")
    elif not all(sign.isprintable() or sign in "\r\n\t" for sign in request.reason):
        yield AnswerProblem("reason", "Write plain text.")


def _question_problems(
    situation: Situation, answer: Answer, environment: Environment, row: int | None = None, outer: str = ""
) -> Iterator[AnswerProblem]:
    """Yield at most one problem of a question whose shape is right; its rows are gone into."""
    message = next(_messages(situation, answer, environment), None)
    if message is not None:
        id_ = answer.field.id
        yield AnswerProblem(outer, message, row, id_) if outer else AnswerProblem(id_, message)
        return
    for number, columns in enumerate(answer.rows, 1):
        names = {**environment.names, **{id_: column.value for id_, column in columns.items()}}
        inner = Environment(names, environment.facts, environment.now)
        for column in columns.values():
            if column.asked:
                yield from _question_problems(situation, column, inner, number, answer.field.id)


def _messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    field = answer.field
    if field.type == "membership":
        yield from _membership_messages(situation, answer, environment)
    elif field.type in PICKERS:
        yield from _picker_messages(situation, answer, environment)
    elif field.type in ("date", "datetime"):
        yield from _moment_messages(answer)
    elif field.type == "rows":
        yield from _repeated_rows(answer)
    elif field.type == "email" and field.domains and isinstance(answer.value, str):
        if answer.value.rpartition("@")[2] not in {domain.lower() for domain in field.domains}:
            yield f"The address must end in {' or '.join('@' + domain for domain in field.domains)}."
    elif field.type == "password" and isinstance(answer.wire, str):
        yield from _password_messages(situation, field, answer.wire)
    text = answer.value if isinstance(answer.value, str) and not answer.is_unchanged else ""
    if field.unique is not None and text and not is_free(situation, field.unique, text, environment):
        yield "This is already in use. Choose another."
    yield from _rule_messages(situation, field.validate, answer.value, environment)


def _password_messages(situation: Situation, field: Field, password: str) -> Iterator[str]:
    """Yield why a typed password is not good enough; how long it must be follows from how the policy makes one."""
    policy = situation.catalogue.settings.password_policies.get(field.policy or "")
    if policy is None:
        return
    least = policy.length if policy.kind == "random" else _LEAST_PASSWORD
    if len(password) < least:
        yield f"Write at least {least} characters."
    if any(sign in policy.without for sign in password):
        yield f"None of these may be in it: {policy.without}"


def _rule_messages(
    situation: Situation, rules: tuple[Check, ...], value: Value, environment: Environment
) -> Iterator[str]:
    if value is None or value == () or value == Delta():
        return
    inner = Environment({**environment.names, "value": value}, environment.facts, environment.now)
    for rule in rules:
        if not holds(rule.check, inner):
            yield in_language(rule.message, situation.language, inner) or f"Does not satisfy: {rule.check.source}"


def _moment_messages(answer: Answer) -> Iterator[str]:
    value, least, most = answer.value, answer.minimum, answer.maximum
    if not isinstance(value, date):
        return
    if isinstance(least, date) and _moment(value) < _moment(least):
        yield f"Must be on or after {least.isoformat()}."
    if isinstance(most, date) and _moment(value) > _moment(most):
        yield f"Must be on or before {most.isoformat()}."


def _moment(value: date) -> tuple[date, str]:
    return (value.date(), value.isoformat()) if isinstance(value, datetime) else (value, "")


def _repeated_rows(answer: Answer) -> Iterator[str]:
    if answer.field.unique_by:
        keys = [tuple(repr(row[id_].wire) for id_ in answer.field.unique_by) for row in answer.rows]
        if len(set(keys)) < len(keys):
            yield "The same thing is there twice."


def _picker_messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    refs = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    kept = answer.original if isinstance(answer.original, list) else [answer.original]
    chosen = frozenset(ref.id for ref in refs if isinstance(ref, Ref) and ref.id not in kept)
    if (
        answer.is_given
        and chosen
        and not _all_found(situation, picker_search(situation, answer.field, environment, answer.field.type), chosen)
    ):
        yield "Choose somebody from the list." if answer.field.type == "user" else "Choose from the list."


def _all_found(situation: Situation, bound: Bound, ids: frozenset[str]) -> bool:
    if bound.search is None:
        return False
    rows = situation.facts.rows(narrowed(bound.search, ids))
    return ids <= {entry.ref.id for entry in rows.entries}


def _membership_messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    field, delta = answer.field, answer.value
    if not isinstance(delta, Delta):
        return
    if field.max_changes is not None and len(delta.add) + len(delta.remove) > field.max_changes:
        yield f"Change at most {field.max_changes} at a time."
    bound = picker_search(situation, field, environment, membership_kind(field, environment))
    for refs, verb in ((delta.add, "add"), (delta.remove, "remove")):
        ids = frozenset(ref.id for ref in refs)
        if ids and not _all_found(situation, bound, ids):
            yield f"Choose what to {verb} from the list."
    if set(delta.add) & set(delta.remove):
        yield "The same thing is added and removed."
    stays = {name.casefold() for name in field.keep}
    removed = situation.facts.existing(delta.remove)
    if len(removed) < len(delta.remove) or any(str(one.attributes.get("name")).casefold() in stays for one in removed):
        yield "One of these always stays."


def _check_problems(situation: Situation, worked: Worked) -> Iterator[AnswerProblem]:
    environment = situation.environment(worked.values)
    for rule in situation.form.checks:
        if not holds(rule.check, environment):
            message = in_language(rule.message, situation.language, environment)
            yield AnswerProblem(rule.at or "", message or f"Does not satisfy: {rule.check.source}")


def target_refusal(situation: Situation) -> str:
    """Return why the target cannot be used with this form, in the author's words; empty when it can."""
    environment = situation.environment({})
    rules = situation.form.target.where if situation.form.target else ()
    for rule in rules:
        if not holds(rule.check, environment):
            return (
                in_language(rule.message, situation.language, environment) or f"Does not satisfy: {rule.check.source}"
            )
    return ""
