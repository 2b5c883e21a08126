"""What is accepted, with which values, and what is refused, with which sentence: case files, one for each subject."""

from pathlib import Path
from typing import Any

import pytest

from forms.errors import AnswersError
from tests.forms.answering.answering_cases import Case, errors_of, read_cases, seen, texts_in, values_of
from tests.forms.answering.answering_desk import validated, worked

EXPECTING = frozenset({"values", "errors", "shows", "wire"})
CASES = [case for file in sorted(Path(__file__).parent.glob("*.cases.yaml")) for case in read_cases(file, EXPECTING)]


def _cases(key: str) -> list[Any]:
    return [pytest.param(case, id=str(case)) for case in CASES if key in case.expected]


@pytest.mark.parametrize("case", _cases("values"))
def test_what_fits_is_accepted_with_these_values(case: Case) -> None:
    found = values_of(validated(case.situation(), case.post, case.reading()))
    assert {id_: found[id_] for id_ in case.expected["values"]} == case.expected["values"]


@pytest.mark.parametrize("case", _cases("errors"))
def test_what_does_not_fit_is_refused_with_these_sentences(case: Case) -> None:
    with pytest.raises(AnswersError) as refused:
        validated(case.situation(), case.post, case.reading())
    assert errors_of(refused.value) == case.expected["errors"]


@pytest.mark.parametrize("case", _cases("errors"))
def test_a_refusal_never_repeats_what_was_answered(case: Case) -> None:
    with pytest.raises(AnswersError) as refused:
        validated(case.situation(), case.post, case.reading())
    for problem in refused.value.problems:
        for text in texts_in(case.post.get(problem.field) or dict(case.post)):
            assert text not in problem.message


@pytest.mark.parametrize("case", _cases("shows"))
def test_a_question_stands_as_the_page_shows_it(case: Case) -> None:
    answers = worked(case.situation(), case.post, case.reading()).answers
    wanted = case.expected["shows"]
    found = {id_: {key: seen(answers[id_])[key] for key in keys} for id_, keys in wanted.items()}
    assert found == wanted


@pytest.mark.parametrize("case", _cases("wire"))
def test_an_answer_is_tidied_before_it_is_judged(case: Case) -> None:
    answers = worked(case.situation(), case.post, case.reading()).answers
    assert {id_: answers[id_].wire for id_ in case.expected["wire"]} == case.expected["wire"]
