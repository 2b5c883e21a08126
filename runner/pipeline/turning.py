"""Turn the pages of a form that has several. Reads; writes nothing."""

from dataclasses import replace

from forms.answering.working_out import work_out
from forms.errors import AnswerProblem, AnswersError
from runner.pipeline.filling import fill_page
from runner.pipeline.pages import FillPage, Posted
from runner.pipeline.paging import moved
from runner.pipeline.planning import validated
from runner.pipeline.showing import sections
from runner.pipeline.walking import Walk


def turn(walk: Walk, posted: Posted, *, back: bool, checked: int = 0) -> FillPage | None:
    """Return the page before or behind the one that was posted; None when there is none behind it.

    Forward, the answers up to there are checked first: a page with problems is returned as it is, with them.
    """
    at = posted.page or 0
    if not back:
        problems = _problems_up_to(walk, posted, at)
        if problems:
            return fill_page(walk, posted, problems, checked)
    page = fill_page(walk, posted, checked=checked)
    others = [number for number in page.pages if (number < at if back else number > at)]
    if not others:
        return replace(page, turned=True) if back else None
    return moved(page, others[-1 if back else 0])


def _problems_up_to(walk: Walk, posted: Posted, at: int) -> list[AnswerProblem]:
    """Return the problems of a page and of those before it."""
    try:
        validated(walk, posted.answers)
    except AnswersError as wrong:
        worked, situation = walk.reader.gather(walk.situation, lambda known: work_out(known, posted.answers))
        shown, _ = walk.reader.gather(situation, lambda known: sections(known, worked, ()))
        there = {field.id for section in shown[: at + 1] for field in section.fields}
        return [problem for problem in wrong.problems if problem.field in there]
    return []
