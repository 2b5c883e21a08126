"""Bulks for those who run them: the one entrance for the web. Every method decides first; refusals are recorded."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.spi import Entry, Ids, Question
from forms.definition import Form
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.authorising import NOT_FOUND, open_form, reads_journal, target_permissions
from runner.pipeline.bulk import beginning, recording, showing, stepping
from runner.pipeline.bulk.choosing import FILLED
from runner.pipeline.bulk.fitness import NAMED_BY, may_start, why_not
from runner.pipeline.bulk.pages import AnswerPage, BulkLine, BulkPage, BulksPage, ManyPage
from runner.pipeline.bulk.preparing import form_of
from runner.pipeline.bulk.result_file import result_file
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.filling import found_targets
from runner.pipeline.finding import plain
from runner.pipeline.pages import Posted
from runner.pipeline.reading import Reader
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.pipeline.telling import thing, told_apart
from runner.pipeline.walking import reader_for
from runner.store.bulk_records import Bulk

_SEARCHED_TOO = {"user": ("department",)}
"""What many share, and is searched beside what a form looks for one by: by kind."""
_MOMENTS = frozenset({"date", "datetime"})
_FOUND = 50
_LISTED = 50


@dataclass(frozen=True, slots=True)
class Bulks:
    """One form for many people: chosen, answered for all, prepared row by row, looked at, started, watched."""

    services: Services

    @in_our_errors
    def overview(self, actor: Actor) -> BulksPage:
        """Return the actor's own bulks, and those that wait for the actor to start them."""
        store, forms = self.services.store.bulks, self.services.catalogue.forms
        asked = store.list(states=("asked",), limit=200)
        waiting = [one for one in asked if may_start(self.services, actor, one.actor_id, forms.get(one.form_id))]
        own = store.list(actor_id=actor.id, limit=_LISTED)
        return BulksPage(tuple(_line(one, waits=True) for one in waiting), tuple(map(_line, own)))

    @in_our_errors
    def choose(self, actor: Actor, form_id: str, text: str, language: str, error: str = "") -> ManyPage:
        """Return whom a form may be used for, as far as a text finds them; raises `NotFoundError`."""
        reader, form = self._form(actor, form_id)
        refused = error or why_not(form)
        entries, more = _found(reader, form, text, _FOUND) if not why_not(form) else ([], False)
        asked = [field for field in form.fields if field.type in FILLED]
        return ManyPage(
            form.id,
            plain(form.title, language),
            text,
            told_apart([thing(entry, reader.now) for entry in entries], entries),
            more,
            self.services.bulk.most,
            NAMED_BY.get(form.target.type if form.target else "", ()),
            tuple((field.id, plain(field.label, language)) for field in asked),
            _MOMENTS & {field.type for field in asked},
            refused,
            is_fit=not why_not(form),
        )

    @in_our_errors
    def begin_chosen(self, actor: Actor, form_id: str, ids: Sequence[str], language: str) -> str:
        """Keep a bulk for these people, those out of reach left out; return its id. Raises `UnfitError`."""
        reader, form = self._fit(actor, form_id)
        wanted = frozenset(ids)
        question = Question(form.target.type if form.target else "user", Ids(wanted), limit=max(1, len(wanted)))
        entries = reader.find(question, target_permissions(form)).entries if wanted else ()
        return beginning.begin_chosen(self.services, actor, form, entries, language)

    @in_our_errors
    def begin_found(self, actor: Actor, form_id: str, text: str, language: str) -> str:
        """Keep a bulk for everybody whom a text finds; return its id. Raises `UnfitError`."""
        reader, form = self._fit(actor, form_id)
        entries, more = _found(reader, form, text, self.services.bulk.most + 1)
        if more:
            raise UnfitError(f"More than {self.services.bulk.most} people are found. Write more of what they share.")
        return beginning.begin_chosen(self.services, actor, form, entries, language)

    @in_our_errors
    def begin_listed(self, actor: Actor, form_id: str, content: bytes, language: str) -> str:
        """Keep a bulk for the rows of a file; return its id. Raises `UnfitError` with what to mend."""
        _, form = self._fit(actor, form_id)
        return beginning.begin_listed(self.services, actor, form, content, language)

    @in_our_errors
    def page(self, actor: Actor, bulk_id: str, shown: str = "", page: int = 1) -> AnswerPage | BulkPage:
        """Return the step a bulk is at: its answers, or its rows; raises `NotFoundError`, `RefusedError`."""
        bulk = self._asked_for(actor, bulk_id)
        if bulk.state == "draft":
            form = form_of(self.services, bulk)
            return beginning.answer_page(beginning.example_of(self.services, actor, form, bulk), bulk)
        return self._page(actor, bulk, self.services.store.bulks.counts(bulk.id), shown, page)

    @in_our_errors
    def progress(self, actor: Actor, bulk_id: str, shown: str, page: int, known: str) -> tuple[str, BulkPage | None]:
        """Return a mark of the page as it is now, and the page unless that mark is ``known``. Counts, reads no rows."""
        bulk = self._asked_for(actor, bulk_id)
        counted = self.services.store.bulks.counts(bulk.id)
        mark = showing.mark_of(bulk, *counted, shown, str(page))
        return mark, None if mark == known else self._page(actor, bulk, counted, shown, page)

    @in_our_errors
    def answer(self, actor: Actor, bulk_id: str, posted: Posted) -> AnswerPage | None:
        """Take the answers for all rows, which are prepared from then on; return the form again when they do not fit."""
        bulk = self._own(actor, bulk_id)
        if bulk.state != "draft":
            return None
        form = form_of(self.services, bulk)
        example = beginning.example_of(self.services, actor, form, bulk)
        return beginning.take_answers(self.services, example, bulk, posted)

    @in_our_errors
    def again(self, actor: Actor, bulk_id: str, posted: Posted) -> AnswerPage:
        """Return the form worked out for these answers; keeps nothing."""
        bulk = self._own(actor, bulk_id)
        if bulk.state != "draft":
            raise StaleError("This was answered already.")
        form = form_of(self.services, bulk)
        return beginning.answer_page(beginning.example_of(self.services, actor, form, bulk), bulk, posted)

    @in_our_errors
    def start(self, actor: Actor, bulk_id: str, word: Word) -> None:
        """Confirm a bulk as its digest names it, or start it as a second person.

        Raises `UnfitError` with what is missing, `RefusedError` at a brake, `StaleError` when it is not as it was.
        """
        bulk = self._asked_for(actor, bulk_id)
        try:
            stepping.start_bulk(self.services, actor, bulk, word)
        except UnfitError:
            raise
        except (NotFoundError, RefusedError) as refused:
            raise refuse(self.services, actor, "start for many", refused, form=bulk.form_id)  # noqa: B904

    @in_our_errors
    def stop(self, actor: Actor, bulk_id: str) -> None:
        """Cancel what was not begun of one's own bulk; what was begun ends by itself."""
        stepping.stop_bulk(self.services, actor, self._own(actor, bulk_id))

    @in_our_errors
    def retry(self, actor: Actor, bulk_id: str) -> str:
        """Prepare those rows of one's own bulk that failed or were refused once more; return the new bulk's id."""
        bulk = self._own(actor, bulk_id)
        _, form = self._fit(actor, bulk.form_id)
        return stepping.retry_failed(self.services, actor, form, bulk)

    @in_our_errors
    def go_on(self, actor: Actor, bulk_id: str) -> str:
        """Prepare those rows of one's own bulk that were not begun when it was stopped; return the new bulk's id."""
        bulk = self._own(actor, bulk_id)
        _, form = self._fit(actor, bulk.form_id)
        return stepping.go_on(self.services, actor, form, bulk)

    @in_our_errors
    def result(self, actor: Actor, bulk_id: str) -> bytes:
        """Return what became of each row of one's own bulk as CSV; it is recorded that it left."""
        bulk = self._own(actor, bulk_id)
        content = result_file(self.services, actor, bulk)
        self.services.store.journal.append([recording.taken_out(self.services.clock(), actor, bulk)])
        return content

    def _page(
        self, actor: Actor, bulk: Bulk, counted: tuple[Mapping[str, int], Mapping[str, int]], shown: str, page: int
    ) -> BulkPage:
        return showing.bulk_page(self.services, actor, bulk, counted, shown, max(1, page))

    def _form(self, actor: Actor, form_id: str) -> tuple[Reader, Form]:
        reader = reader_for(self.services, actor, form_id)
        try:
            return reader, open_form(reader, self.services.catalogue.forms, form_id)
        except NotFoundError as refused:
            raise refuse(self.services, actor, "open for many", refused, form=form_id)  # noqa: B904

    def _fit(self, actor: Actor, form_id: str) -> tuple[Reader, Form]:
        reader, form = self._form(actor, form_id)
        beginning.check_form(form)
        return reader, form

    def _asked_for(self, actor: Actor, bulk_id: str) -> Bulk:
        """Return a bulk that the actor may see: one's own, one to start or started, any for readers of the journal."""
        try:
            bulk = self.services.store.bulks.get(uuid.UUID(bulk_id).hex)
        except (NotFoundError, ValueError):
            raise refuse(self.services, actor, "open bulk", NotFoundError(NOT_FOUND)) from None
        if actor.id in (bulk.actor_id, bulk.starter_id) or self._is_second(actor, bulk):
            return bulk
        if bulk.state != "draft" and reads_journal(reader_for(self.services, actor, None)):
            return bulk
        raise refuse(self.services, actor, "open bulk", NotFoundError(NOT_FOUND), form=bulk.form_id)

    def _is_second(self, actor: Actor, bulk: Bulk) -> bool:
        form = self.services.catalogue.forms.get(bulk.form_id)
        return bulk.state == "asked" and may_start(self.services, actor, bulk.actor_id, form)

    def _own(self, actor: Actor, bulk_id: str) -> Bulk:
        bulk = self._asked_for(actor, bulk_id)
        if bulk.actor_id != actor.id:
            raise refuse(self.services, actor, "open bulk", NotFoundError(NOT_FOUND), form=bulk.form_id)
        return bulk


def _found(reader: Reader, form: Form, text: str, most: int) -> tuple[list[Entry], bool]:
    also = _SEARCHED_TOO.get(form.target.type if form.target else "", ())
    return found_targets(reader, form, text, most, also=also) if text else ([], False)


def _line(bulk: Bulk, *, waits: bool = False) -> BulkLine:
    return BulkLine(
        bulk.id, bulk.form_title, bulk.actor_login, showing.state_of(bulk), bulk.total, bulk.created_at, waits
    )
