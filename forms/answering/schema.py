"""The effective schema: JSON Schema 2020-12 of exactly the questions that are asked, with what was worked out. Pure.

`jsonschema` judges; the sentences are ours, made from the keyword and the author's texts, and never hold an answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from forms.answering.situation import Situation, in_language
from forms.answering.wire import MOST_NUMBER, PICKS, row_number
from forms.answering.working_out import Answer, most_rows
from forms.definition import Field
from forms.errors import AnswerProblem
from forms.expressions import compile_pattern
from forms.expressions.patterns import MAX_MATCHED

_FORMATS = FormatChecker(formats=("date",))
_NO_CONTROL = r"\A[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*\Z"
_ONE_LINE = r"\A[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*\Z"
_EMAIL = r"\A[^\s@<>(),;:\"\\\[\]\u0000-\u001f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+\Z"
_PHONE = r"\A\+[1-9][0-9]{6,14}\Z"
_LENGTHS = {"text": 1_000, "multiline": 10_000, "email": 254, "phone": 16, "password": 256}
_ID = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _ONE_LINE}


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


_MOMENT = "Write a date and a time, for example 2027-01-31T18:00."


def is_answered_by_people(field: Field) -> bool:
    """Say whether a question takes an answer at all."""
    is_shown = field.type in ("note", "computed") or (field.type == "table" and field.select == "none")
    return not is_shown and not (field.type == "password" and field.generate is not None)


def effective_schema(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return the schema of one submission: closed, with only the questions that are asked and not read-only."""
    open_ = {
        id_: answer
        for id_, answer in answers.items()
        if answer.asked and not answer.readonly and is_answered_by_people(answer.field)
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {id_: question_schema(answer) for id_, answer in open_.items()},
        "required": [id_ for id_, answer in open_.items() if answer.required and answer.field.type != "boolean"],
    }


def question_schema(answer: Answer) -> dict[str, Any]:
    """Return the schema of one answer in its normalised JSON form."""
    field = answer.field
    if field.type == "boolean":
        return {"type": "boolean"}
    if field.type == "number":
        return _number_schema(answer)
    if field.type in ("choice", "choices"):
        return _choice_schema(answer)
    if field.type == "membership":
        side = {"type": "array", "items": _ID, "uniqueItems": True, "maxItems": 1_000}
        sides = {"add": side, "remove": side}
        return {"type": "object", "additionalProperties": False, "properties": sides}
    if field.has_rows:
        return _rows_schema(answer)
    if field.type in PICKS:
        least = max(field.min_items or 0, int(answer.required))
        return _many(_ID, least, field.max_items or 1_000) if field.multiple else dict(_ID)
    return dict(_ID) if field.type == "file" else _text_schema(field)


def _rows_schema(answer: Answer) -> dict[str, Any]:
    """Return the schema of a list of rows; of a file, rows that are alike are found with their numbers afterwards."""
    least, most = max(answer.field.min_rows or 0, int(answer.required)), most_rows(answer.field)
    if answer.field.type == "csv":
        return {"type": "array", "items": {"type": "object"}, "minItems": least, "maxItems": most}
    return _many({"type": "object"}, least, most)


def _text_schema(field: Field) -> dict[str, Any]:
    if field.type in ("date", "datetime"):
        format_ = "date" if field.type == "date" else "date-time"
        return {"type": "string", "format": format_, "maxLength": 40}
    patterns: list[dict[str, Any]] = [{"pattern": _NO_CONTROL if field.type == "multiline" else _ONE_LINE}]
    longest = _LENGTHS.get(field.type, 1_000)
    if field.type == "email":
        patterns.append({"pattern": _EMAIL})
    if field.type == "phone":
        patterns.append({"pattern": _PHONE})
    if field.pattern is not None:
        longest = min(longest, MAX_MATCHED)
        patterns.append({"if": {"maxLength": longest}, "then": {"pattern": _whole(field.pattern)}})
    schema: dict[str, Any] = {"type": "string", "maxLength": min(field.max_length or longest, longest)}
    if field.min_length is not None:
        schema["minLength"] = field.min_length
    return schema | {"allOf": patterns}


def _whole(pattern: str) -> str:
    """Return an author's pattern as `jsonschema` searches for it: it fits the whole text or not at all."""
    return compile_pattern(pattern).pattern


def _number_schema(answer: Answer) -> dict[str, Any]:
    field = answer.field
    bounds = {"minimum": answer.minimum, "maximum": answer.maximum, "multipleOf": field.step}
    limits = {"type": "integer" if field.integer else "number"} | {
        key: float(value) if isinstance(value, Decimal) else value
        for key, value in bounds.items()
        if isinstance(value, int | Decimal)
    }
    return {"minimum": -MOST_NUMBER, "maximum": MOST_NUMBER} | limits


