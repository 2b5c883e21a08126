"""Prepare the rows of a bulk: each is opened, validated, planned and decided on by itself. Nothing is done yet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from connectors.errors import ConnectorError, UnavailableError
from connectors.spi import Compare, Question, Ref
from forms.answering.local_times import with_zone
from forms.definition import Form
from forms.errors import AnswerProblem, AnswersError
from runner.access.model import Actor
from runner.errors import NotDurableError, NotFoundError, NotReachableError, RefusedError, RunnerError
from runner.journal.chain import canonical
from runner.pipeline.authorising import target_permissions
from runner.pipeline.bulk.mending import to_mend
from runner.pipeline.drafting import planned_draft
from runner.pipeline.handing_in import run_moment, used_checks
from runner.pipeline.planning import Prepared, prepare
from runner.pipeline.refusing import refuse
from runner.pipeline.reopening import acting_again
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk, reader_for, start
from runner.store.bulk_records import Bulk, BulkRow
from runner.store.records import Submission

AT_ONCE = 20
"""How many rows one worker prepares before it looks for other work."""
CHANGED = "The form was changed meanwhile. Nothing was done; begin again."
_NOBODY = "Nobody whom you look after with this form is called so."
_SEVERAL = "Several are called so. Name the person by something that only one has."
_TWICE = "An earlier row is for the same person."
CHECKED = "This person has to be checked as the caller, so this cannot be done for many at once."
ALREADY = "Is so already."
NOT_FOR_THEM = "This is not on offer for this person. They may have it already."
_LONGEST_WHY = 600


def prepare_part(services: Services, bulk: Bulk) -> None:
    """Prepare the next rows of a bulk; with none left, it is ready to be looked at and confirmed.

    Raises `RefusedError` when nothing of it can be prepared any more, `connectors.errors.UnavailableError` when a system
    does not answer, `StaleError` when the bulk is in other hands.
    """
    rows = services.store.bulk_work.rows(bulk.id, ("waiting",), AT_ONCE)
    if not rows:
        digest = digest_of(services, bulk)
        services.store.bulks.move(
            bulk.id, before=("preparing",), state="checked", now=services.clock(), values={"digest": digest}
        )
        return
    form = form_of(services, bulk)
    services.authority.refresh()
    actor = acting_again(services, bulk.actor_id)
    found: list[tuple[BulkRow, Submission | None]] = []
    for row in rows:
        here = frozenset(one.target_id for one, _ in found if one.target_id)
        try:
            found.append(_prepared(services, actor, form, bulk, row, here))
        except (UnavailableError, NotReachableError):
            if not found:
                raise
            break
    services.store.bulk_work.keep_prepared(bulk, found)


def form_of(services: Services, bulk: Bulk) -> Form:
    """Return the form of a bulk; raises `RefusedError` when it is another version by now."""
    form = services.catalogue.forms.get(bulk.form_id)
    if form is None or form.digest != bulk.form_digest:
        raise RefusedError(CHANGED)
    return form


def digest_of(services: Services, bulk: Bulk) -> str:
    """Return the digest of everything that a bulk would do: form, actor, and the plan of every row."""
    whole = sha256(canonical([bulk.id, bulk.form_id, bulk.form_digest, bulk.actor_id]).encode())
    for position, state, digest in services.store.bulks.digests(bulk.id):
        whole.update(canonical([position, state, digest]).encode())
    return whole.hexdigest()


def _prepared(
    services: Services, actor: Actor, form: Form, bulk: Bulk, row: BulkRow, here: frozenset[str]
) -> tuple[BulkRow, Submission | None]:
    """Return a row as it is after preparing, and the draft to keep with it where something would change.

    ``here`` are the targets of rows right before it, which are not kept yet.
    """
    try:
        row = replace(row, target_id=row.target_id or found_by_name(services, actor, form, bulk, row))
        if row.target_id in here or _is_named_before(services, row):
            raise RefusedError(_TWICE)
        walk = _opened(services, actor, form, bulk, row.target_id or "")
        row = replace(row, target_label=walk.target.label if walk.target else "")
        answers = with_zone(form, {**bulk.answers, **row.answers}, walk.reader.now.tzinfo)
        prepared = prepare(walk, answers)
    except AnswersError as wrong:
        problems = _judged(walk, answers, wrong.problems)
        if not problems:
            return replace(row, state="unchanged", why=ALREADY), None
        return _refused(row, to_mend(form, problems, bulk.language)), None
    except (UnavailableError, NotReachableError, NotDurableError):
        raise
    except (RunnerError, ConnectorError) as refused:
        return _refused(row, str(refused)), None
    row = replace(row, digest=prepared.digest, asks=prepared.plan.approval)
    if prepared.changes_nothing:
        return replace(row, state="unchanged"), None
    return _ready(prepared, bulk, row, planned_draft(prepared, answers))


def _judged(walk: Walk, answers: Mapping[str, object], problems: Sequence[AnswerProblem]) -> Sequence[AnswerProblem]:
    """Return what has to be mended; nothing where an answer is only not on offer since nothing of it is left to change.

    Forms leave out of their options what somebody has; for one person that is kind, of many some have it already.
    """
    every = tuple(
        replace(one, options=replace(one.options, where=None)) if one.options is not None else one
        for one in walk.form.fields
    )
    if every == walk.form.fields:
        return problems
    form = replace(walk.form, fields=every)
    others: Sequence[AnswerProblem] = ()
    try:
        if prepare(replace(walk, form=form, situation=replace(walk.situation, form=form)), answers).changes_nothing:
            return ()
    except AnswersError as wrong:
        others = wrong.problems
    except RefusedError:
        return problems
    wrong_anyway, known = {one.field for one in others}, {one.field for one in problems}
    told = [one if one.field in wrong_anyway else replace(one, message=NOT_FOR_THEM) for one in problems]
    return [*told, *(one for one in others if one.field not in known)]


def _is_named_before(services: Services, row: BulkRow) -> bool:
    """Say whether an earlier row of a file is for the same person; those that were chosen are there once."""
    return bool(row.named) and services.store.bulk_work.is_named_before(row, row.target_id or "")


def _ready(prepared: Prepared, bulk: Bulk, row: BulkRow, draft: Submission) -> tuple[BulkRow, Submission]:
    draft = replace(
        draft, bulk_id=bulk.id, language=bulk.language, verified=tuple(used_checks(prepared.walk, None)), node=""
    )
    return replace(row, state="ready", submission_id=draft.id, due_at=run_moment(prepared)), draft


def _opened(services: Services, actor: Actor, form: Form, bulk: Bulk, target_id: str) -> Walk:
    """Open the form on the target of a row; raises as `runner.pipeline.walking.start` does, and records a refusal."""
    try:
        walk = start(services, actor, form.id, target_id, services.new_id(), bulk.language)
    except NotFoundError as refused:
        raise RefusedError(_NOBODY) from refused
    if walk.policy is not None:
        raise refuse(services, actor, "submit", RefusedError(CHECKED), form=form.id, target=_ref(form, target_id))
    return walk.with_request(bulk.ticket, bulk.reason)


def found_by_name(services: Services, actor: Actor, form: Form, bulk: Bulk, row: BulkRow) -> str:
    """Return the id of whom a row names, as far as the actor may use the form on them; raises `RefusedError`."""
    if form.target is None:
        raise RefusedError(CHANGED)
    question = Question(form.target.type, Compare(bulk.names_by, "==", row.named), limit=2)
    entries = reader_for(services, actor, form.id).find(question, target_permissions(form)).entries
    if len(entries) != 1:
        raise refuse(services, actor, "open", RefusedError(_SEVERAL if entries else _NOBODY), form=form.id)
    return entries[0].ref.id


def _ref(form: Form, target_id: str) -> Ref:
    return Ref(form.target.type if form.target else "", target_id)


def _refused(row: BulkRow, why: str) -> BulkRow:
    return replace(row, state="refused", why=why[:_LONGEST_WHY], digest="")
