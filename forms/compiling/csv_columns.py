"""Check what only the columns of ``csv`` must keep to: each is filled by one cell, and found by its heading. Pure."""

from forms.compiling.questions import Question
from forms.compiling.values import Values
from forms.definition import MOST_CSV_ROWS
from forms.headings import heading_key
from forms.records import Record


def check_csv(values: Values, record: Record, questions: tuple[Question, ...]) -> None:
    """Note too many rows, columns nobody can fill in, and ids that read alike in a heading."""
    most = record.integer("max_rows")
    if most is not None and not 1 <= most <= MOST_CSV_ROWS:
        message = f'"max_rows" of a csv field is between 1 and {MOST_CSV_ROWS}'
        values.report.error("E115", record.node_of("max_rows"), message, f"Write a number up to {MOST_CSV_ROWS}.")
    seen: dict[str, str] = {}
    for question in questions:
        other = seen.setdefault(heading_key(question.id), question.id)
        if question.id and other != question.id:
            message = f'the columns "{other}" and "{question.id}" have the same heading in a file'
            values.report.error("E116", question.record.node_of("id"), message, "Rename one of them.")
        if question.record.type not in ("computed", "") and question.record.flag("readonly"):
            message = f'the column "{question.id}" is read-only, so no file can fill it in'
            fix = "Make it a  computed  column, or remove  readonly ."
            values.report.error("E122", question.record.node_of("readonly"), message, fix)
    if questions and all(question.record.type == "computed" for question in questions):
        message = "a csv field needs a column that is written in the file"
        values.report.error("E122", record.node_of("columns"), message, "Add a column of another type.")
