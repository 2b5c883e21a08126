"""Four eyes on forms: a changed one is used once somebody else than who handed it in has published it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.spi import Unkepts
from forms.comparison.comparing import Change, compare
from forms.definition import Catalogue, Form
from forms.resolving.resolver import Resolver
from forms.resolving.sources import Sources
from runner.access.form_rights import form_entry
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.journal.records import JSON, Record
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.refusing import refuse
from runner.pipeline.same_person import is_own
from runner.pipeline.services import Services
from runner.store.candidates import Candidate, Publisher
from runner.store.records import FormVersion
from runner.store.store import Store
from runner.versions.keeping import whole_text
from runner.versions.kept import around, compiled
from runner.versions.telling import to_author, to_publishers

_OWN = "You handed this form in yourself; somebody else has to publish it."


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A form whose file says something that nobody published; ``used`` is the version used instead, empty for none."""

    form_id: str
    version: str
    digest: str
    used: str

    @property
    def sentence(self) -> str:
        """What an operator is told of it."""
        instead = f"version {self.used} is used" if self.used else "it is not used"
        return f"{self.form_id}: what its file says (version {self.version}) waits for a second person; {instead}"


def published_only(store: Store, catalogue: Catalogue, unkept: Unkepts) -> tuple[Catalogue, tuple[Unpublished, ...]]:
    """Put the newest published version in the place of every form that changed since; drafts are left alone.

    A form of which no version was published, or of which it cannot be used any more, is left out.
    """
    forms, unpublished = dict(catalogue.forms), []
    for form in catalogue.forms.values():
        if form.status == "draft" or _is_published(store, form):
            continue
        before = newest_published(store, form.id)
        instead = _compiled(before, catalogue, unkept) if before is not None else None
        if instead is None:
            del forms[form.id]
        else:
            forms[form.id] = instead
        used = str(instead.version) if instead is not None else ""
        unpublished.append(Unpublished(form.id, str(form.version), form.digest, used))
    return replace(catalogue, forms=forms), tuple(unpublished)


def newest_published(store: Store, form_id: str) -> FormVersion | None:
    """Return the version of a form with the highest number that was published, None when there is none."""
    found = [one for one in store.form_versions.versions(form_id) if not one.is_draft]
    return max(found, key=lambda one: int(one.version), default=None)


def _is_published(store: Store, form: Form) -> bool:
    try:
        kept = store.form_versions.get(form.id, str(form.version))
    except NotFoundError:
        return False
    return kept.digest == form.digest and not kept.is_draft


def _compiled(kept: FormVersion, catalogue: Catalogue, unkept: Unkepts) -> Form | None:
    try:
        return compiled(kept, around(catalogue, unkept))
    except (RefusedError, StaleError):
        return None


@dataclass(frozen=True, slots=True)
class Publishing:
    """Handing in and publishing, each by somebody with the right to it on that form; every refusal is recorded."""

    services: Services

    def hand_in(self, actor: Actor, form: Form, files: Mapping[str, bytes]) -> Candidate:
        """Keep a form, as it was compiled from the files of a desk, until somebody else publishes it.

        Raises `NotFoundError` without ``form.author`` on it, `RefusedError` for a draft, `StaleError` when this version is
        published already.
        """
        self._check(actor, "form.author", form.id, "hand in")
        if form.status == "draft":
            raise RefusedError(f"{form.id} is a draft, which nobody uses. Write  status: live  first.")
        resolver = Resolver(Sources(files), self.services.catalogue.settings.languages[0])
        text, now = whole_text(resolver, resolver.sources.forms[form.id]), self.services.clock()
        candidate = Candidate(
            form.id, str(form.version), form.digest, text, actor.id, actor.login, _person(actor), handed_in_at=now
        )
        self._compiled(candidate)
        told = to_publishers(self.services, actor, candidate, now)
        self.services.store.candidates.hand_in(candidate, [_record(actor, "form handed in", candidate, now)], told)
        return candidate

    def publish(self, actor: Actor, form_id: str, digest: str, comment: str = "") -> Candidate:
        """Publish what waits of a form, if it still is what was looked at; it is used when the desk opens the next time.

        Raises `NotFoundError` without ``form.publish`` on it or when nothing waits, `RefusedError` for who handed it in, and
        `StaleError` when something else waits by now. Nothing was changed then.
        """
        self._check(actor, "form.publish", form_id, "publish form")
        store, now = self.services.store.candidates, self.services.clock()
        waiting = store.get(form_id)
        if waiting.digest != digest:
            raise StaleError(f"{form_id} was handed in anew meanwhile; look at what changed before you publish it")
        self._compiled(waiting)
        if is_own(self.services, actor, waiting.author_id, waiting.author_person):
            raise refuse(self.services, actor, "publish form", RefusedError(_OWN), form=form_id)
        record = _record(actor, "form published", waiting, now, comment)
        told = to_author(self.services, actor, waiting, "published", comment, now)
        try:
            return store.publish(form_id, digest, Publisher(actor.id, _person(actor)), now, [record], told)
        except RefusedError as refused:
            raise refuse(self.services, actor, "publish form", refused, form=form_id) from None

    def turn_down(self, actor: Actor, form_id: str, digest: str, comment: str) -> Candidate:
        """Forget what waits of a form; raises as `publish` does, and `UnfitError` without a comment.

        Who handed it in may take it back like that, with the same right.
        """
        self._check(actor, "form.publish", form_id, "turn form down")
        store, now = self.services.store.candidates, self.services.clock()
        waiting = store.get(form_id)
        if not comment:
            raise UnfitError(f"Write why {form_id} is not published; who handed it in has to know what to mend.")
        told = to_author(self.services, actor, waiting, "turned_down", comment, now)
        return store.turn_down(form_id, digest, [_record(actor, "form turned down", waiting, now, comment)], told)

    def changes(self, candidate: Candidate) -> tuple[Change, ...] | None:
        """Return what would change with a candidate, None when nothing of the form was published before."""
        before = newest_published(self.services.store, candidate.form_id)
        return compare(self._form(before), self._compiled(candidate)) if before is not None else None

    def _compiled(self, candidate: Candidate) -> Form:
        """Compile what waits, so that nothing is published that cannot be used; raises as `compiled` does."""
        kept = FormVersion(
            candidate.form_id, candidate.version, candidate.digest, candidate.text, "", False, candidate.handed_in_at
        )
        return self._form(kept)

    def _form(self, kept: FormVersion) -> Form:
        return compiled(kept, around(self.services.catalogue, self.services.connectors.unkept))

    def _check(self, actor: Actor, permission: str, form_id: str, what: str) -> None:
        authority = self.services.authority.current()
        entry = form_entry(form_id)
        if not authority.decide(actor, permission, entry, form=form_id, now=self.services.now()).allowed:
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND), form=form_id)


def _person(actor: Actor) -> str | None:
    return actor.person.ref.id if actor.person is not None else None


def _record(actor: Actor, operation: str, candidate: Candidate, now: datetime, comment: str = "") -> Record:
    form: dict[str, JSON] = {"id": candidate.form_id, "version": candidate.version, "digest": candidate.digest}
    who: dict[str, JSON] = {"id": actor.id, "login": actor.login}
    body: dict[str, JSON] = {"actor": who, "operation": operation, "form": form, "author": candidate.author_login}
    if comment:
        body["reason"] = comment
    return Record("config", now, body)
