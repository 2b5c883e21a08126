"""The explorer: who may do what to whom, looked at from every side. Read only; every page needs ``access.read``.

Whoever may see who may do what may see the people, groups and things it is about: names and logins, no contact details.
"""

from dataclasses import dataclass

from runner.access.model import Actor
from runner.delegation.checking import check_reading
from runner.delegation.explorer.forms import form_page, forms_page
from runner.delegation.explorer.matrix import By, matrix_page
from runner.delegation.explorer.overview import found_page, overview_page
from runner.delegation.explorer.pages import (
    BindingPage,
    FormPage,
    FoundPage,
    ListPage,
    MatrixPage,
    OverviewPage,
    PeoplePage,
    RightsPage,
    RolePage,
    SetPage,
)
from runner.delegation.explorer.people import client_page, everyone_page, group_page, people_page, person_page
from runner.delegation.explorer.policy import binding_page, bindings_page, role_page, roles_page, set_page, sets_page
from runner.delegation.explorer.surveying import Survey, survey
from runner.pipeline.refusing import in_our_errors
from runner.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class Exploring:
    """The pages of the explorer.

    Every method raises `NotFoundError` for who may not see who may do what, which is recorded, and for an unknown id;
    `NotReachableError` when the directory cannot be asked.  ``page`` counts from 1.
    """

    services: Services

    @in_our_errors
    def overview(self, actor: Actor, language: str) -> OverviewPage:
        """Return the first page."""
        return overview_page(self._survey(actor, language))

    @in_our_errors
    def find(self, actor: Actor, text: str, language: str) -> FoundPage:
        """Return whatever of the delegation a typed text finds."""
        return found_page(self._survey(actor, language), text)

    @in_our_errors
    def people(self, actor: Actor, text: str, language: str) -> PeoplePage:
        """Return the people who hold rights."""
        return people_page(self._survey(actor, language), text)

    @in_our_errors
    def person(self, actor: Actor, person_id: str, language: str) -> RightsPage:
        """Return what a person holds, and what protects them."""
        return person_page(self._survey(actor, language, with_uses=True), person_id)

    @in_our_errors
    def group(self, actor: Actor, group_id: str, language: str) -> RightsPage:
        """Return what the members of a group hold by it."""
        return group_page(self._survey(actor, language, with_uses=True), group_id)

    @in_our_errors
    def client(self, actor: Actor, name: str, language: str) -> RightsPage:
        """Return what an API client holds."""
        return client_page(self._survey(actor, language, with_uses=True), name)

    @in_our_errors
    def everyone(self, actor: Actor, language: str) -> RightsPage:
        """Return what everybody holds who signs in."""
        return everyone_page(self._survey(actor, language, with_uses=True))

    @in_our_errors
    def roles(self, actor: Actor, text: str, page: int, language: str) -> ListPage:
        """Return the roles."""
        return roles_page(self._survey(actor, language), text, page)

    @in_our_errors
    def role(self, actor: Actor, role_id: str, language: str) -> RolePage:
        """Return a role."""
        return role_page(self._survey(actor, language, with_uses=True), role_id)

    @in_our_errors
    def sets(self, actor: Actor, text: str, page: int, language: str) -> ListPage:
        """Return the resource sets."""
        return sets_page(self._survey(actor, language), text, page)

    @in_our_errors
    def resource_set(self, actor: Actor, set_id: str, language: str) -> SetPage:
        """Return a resource set."""
        return set_page(self._survey(actor, language, with_uses=True), set_id)

    @in_our_errors
    def forms(self, actor: Actor, text: str, page: int, language: str) -> ListPage:
        """Return the forms."""
        return forms_page(self._survey(actor, language), text, page)

    @in_our_errors
    def form(self, actor: Actor, form_id: str, language: str) -> FormPage:
        """Return a form with who may run it."""
        return form_page(self._survey(actor, language, with_uses=True), form_id)

    @in_our_errors
    def bindings(self, actor: Actor, text: str, page: int, language: str) -> ListPage:
        """Return the bindings."""
        return bindings_page(self._survey(actor, language), text, page)

    @in_our_errors
    def binding(self, actor: Actor, binding_id: str, language: str) -> BindingPage:
        """Return a binding, or all that assign one standard role."""
        return binding_page(self._survey(actor, language, with_uses=True), binding_id)

    @in_our_errors
    def matrix(self, actor: Actor, by: By, text: str, permission: str, page: int, language: str) -> MatrixPage:
        """Return who holds which role on which set."""
        return matrix_page(self._survey(actor, language), by, text, permission, page)

    def _survey(self, actor: Actor, language: str, *, with_uses: bool = False) -> Survey:
        check_reading(self.services, actor, "explore access")
        return survey(self.services, actor, language, with_uses=with_uses)
