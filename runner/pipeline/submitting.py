"""Submit and confirm: from posted answers to a plan that is shown, and from a confirmed plan to what was done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.spi import Secret
from forms.answering.situation import given
from forms.answering.wire import PICKERS, normalise
from forms.errors import AnswerProblem, AnswersError
from forms.facts import Search
from runner.errors import RefusedError, StaleError, TooManyError
from runner.pipeline.braking import brake, braked, ceilings
from runner.pipeline.filling import fill_page, verify_page
from runner.pipeline.finishing import Finished, carry_out
from runner.pipeline.pages import FillPage, PlanPage, Posted, VerifyPage
from runner.pipeline.paging import with_pages
from runner.pipeline.planning import Prepared, operation_views, prepare
from runner.pipeline.reading_back import answers_view
from runner.pipeline.refusing import refuse
from runner.pipeline.services import Services
from runner.pipeline.terms import terms
from runner.pipeline.turning import turn
from runner.pipeline.uploading import take_over
from runner.pipeline.walking import Walk, head, target_ref
from runner.store.records import Submission
from runner.verification.checks import CallerChecks, CheckState

EXPIRED = "The caller check has expired. Check the caller again."
_NOT_YET = {
    "approval": "This needs somebody's approval, which this version cannot ask for yet. Nothing was changed.",
    "later": "This is to run later, which this version cannot do yet. Nothing was changed.",
    "ends": "This is to end by itself on a day, which this version cannot do yet. Leave the end date empty.",
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was confirmed: the digest of the plan, the text that had to be typed, the boxes that were ticked."""

    digest: str
    typed: str = ""
    acknowledged: tuple[int, ...] = ()


def submit(walk: Walk, posted: Posted) -> FillPage | VerifyPage | Prepared:
    """Take posted answers as far as a plan, which is kept with the submission; nothing is done yet.

    Returns the form with its problems, the caller check when that is not met, or the plan.
    """
    walk = walk.with_request(posted.ticket, posted.reason)
    state = check_state(walk)
    if state is not None and not state.is_met:
        return _unchecked(walk, state, "Check the caller first.")
    brake(walk)
    taken = take_over(walk, posted)
    if taken.problems:
        return fill_page(walk, posted, checked=state.passed if state else 0)
    answers = dict(taken.posted.answers)
    try:
        answers |= _typed_picks(walk, posted)
        prepared = prepare(walk, answers)
    except AnswersError as wrong:
        return fill_page(walk, posted, wrong.problems, state.passed if state else 0)
    except RefusedError as refused:
        return fill_page(walk, posted, [AnswerProblem("", str(refused))], state.passed if state else 0)
    keep(prepared, answers)
    return prepared


def turned(walk: Walk, posted: Posted, *, back: bool) -> FillPage | VerifyPage | None:
    """Turn a page of a form of several pages; None when there is none to turn to and the answers are to be handed in."""
    if posted.page is None or walk.form.layout != "pages":
        return None
    walk = walk.with_request(posted.ticket, posted.reason)
    state = check_state(walk)
    if state is not None and not state.is_met:
        return _unchecked(walk, state, "Check the caller first.")
    taken = take_over(walk, posted)
    if taken.problems and not back:
        return fill_page(walk, posted, checked=state.passed if state else 0)
    posted = taken.posted
    checked = state.passed if state else 0
    try:
        answers = {**posted.answers, **({} if back else _typed_picks(walk, posted))}
    except AnswersError as wrong:
        return fill_page(walk, posted, wrong.problems, checked)
    return turn(walk, replace(posted, answers=answers), back=back, checked=checked)


def _unchecked(walk: Walk, state: CheckState, sentence: str) -> VerifyPage:
    """Return the caller check instead of what was asked for, and record that it was refused."""
    refuse(walk.services, walk.actor, "submit", RefusedError(sentence), form=walk.form.id, target=target_ref(walk))
    return verify_page(walk, state, error=sentence)


def check_state(walk: Walk) -> CheckState | None:
    """Return how far the caller check is; None when the form asks for none."""
    if walk.policy is None:
        return None
    return CallerChecks(walk.services).state(walk.reader, walk.situation, walk.policy, walk.submission)


