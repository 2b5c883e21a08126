"""Whose yes never counts: who asks, whom it is about, and whose account the requester could have used. Reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from connectors.spi import Entry, Ids, Question
from runner.pipeline.planning import kept_plan
from runner.pipeline.refusing import has_ended
from runner.pipeline.requests.pending import Pending
from runner.pipeline.same_person import further_of, number_of
from runner.store.records import Submission

IN_REACH = timedelta(days=7)
"""Who was given new credentials by the requester this long before the request cannot agree to it."""

_CREDENTIALS = ("directory.user.set_password", "directory.user.reset_mfa")
_MAKES = ("directory.user.create",)
_ASKS = "You asked for this yourself, so somebody else has to agree."
_TARGET = "This is about your own account, so somebody else has to agree."
_CHANGED = (
    "Who asks for this made your account or changed its credentials a short while ago, so somebody else has to agree."
)
_NOBODY = "Only a person of the directory can agree to something."


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a person may not agree, by their id, and by the employee number that their further accounts share."""

    by_id: Mapping[str, str]
    by_number: Mapping[str, str]

    def why(self, person: Entry | None) -> str:
        """Return why this person may not agree; empty when nothing speaks against it. Pure."""
        if person is None or person.ref.kind != "user":
            return _NOBODY
        return self.by_id.get(person.ref.id) or self.by_number.get(number_of(person), "")


def barred(pending: Pending) -> Barred:
    """Find out who may not agree to a request; raises `connectors.errors.ConnectorError`, and then nobody may."""
    submission, requester = pending.submission, pending.requester
    since = (submission.asked_at or submission.created_at) - IN_REACH
    further = {one.ref.id for one in further_of(pending.services, requester)} if requester else set[str]()
    changed = pending.services.store.approvals.changed_by(submission.actor_id, further, _CREDENTIALS, since)
    changed |= pending.services.store.approvals.made_by(submission.actor_id, further, _MAKES, since)
    by_id = {text.removeprefix("user:"): _CHANGED for text in changed if text.startswith("user:")}
    touched = frozenset(touched_by(submission))
    by_id |= dict.fromkeys(touched, _TARGET)
    if requester is not None:
        by_id[requester.ref.id] = _ASKS
    own = (requester,) if requester else ()
    numbers = {number_of(one): _TARGET for one in _read(pending, touched)} | {number_of(one): _ASKS for one in own}
    numbers.pop("", None)
    return Barred(by_id, numbers)


def touched_by(submission: Submission) -> Iterator[str]:
    """Yield the ids of the people a submission changes: its target, and everybody its plan needs more than sight of."""
    if submission.target_kind == "user" and submission.target_id:
        yield submission.target_id
    for row in kept_plan(submission):
        for permission, on in row.get("needs", ()):
            if isinstance(on, str) and on.startswith("user:") and not str(permission).endswith(".read"):
                yield on.removeprefix("user:")


def is_active(pending: Pending, person: Entry) -> bool:
    """Say whether somebody could sign in and agree: not disabled, not past the last day. Pure."""
    return not has_ended(person, pending.reader.now)


def _read(pending: Pending, ids: Iterable[str]) -> Iterator[Entry]:
    wanted = frozenset(ids)
    if wanted:
        people = pending.services.connectors.for_kind("user")
        yield from people.read(Question("user", Ids(wanted), limit=len(wanted))).entries
