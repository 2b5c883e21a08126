"""From what somebody types on a page to the records that are meant, and how many there are. Reads the store."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from runner.errors import UnfitError
from runner.evidence.choosing import Choice
from runner.pipeline.reading import Reader
from runner.store.store import Store

LONGEST = 300
_DAY = "Write the day as 2027-01-31: “{text}” is none."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: the id of a person, the login of an agent, the name of a form, days, the id of a submission."""

    person: str = ""
    agent: str = ""
    form: str = ""
    since: str = ""
    until: str = ""
    submission: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen yet."""
        return not any((self.person, self.agent, self.form, self.since, self.until, self.submission))


def choice_of(reader: Reader, asked: Asked) -> Choice:
    """Return which records are meant; raises `UnfitError` with what to mend."""
    if asked.is_empty:
        raise UnfitError("Choose what to pack: a person, an agent, a form or a period.")
    since, until = _day(asked.since), _day(asked.until)
    if since and until and until < since:
        raise UnfitError("The last day is before the first.")
    zone = reader.now.tzinfo
    return Choice(
        ", ".join(_words(reader, asked)),
        person=asked.person,
        agent=_account(reader.services.store, asked.agent) if asked.agent else "",
        form=asked.form,
        since=_begin(since, zone),
        until=_begin(until + timedelta(days=1) if until else None, zone),
        submission=asked.submission,
    )


def person_label(reader: Reader, id: str) -> str:
    """Return what a person is called, as far as the actor may know; else the id, under which the journal has them."""
    found = reader.visible("user", id)
    return found.label if found is not None else id


def count_of(store: Store, choice: Choice, limit: int) -> int:
    """Return how many records fit, at most ``limit``; counts what is not signed yet as well."""
    lines = store.journal.lines_found(
        submission=choice.submission or None,
        actor_id=choice.agent or None,
        target_id=choice.person or None,
        since=choice.since,
        until=choice.until,
        containing=json.dumps(choice.form, ensure_ascii=False) if choice.form else "",
        limit=limit,
    )
    return sum(choice.may_fit(line) and choice.fits(json.loads(line)) for line in lines)


def _words(reader: Reader, asked: Asked) -> Iterator[str]:
    if asked.person:
        label = person_label(reader, asked.person)
        yield f"on {label}" if label == asked.person else f"on {label} ({asked.person})"
    for before, text in (("by", asked.agent), ("of the form", asked.form), ("of the submission", asked.submission)):
        if text:
            yield f"{before} {text}"
    for before, text in (("from", asked.since), ("until", asked.until)):
        if text:
            yield f"{before} {text}"


def _account(store: Store, login: str) -> str:
    found = store.accounts.by_login(login)
    if found is None:
        raise UnfitError(f"There is no account “{login}”. Write the login that the agent signs in with.")
    return found[0].id


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnfitError(_DAY.format(text=text)) from None


def _begin(day: date | None, zone: tzinfo | None) -> datetime | None:
    return datetime.combine(day, time(), zone) if day is not None else None
