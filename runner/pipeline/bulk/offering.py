"""What can be chosen for all rows of a bulk at once: all that is on offer for any of its first people. Reads only.

Forms leave out of their options what somebody has already, so one person's options are not those of a whole list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connectors.spi import AnyOf, Compare, Entry, Ids, Question
from forms.answering.validating import target_refusal
from forms.answering.working_out import Worked, work_out
from forms.definition import Form
from forms.errors import AnswerProblem
from runner.errors import RefusedError
from runner.pipeline.authorising import target_permissions
from runner.pipeline.pages import FillPage, OptionView
from runner.pipeline.reading import Reader
from runner.pipeline.walking import Walk
from runner.store.bulk_records import Bulk, BulkRow

LOOKED_AT = 20
"""Of how many people the options are looked at."""
_CHOICES = frozenset({"choice", "choices"})

Offers = Mapping[str, Sequence[OptionView]]


def first_people(reader: Reader, form: Form, bulk: Bulk, rows: Sequence[BulkRow]) -> tuple[Entry, ...]:
    """Return the people of the first rows whom the actor may use the form on; one read, none for a form without choices."""
    if form.target is None or not any(field.type in _CHOICES for field in form.fields):
        return ()
    rows = rows[:LOOKED_AT]
    ids = frozenset(row.target_id for row in rows if row.target_id)
    names = [Compare(bulk.names_by, "==", row.named) for row in rows if not row.target_id]
    question = Question(form.target.type, AnyOf((Ids(ids), *names)), limit=LOOKED_AT)
    return tuple(reader.find(question, target_permissions(form)).entries)


def offers(walk: Walk, people: Iterable[Entry], answers: Mapping[str, object]) -> Offers:
    """Return by its id what each choice offers for the walk's own person or any of these; no person's facts are read twice."""
    situation, found = walk.situation, dict[str, list[Sequence[OptionView]]]()
    own = [walk.target] if walk.target is not None else []
    for person in (*own, *(one for one in people if one.ref != situation.target)):
        situation = replace(situation, target=person.ref, facts=situation.facts.add({person.ref: person}))
        try:
            refusal, situation = walk.reader.gather(situation, target_refusal)
            worked, situation = walk.reader.gather(situation, lambda known: work_out(known, answers))
        except RefusedError:
            continue
        if not refusal:
            _add(found, worked)
    return {id_: _merged(each) for id_, each in found.items()}


def _add(found: dict[str, list[Sequence[OptionView]]], worked: Worked) -> None:
    for id_, answer in worked.answers.items():
        if answer.field.type in _CHOICES:
            views = [OptionView(one.value, one.label, one.help, one.cells, one.fixed) for one in answer.offer.options]
            found.setdefault(id_, []).append(views)


def _merged(each: Iterable[Sequence[OptionView]]) -> list[OptionView]:
    """Return options of several lists in one, each behind the one it follows in its own list. Pure."""
    found: list[OptionView] = []
    for options in each:
        known, before = {one.value for one in found}, ""
        new: dict[str, list[OptionView]] = {}
        for one in options:
            if one.value in known:
                before = one.value
            else:
                new.setdefault(before, []).append(one)
        if new:
            found = [*new.get("", ()), *(one for old in found for one in (old, *new.get(old.value, ())))]
    return found


def with_offers(page: FillPage, offered: Offers) -> tuple[FillPage, bool]:
    """Return the page with these options at its choices, and whether any is among them that was not there. Pure."""
    is_wider = False
    sections = []
    for section in page.sections:
        fields = []
        for view in section.fields:
            options = tuple(offered.get(view.id, ()))
            more = view.asked and len(options) > len(view.options)
            is_wider = is_wider or more
            fields.append(replace(view, options=options) if more else view)
        sections.append(replace(section, fields=tuple(fields)))
    return replace(page, sections=tuple(sections)), is_wider


def still_wrong(
    problems: Iterable[AnswerProblem], offered: Offers, answers: Mapping[str, object], own: Worked
) -> list[AnswerProblem]:
    """Return the problems but those of choices that are on offer for somebody, only not for the walk's own person. Pure."""

    def is_for_others(id_: str) -> bool:
        chosen = answers.get(id_)
        values = {str(one) for one in (chosen if isinstance(chosen, list | tuple) else [chosen]) if one}
        mine = own.answers.get(id_)
        here = {one.value for one in mine.offer.options} if mine is not None else set()
        return not values <= here and values <= {one.value for one in offered.get(id_, ())}

    return [one for one in problems if one.row is not None or not is_for_others(one.field)]
