"""The explorer's first page, and its search box. Reads."""

from collections.abc import Sequence
from datetime import datetime

from connectors.spi import AnyOf, Everything
from runner.delegation.checking import may_manage
from runner.delegation.explore_forms import forms_page
from runner.delegation.explore_pages import Count, Figure, FoundPage, Line, Link, OverviewPage
from runner.delegation.explore_policy import bindings_page, roles_page, sets_page
from runner.delegation.surveying import NOBODY, Survey
from runner.pipeline.reading import SEARCHED

_MOST_FOUND = 8


def overview_page(survey: Survey, findings: Sequence[tuple[str, int]] | None, since: datetime | None) -> OverviewPage:
    """Return the figures of the policy in force; ``findings`` counts them by level, None when nobody looks for them."""
    policy, authority = survey.policy, survey.authority
    protected = AnyOf(tuple(authority.set_filter(name, "user", NOBODY, excluding=True) for name in policy.protected))
    own_roles = sum(not role.standard for role in policy.roles.values())
    figures = (
        Figure(Count(len(policy.bindings)), "bindings", "bindings"),
        Figure(survey.people(survey.behind(policy.bindings)).count, "people with rights", "people"),
        Figure(survey.people(protected).count if policy.protected else Count(0), "people no binding reaches"),
        Figure(Count(own_roles), "roles of your own", "roles"),
        Figure(Count(len(policy.sets)), "resource sets", "sets"),
        Figure(Count(len(survey.services.catalogue.forms)), "forms", "forms"),
    )
    return OverviewPage(
        figures=figures,
        findings=None if findings is None else tuple(findings),
        warnings=tuple(f"{one.message}. {one.fix}" for one in authority.resolved.warnings),
        protected=tuple(map(survey.resource_set, policy.protected)),
        digest=survey.services.authority.digest,
        since=since,
        may_manage=may_manage(survey.services, survey.actor),
    )


def found_page(survey: Survey, text: str) -> FoundPage:
    """Return people, groups, roles, sets, forms and bindings that have every word of a typed text."""
    if not text:
        return FoundPage("", ())
    lists = (
        ("People", _in_directory(survey, "user", text)),
        ("Groups", _in_directory(survey, "group", text)),
        ("Roles", _links(roles_page(survey, text, 1).lines)),
        ("Sets", _links(sets_page(survey, text, 1).lines)),
        ("Forms", _links(forms_page(survey, text, 1).lines)),
        ("Bindings", _links(bindings_page(survey, text, 1).lines)),
    )
    return FoundPage(text, tuple((title, links) for title, links in lists if links))


def _in_directory(survey: Survey, kind: str, text: str) -> tuple[Link, ...]:
    return tuple(map(survey.thing, survey.found(kind, text, SEARCHED[kind], Everything(), _MOST_FOUND)))


def _links(lines: Sequence[Line]) -> tuple[Link, ...]:
    return tuple(line.link for line in lines[:_MOST_FOUND])