def _typed_picks(walk: Walk, posted: Posted) -> dict[str, object]:
    """Turn what was typed into a picker without choosing into the one object it finds, if it is one."""
    found: dict[str, object] = {}
    problems = []
    for field in walk.form.fields:
        text = posted.typed.get(field.id, "").strip()
        if field.type not in PICKERS or not text or posted.answers.get(field.id):
            continue
        search = Search(field.type, field.lookup, field.within, field.excluded, text=text)
        rows = walk.reader.search(search) if not field.arguments else None
        if rows is None or len(rows.entries) != 1:
            problems.append(
                AnswerProblem(field.id, "Write more, so that exactly one is found, or choose from the list.")
            )
        else:
            found[field.id] = rows.entries[0].ref.id
    if problems:
        raise AnswersError(problems)
    return found


def keep(prepared: Prepared, answers: Mapping[str, object]) -> None:
    """Keep answers and plan with the submission, typed secrets encrypted; a new submission is begun as a draft."""
    walk = prepared.walk
    begin_draft(walk)
    asked = {id_: value for id_, value in answers.items() if prepared.worked.answers[id_].asked}
    plain, sealed = _without_secrets(walk, asked)
    walk.services.store.submissions.save_plan(
        walk.submission,
        answers=plain,
        sealed=sealed,
        plan=list(prepared.kept),
        plan_digest=prepared.digest,
        ticket=walk.situation.request.ticket,
        reason=walk.situation.request.reason,
        now=walk.reader.now,
    )


def begin_draft(walk: Walk) -> Submission:
    """Begin a draft, or return the one that was; recorded when the id is that of something else (`StaleError`)."""
    try:
        return walk.services.store.submissions.start(draft(walk))
    except StaleError as refused:
        raise refuse(  # noqa: B904 - the same one
            walk.services, walk.actor, "submit", refused, form=walk.form.id, target=target_ref(walk)
        )


def draft(walk: Walk) -> Submission:
    """Return the row a walk begins with."""
    now, target = walk.reader.now, walk.target
    return Submission(
        id=walk.submission,
        form_id=walk.form.id,
        form_version=str(walk.form.version),
        form_digest=walk.form.digest,
        form_title=walk.text(walk.form.title),
        actor_id=walk.actor.id,
        actor_login=walk.actor.login,
        target_kind=target.ref.kind if target else None,
        target_id=target.ref.id if target else None,
        target_label=target.label if target else "",
        state="draft",
        answers={},
        sealed=None,
        plan=None,
        plan_digest=None,
        ticket="",
        reason="",
        node=walk.services.node,
        created_at=now,
        updated_at=now,
        finished_at=None,
        channel=walk.situation.request.channel,
    )


def _without_secrets(walk: Walk, answers: Mapping[str, object]) -> tuple[dict[str, Any], bytes | None]:
    """Split answers into what may be kept as it is and what only encrypted."""
    secret_ids = {field.id for field in walk.form.fields if field.type == "password"}
    fields = {field.id: field for field in walk.form.fields}
    plain = {id_: _kept(normalise(fields[id_], value)) for id_, value in answers.items() if id_ not in secret_ids}
    secrets = {id_: normalise(fields[id_], answers[id_]) for id_ in secret_ids & answers.keys()}
    return plain, walk.services.sealer.seal(json.dumps(secrets)) if secrets else None


