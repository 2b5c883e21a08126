"""The one mail that tells who asked for a bulk what became of it. Reads the address only."""

from collections.abc import Mapping, Sequence

from runner.errors import NotFoundError
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars
from runner.pipeline.finding import known_person
from runner.pipeline.own_mails import link_to, mail_of, mail_to
from runner.pipeline.refusing import has_ended
from runner.pipeline.services import Services
from runner.store.bulk_records import Bulk
from runner.store.records import Notification

_OF_SUBMISSIONS: Mapping[str, tuple[str, ...]] = {
    "done": ("done",),
    "partly_done": ("partly_done",),
    "failed": ("failed",),
    "unclear": ("unknown",),
    "rejected": ("rejected", "expired"),
    "left_out": ("cancelled",),
}
"""By a word of the mails, the states of submissions that it names."""
_OF_ROWS: Mapping[str, tuple[str, ...]] = {
    "refused": ("refused",),
    "unchanged": ("unchanged",),
    "left_out": ("left_out",),
}


def stopped_by(login: str) -> str:
    """Return the note of a bulk that somebody stopped. Pure."""
    return f"{login} stopped it."


def summary(services: Services, bulk: Bulk, rows: Mapping[str, int], ran: Mapping[str, int]) -> Sequence[Notification]:
    """Return the mail, to be stored with the end; none for who has no address, is no longer here, or gave it up themselves.

    Raises `connectors.errors.ConnectorError` when the address cannot be read now.
    """
    is_given_up = bulk.note == stopped_by(bulk.actor_login) and not set(ran) - {"cancelled"}
    address = "" if is_given_up else _address(services, bulk)
    if not address:
        return ()
    told = Particulars(
        form=one_line(bulk.form_title),
        rows=bulk.total,
        ticket=one_line(bulk.ticket),
        comment=bulk.note,
        figures=figures(rows, ran),
        link=link_to(services, f"/bulks/{bulk.id}"),
    )
    return (mail_to(services, "bulk_ended", address, told, services.clock(), language=bulk.language),)


def figures(rows: Mapping[str, int], ran: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return how many ended in which way, by the words of the mails; ways in which none did are left out. Pure."""
    words = dict.fromkeys([*_OF_SUBMISSIONS, *_OF_ROWS], 0)
    for counts, named in ((ran, _OF_SUBMISSIONS), (rows, _OF_ROWS)):
        for word, states in named.items():
            words[word] += sum(counts.get(state, 0) for state in states)
    return tuple((word, count) for word, count in words.items() if count)


def _address(services: Services, bulk: Bulk) -> str:
    try:
        person_id = services.store.accounts.get(bulk.actor_id).person_id
    except NotFoundError:
        return ""
    person = known_person(services, person_id) if person_id else None
    return mail_of(person) if person and not has_ended(person, services.now()) else ""
