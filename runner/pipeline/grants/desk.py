"""Access that ends by itself, for those who gave it and for operators: the one entrance of pages and command line."""

from dataclasses import dataclass

from connectors.spi import Ref
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.authorising import NOT_FOUND, reads_journal
from runner.pipeline.grants.pages import GrantsPage, GrantsShown
from runner.pipeline.grants.recording import again
from runner.pipeline.grants.showing import form_title, lines
from runner.pipeline.reading import Reader
from runner.pipeline.recording import actor_body
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.pipeline.telling import Teller

AT_ONCE = 50
_STATES = {
    "own": ("running", "ending", "failed"),
    "running": ("running", "ending"),
    "failed": ("failed",),
    "ended": ("ended", "gone"),
}
_NOTHING = "This does not wait to be taken back. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Grants:
    """What ends by itself. Everybody sees what they gave themselves; who holds ``audit.read`` sees all of it."""

    services: Services

    @in_our_errors
    def page(
        self,
        actor: Actor,
        shown: GrantsShown | None = None,
        *,
        form: str = "",
        kind: str = "",
        about: str = "",
        page: int = 1,
    ) -> GrantsPage:
        """Return a page, counted from 1, cut down to a ``form``, or to an object by its ``kind`` and id.

        Without ``shown`` that is what failed, where anything did and the actor is an operator.  Raises `NotFoundError` for
        what is not open to the actor.
        """
        reader = self._reader(actor)
        is_operator = reads_journal(reader)
        if not is_operator and ((shown or "own") != "own" or form or about):
            raise self._refused(actor, "open grants")
        counts = self.services.store.grants.counts(reader.now)
        usual: GrantsShown = "failed" if counts.get("failed") and not (form or about) else "running"
        shown = shown or (usual if is_operator else "own")
        found = self.services.store.grants.running(
            object_id=about or None,
            form_id=form or None,
            actor_id=actor.id if shown == "own" else None,
            states=_STATES[shown],
            limit=AT_ONCE + 1,
            offset=(page - 1) * AT_ONCE,
        )
        return GrantsPage(
            shown,
            lines(reader, found[:AT_ONCE], audits=is_operator),
            is_operator,
            counts.get("running", 0) + counts.get("ending", 0) if is_operator else 0,
            counts.get("failed", 0) if is_operator else 0,
            page,
            len(found) > AT_ONCE,
            form,
            f"{kind}:{about}" if about else "",
            form_title(reader, form) if form else Teller(reader).label(Ref(kind, about)) if about else "",
        )

    @in_our_errors
    def take_back_again(self, actor: Actor, grant_id: str) -> None:
        """Let what could not be taken back be tried again now; raises `NotFoundError`, and `RefusedError` when it is done."""
        reader = self._reader(actor)
        store = self.services.store.grants
        try:
            grant = store.get(grant_id) if reads_journal(reader) else None
        except NotFoundError:
            grant = None
        if grant is None:
            raise self._refused(actor, "take back again")
        try:
            store.retry(grant.id, reader.now, [again(reader.now, grant, actor_body(actor))])
        except StaleError as late:
            raise RefusedError(_NOTHING) from late
        self.services.bell.ring()

    def _reader(self, actor: Actor) -> Reader:
        return Reader(self.services, actor, None, self.services.now())

    def _refused(self, actor: Actor, what: str) -> NotFoundError:
        return refuse(self.services, actor, what, NotFoundError(NOT_FOUND))
