"""Four eyes on forms as pages have it: what waits, what would change, and saying yes or no to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.access.form_rights import form_entry
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.authorising import NOT_FOUND, may_audit
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.same_person import is_own
from runner.pipeline.services import Services
from runner.store.candidates import Candidate
from runner.versions.publishing import Publishing, Unpublished, newest_published

LONGEST_COMMENT = 500
_OWN = "You handed this in, so somebody else has to publish it."
_NO_RIGHT = "You may look at it; publishing it needs form.publish on this form."


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """A form that was handed in: by whom, and what would change, a sentence each.

    ``fault`` says why it can neither be compared nor published.  ``why_not`` says why the actor may not publish it, and is
    empty when they may.  ``may_turn_down`` is whether they may say no to it.
    """

    form_id: str
    version: str
    digest: str
    used: str
    author: str
    handed_in_at: datetime
    is_new: bool
    changes: tuple[str, ...]
    fault: str
    why_not: str
    may_turn_down: bool


@dataclass(frozen=True, slots=True)
class PublishingPage:
    """What waits; what was changed and never handed in; and what was published since the desk was opened."""

    waiting: tuple[WaitingForm, ...]
    not_handed_in: tuple[Unpublished, ...]
    after_restart: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormsPublishing:
    """Publishing on pages. ``is_needed`` is the desk's setting, ``unpublished`` what was found when the desk opened."""

    services: Services
    is_needed: bool
    unpublished: tuple[Unpublished, ...] = ()

    def is_open_to(self, actor: Actor) -> bool:
        """Say whether somebody may see it: who reads the journal, or publishes some form."""
        if not self.is_needed:
            return False
        authority, now = self.services.authority.current(), self.services.now()
        if may_audit(self.services, actor) or authority.holds(actor, "form.publish", "form", form=None, now=now):
            return True
        return any(self._may_publish(actor, one.form_id) for one in self.services.store.candidates.all())

    @in_our_errors
    def page(self, actor: Actor) -> PublishingPage:
        """Return what the actor may see of what waits; raises `NotFoundError` for whoever may see nothing of it."""
        self._check(actor, "open publishing")
        reads = may_audit(self.services, actor)
        found = [one for one in self.services.store.candidates.all() if reads or self._may_publish(actor, one.form_id)]
        handed_in = {(one.form_id, one.digest) for one in self.services.store.candidates.all()}
        others = tuple(
            one
            for one in self.unpublished
            if (one.form_id, one.digest) not in handed_in
            and not self._is_published(one)
            and (reads or self._may_publish(actor, one.form_id))
        )
        return PublishingPage(
            tuple(self._line(actor, one) for one in found), others, tuple(self._after_restart(actor, reads=reads))
        )

    @in_our_errors
    def publish_form(self, actor: Actor, form_id: str, digest: str, comment: str) -> None:
        """Publish what waits, see `Publishing.publish`; raises `NotFoundError` as well when it is not set up so."""
        self._check(actor, "publish form")
        self.services.halt.check()
        with_comment = " ".join(comment.split())[:LONGEST_COMMENT]
        try:
            Publishing(self.services).publish(actor, form_id, digest, with_comment)
        except NotFoundError as error:
            raise self._nothing_there(actor, "publish form", error) from None

    @in_our_errors
    def turn_down(self, actor: Actor, form_id: str, digest: str, comment: str) -> None:
        """Forget what waits, see `Publishing.turn_down`; raises as `publish_form` does."""
        self._check(actor, "turn form down")
        self.services.halt.check()
        with_comment = " ".join(comment.split())[:LONGEST_COMMENT]
        try:
            Publishing(self.services).turn_down(actor, form_id, digest, with_comment)
        except NotFoundError as error:
            raise self._nothing_there(actor, "turn form down", error) from None

    # --- inside -----------------------------------------------------------------------------------------------------

    def _check(self, actor: Actor, what: str) -> None:
        if not self.is_open_to(actor):
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND))

    def _nothing_there(self, actor: Actor, what: str, error: NotFoundError) -> NotFoundError:
        """Return the refusal for what is not there or not the actor's; `Publishing` recorded the latter already."""
        is_recorded = str(error) == NOT_FOUND
        return error if is_recorded else refuse(self.services, actor, what, NotFoundError(NOT_FOUND))

    def _may_publish(self, actor: Actor, form_id: str) -> bool:
        authority = self.services.authority.current()
        decision = authority.decide(actor, "form.publish", form_entry(form_id), form=form_id, now=self.services.now())
        return decision.allowed

    def _is_published(self, one: Unpublished) -> bool:
        newest = newest_published(self.services.store, one.form_id)
        return newest is not None and newest.digest == one.digest

    def _line(self, actor: Actor, one: Candidate) -> WaitingForm:
        changes, is_new, fault = self._changes(one)
        is_mine = is_own(self.services, actor, one.author_id, one.author_person)
        may = self._may_publish(actor, one.form_id)
        used = self.services.catalogue.forms.get(one.form_id)
        return WaitingForm(
            one.form_id,
            one.version,
            one.digest,
            str(used.version) if used is not None else "",
            one.author_login,
            one.handed_in_at,
            is_new,
            changes,
            fault,
            _NO_RIGHT if not may else _OWN if is_mine else "",
            may,
        )

    def _changes(self, one: Candidate) -> tuple[tuple[str, ...], bool, str]:
        """Return what would change, whether the form is new, and why that cannot be told."""
        try:
            found = Publishing(self.services).changes(one)
        except (RefusedError, StaleError) as error:
            return (), False, str(error)
        return tuple(change.sentence for change in found or ()), found is None, ""

    def _after_restart(self, actor: Actor, *, reads: bool) -> Iterator[tuple[str, str]]:
        """Yield the name and the version of each form that was published, and is not the one in use."""
        forms = self.services.catalogue.forms
        for id_ in sorted({*forms, *(one.form_id for one in self.unpublished)}):
            if not (reads or self._may_publish(actor, id_)):
                continue
            newest, used = newest_published(self.services.store, id_), forms.get(id_)
            if newest is not None and (used is None or int(newest.version) > used.version):
                yield id_, newest.version
