"""A submission before it is confirmed: its row, its answers, typed secrets encrypted. Writes drafts only."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from forms.answering.wire import normalise
from forms.errors import AnswerProblem, AnswersError
from runner.errors import StaleError
from runner.pipeline.planning import Prepared
from runner.pipeline.walking import Walk, refused_on
from runner.store.records import Submission

LIFETIME = timedelta(days=7)
"""How long a draft that nobody touches keeps what was answered."""


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


def planned_draft(prepared: Prepared, answers: Mapping[str, object]) -> Submission:
    """Return the row of a draft with its answers and its plan, to be kept together with others."""
    walk, request = prepared.walk, prepared.walk.situation.request
    asked = {id_: value for id_, value in answers.items() if prepared.worked.answers[id_].asked}
    plain, sealed = _without_secrets(walk, asked)
    kept: dict[str, Any] = {"answers": plain, "sealed": sealed, "plan": list(prepared.kept)}
    kept["plan_digest"] = prepared.digest
    return replace(draft(walk), **kept, ticket=request.ticket, reason=request.reason)


def begin_draft(walk: Walk) -> Submission:
    """Begin a draft, or return the one that was; recorded when the id is that of something else (`StaleError`)."""
    try:
        return walk.services.store.submissions.start(draft(walk))
    except StaleError as refused:
        raise refused_on(walk, "submit", refused)  # noqa: B904 - the same one


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
    plain = {id_: storable(normalise(fields[id_], value)) for id_, value in answers.items() if id_ not in secret_ids}
    secrets = {id_: normalise(fields[id_], answers[id_]) for id_ in secret_ids & answers.keys()}
    return plain, walk.services.sealer.seal(json.dumps(secrets)) if secrets else None


def storable(value: Any) -> Any:
    """Return an answer for keeping: numbers that are not whole as text, which reads back as the same number."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value


def kept_answers(walk: Walk, submission: Submission) -> dict[str, object]:
    """Return the answers of a draft, typed secrets opened again; raises `AnswersError` when those are too old."""
    answers: dict[str, object] = dict(submission.answers)
    if submission.sealed is not None:
        try:
            answers |= json.loads(walk.services.sealer.unseal(submission.sealed, waited=walk.waited))
        except ValueError as error:
            sentence = "The password that was typed is no longer kept. Type it again."
            raise AnswersError([AnswerProblem("", sentence)]) from error
    return answers
