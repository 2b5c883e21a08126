"""Whether everybody whose yes is needed said it to what is about to be done, decided when it is about to be done. Reads."""

from runner.pipeline.planning import Prepared
from runner.pipeline.requests.barred import touched_by
from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.pending import Pending, pending_of
from runner.pipeline.requests.rounds import progress, rounds_of
from runner.pipeline.requests.voters import last_moment
from runner.pipeline.services import Services
from runner.store.records import Submission
from runner.store.request_records import Approval


def is_agreed(services: Services, submission: Submission, prepared: Prepared) -> bool:
    """Say whether a submission that was just planned anew has every yes it needs.

    The plan is the very same that was agreed to, and so is all else a yes is bound to; each yes came in time, from
    somebody who neither asks for it nor is changed by it.  Who may have left since has said what they said.
    """
    if submission.plan_digest != prepared.digest:
        return False
    request = pending_of(prepared, submission)
    said = services.store.approvals.of(submission.id, bound_digest(submission))
    if any(one.decision != "yes" for one in said):
        return False
    counting = [one for one in said if _counts(request, one)]
    return progress(rounds_of(request), counting).present is None


def _counts(request: Pending, said: Approval) -> bool:
    submission, requester, until = request.submission, request.requester, last_moment(request)
    barred = {*touched_by(submission), *((requester.ref.id,) if requester else ())}
    people = {person for person in (said.person_id, said.instead_of) if person}
    in_time = until is not None and said.created_at < until
    return in_time and said.approver_id != submission.actor_id and bool(people) and barred.isdisjoint(people)