def _kept(value: Any) -> Any:
    """Return an answer for keeping: numbers that are not whole as text, which reads back as the same number."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: _kept(item) for key, item in value.items()}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def kept_answers(walk: Walk, submission: Submission) -> dict[str, object]:
    """Return the answers of a draft, typed secrets opened again; raises `AnswersError` when those are too old."""
    answers: dict[str, object] = dict(submission.answers)
    if submission.sealed is not None:
        try:
            answers |= json.loads(walk.services.sealer.unseal(submission.sealed))
        except ValueError as error:
            sentence = "The password that was typed is no longer kept. Type it again."
            raise AnswersError([AnswerProblem("", sentence)]) from error
    return answers


def fill_again(walk: Walk, submission: Submission, wrong: AnswersError) -> FillPage:
    """Return the form of a draft whose answers do not fit any more, with the problems at their questions."""
    return fill_page(walk, Posted(submission.answers, submission.ticket, submission.reason), wrong.problems)


def plan_page(prepared: Prepared, problems: Sequence[tuple[str, str, str]] = (), *, changed: bool = False) -> PlanPage:
    """Return the page that shows what will change."""
    walk = prepared.walk
    confirm = walk.form.confirm
    state = check_state(walk)
    answers = answers_view(walk, prepared.worked)
    is_paged = walk.form.layout == "pages"
    top = head(walk, "plan", state.passed if state else 0)
    return PlanPage(
        head=with_pages(top, [section.title for section in answers]) if is_paged else top,
        digest=prepared.digest,
        operations=operation_views(prepared.kept),
        message=walk.markdown(confirm.message),
        can_undo=prepared.can_undo,
        nothing_to_do=prepared.changes_nothing,
        type_to_confirm=_text_to_type(walk, prepared),
        acknowledge=tuple(walk.text(text) for text in confirm.acknowledge),
        refused=_not_yet(prepared),
        errors=tuple(problems),
        changed_meanwhile=changed,
        answers=answers,
        review=is_paged,
        conditions=terms(prepared),
    )


def _text_to_type(walk: Walk, prepared: Prepared) -> str:
    wanted = walk.form.confirm.type_to_confirm
    if wanted is None:
        return ""
    value, _ = walk.reader.gather(
        walk.situation, lambda known: given(wanted, known.environment(prepared.worked.values))
    )
    return str(value or "")


def _not_yet(prepared: Prepared) -> str:
    """Say plainly what a form asks for that this version cannot do."""
    if prepared.plan.approval:
        return _NOT_YET["approval"]
    if prepared.plan.later:
        return _NOT_YET["later"]
    return _NOT_YET["ends"] if prepared.plan.ends_by_itself else ""


def confirm(walk: Walk, submission: Submission, confirmation: Confirmation) -> PlanPage | VerifyPage | Finished:
    """Carry a confirmed plan out, once.

    Everything is worked out again, now: a plan that would do something else than was confirmed is shown instead.
    Raises `StaleError` when the submission is no draft any more, `AnswersError` when its answers do not fit any more.
    """
    if submission.state != "draft" or submission.plan_digest is None:
        raise StaleError("This was already done, or there is nothing to confirm.")
    walk = walk.with_request(submission.ticket, submission.reason)
    state = check_state(walk)
    if state is not None and not state.is_met:
        check_draft(walk.services, walk.submission)
        return _unchecked(walk, state, EXPIRED)
    brake(walk)
    answers = kept_answers(walk, submission)
    prepared = prepare(walk, answers)
    if prepared.digest != submission.plan_digest or confirmation.digest != submission.plan_digest:
        keep(prepared, answers)
        return plan_page(prepared, changed=True)
    problems = _confirmation_problems(walk, prepared, confirmation)
    if problems or _not_yet(prepared):
        return plan_page(prepared, problems)
    secrets = _secrets(walk, prepared, answers)
    try:
        return carry_out(prepared, replace(submission, plan_digest=prepared.digest), state, secrets, ceilings(walk))
    except TooManyError as refused:
        raise braked(walk, refused)  # noqa: B904 - the same one


def check_draft(services: Services, submission_id: str) -> None:
    """Raise `StaleError` when another request began the submission just now: that is why it does not fit any more."""
    if services.store.submissions.get(submission_id).state != "draft":
        raise StaleError("This was already done.")


def _confirmation_problems(walk: Walk, prepared: Prepared, confirmation: Confirmation) -> list[tuple[str, str, str]]:
    problems = []
    wanted = _text_to_type(walk, prepared)
    if wanted and confirmation.typed.strip() != wanted:
        problems.append(("typed", "Confirmation", f"Type {wanted} to confirm."))
    boxes = set(range(len(walk.form.confirm.acknowledge)))
    if not boxes <= set(confirmation.acknowledged):
        problems.append(("acknowledge", "Confirmation", "Tick every box to confirm."))
    return problems


def _secrets(walk: Walk, prepared: Prepared, answers: Mapping[str, object]) -> dict[str, Secret]:
    """Make or open the secrets the plan hands over; they live in this request only."""
    secrets: dict[str, Secret] = {}
    for field in walk.form.fields:
        answer = prepared.worked.answers[field.id]
        if field.type != "password" or not answer.asked:
            continue
        if field.generate is not None:
            policy = walk.services.catalogue.settings.password_policies[field.generate]
            secrets[field.id] = walk.services.make_password(policy)
        elif answers.get(field.id):
            secrets[field.id] = Secret(str(normalise(field, answers[field.id])))
    return secrets
