"""Looking around without beginning anything: the first page, people, one's own history."""

from dataclasses import dataclass

from connectors.spi import File, Ref
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline import finding
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.pages import DeskPage, FindPage, HistoryPage, PersonPage
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class Looking:
    """The part of a desk that only shows. ``channel`` says by which way its callers come."""

    services: Services
    channel: str = "portal"

    @in_our_errors
    def home(self, actor: Actor, language: str) -> DeskPage:
        """Return the first page."""
        return finding.home(self.services, actor, language)

    @in_our_errors
    def find(self, actor: Actor, text: str, language: str = "en") -> FindPage:
        """Return people and forms found by a typed text."""
        return finding.find(self.services, actor, text, language)

    @in_our_errors
    def person(self, actor: Actor, person_id: str, language: str = "en") -> PersonPage:
        """Return a person's card; raises `NotFoundError`."""
        try:
            return finding.person(self.services, actor, person_id, language)
        except NotFoundError as refused:
            raise refuse(self.services, actor, "open person", refused, target=Ref("user", person_id))  # noqa: B904

    @in_our_errors
    def photo(self, actor: Actor, person_id: str) -> File:
        """Return the photo on a person's card, with its content; raises `NotFoundError`."""
        try:
            found = finding.photo(self.services, actor, person_id)
        except NotFoundError as refused:
            raise refuse(self.services, actor, "open photo", refused, target=Ref("user", person_id))  # noqa: B904
        if found is None:
            raise NotFoundError(NOT_FOUND)
        return found

    @in_our_errors
    def history(self, actor: Actor, page: int, language: str = "en") -> HistoryPage:  # noqa: ARG002 - part of the port
        """Return the actor's own submissions."""
        return finding.history(self.services, actor, page)

    def refused(self, actor: Actor, what: str) -> None:
        """Record a refusal that was made before the pipeline was reached."""
        refuse(self.services, actor, what, RefusedError("refused at the door"))


def actor_of(services: Services, account_id: str, login: str, display_name: str, person_id: str | None) -> Actor:
    """Return who acts, with the person behind the account read now."""
    person = finding.known_person(services, person_id) if person_id else None
    return Actor(account_id, login, person.label if person else display_name, person)
