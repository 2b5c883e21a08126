"""Which posted answers may be worked with before they are handed in. Reads; records what is out of reach."""

from collections.abc import Mapping, Sequence

from forms.answering.validating import validate
from forms.errors import AnswerProblem, AnswersError
from runner.pipeline.walking import Walk


def problems_of(walk: Walk, answers: Mapping[str, object]) -> tuple[AnswerProblem, ...]:
    """Return what is wrong with the answers that were given; questions that are still open are none of it."""
    try:
        walk.reader.gather(walk.situation, lambda known: validate(known, answers))
    except AnswersError as wrong:
        return tuple(problem for problem in wrong.problems if not problem.field or is_given(answers, problem.field))
    return ()


def is_given(answers: Mapping[str, object], field: str) -> bool:
    """Say whether something was answered to a question."""
    answer = answers.get(field)
    return answer is not None and answer is not False and answer not in ("", [])


def without(answers: Mapping[str, object], problems: Sequence[AnswerProblem]) -> dict[str, object]:
    """Return the answers without those that do not fit: they count as not given."""
    wrong = {problem.field for problem in problems}
    return {id_: answer for id_, answer in answers.items() if id_ not in wrong}
