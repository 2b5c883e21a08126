"""Validate a submission: shape, choices, uniqueness, the author's rules. Pure; every problem at once."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypeAlias

from connectors.spi import Ref
from forms.answering.naming import is_free
from forms.answering.options import Bound, is_kept, membership_kind, narrowed, picker_search
from forms.answering.schema import is_answered_by_people, schema_problems
from forms.answering.situation import Situation, in_language
from forms.answering.wire import PICKERS, filled_rows, normalise
from forms.answering.working_out import Answer, Worked, work_out
from forms.definition import Check, Field
from forms.errors import AnswerProblem, AnswersError, ExpressionError
from forms.expressions import Environment, holds, is_match
from forms.expressions.printing import in_zone
from forms.values import Delta, Value

Place: TypeAlias = tuple[str, int | None, str | None]
"""Where a problem stands: field, row, column."""

_MOST_REASON = 1_000
_LEAST_PASSWORD = 12
_WORKED_OUT = "This is worked out by the desk and cannot be answered."


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
    problems = [
        *_undeclared(situation, posted),
        *_changed_readonly(worked.answers, posted),
        *_record_problems(situation),
    ]
    problems += schema_problems(situation, worked.answers)
    told = frozenset((problem.field, problem.row, problem.column) for problem in problems)
    for answer in worked.answers.values():
        if answer.asked:
            problems += _question_problems(situation, answer, situation.environment(worked.values), told)
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
            yield AnswerProblem(id_, _WORKED_OUT)
        elif fields[id_].type == "rows":
            yield from _undeclared_columns(fields[id_], posted[id_])


def _undeclared_columns(field: Field, rows: object) -> Iterator[AnswerProblem]:
    columns = {column.id: column for column in field.fields}
    for number, row in enumerate(filled_rows(field, rows) if isinstance(rows, list) else [], 1):
        for id_ in row if isinstance(row, dict) else ():
            if id_ not in columns:
                yield AnswerProblem(field.id, "This row has a column the form does not ask for.", number)
            elif not is_answered_by_people(columns[id_]):
                yield AnswerProblem(field.id, _WORKED_OUT, number, id_)


def _changed_readonly(
    answers: Mapping[str, Answer], posted: Mapping[str, object], row: int | None = None, outer: str = ""
) -> Iterator[AnswerProblem]:
    for id_, answer in answers.items():
        if (
            answer.asked
            and answer.readonly
            and id_ in posted
            and is_answered_by_people(answer.field)
            and normalise(answer.field, posted[id_]) != normalise(answer.field, answer.wire)
        ):
            message = "This is shown, but cannot be changed here."
            yield AnswerProblem(outer, message, row, id_) if outer else AnswerProblem(id_, message)
        posted_rows = [item for item in answer.wire if isinstance(item, Mapping)] if answer.rows else []
        for number, (columns, item) in enumerate(zip(answer.rows, posted_rows, strict=True), 1):
            yield from _changed_readonly(columns, item, number, id_)


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
    situation: Situation, answer: Answer, environment: Environment, told: frozenset[Place]
) -> Iterator[AnswerProblem]:
    """Yield at most one problem of a question whose shape is right; its rows are gone into, also when one is wrong."""
    id_ = answer.field.id
    if (id_, None, None) in told:
        return
    wrong = _first_wrong(situation, answer, environment) if not _is_told(id_, told) else None
    if wrong is not None:
        yield AnswerProblem(id_, wrong[0], is_out_of_reach=wrong[1])
        return
    for number, columns in enumerate(answer.rows, 1):
        names = {**environment.names, **{column_id: column.value for column_id, column in columns.items()}}
        inner = Environment(names, environment.facts, environment.now)
        for column_id, column in columns.items():
            if column.asked and (id_, number, column_id) not in told:
                wrong = _first_wrong(situation, column, inner)
                if wrong is not None:
                    yield AnswerProblem(id_, wrong[0], number, column_id, is_out_of_reach=wrong[1])


def _first_wrong(situation: Situation, answer: Answer, environment: Environment) -> tuple[str, bool] | None:
    """Return the first thing wrong with an answer, and whether it is that it names something out of reach.

    What is searched for with the answer to another question may have been offered before that one was changed.
    """
    bound = answer.field.options or answer.field
    for message in _reach_messages(situation, answer, environment):
        return message, not (bound.arguments or answer.field.arguments)
    return next(((message, False) for message in _messages(situation, answer, environment)), None)


def _is_told(id_: str, told: frozenset[Place]) -> bool:
    return any(field == id_ for field, _, _ in told)


def _messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    field = answer.field
    if field.type == "membership":
        yield from _membership_messages(situation, answer)
    elif field.type in ("date", "datetime"):
        yield from _moment_messages(answer, environment)
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


def _moment_messages(answer: Answer, environment: Environment) -> Iterator[str]:
    value, least, most = answer.value, answer.minimum, answer.maximum
    if not isinstance(value, date):
        return
    if isinstance(least, date) and _is_earlier(value, least, environment):
        yield f"Must be on or after {least.isoformat()}."
    if isinstance(most, date) and _is_earlier(most, value, environment):
        yield f"Must be on or before {most.isoformat()}."


def _is_earlier(one: date, other: date, environment: Environment) -> bool:
    """Compare two moments; where one of them is a whole day, compare days in the organisation's time zone."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return in_zone(one, environment) < in_zone(other, environment)
    return _day(one, environment) < _day(other, environment)


def _day(value: date, environment: Environment) -> date:
    return in_zone(value, environment).date() if isinstance(value, datetime) else value


def _repeated_rows(answer: Answer) -> Iterator[str]:
    if answer.field.unique_by:
        keys = [tuple(repr(row[id_].wire) for id_ in answer.field.unique_by) for row in answer.rows]
        if len(set(keys)) < len(keys):
            yield "The same thing is there twice."


def _reach_messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    """Yield why an object that was chosen is none of those offered."""
    if answer.field.type in PICKERS:
        yield from _picker_messages(situation, answer, environment)
    elif isinstance(answer.value, Delta):
        bound = picker_search(situation, answer.field, environment, membership_kind(answer.field, environment))
        for refs, verb in ((answer.value.add, "add"), (answer.value.remove, "remove")):
            ids = frozenset(ref.id for ref in refs)
            if ids and not _all_found(situation, bound, ids):
                yield f"Choose what to {verb} from the list."


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


def _membership_messages(situation: Situation, answer: Answer) -> Iterator[str]:
    field, delta = answer.field, answer.value
    if not isinstance(delta, Delta):
        return
    if field.max_changes is not None and len(delta.add) + len(delta.remove) > field.max_changes:
        yield f"Change at most {field.max_changes} at a time."
    if set(delta.add) & set(delta.remove):
        yield "The same thing is added and removed."
    removed = situation.facts.existing(delta.remove)
    if len(removed) < len(delta.remove) or any(is_kept(field, entry) for entry in removed):
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
