"""Begin a bulk: whom it is for, then what is answered for all of them. Writes the bulk and its rows; does nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.errors import ConnectorError, UnavailableError
from connectors.spi import Entry
from forms.answering.local_times import with_zone
from forms.answering.wire import normalise
from forms.answering.working_out import work_out
from forms.definition import Form
from forms.errors import AnswerProblem, AnswersError
from runner.access.model import Actor
from runner.errors import NotReachableError, RefusedError, RunnerError, UnfitError
from runner.pipeline.bulk.choosing import chosen, listed
from runner.pipeline.bulk.fitness import why_not
from runner.pipeline.bulk.offering import Offers, first_people, offers, still_wrong, with_offers
from runner.pipeline.bulk.pages import AnswerPage
from runner.pipeline.bulk.preparing import CHECKED, found_by_name
from runner.pipeline.drafting import storable
from runner.pipeline.filling import fill_page
from runner.pipeline.finding import plain
from runner.pipeline.pages import Posted
from runner.pipeline.planning import validated
from runner.pipeline.services import Services
from runner.pipeline.submitting import typed_picks
from runner.pipeline.walking import Walk, start
from runner.store.bulk_records import Bulk, BulkRow

_TRIED = 25
"""How many rows are looked at for one as which the form can be shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row of a bulk, opened: the form is shown as for its person. ``people`` are the first ones of the bulk."""

    walk: Walk
    row: BulkRow
    people: tuple[Entry, ...] = ()

    def offers(self, answers: Mapping[str, object]) -> Offers:
        """Return what can be chosen for all rows with these answers."""
        return offers(self.walk, self.people, {**answers, **self.row.answers}) if self.people else {}


def new_bulk(services: Services, actor: Actor, form: Form, language: str, total: int = 0) -> Bulk:
    """Return a bulk that begins now. Keeps nothing."""
    now = services.clock()
    return Bulk(
        id=services.new_id(),
        form_id=form.id,
        form_digest=form.digest,
        form_title=plain(form.title, language),
        actor_id=actor.id,
        actor_login=actor.login,
        language=language,
        state="draft",
        total=total,
        names_by="",
        columns=(),
        answers={},
        ticket="",
        reason="",
        digest="",
        retries="",
        note="",
        starter_id="",
        starter_login="",
        node="",
        leased_until=None,
        created_at=now,
        updated_at=now,
        ended_at=None,
    )


def check_form(form: Form) -> None:
    """Raise `UnfitError` with the reason when a form cannot be used for many people."""
    refused = why_not(form)
    if refused:
        raise UnfitError(refused)


def begin_chosen(services: Services, actor: Actor, form: Form, entries: Sequence[Entry], language: str) -> str:
    """Keep a bulk for these objects; return its id. Raises `UnfitError` for none or too many."""
    bulk = new_bulk(services, actor, form, language)
    rows = chosen(bulk.id, entries)
    if not rows:
        raise UnfitError("Choose at least one person whom you look after with this form.")
    if len(rows) > services.bulk.most:
        raise UnfitError(f"At most {services.bulk.most} people are taken at once. Choose fewer.")
    _check_opens(services, actor, form, bulk, rows)
    services.store.bulks.create(replace(bulk, total=len(rows)), rows)
    return bulk.id


def begin_listed(services: Services, actor: Actor, form: Form, content: bytes, language: str) -> str:
    """Keep a bulk for the rows of a file; return its id. Raises `UnfitError` with what to mend."""
    bulk = new_bulk(services, actor, form, language)
    found = listed(bulk.id, form, content, services.bulk.most)
    bulk = replace(bulk, total=len(found.rows), names_by=found.names_by, columns=found.columns, note=found.note)
    _check_opens(services, actor, form, bulk, found.rows)
    services.store.bulks.create(bulk, found.rows)
    return bulk.id


def _check_opens(services: Services, actor: Actor, form: Form, bulk: Bulk, rows: Sequence[BulkRow]) -> None:
    """Raise `UnfitError` with the reason when the form cannot be opened for any of the first rows."""
    try:
        _first_opened(services, actor, form, bulk, rows[:_TRIED])
    except (UnavailableError, NotReachableError):
        raise
    except RefusedError as refused:
        raise UnfitError(str(refused)) from refused


def example_of(services: Services, actor: Actor, form: Form, bulk: Bulk) -> Example:
    """Open the form for the first row that it can be opened for.

    Raises `RefusedError` with the reason for the first row when it can be opened for none of the first ones.
    """
    rows = services.store.bulk_work.rows(bulk.id, ("waiting",), _TRIED)
    example = _first_opened(services, actor, form, bulk, rows)
    return replace(example, people=first_people(example.walk.reader, form, bulk, rows))


def _first_opened(services: Services, actor: Actor, form: Form, bulk: Bulk, rows: Sequence[BulkRow]) -> Example:
    why = ""
    for row in rows:
        try:
            target_id = row.target_id or found_by_name(services, actor, form, bulk, row)
            walk = start(services, actor, form.id, target_id, services.new_id(), bulk.language)
            if walk.policy is not None:
                why = why or CHECKED
                continue
            return Example(walk.with_request(bulk.ticket, bulk.reason), row)
        except (UnavailableError, NotReachableError):
            raise
        except (RunnerError, ConnectorError) as refused:
            why = why or str(refused)
    raise RefusedError(f"The form cannot be opened for the first people of this list: {why}")


def answer_page(
    example: Example, bulk: Bulk, posted: Posted | None = None, problems: Sequence[AnswerProblem] = ()
) -> AnswerPage:
    """Return the form as for the example; what its row answers stands in it."""
    posted = posted or Posted(bulk.answers, bulk.ticket, bulk.reason)
    walk = example.walk
    shown = replace(posted, answers={**posted.answers, **example.row.answers}, page=None)
    fill = replace(fill_page(walk, shown, problems), pages=(), page=0)
    labels = tuple(plain(field.label, bulk.language) for field in walk.form.fields if field.id in bulk.columns)
    fill, is_wider = with_offers(fill, example.offers(posted.answers))
    return AnswerPage(bulk.id, bulk.total, walk.target.label if walk.target else "", labels, fill, is_wider)


def take_answers(services: Services, example: Example, bulk: Bulk, posted: Posted) -> AnswerPage | None:
    """Keep what is answered for all rows and let them be prepared; return the form again when something is wrong.

    What a row of the file answers by itself is not judged here: each row is, when it is prepared.
    """
    walk = example.walk.with_request(posted.ticket, posted.reason)
    example = replace(example, walk=walk)
    try:
        answers = with_zone(walk.form, {**posted.answers, **typed_picks(walk, posted)}, walk.reader.now.tzinfo)
        common = {id_: value for id_, value in answers.items() if id_ not in bulk.columns}
        validated(walk, {**common, **with_zone(walk.form, example.row.answers, walk.reader.now.tzinfo)})
    except AnswersError as wrong:
        problems = [one for one in wrong.problems if one.field not in bulk.columns]
        if problems := _of_everybody(example, problems, posted.answers):
            return answer_page(example, bulk, posted, problems)
    request = walk.situation.request
    services.store.bulks.move(
        bulk.id,
        before=("draft",),
        state="preparing",
        now=services.clock(),
        values={
            "answers": _kept(walk.form, common),
            "ticket": request.ticket,
            "reason": request.reason,
            "note": "",
        },
    )
    services.bell.ring()
    return None


def _of_everybody(
    example: Example, problems: Sequence[AnswerProblem], answers: Mapping[str, object]
) -> list[AnswerProblem]:
    """Return the problems that are not the example's only: what somebody else may be given is judged row by row."""
    offered = example.offers(answers) if problems else {}
    if not offered:
        return list(problems)
    walk, all_answers = example.walk, {**answers, **example.row.answers}
    own, _ = walk.reader.gather(walk.situation, lambda known: work_out(known, all_answers))
    return still_wrong(problems, offered, all_answers, own)


def _kept(form: Form, answers: Mapping[str, object]) -> dict[str, object]:
    """Return answers for keeping."""
    fields = {field.id: field for field in form.fields}
    return {id_: storable(normalise(fields[id_], value)) for id_, value in answers.items() if id_ in fields}
