"""What has to be mended in a row that is refused, in one text. Pure."""

from collections.abc import Mapping, Sequence

from forms.compiling.ordering import firm_uses, loose_uses, order_of
from forms.definition import Form
from forms.errors import AnswerProblem
from runner.pipeline.finding import plain

_RECORD = {"ticket": "Ticket", "reason": "Reason"}


def to_mend(form: Form, problems: Sequence[AnswerProblem], language: str) -> str:
    """Return every problem with the name of its question, in the order of the form.

    Left out is what may be wrong only since an answer it depends on is; the first of those is always there.
    """
    labels = {field.id: plain(field.label, language) for field in form.fields} | _RECORD
    places = {id_: at for at, id_ in enumerate(labels)}
    own = sorted(_own(form, problems), key=lambda one: places.get(one.field, len(places)))
    return " ".join(dict.fromkeys(_sentence(labels, one) for one in own))


def _own(form: Form, problems: Sequence[AnswerProblem]) -> list[AnswerProblem]:
    wrong = {problem.field for problem in problems}
    uses = {field.id: {*firm_uses(field), *loose_uses(field)} - {field.id} for field in form.fields}
    unsure, following = set[str](), set[str]()
    for id_ in order_of(form.fields)[0]:
        if uses[id_] & unsure:
            following.add(id_)
        if id_ in wrong or id_ in following:
            unsure.add(id_)
    return [problem for problem in problems if problem.field not in following]


def _sentence(labels: Mapping[str, str], problem: AnswerProblem) -> str:
    label = labels.get(problem.field, "")
    if not label:
        return problem.message
    return f"{label}{'' if label.endswith('?') else ':'} {problem.message}"
