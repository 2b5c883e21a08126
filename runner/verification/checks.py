"""Check a caller by the policy a form names. What was passed is state of the server and is used once.

A check belongs to one actor, target, form and submission; it expires with the policy's ``valid_for`` and is used up
when the submission begins.  Failed tries count for actor and target together, so that starting over gives no new ones.
A kind of method that this installation cannot do is shown as not available and never counts, nor does one that rests on
something that is not on file for this person.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import ConnectorError
from forms.answering.situation import Situation
from forms.definition import Form, Method, VerificationPolicy
from forms.expressions import holds
from runner.access.model import Actor
from runner.errors import RefusedError, StaleError, TooManyError
from runner.pipeline.pages import MethodView
from runner.pipeline.reading import Reader
from runner.pipeline.recording import checked
from runner.pipeline.refusing import Refusal, refuse
from runner.pipeline.services import Services
from runner.store.records import Submission, Verification
from runner.verification.methods import Filled, code_message, filled, masked

COUNTED_SECONDS = 3_600
_KNOWN_KINDS = ("checklist", "one_time_code")


@dataclass(frozen=True, slots=True)
class CheckState:
    """How far the caller check of a submission is. ``usable`` are the ids of the passed checks that will be used up."""

    policy: VerificationPolicy
    methods: tuple[MethodView, ...]
    passed: int
    attempts_left: int
    usable: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether enough different methods were passed and are still valid."""
        return self.passed >= self.policy.need


def policy_for(form: Form, situation: Situation) -> VerificationPolicy | None:
    """Return the policy that applies to this submission; None when no check is asked for."""
    verify = form.verify
    if verify is None or verify.policy is None:
        return None
    if verify.when is not None and not holds(verify.when, situation.environment({})):
        return None
    return situation.catalogue.verification.policies[verify.policy]


