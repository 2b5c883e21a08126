"""What was asked for, who can agree, what was said so far, and until when: for its requester. Reads; writes nothing."""

from collections.abc import Iterator

from connectors.errors import ConnectorError
from connectors.spi import Ref
from runner.errors import RefusedError, RunnerError
from runner.pipeline.pages import AnswersView, Fact
from runner.pipeline.reading_back import answers_view
from runner.pipeline.requests.opened import Opened, open_request
from runner.pipeline.requests.pending import Pending, pending
from runner.pipeline.requests.rounds import Round
from runner.pipeline.requests.voters import last_moment
from runner.pipeline.services import Services
from runner.pipeline.telling import moment
from runner.pipeline.walking import Walk
from runner.store.records import Submission


def agreement(services: Services, submission: Submission) -> tuple[Fact, ...]:
    """Return what its requester is told of a request that waits; less, where a system does not answer. Never raises."""
    try:
        return tuple(_facts(open_request(services, submission)))
    except (ConnectorError, RunnerError):
        until = submission.expires_at
        return (Fact("Waits until", moment(until, services.now())),) if until else ()


def own_answers(services: Services, submission: Submission) -> tuple[AnswersView, ...]:
    """Return what was answered in a request that waits, as whoever decides reads it; none where that cannot be read now.

    Never raises.
    """
    try:
        request = pending(services, submission)
        return shown_answers(request.walk, request)
    except (ConnectorError, RunnerError):
        return ()


def shown_answers(walk: Walk, request: Pending) -> tuple[AnswersView, ...]:
    """Return the answers a form shows to whoever decides; none where an option is gone by now: the plan still says all."""
    try:
        return answers_view(walk, request.worked, request.approval.show)
    except RefusedError:
        return ()


def _facts(request: Opened) -> Iterator[Fact]:
    several = len(request.rounds) > 1
    for place, one in enumerate(request.rounds, 1):
        label = f"Needs a yes, {place} of {len(request.rounds)}" if several else "Needs a yes"
        many = f"{one.need} of: " if one.need > 1 else ""
        yield Fact(label, (f"{one.title}: " if one.title else "") + many + who_of(request, one))
    now = request.services.now()
    for word in request.said:
        who = _name(request, word.person_id) or word.approver_login
        comment = f": {word.comment}" if word.comment else ""
        yield Fact(
            "Said yes" if word.decision == "yes" else "Said no", f"{who}, {moment(word.created_at, now)}{comment}"
        )
    until = last_moment(request.pending)
    if until is not None:
        yield Fact("Waits until", moment(until, now))


def who_of(request: Opened, one: Round) -> str:
    """Say who is meant in a round, by name where the form means a person."""
    texts = []
    for way in one.ways:
        name = _name(request, way.id) if way.kind == "user" else ""
        texts.append(f"{way.said}: {name}" if name and way.said else name or way.said)
    texts += [f"{lacking}: nobody" for lacking in one.lacking]
    return " or ".join(dict.fromkeys(texts))


def _name(request: Opened, person_id: str | None) -> str:
    person = request.pending.reader.entry(Ref("user", person_id)) if person_id else None
    return person.label if person else ""
