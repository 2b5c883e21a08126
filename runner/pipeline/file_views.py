"""Show the rows of files on the page: what each cell means, and what is wrong where. Reads; writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from forms.answering.phones import phone_text
from forms.answering.schema import numbered_rows
from forms.answering.working_out import Answer, Worked
from forms.definition import Field
from forms.errors import AnswerProblem
from forms.expressions import Environment, to_text
from runner.pipeline.pages import CsvCellView, CsvRowView, CsvView, Posted, SectionView
from runner.pipeline.uploading import Taken, carried, columns_of, most, pasted_again
from runner.pipeline.walking import Walk

MOST_PROBLEMS = 50
"""How many problems of one file are told at once."""
_FIRST_ROWS = 20
_YES_NO = {True: "Yes", False: "No"}


def with_files(
    walk: Walk,
    shown: Sequence[SectionView],
    worked: Worked,
    taken: Taken,
    problems: Sequence[AnswerProblem],
) -> tuple[SectionView, ...]:
    """Return the sections with the rows of every file that is asked for."""
    questions = {field.id: field for field in walk.form.fields if field.type == "csv"}
    if not questions:
        return tuple(shown)

    def view(id_: str) -> CsvView:
        return walk.reader.gather(
            walk.situation, lambda known: _view(replace(walk, situation=known), worked, questions[id_], taken, problems)
        )[0]

    return tuple(
        replace(
            section,
            fields=tuple(
                replace(field, csv=view(field.id)) if field.id in questions and field.asked else field
                for field in section.fields
            ),
        )
        for section in shown
    )


def _view(walk: Walk, worked: Worked, question: Field, taken: Taken, problems: Sequence[AnswerProblem]) -> CsvView:
    answer = worked.answers[question.id]
    columns = dict(columns_of(walk, question))
    filled = _filled(question, taken.posted, answer, columns)
    errors = _by_row(question, problems)
    numbered = list(numbered_rows(answer))
    wrong = [(number, row) for number, row in numbered if number in errors]
    environment = walk.situation.environment(worked.values)
    return CsvView(
        form=walk.form.id,
        headings=tuple(columns[id_] for id_ in filled),
        labels=tuple(columns.items()),
        most=most(question),
        rows=tuple(
            _row(number, row, filled, errors.get(number, {}), environment)
            for number, row in (wrong[:MOST_PROBLEMS] or numbered[:_FIRST_ROWS])
        ),
        count=len(numbered),
        wrong=len(wrong),
        carried=carried(question, taken.posted.answers.get(question.id)),
        note=taken.notes.get(question.id, ""),
        pasted=pasted_again(taken, question.id),
    )


def _filled(question: Field, posted: Posted, answer: Answer, columns: Mapping[str, str]) -> list[str]:
    """Return the columns worth showing: those the file has, and those that are worked out and shown."""
    rows = posted.answers.get(question.id)
    written = {id_ for row in rows if isinstance(row, Mapping) for id_ in row} if isinstance(rows, list) else set()
    needed = {column.id for column in question.fields if column.required is True or column.type == "computed"}
    return [id_ for id_ in columns if id_ in written | needed] if answer.rows else []


def _by_row(question: Field, problems: Sequence[AnswerProblem]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for problem in problems:
        if problem.field == question.id and problem.row is not None:
            found.setdefault(problem.row, {}).setdefault(problem.column or "", problem.message)
    return found


def _row(
    number: int,
    row: Mapping[str, Answer],
    columns: Sequence[str],
    errors: Mapping[str, str],
    environment: Environment,
) -> CsvRowView:
    cells = tuple(CsvCellView(_text(row[id_], environment), errors.get(id_, "")) for id_ in columns)
    elsewhere = (message for id_, message in errors.items() if id_ not in columns)
    return CsvRowView(number, cells, " ".join(elsewhere))


def _text(answer: Answer, environment: Environment) -> str:
    """Return what a cell means in words; one that means nothing, as it is written."""
    wire = answer.wire
    if answer.trouble or answer.value is None:
        return ", ".join(map(str, wire)) if isinstance(wire, list) else "" if wire is None else str(wire)
    if isinstance(answer.value, bool):
        return _YES_NO[answer.value]
    if answer.field.type == "phone" and isinstance(wire, str):
        return phone_text(wire)
    if answer.field.type in ("choice", "choices"):
        values = wire if isinstance(wire, list) else [wire]
        options = [answer.offer.get(value) for value in values if isinstance(value, str)]
        return ", ".join(option.label if option else str(value) for option, value in zip(options, values, strict=False))
    return to_text(answer.value, environment)


def told(problems: Sequence[AnswerProblem], files: frozenset[str]) -> Iterator[AnswerProblem]:
    """Yield the problems to tell: of each file the first ones, then how many more there are."""
    counts = dict.fromkeys(files, 0)
    for problem in problems:
        counts[problem.field] = counts.get(problem.field, 0) + 1
        if problem.field not in files or counts[problem.field] <= MOST_PROBLEMS:
            yield problem
    for id_ in sorted(files):
        if counts[id_] > MOST_PROBLEMS:
            yield AnswerProblem(id_, f"{counts[id_] - MOST_PROBLEMS} more cells or rows are wrong.")
