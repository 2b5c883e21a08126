"""Files of rows that were chosen or pasted: taken over as answers, checked at once, shown with what is wrong. Reads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forms.answering.csv_headings import is_in_files
from forms.answering.csv_reading import CsvError
from forms.answering.csv_template import rows_of_file, table_schema, template
from forms.answering.situation import Situation, in_language
from forms.answering.validating import validate
from forms.answering.wire import ROW, normalise
from forms.answering.working_out import most_rows
from forms.definition import Field, Form
from forms.errors import AnswerProblem, AnswersError
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND, open_form
from runner.pipeline.pages import CsvTemplate, Posted
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk, reader_for

_MOST_PASTED = 20_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What was posted, with the files in it as rows; what is wrong with files that could not be read, and notes."""

    posted: Posted
    problems: tuple[AnswerProblem, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def files_of(form: Form) -> frozenset[str]:
    """Return the questions of a form that are answered with a file of rows."""
    return frozenset(question.id for question in form.fields if question.type == "csv")


def take_over(walk: Walk, posted: Posted) -> Taken:
    """Turn the files among what was posted into rows; of one that cannot be read nothing is taken over. Pure."""
    answers, problems, notes = dict(posted.answers), list[AnswerProblem](), dict[str, str]()
    questions = {question.id: question for question in walk.form.fields if question.type == "csv"}
    for id_, content in posted.uploads.items():
        if id_ not in questions:
            problems.append(AnswerProblem("", "This form does not ask for one of the files."))
            continue
        try:
            answers[id_], notes[id_] = rows_of_file(questions[id_], content)
        except CsvError as wrong:
            answers[id_] = []
            problems.append(AnswerProblem(id_, str(wrong)))
    problems += [AnswerProblem(id_, reason) for id_, reason in posted.refused.items()]
    return Taken(replace(posted, answers=answers), tuple(problems), notes)


def problems_in_files(walk: Walk, posted: Posted) -> tuple[Walk, tuple[AnswerProblem, ...]]:
    """Return what is wrong in the rows that were taken over, and the walk with the facts read for it."""
    filled = {
        question.id for question in walk.form.fields if question.type == "csv" and posted.answers.get(question.id)
    }
    if not filled:
        return walk, ()
    problems, situation = walk.reader.gather(walk.situation, lambda known: _problems(known, posted.answers))
    return replace(walk, situation=situation), tuple(one for one in problems if one.field in filled)


def _problems(situation: Situation, answers: Mapping[str, object]) -> Sequence[AnswerProblem]:
    try:
        validate(situation, answers)
    except AnswersError as wrong:
        return wrong.problems
    return ()


def carried(question: Field, rows: object) -> str:
    """Return rows as the JSON that travels with a page: ids of the columns, then a list for each row, its line first."""
    normal = normalise(question, rows)
    kept = [row for row in normal if isinstance(row, Mapping)] if isinstance(normal, list) else []
    if not kept:
        return ""
    columns = [column.id for column in question.fields if any(column.id in row for row in kept)]
    lines = [[row.get(ROW), *(row.get(id_) for id_ in columns)] for row in kept]
    return json.dumps({"columns": columns, "rows": lines}, ensure_ascii=False, separators=(",", ":"))


def pasted_again(taken: Taken, id_: str) -> str:
    """Return what was pasted and could not be read, so that it can be mended where it stands."""
    content = taken.posted.pasted.get(id_, "")
    return content[:_MOST_PASTED] if any(problem.field == id_ for problem in taken.problems) else ""


def csv_template(services: Services, actor: Actor, form_id: str, field_id: str, language: str) -> CsvTemplate:
    """Return the file to fill in for a question; raises `NotFoundError` when form or question are not the actor's."""
    form = open_form(reader_for(services, actor, form_id), services.catalogue.forms, form_id)
    question = next((one for one in form.fields if one.id == field_id and one.type == "csv"), None)
    if question is None:
        raise NotFoundError(NOT_FOUND)
    return CsvTemplate(f"{form.id}-{question.id}", template(question, language), table_schema(question, language))


def columns_of(walk: Walk, question: Field) -> Iterator[tuple[str, str]]:
    """Yield id and label of each column of a file."""
    environment = walk.situation.environment({})
    for column in question.fields:
        if is_in_files(column) or column.show:
            yield column.id, in_language(column.label, walk.situation.language, environment)


def most(question: Field) -> int:
    """Return how many rows a question takes."""
    return most_rows(question)
