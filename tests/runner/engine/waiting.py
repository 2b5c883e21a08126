"""Submissions that are handed in to the queue, due at once."""

from runner.pipeline.drafting import kept_answers
from runner.pipeline.handing_in import hand_in
from runner.pipeline.planning import prepare
from runner.pipeline.walking import start
from tests.runner.pipeline.desks import TestDesk

AGENT = "agent.rotterdam"


def queued(desk: TestDesk, form: str, target: str, answers: dict[str, object], *, who: str = AGENT) -> str:
    """Plan a submission and let it wait for a worker; return its id."""
    id_ = desk.planned(who, form, target, answers, submission=desk.new()).head.submission
    submission = desk.store.submissions.get(id_)
    walk = start(desk.services, desk.actor(who), form, target, id_, "en")
    hand_in(prepare(walk, kept_answers(walk, submission)), submission, None)
    return id_