def _choice_schema(answer: Answer) -> dict[str, Any]:
    field = answer.field
    one: dict[str, Any] = dict(_ID)
    if not field.allow_other:
        kept = answer.original if isinstance(answer.original, list) else [answer.original]
        one["enum"] = [option.value for option in answer.offer.options] + [one for one in kept if isinstance(one, str)]
    if field.type == "choice":
        return one
    return _many(one, max(field.min_items or 0, int(answer.required)), field.max_items or 1_000)


def _many(items: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": True, "minItems": least, "maxItems": most}


def wire_of(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return the answers the schema is about: asked, open, and not empty."""
    return {
        id_: answer.wire
        for id_, answer in answers.items()
        if answer.asked
        and not answer.readonly
        and answer.wire is not None
        and is_answered_by_people(answer.field)
        and not (answer.wire == [] and not answer.required and not answer.field.min_items and not answer.field.min_rows)
    }


def schema_problems(
    situation: Situation, answers: Mapping[str, Answer], row: int | None = None, outer: str = ""
) -> Iterator[AnswerProblem]:
    """Yield what is wrong with the shape of the answers, at most one problem for each question; rows are gone into."""
    told: set[str] = set()
    validator = Draft202012Validator(effective_schema(answers), format_checker=_FORMATS)
    for error in validator.iter_errors(wire_of(answers)):
        for id_, message in _explained(situation, answers, error):
            if id_ not in told:
                told.add(id_)
                yield replace(
                    _problem(id_, message, row, outer), is_out_of_reach=_is_not_found(answers.get(id_), error)
                )
    for id_, answer in answers.items():
        if answer.asked and id_ not in told:
            for number, inner in numbered_rows(answer):
                yield from schema_problems(situation, inner, number, id_)


def numbered_rows(answer: Answer) -> Iterator[tuple[int, Mapping[str, Answer]]]:
    """Yield the rows of an answer with the numbers by which a person knows them."""
    posted = (row for row in answer.wire if isinstance(row, Mapping)) if answer.rows else ()
    for position, (row, columns) in enumerate(zip(posted, answer.rows, strict=True), 1):
        yield row_number(answer.field, row, position), columns


def _is_not_found(answer: Answer | None, error: ValidationError) -> bool:
    """Say whether an answer is none of what a search finds; one bound to other answers may have been found before.

    What is written in a cell of a file names what it finds, and gives nothing away.
    """
    if answer is not None and answer.field.is_written:
        return False
    options = answer.field.options if answer is not None else None
    return error.validator == "enum" and options is not None and options.lookup is not None and not options.arguments


def _problem(id_: str, message: str, row: int | None, outer: str) -> AnswerProblem:
    return AnswerProblem(outer, message, row, id_) if outer else AnswerProblem(id_, message)


def _explained(
    situation: Situation, answers: Mapping[str, Answer], error: ValidationError
) -> Iterator[tuple[str, str]]:
    if error.validator == "required" and not error.absolute_path:
        given, needed = dict(error.instance), list(error.validator_value)  # type: ignore[arg-type]
        for id_ in needed:
            if id_ not in given:
                yield id_, "Please answer this question."
    elif error.validator == "additionalProperties" and not error.absolute_path:
        yield "", "This form does not ask all of the questions that were answered."
    elif error.absolute_path:
        id_ = str(error.absolute_path[0])
        yield id_, answers[id_].trouble or sentence(situation, answers[id_].field, error)


def sentence(situation: Situation, field: Field, error: ValidationError) -> str:
    """Say in the author's words what is wrong, from the keyword that failed; never what was written."""
    limit = error.validator_value
    if error.validator == "pattern" and field.pattern is not None and limit == _whole(field.pattern):
        help_ = in_language(field.pattern_help, situation.language, situation.environment({}))
        return help_ or "This is not written as it should be."
    texts = {
        "minLength": f"Write at least {limit} characters.",
        "maxLength": f"Write at most {limit} characters.",
        "minimum": f"Must be {limit} or more.",
        "maximum": f"Must be {limit} or less.",
        "multipleOf": f"Must be a multiple of {limit}.",
        "minItems": "Please answer this question." if limit == 1 else f"Choose at least {limit}.",
        "maxItems": f"At most {limit} rows." if field.type == "csv" else f"Choose at most {limit}.",
        "uniqueItems": "The same thing is there twice.",
        "enum": "Choose one of the options.",
        "format": _MOMENT if field.type == "datetime" else "Write a date as year-month-day, for example 2027-01-31.",
    }
    return texts.get(str(error.validator)) or _type_sentence(field)


def _type_sentence(field: Field) -> str:
    return {
        "number": "Write a whole number." if field.integer else "Write a number.",
        "email": "Write a mail address, for example name@example.org.",
        "phone": "Write a phone number with its country code, for example +31 20 123 4567.",
        "text": "Write one line of plain text.",
        "multiline": "Write plain text.",
        "boolean": "Choose yes or no.",
        "choice": "Choose one of the options.",
        "choices": "Choose from the options.",
        "file": "Choose a file.",
    }.get(field.type, "This is not an answer to this question.")
