"""The desk, the search box and a person's card: only what this actor may see and do. Reads; writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from connectors.spi import AllOf, AnyOf, Entry, Everything, File, Ids, KeepsPhotos, Question
from forms.answering.languages import in_best_language
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.validating import target_refusal
from forms.definition import USUAL_FILE_TYPES, Form, Text
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.authorising import NOT_FOUND, is_fitting, may_use, reads_journal
from runner.pipeline.grants.showing import lines_of_person
from runner.pipeline.pages import DeskPage, FindPage, HistoryLine, HistoryPage, PersonPage, Thing, Tile
from runner.pipeline.reading import SEARCHED, Reader
from runner.pipeline.services import Services
from runner.pipeline.telling import Teller, chips, subtitle, thing, told_apart
from runner.pipeline.undoing.offering import offers_undo
from runner.pipeline.walking import reader_for, situation_of
from runner.store.records import Submission

_CARD = [
    "login",
    "upn",
    "mail",
    "phone",
    "mobile",
    "manager",
    "office",
    "department",
    "company",
    "employee_id",
    "employee_type",
    "description",
    "created",
    "last_logon",
    "password_set_on",
    "groups",
]
_PAGE = 25
_PAGE_OF_HISTORY = 30
_MOST_COMING = 20
_RECENT = 6
UNCLEAR_STATES = ("unknown", "partly_done")


def usable_forms(services: Services, actor: Actor, language: str) -> list[tuple[Form, Reader]]:
    """Return the forms this actor may use, in the order of their categories and of their titles in a language."""
    found = []
    for form in services.catalogue.forms.values():
        reader = reader_for(services, actor, form.id)
        if may_use(reader, form):
            found.append((form, reader))
    return sorted(found, key=lambda pair: (pair[0].category, plain(pair[0].title, language)))


def plain(text: Text | None, language: str) -> str:
    """Return a text that has nothing to fill in, as titles have; what would be filled in is left out."""
    if text is None:
        return ""
    template = in_best_language(text, language)
    return "".join(part for part in template.parts if isinstance(part, str))


def tile(form: Form, language: str, *, why_not: str = "", asks: str = "") -> Tile:
    """Return a form as a tile."""
    description = plain(form.description, language).strip().partition("\n")[0]
    return Tile(
        form.id, plain(form.title, language), description, form.icon or "ui-checks", form.category, asks, why_not
    )


def home(services: Services, actor: Actor, language: str) -> DeskPage:
    """Return the first page."""
    categories: dict[str, list[Tile]] = {}
    for form, _ in usable_forms(services, actor, language):
        categories.setdefault(form.category or "Other", []).append(tile(form, language))
    own = services.store.submissions.list(actor_id=actor.id, limit=60)
    unclear = [submission for submission in own if submission.state in UNCLEAR_STATES][:5]
    return DeskPage(
        tuple((name, tuple(tiles)) for name, tiles in categories.items()),
        tuple(_recent_people(services, actor, own)),
        tuple(_named(services, actor, unclear)),
    )


def _recent_people(services: Services, actor: Actor, own: Sequence[Submission]) -> Iterable[Thing]:
    ids = list(dict.fromkeys(one.target_id for one in own if one.target_kind == "user" and one.target_id))[:_RECENT]
    readers = _readers(services, actor)
    found = {entry.ref.id: entry for entry in _people(readers, Question("user", Ids(frozenset(ids)), limit=_RECENT))[0]}
    return told_apart([thing(found[id_], readers[0].now) for id_ in ids if id_ in found], found.values())


def _readers(services: Services, actor: Actor) -> list[Reader]:
    """Return one reader outside any form, and one for each form that widens what may be read."""
    readers = [reader_for(services, actor, None)]
    limited = {
        form for row in services.authority.current().bindings_of(actor, readers[0].now) for form in row.forms or ()
    }
    return [
        *readers,
        *(reader_for(services, actor, form) for form in sorted(limited & services.catalogue.forms.keys())),
    ]


def _people(readers: Sequence[Reader], question: Question) -> tuple[list[Entry], bool]:
    """Ask for people in every context the actor may read in, in one search, and decide on each result."""
    authority = readers[0].services.authority.current()
    scopes = tuple(
        authority.scope(reader.actor, ("user.read",), "user", form=reader.form, now=reader.now) for reader in readers
    )
    scoped = Question(
        "user", AllOf((AnyOf(scopes), question.filter)), question.text, question.search, question.sort, question.limit
    )
    page = readers[0].ask(scoped)
    return [entry for entry in page.entries if _is_readable(readers, entry)], page.more


def _is_readable(readers: Sequence[Reader], entry: Entry) -> bool:
    authority = readers[0].services.authority.current()
    return any(
        authority.decide(reader.actor, "user.read", entry, form=reader.form, now=reader.now).allowed
        for reader in readers
    )


def find(services: Services, actor: Actor, text: str, language: str) -> FindPage:
    """Return the people and the forms that a typed text finds."""
    words = " ".join(text.split())[:100]
    if not words:
        return FindPage("", (), (), more=False)
    readers = _readers(services, actor)
    question = Question("user", Everything(), words, SEARCHED["user"], "display_name", _PAGE)
    people, more = _people(readers, question)
    tiles = [
        tile(form, language)
        for form, _ in usable_forms(services, actor, language)
        if all(word in _searched_text(form, language) for word in words.casefold().split())
    ]
    things = told_apart([thing(entry, readers[0].now) for entry in people], people)
    return FindPage(words, things, tuple(tiles), more)


def _searched_text(form: Form, language: str) -> str:
    parts = (plain(form.title, language), plain(form.description, language), form.category, *form.tags)
    return " ".join(parts).casefold()


def photo(services: Services, actor: Actor, person_id: str) -> File | None:
    """Return the photo on a person's card, None when there is none; raises `NotFoundError` as `person` does."""
    entry = _readable_person(_readers(services, actor), person_id)
    connector = services.connectors.for_kind("user")
    found = connector.photo(entry.ref) if isinstance(connector, KeepsPhotos) else None
    return found if found is not None and found.content is not None and found.type in USUAL_FILE_TYPES else None