@dataclass(frozen=True, slots=True)
class CallerChecks:
    """Shows, starts and answers caller checks."""

    services: Services

    def state(self, reader: Reader, situation: Situation, policy: VerificationPolicy, submission_id: str) -> CheckState:
        """Return how far the check is; reads rows and the target's attributes only."""
        rows = self._rows(reader.actor, situation, submission_id)
        found = {method_id: self._filled(reader, situation, method_id)[0] for method_id in policy.methods}
        valid = self._valid(rows, policy, reader.now)
        passed = [row for row in valid if found[row.method].is_on_file]
        methods = tuple(
            self._method_view(reader, situation, method_id, own, rows, passed) for method_id, own in found.items()
        )
        usable = tuple({row.method: row.id for row in passed}.values())
        return CheckState(policy, methods, len(usable), self._attempts_left(reader, situation, policy), usable)

    def _rows(self, actor: Actor, situation: Situation, submission_id: str) -> Sequence[Verification]:
        target = situation.target.id if situation.target else ""
        return [
            row
            for row in self.services.store.verifications.for_submission(submission_id)
            if (row.actor_id, row.target_id, row.form_id) == (actor.id, target, situation.form.id)
        ]

    def _valid(self, rows: Sequence[Verification], policy: VerificationPolicy, now: datetime) -> list[Verification]:
        """Return what was passed, is not used, has not expired, and belongs to the policy as it is now."""
        return [
            row
            for row in rows
            if row.state == "passed"
            and row.consumed_at is None
            and row.passed_at is not None
            and now < row.passed_at + timedelta(seconds=policy.valid_for_seconds)
            and row.method in policy.methods
            and row.policy == policy.id
        ]

    def _attempts_left(self, reader: Reader, situation: Situation, policy: VerificationPolicy) -> int:
        target = situation.target.id if situation.target else ""
        since = reader.now - timedelta(seconds=COUNTED_SECONDS)
        used = self.services.store.verifications.failed_attempts(reader.actor.id, target, since)
        return max(0, policy.attempts - used)

    def _filled(self, reader: Reader, situation: Situation, method_id: str) -> tuple[Filled, Situation]:
        method = situation.catalogue.verification.methods[method_id]
        return reader.gather(situation, lambda known: filled(known, method))

    def _method_view(
        self,
        reader: Reader,
        situation: Situation,
        method_id: str,
        own: Filled,
        rows: Sequence[Verification],
        passed: Sequence[Verification],
    ) -> MethodView:
        method = situation.catalogue.verification.methods[method_id]
        title, asks, address = own.title, own.asks, own.address
        if any(row.method == method_id for row in passed):
            return MethodView(method_id, method.kind, title, "passed", "Passed")
        if method.kind not in _KNOWN_KINDS:
            return MethodView(method_id, method.kind, title, "unavailable", "Not available here")
        if not own.is_on_file:
            missing = "What this needs is not on file for this person"
            return MethodView(method_id, method.kind, title, "unavailable", missing)
        if method.kind == "one_time_code" and "@" not in address:
            missing = "Codes go out by mail here; this person has no address for it"
            return MethodView(method_id, method.kind, title, "unavailable", missing)
        if any(row.method == method_id and row.state == "sent" and reader.now < row.expires_at for row in rows):
            return MethodView(method_id, method.kind, title, "sent", f"Sent to {masked(address)}", asks)
        detail = masked(address) if address else ""
        return MethodView(method_id, method.kind, title, "open", detail, asks)

    def start(self, reader: Reader, situation: Situation, submission: Submission, method_id: str) -> str:
        """Send a one-time code; return an empty text, or the sentence why it could not be sent.

        Raises `RefusedError` for a method that this policy does not have or that is not available, `TooManyError` when
        the tries are used up.
        """
        policy, method, view = self._open_method(reader, situation, submission, method_id)
        if method.kind != "one_time_code":
            raise self._refused(reader, situation, RefusedError("There is nothing to send for this check."))
        if view.state == "passed":
            return ""
        own, known = self._filled(reader, situation, method_id)
        code, id_ = self.services.make_code(), self.services.new_id()
        message = code_message(known, reader.actor, own.address, code, id_)
        row = self._new_row(reader, situation, submission, policy, method_id, id_, "sent", code)
        record = checked(reader.now, reader.actor, submission, method_id, policy.id, "sent", view.title)
        since = reader.now - timedelta(seconds=COUNTED_SECONDS)
        try:
            self.services.store.verifications.create_sent(row, [record], most=policy.attempts, since=since)
        except StaleError:
            sentence = "Enough codes were sent for this person. Use another check."
            raise self._refused(reader, situation, TooManyError(sentence, COUNTED_SECONDS)) from None
        try:
            self.services.postman.send(message)
        except ConnectorError as error:
            is_told = code in "".join(str(error).split())  # by a system that repeats the mail
            return "The code could not be sent." if is_told else f"The code could not be sent: {error}"
        return ""

    def answer(
        self,
        reader: Reader,
        situation: Situation,
        submission: Submission,
        method_id: str,
        answers: Mapping[str, str],
    ) -> str:
        """Take the answer to a check; return an empty text when it passed, else the sentence why not.

        Raises as `start` does.
        """
        policy, method, view = self._open_method(reader, situation, submission, method_id)
        if method.kind == "checklist":
            return self._answer_checklist(reader, situation, submission, policy, view, answers)
        return self._answer_code(reader, situation, submission, policy, view, answers)

    def _open_method(
        self, reader: Reader, situation: Situation, submission: Submission, method_id: str
    ) -> tuple[VerificationPolicy, Method, MethodView]:
        policy = policy_for(situation.form, situation)
        if policy is None or method_id not in policy.methods:
            raise self._refused(reader, situation, RefusedError("This check does not belong to this form."))
        state = self.state(reader, situation, policy, submission.id)
        if state.attempts_left == 0:
            sentence = "Too many tries for this person. Wait an hour, or ask a colleague."
            raise self._refused(reader, situation, TooManyError(sentence, COUNTED_SECONDS))
        view = next(view for view in state.methods if view.id == method_id)
        if view.state == "unavailable":
            raise self._refused(reader, situation, RefusedError("This check is not available here."))
        return policy, situation.catalogue.verification.methods[method_id], view

    def _refused(self, reader: Reader, situation: Situation, refusal: Refusal) -> Refusal:
        form, target = situation.form.id, situation.target
        return refuse(self.services, reader.actor, "check the caller", refusal, form=form, target=target)

    def _answer_checklist(
        self,
        reader: Reader,
        situation: Situation,
        submission: Submission,
        policy: VerificationPolicy,
        view: MethodView,
        answers: Mapping[str, str],
    ) -> str:
        if view.state == "passed":
            return ""
        if not all(answers.get(f"ask-{number}") for number in range(len(view.ask))):
            return "Tick every box, or use another check."
        row = self._new_row(reader, situation, submission, policy, view.id, self.services.new_id(), "passed")
        record = checked(
            reader.now, reader.actor, submission, view.id, policy.id, "passed", "; ".join((view.title, *view.ask))
        )
        self.services.store.verifications.create(row, [record])
        return ""

    def _answer_code(
        self,
        reader: Reader,
        situation: Situation,
        submission: Submission,
        policy: VerificationPolicy,
        view: MethodView,
        answers: Mapping[str, str],
    ) -> str:
        rows = [
            row
            for row in self._rows(reader.actor, situation, submission.id)
            if row.method == view.id and row.state == "sent" and reader.now < row.expires_at
        ]
        if not rows:
            return "There is no valid code. Send a new one."
        row = max(rows, key=lambda sent: sent.created_at)
        since = reader.now - timedelta(seconds=COUNTED_SECONDS)
        try:
            counted = self.services.store.verifications.record_attempt(
                row.id, max_attempts=policy.attempts, now=reader.now, since=since
            )
        except StaleError as over:
            raise self._refused(reader, situation, over)  # noqa: B904 - the same one
        typed = "".join(answers.get("code", "").split())
        passed = hmac.compare_digest(self.services.sealer.code_hash(typed, row.id), counted.code_hash or "")
        record = checked(
            reader.now, reader.actor, submission, view.id, policy.id, "passed" if passed else "failed", view.title
        )
        if not passed:
            self.services.store.journal.append([record])
            return "That is not the code that was sent."
        self.services.store.verifications.pass_(row.id, now=reader.now, records=[record])
        return ""

    def _new_row(
        self,
        reader: Reader,
        situation: Situation,
        submission: Submission,
        policy: VerificationPolicy,
        method_id: str,
        id_: str,
        state: Any,
        code: str = "",
    ) -> Verification:
        return Verification(
            id=id_,
            submission_id=submission.id,
            actor_id=reader.actor.id,
            form_id=situation.form.id,
            target_id=situation.target.id if situation.target else "",
            policy=policy.id,
            method=method_id,
            state=state,
            created_at=reader.now,
            expires_at=reader.now + timedelta(seconds=policy.valid_for_seconds),
            code_hash=self.services.sealer.code_hash(code, id_) if code else None,
            passed_at=reader.now if state == "passed" else None,
        )
