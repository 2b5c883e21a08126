"""Grants as lines of pages: only what the reader may see of them is named. Reads names; changes nothing."""

from collections.abc import Iterator, Sequence

from connectors.spi import Entry, Ref
from forms.answering.languages import in_best_language
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.restoring import RestoreError, restored
from runner.pipeline.grants.lasting import last_day
from runner.pipeline.grants.pages import GrantLine
from runner.pipeline.grants.things import objects
from runner.pipeline.reading import Reader
from runner.pipeline.telling import Teller
from runner.store.grant_records import Grant

_MOST_OF_A_PERSON = 20


def lines(reader: Reader, found: Sequence[Grant], *, audits: bool) -> tuple[GrantLine, ...]:
    """Return grants that the reader may see as lines; with ``audits`` the reader may open the submissions of others."""
    about = {grant.id: _others(reader, grant) for grant in found}
    teller = Teller(reader).knowing(about.values())
    return tuple(_line(reader, grant, teller.text(about[grant.id]), audits=audits) for grant in found)


def lines_of_person(reader: Reader, person: Entry, *, audits: bool) -> Iterator[GrantLine]:
    """Yield what ends by itself for a person who may be seen: what the reader gave, and what is about things they may see."""
    found = reader.services.store.grants.running(object_id=person.ref.id, limit=_MOST_OF_A_PERSON)
    for grant, line in zip(found, lines(reader, found, audits=audits), strict=True):
        is_own = grant.actor_id == reader.actor.id
        if is_own or audits or _is_named(line.what):
            yield line


def _is_named(what: str) -> bool:
    return NOT_IN_SCOPE not in what and "outside your scope" not in what


def _others(reader: Reader, grant: Grant) -> tuple[Ref, ...]:
    """Return what a grant is about besides its target, in a fixed order."""
    try:
        back = restored(grant.inverse, reader.services.connectors.verbs, grant.operation_id)
    except RestoreError:
        return ()
    return tuple(sorted((ref for ref in objects(back) if ref.id != grant.target_id), key=str))


def _line(reader: Reader, grant: Grant, what: str, *, audits: bool) -> GrantLine:
    is_open = audits or grant.actor_id == reader.actor.id
    is_over = grant.ends_at <= reader.now
    return GrantLine(
        id=grant.id,
        title=grant.title,
        what=what,
        target=grant.target_label,
        person=(grant.target_id or "") if grant.target_kind == "user" else "",
        form=form_title(reader, grant.form_id),
        by=grant.actor_login,
        last_day=last_day(grant.ends_at, reader.now),
        state=grant.state,
        is_late=is_over and grant.state in ("running", "failed"),
        error=grant.error if is_open else "",
        retry_at=grant.retry_at if is_open else None,
        submission=grant.submission_id if is_open else "",
    )


def form_title(reader: Reader, form_id: str) -> str:
    """Return what a form is called in the language the desk speaks first; its id when it is gone."""
    form = reader.services.catalogue.forms.get(form_id)
    if form is None or form.title is None:
        return form_id
    template = in_best_language(form.title, reader.services.catalogue.settings.languages[0])
    return "".join(part for part in template.parts if isinstance(part, str))