def _readable_person(readers: Sequence[Reader], person_id: str) -> Entry:
    entries, _ = _people(readers, Question("user", Ids(frozenset({person_id})), limit=1))
    if not entries:
        raise NotFoundError(NOT_FOUND)
    return entries[0]


def person(services: Services, actor: Actor, person_id: str, language: str) -> PersonPage:
    """Return a person's card; raises `NotFoundError` when the actor may not read it in any context."""
    readers = _readers(services, actor)
    entry, now = _readable_person(readers, person_id), readers[0].now
    teller = Teller(readers[0])
    card = thing(entry, now)
    return PersonPage(
        Thing(card.id, card.kind, card.label, card.detail, card.initials, chips(entry, now)),
        subtitle(entry),
        teller.facts(entry, _CARD),
        tuple(_tiles_for(services, actor, entry, language)),
        tuple(_lately(readers[0], entry)),
        has_photo=entry.attributes.get("has_photo") is True,
        ends=tuple(lines_of_person(readers[0], entry, audits=reads_journal(readers[0]))),
        coming=tuple(_coming(readers[0], entry)),
    )


def _coming(reader: Reader, entry: Entry) -> Iterable[HistoryLine]:
    """Return what is to run for a person by itself, what is due first at the head."""
    found = reader.services.store.submissions.list(target_id=entry.ref.id, states=("queued",), limit=_MOST_COMING)
    due = sorted((one.due_at, one.id, one) for one in found if one.due_at is not None and one.due_at > reader.now)
    return (replace(history_line(one), id="") for _, _, one in due)


