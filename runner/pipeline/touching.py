"""Tell people that their account was touched, at the address it had before. Reads nothing: a plan holds what is needed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.spi import Entry, Ref
from forms.definition import Catalogue, Template
from runner.dispatch import Performed
from runner.journal.records import Record
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars
from runner.pipeline.happening import Told
from runner.pipeline.own_mails import mail_of, mail_to
from runner.pipeline.planning import Prepared
from runner.pipeline.recording import actor_body, form_body, target_body
from runner.store.records import Notification, Submission

_BY_VERB = {"directory.user.set_password": "password", "directory.user.reset_mfa": "second_factor"}
_BY_ATTRIBUTE = {name: name for name in ("mail", "addresses", "mobile", "phone", "login", "upn")}
_HAPPENED = frozenset({"done", "unknown"})


def tell_touched(prepared: Prepared, submission: Submission, performed: Sequence[Performed], now: datetime) -> Told:
    """Return a mail to each person whose password, second factor, sign-in name or contact data was changed, or may have been.

    It goes to the address read before the change, so that whoever took an account over does not get it instead.  A person
    without one is recorded as not told.
    """
    services = prepared.walk.services
    known = {entry.ref: entry for permit in prepared.permits for entry in permit.entries if entry.ref.kind == "user"}
    mails: list[Notification] = []
    records: list[Record] = []
    for ref, words in touched(performed, services.catalogue).items():
        person = known.get(ref)
        address = mail_of(person) if person else ""
        if person is None or not address:
            records.append(_not_told(prepared, submission, ref, person, now))
            continue
        told = Particulars(target=one_line(person.label), touched=words, at=now)
        mails.append(mail_to(services, "touched", address, told, now, submission_id=submission.id))
    return Told(tuple(mails), tuple(records))


def touched(performed: Sequence[Performed], catalogue: Catalogue) -> Mapping[Ref, tuple[str, ...]]:
    """Return whose account was touched, and how, in the words of the mails. Pure."""
    contact = _checked_with(catalogue)
    found: dict[Ref, dict[str, None]] = {}
    for one in performed:
        if one.state not in _HAPPENED:
            continue
        for ref, word in _touched_by(one, contact):
            found.setdefault(ref, {})[word] = None
    return {ref: tuple(words) for ref, words in found.items()}


def _touched_by(one: Performed, contact: frozenset[str]) -> Iterator[tuple[Ref, str]]:
    operation = one.planned.operation
    word, user = _BY_VERB.get(operation.verb), operation.arguments.get("user")
    if word is not None and isinstance(user, Ref):
        yield user, word
    for change in one.changes:
        if change.ref is not None and change.ref.kind == "user" and change.before != change.after:
            if change.attribute in _BY_ATTRIBUTE:
                yield change.ref, _BY_ATTRIBUTE[change.attribute]
            elif change.attribute in contact:
                yield change.ref, "other"


def _checked_with(catalogue: Catalogue) -> frozenset[str]:
    """Return the attributes of a person that codes of caller checks are sent to."""
    return frozenset(
        path[1]
        for method in catalogue.verification.methods.values()
        if isinstance(method.to, Template) and method.to.single is not None
        for path in method.to.single.paths
        if len(path) == 2 and path[0] == "target"
    )


def _not_told(prepared: Prepared, submission: Submission, ref: Ref, person: Entry | None, now: datetime) -> Record:
    sentence = "The person whose account was changed has no mail address, so they could not be told."
    body = {
        "submission": submission.id,
        "actor": actor_body(prepared.walk.actor),
        "form": form_body(prepared.walk.form),
        "operation": {"id": None, "verb": "mail"},
        "target": target_body(ref, person),
        "outcome": {"code": "person_not_told", "detail": sentence},
        "ticket": submission.ticket,
    }
    return Record("outcome", now, body)
