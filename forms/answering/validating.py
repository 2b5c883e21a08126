"""Validate a submission: shape, choices, uniqueness, the author's rules. Pure; every problem at once."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import chain
from typing import TypeAlias

from connectors.spi import File
from forms.answering.files import misfit
from forms.answering.naming import is_free
from forms.answering.options import is_kept
from forms.answering.record_rules import record_problems
from forms.answering.row_rules import (
    WORKED_OUT,
    names_wanted_twice,
    repeated_rows,
    row_environment,
    undeclared_columns,
)
from forms.answering.schema import is_answered_by_people, numbered_rows, schema_problems
from forms.answering.situation import Situation, in_language
from forms.answering.wire import normalise
from forms.answering.working_out import Answer, Worked, work_out
from forms.compiling.ordering import names_in
from forms.definition import Check, Field
from forms.errors import AnswerProblem, AnswersError, ExpressionError
from forms.expressions import Environment, holds
from forms.expressions.printing import in_zone
from forms.expressions.text_functions import moment_text
from forms.facts import for_each
from forms.values import Delta, Value

Place: TypeAlias = tuple[str, int | None, str | None]
"""Where a problem stands: field, row, column."""

_LEAST_PASSWORD = 12
_NOT_OFFERED = {
    "user": "Choose somebody from the list.",
    "table": "Choose from the rows of the table.",
    "file": "The file is no longer kept here. Choose it again.",
}


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
        *record_problems(situation),
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
            yield AnswerProblem(id_, WORKED_OUT)
        elif fields[id_].has_rows:
            yield from undeclared_columns(fields[id_], posted[id_])


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
        for (number, columns), item in zip(numbered_rows(answer), posted_rows, strict=True):
            yield from _changed_readonly(columns, item, number, id_)


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
    if not answer.rows:
        return
    known = set(told)
    between = repeated_rows(answer) if answer.field.type == "csv" or not _is_told(id_, told) else ()
    inside = for_each(numbered_rows(answer), lambda row: _row_problems(situation, id_, row, environment, told))
    for problem in (*chain(*inside), *names_wanted_twice(answer, environment), *between):
        place = (id_, problem.row, problem.column)
        is_told = problem.column is None and any(row == problem.row for _, row, _ in known)
        if place not in known and not is_told:
            known.add(place)
            yield problem


def _row_problems(
    situation: Situation,
    id_: str,
    row: tuple[int, Mapping[str, Answer]],
    environment: Environment,
    told: frozenset[Place],
) -> list[AnswerProblem]:
    number, columns = row
    inner = row_environment(environment, columns)
    found = []
    for column_id, column in columns.items():
        if column.asked and (id_, number, column_id) not in told:
            wrong = _first_wrong(situation, column, inner)
            if wrong is not None:
                found.append(AnswerProblem(id_, wrong[0], number, column_id, is_out_of_reach=wrong[1]))
    return found


def _first_wrong(situation: Situation, answer: Answer, environment: Environment) -> tuple[str, bool] | None:
    """Return the first thing wrong with an answer, and whether it is that it names something out of reach.

    What is searched for with the answer to another question may have been offered before that one was changed.
    """
    for message in _reach_messages(answer):
        return message, not _is_bound_to_answers(situation, answer.field)
    return next(((message, False) for message in _messages(situation, answer, environment)), None)


def _is_bound_to_answers(situation: Situation, field: Field) -> bool:
    """Say whether what is found hangs on the answer to another question."""
    arguments = field.options.arguments if field.options is not None else field.arguments
    return not {other.id for other in situation.form.fields}.isdisjoint(names_in(arguments))


def _is_told(id_: str, told: frozenset[Place]) -> bool:
    return any(field == id_ for field, _, _ in told)


def _messages(situation: Situation, answer: Answer, environment: Environment) -> Iterator[str]:
    field = answer.field
    if answer.trouble:
        yield answer.trouble
    if field.type == "membership":
        yield from _membership_messages(situation, answer)
    elif field.type in ("date", "datetime"):
        yield from _moment_messages(answer, environment)
    elif field.type == "email" and field.domains and isinstance(answer.value, str):
        if answer.value.rpartition("@")[2] not in {domain.lower() for domain in field.domains}:
            yield f"The address must end in {' or '.join('@' + domain for domain in field.domains)}."
    elif field.type == "file" and isinstance(answer.value, File) and (unfit := misfit(field, answer.value)):
        yield unfit
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
        is_within_a_minute = isinstance(least, datetime) and (least.second or least.microsecond)
        yield f"Must be {'later than' if is_within_a_minute else 'on or after'} {_told(least, environment)}."
    if isinstance(most, date) and _is_earlier(most, value, environment):
        yield f"Must be on or before {_told(most, environment)}."


def _told(moment: date, environment: Environment) -> str:
    """Write a day as pages do; a moment in the organisation's time zone, to the minute."""
    if isinstance(moment, datetime):
        return moment_text(in_zone(moment, environment), "d MMM yyyy HH:mm")
    return moment_text(moment, "d MMM yyyy")


def _is_earlier(one: date, other: date, environment: Environment) -> bool:
    """Compare two moments; where one of them is a whole day, compare days in the organisation's time zone."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return in_zone(one, environment) < in_zone(other, environment)
    return _day(one, environment) < _day(other, environment)


def _day(value: date, environment: Environment) -> date:
    return in_zone(value, environment).date() if isinstance(value, datetime) else value


def _reach_messages(answer: Answer) -> Iterator[str]:
    """Yield why an object that was chosen is none of those offered; one written down was found by such a search."""
    if answer.field.is_written:
        return
    if answer.field.type == "membership" and isinstance(answer.wire, Mapping):
        for verb in ("add", "remove"):
            if answer.beyond.intersection(item for item in answer.wire.get(verb, ()) if isinstance(item, str)):
                yield f"Choose what to {verb} from the list."
    elif answer.beyond:
        yield _NOT_OFFERED.get(answer.field.type, "Choose from the list.")


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
