"""Rules between the rows of one answer: columns that are there, rows that are alike, names two rows want. Pure."""

from collections.abc import Iterator, Mapping

from forms.answering.naming import claims
from forms.answering.schema import is_answered_by_people, numbered_rows
from forms.answering.wire import ROW, filled_rows, row_number
from forms.answering.working_out import Answer
from forms.definition import Field
from forms.errors import AnswerProblem
from forms.expressions import Environment
from forms.facts import TakenCall

WORKED_OUT = "This is worked out by the desk and cannot be answered."


def undeclared_columns(field: Field, rows: object) -> Iterator[AnswerProblem]:
    """Yield what was posted in a row but is not asked there."""
    columns = {column.id: column for column in field.fields}
    for position, row in enumerate(filled_rows(field, rows) if isinstance(rows, list) else [], 1):
        number = row_number(field, row, position)
        for id_ in row if isinstance(row, dict) else ():
            if id_ not in columns and not (field.type == "csv" and id_ == ROW):
                yield AnswerProblem(field.id, "This row has a column the form does not ask for.", number)
            elif id_ in columns and not is_answered_by_people(columns[id_]):
                yield AnswerProblem(field.id, WORKED_OUT, number, id_)


def repeated_rows(answer: Answer) -> Iterator[AnswerProblem]:
    """Yield each row that is like one before it: in ``unique_by``, or as a whole in a file, where empty is not alike."""
    field = answer.field
    if field.type != "csv" and not field.unique_by:
        return
    seen: dict[tuple[str, ...], int] = {}
    for number, row in numbered_rows(answer):
        if field.type == "csv" and all(row[id_].wire in (None, []) for id_ in field.unique_by or row):
            continue
        key = tuple(repr(_folded(row[id_].wire)) for id_ in field.unique_by or row)
        first = seen.setdefault(key, number)
        if first != number and field.type == "rows":
            yield AnswerProblem(field.id, "The same thing is there twice.")
            return
        if first != number:
            column = field.unique_by[0] if len(field.unique_by) == 1 else None
            yield AnswerProblem(field.id, f"The same is in row {first} already.", number, column)


def _folded(wire: object) -> object:
    return wire.casefold() if isinstance(wire, str) else wire


def names_wanted_twice(answer: Answer, environment: Environment) -> Iterator[AnswerProblem]:
    """Yield each cell that wants a name which must be unique, and which a row before it has."""
    seen: dict[TakenCall, int] = {}
    for number, row in numbered_rows(answer):
        inner = row_environment(environment, row)
        for id_, column in row.items():
            wanted = claims(column.field, column.value, inner) if column.asked else frozenset()
            first = next((seen[call] for call in wanted if call in seen), None)
            if first is not None:
                yield AnswerProblem(answer.field.id, f"Row {first} wants the same. Choose another.", number, id_)
            else:
                seen |= dict.fromkeys(wanted, number)


def row_environment(environment: Environment, row: Mapping[str, Answer]) -> Environment:
    """Return what the expressions of a row see: the answers outside it, and its own."""
    names = {**environment.names, **{id_: column.value for id_, column in row.items()}}
    return Environment(names, environment.facts, environment.now)
