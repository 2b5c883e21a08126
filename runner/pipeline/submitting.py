"""Submit and confirm: from posted answers to a plan that is shown, and from a confirmed plan to what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forms.answering.situation import given
from forms.answering.wire import PICKERS
from forms.errors import AnswerProblem, AnswersError
from forms.facts import Search
from runner.errors import BusyError, RefusedError, StaleError, TooManyError
from runner.pipeline.braking import brake, braked, ceilings
from runner.pipeline.drafting import keep, kept_answers
from runner.pipeline.filling import fill_page, verify_page
from runner.pipeline.finishing import Finished, Resting, carry_out
from runner.pipeline.handing_in import HandedIn, hand_in, used_checks, waits
from runner.pipeline.pages import FillPage, PlanPage, Posted, VerifyPage
from runner.pipeline.paging import with_pages
from runner.pipeline.planning import Prepared, operation_views, prepare
from runner.pipeline.reading_back import answers_view
from runner.pipeline.secrets import secrets_of
from runner.pipeline.services import Services
from runner.pipeline.terms import terms
from runner.pipeline.turning import turn
from runner.pipeline.uploading import take_over
from runner.pipeline.walking import Walk, head, refused_on
from runner.store.records import Submission
from runner.verification.checks import CallerChecks, CheckState

CHECK_FIRST = "Check the caller first."
EXPIRED = "The caller check has expired. Check the caller again."


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
        return _unchecked(walk, state, CHECK_FIRST)
    brake(walk)
    taken = take_over(walk, posted)
    if taken.problems:
        return fill_page(walk, posted, checked=state.passed if state else 0)
    answers = dict(taken.posted.answers)
    try:
        answers |= typed_picks(walk, posted)
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
        return _unchecked(walk, state, CHECK_FIRST)
    taken = take_over(walk, posted)
    if taken.problems and not back:
        return fill_page(walk, posted, checked=state.passed if state else 0)
    posted = taken.posted
    checked = state.passed if state else 0
    try:
        answers = {**posted.answers, **({} if back else typed_picks(walk, posted))}
    except AnswersError as wrong:
        return fill_page(walk, posted, wrong.problems, checked)
    return turn(walk, replace(posted, answers=answers), back=back, checked=checked)


def _unchecked(walk: Walk, state: CheckState, sentence: str, what: str = "submit") -> VerifyPage:
    """Return the caller check instead of what was asked for, and record that it was refused."""
    refused_on(walk, what, RefusedError(sentence))
    return verify_page(walk, state, error=sentence)


def before_check(walk: Walk, what: str) -> VerifyPage | None:
    """Return the caller check, and record the refusal, while a form that asks for one has it open for this submission.

    Until then no page tells what the form asks or offers.
    """
    state = check_state(walk)
    return None if state is None or state.is_met else _unchecked(walk, state, CHECK_FIRST, what)


def check_state(walk: Walk) -> CheckState | None:
    """Return how far the caller check is; None when the form asks for none."""
    if walk.policy is None:
        return None
    return CallerChecks(walk.services).state(walk.reader, walk.situation, walk.policy, walk.submission)


def typed_picks(walk: Walk, posted: Posted) -> dict[str, object]:
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
        message=walk.markdown(confirm.message, prepared.worked.values),
        can_undo=prepared.can_undo,
        nothing_to_do=prepared.changes_nothing,
        type_to_confirm=_text_to_type(walk, prepared),
        acknowledge=tuple(walk.text(text, prepared.worked.values) for text in confirm.acknowledge),
        errors=tuple(problems),
        changed_meanwhile=changed,
        answers=answers,
        review=is_paged,
        conditions=terms(prepared),
        asks="approval" if prepared.plan.approval else "later" if prepared.plan.runs_at else "",
    )


def _text_to_type(walk: Walk, prepared: Prepared) -> str:
    wanted = walk.form.confirm.type_to_confirm
    if wanted is None:
        return ""
    value, _ = walk.reader.gather(
        walk.situation, lambda known: given(wanted, known.environment(prepared.worked.values))
    )
    return str(value or "")


def confirm(
    walk: Walk, submission: Submission, confirmation: Confirmation
) -> PlanPage | VerifyPage | Finished | HandedIn:
    """Carry a confirmed plan out, once.

    Everything is worked out again, now: a plan that would do something else than was confirmed is shown instead.
    One that needs a yes, or runs later, waits from then on.  Raises `BusyError` while something else is done to the same
    target, `StaleError` when the submission is no draft any more, `AnswersError` when its answers do not fit any more.
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
    if problems:
        return plan_page(prepared, problems)
    secrets = secrets_of(walk, prepared, answers)
    try:
        if waits(prepared):
            return hand_in(prepared, submission, state)
        resting = Resting(used_checks(walk, state), state.usable if state else ())
        return carry_out(prepared, replace(submission, plan_digest=prepared.digest), resting, secrets, ceilings(walk))
    except BusyError:
        raise
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
