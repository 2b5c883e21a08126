"""What is on record of a submission: by whom, when, under which number, and its records in words. Reads."""

from datetime import datetime

from runner.pipeline.journal_words import journal_sentence
from runner.pipeline.pages import Fact
from runner.pipeline.services import Services
from runner.pipeline.telling import moment
from runner.store.records import Submission


def facts_of(services: Services, submission: Submission) -> tuple[Fact, ...]:
    """Return what there is to know about a submission besides what it did."""
    now = services.now()
    done_at = submission.finished_at or submission.begun_at or submission.created_at
    facts = [
        Fact("By", submission.actor_login),
        Fact("When", moment(done_at, now)),
        Fact("Ticket", submission.ticket),
        Fact("Reason", submission.reason),
        Fact("Form", f"{submission.form_id}, version {submission.form_version}"),
        Fact("Number", submission.id[:8]),
    ]
    return tuple(fact for fact in facts if fact.text)


def journal_of(services: Services, submission: Submission, *, hidden: bool = False) -> tuple[tuple[datetime, str], ...]:
    """Return the records in words, in their order; titles may name the target, so a ``hidden`` one leaves verbs and ids."""
    entries = services.store.journal.search(submission=submission.id, limit=100)
    titles = (
        {} if hidden else {row.operation_id: row.title for row in services.store.submissions.operations(submission.id)}
    )
    now = services.now()
    said = [
        (entry.time, journal_sentence(entry.kind, entry.body, now, titles, methods=not hidden))
        for entry in sorted(entries, key=lambda e: e.seq)
    ]
    return tuple(dict.fromkeys(said))