def _lately(reader: Reader, entry: Entry) -> Iterable[HistoryLine]:
    """Return what was done, or is to be done, for a person; a record that is not open to the actor has no address."""
    states = ("awaiting_approval", "queued", "running", "done", "partly_done", "failed", "unknown")
    audits, services = reads_journal(reader), reader.services
    found = services.store.submissions.list(target_id=entry.ref.id, states=states, limit=8)
    taken = {one.undoes for one in services.store.continuing.undos_of([one.id for one in found])}
    for one in found:
        offered = one.id not in taken and offers_undo(services, reader.actor, one, entry)
        line = replace(history_line(one), undo=one.id if offered else "")
        yield line if audits or one.actor_id == reader.actor.id else replace(line, id="")


def _tiles_for(services: Services, actor: Actor, entry: Entry, language: str) -> Iterable[Tile]:
    """Return what may be done for this person, and what is usually possible but not now, with the reason."""
    for form, reader in usable_forms(services, actor, language):
        if form.target is None or form.target.type != entry.ref.kind:
            continue
        if not _is_readable((reader,), entry) or not is_fitting(reader, form, entry):
            yield tile(form, language, why_not="Not for this person")
            continue
        yield tile(form, language, why_not=_why_not(reader, form, entry, language), asks=_asks(services, form))


def _why_not(reader: Reader, form: Form, entry: Entry, language: str) -> str:
    """Return why a form is not for this person now; one that cannot be worked out leaves the others usable."""
    try:
        return reader.gather(situation_of(reader, form, entry, language, "portal"), target_refusal)[0]
    except RefusedError:
        return "This form cannot be worked out; tell its owner"


def _asks(services: Services, form: Form) -> str:
    if form.verify is None or form.verify.policy is None:
        return ""
    need = services.catalogue.verification.policies[form.verify.policy].need
    sometimes = " in some cases" if form.verify.when is not None else ""
    return f"Needs {'one caller check' if need == 1 else f'{need} caller checks'}{sometimes}"


def history_line(submission: Submission) -> HistoryLine:
    """Return a submission as a line."""
    return HistoryLine(
        submission.id,
        submission.form_id,
        submission.form_title,
        submission.actor_login,
        submission.target_label,
        submission.target_id or "" if submission.target_kind == "user" else "",
        submission.ticket,
        submission.state,
        submission.finished_at or submission.updated_at,
        due_at=submission.due_at if submission.state == "queued" else None,
    )


def _named(services: Services, actor: Actor, submissions: Sequence[Submission]) -> Iterable[HistoryLine]:
    """Return submissions as lines; a person the actor may not see any more is not named."""
    ids = frozenset(one.target_id for one in submissions if one.target_kind == "user" and one.target_id)
    people = _people(_readers(services, actor), Question("user", Ids(ids), limit=len(ids)))[0] if ids else []
    seen = {entry.ref.id for entry in people}
    for one in submissions:
        line = history_line(one)
        yield (
            line
            if one.target_id in seen or one.target_kind != "user"
            else replace(line, target=NOT_IN_SCOPE, target_id="")
        )


def history(services: Services, actor: Actor, page: int) -> HistoryPage:
    """Return the actor's own submissions, newest first; drafts that were never confirmed are left out."""
    page = max(1, page)
    wanted = services.store.submissions.list(
        actor_id=actor.id, confirmed=True, limit=_PAGE_OF_HISTORY + 1, offset=_PAGE_OF_HISTORY * (page - 1)
    )
    lines = tuple(_named(services, actor, wanted[:_PAGE_OF_HISTORY]))
    return HistoryPage(lines, page, len(wanted) > _PAGE_OF_HISTORY)


def known_person(services: Services, person_id: str) -> Entry | None:
    """Read a person without regard to any scope: for the account that signs in."""
    connector = services.connectors.for_kind("user")
    page = connector.read(Question("user", Ids(frozenset({person_id})), limit=1))
    return page.entries[0] if page.entries else None
