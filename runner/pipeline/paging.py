"""Forms of several pages: which there are, and which is shown. Pure.

A page is a section in which something is asked.  All answers travel with every page, so that going back loses nothing;
what is asked further on is worked out anew at every step.
"""

from collections.abc import Sequence
from dataclasses import replace

from forms.errors import AnswerProblem
from runner.pipeline.pages import FillPage, Head, Journey, SectionView

FILL_IN = "Fill in"
"""The step of the journey that stands for the questions."""


def first_page(shown: Sequence[SectionView], problems: Sequence[AnswerProblem], wanted: int | None) -> int:
    """Return the page to show: the wanted one, or the first on which something is to be mended."""
    wrong = {problem.field for problem in problems}
    pages = pages_of(shown)
    mend = next((number for number in pages if any(field.id in wrong for field in shown[number].fields)), None)
    if mend is not None:
        return mend
    if problems and wrong & {"ticket", "reason"}:
        return pages[-1]
    return wanted if wanted in pages else pages[0]


def pages_of(shown: Sequence[SectionView]) -> tuple[int, ...]:
    """Return the numbers of the sections in which something is asked; at least the first."""
    asked = (number for number, section in enumerate(shown) if any(field.asked for field in section.fields))
    return tuple(asked) or (0,)


def with_pages(head: Head, titles: Sequence[str], now: int | None = None) -> Head:
    """Put the pages of a form into its journey in place of the one step; ``now`` counts from 0, None: all are done."""
    steps: list[tuple[str, str]] = []
    for label, state in head.journey.steps:
        if label == FILL_IN:
            steps += [(title or label, _state(number, now)) for number, title in enumerate(titles)]
        else:
            steps.append((label, state))
    return replace(head, journey=Journey(tuple(steps)))


def _state(number: int, now: int | None) -> str:
    if now is None or number < now:
        return "done"
    return "now" if number == now else ""


def moved(page: FillPage, to: int) -> FillPage:
    """Return a form of several pages at another one of them; its journey follows."""
    steps = page.head.journey.steps
    now = next(number for number, (_, state) in enumerate(steps) if state == "now")
    there = now + page.pages.index(to) - page.pages.index(page.page)
    journey = Journey(tuple((label, _state(number, there)) for number, (label, _) in enumerate(steps)))
    return replace(page, head=replace(page.head, journey=journey), page=to, turned=True)
