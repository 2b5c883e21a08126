"""The explorer's first page, and its search box. Reads."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from connectors.spi import Everything
from runner.access.revoking import binding_digests
from runner.delegation.checking import may_manage
from runner.delegation.explorer.forms import forms_page
from runner.delegation.explorer.pages import Count, Figure, FoundPage, Line, Link, OverviewPage
from runner.delegation.explorer.policy import bindings_page, roles_page, sets_page
from runner.delegation.explorer.surveying import Survey
from runner.delegation.reviews.findings import findings
from runner.delegation.reviews.pages import FindingLevel, FindingView
from runner.pipeline.reading import SEARCHED

_MOST_FOUND = 8
_FEW = 3
_MOST_FINDINGS = 200
_LEVELS: Sequence[FindingLevel] = ("error", "warning", "notice")


def overview_page(survey: Survey) -> OverviewPage:
    """Return the figures of the policy in force, and what somebody should look at."""
    policy, authority = survey.policy, survey.authority
    own_roles = sum(not role.standard for role in policy.roles.values())
    figures = (
        Figure(Count(len(policy.bindings)), "bindings", "bindings"),
        Figure(survey.people(survey.behind(policy.bindings)).count, "people with rights", "people"),
        Figure(survey.people(authority.protected_filter("user")).count, "people no binding reaches"),
        Figure(Count(own_roles), "roles of your own", "roles"),
        Figure(Count(len(policy.sets)), "resource sets", "sets"),
        Figure(Count(len(survey.services.catalogue.forms)), "forms", "forms"),
    )
    found = findings(survey.services)
    counts = Counter(one.level for one in found)
    shown = _together(found)
    return OverviewPage(
        figures=figures,
        counts=tuple((level, counts[level]) for level in _LEVELS if counts[level]),
        findings=shown[:_MOST_FINDINGS],
        findings_more=max(0, len(shown) - _MOST_FINDINGS),
        protected=tuple(map(survey.resource_set, policy.protected)),
        digest=survey.services.authority.digest,
        since=_last_change(survey),
        may_manage=may_manage(survey.services, survey.actor),
    )


def _together(found: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """Say in one sentence which bindings were never reviewed: on a new desk that is all of them."""
    alike = [one for one in found if one.code == "never_reviewed" and one.level == "notice"]
    if len(alike) <= _FEW:
        return tuple(found)
    named = ", ".join(one.binding for one in alike[:_FEW])
    more = f"{named} and {len(alike) - _FEW} more"
    sentence = f"{len(alike)} bindings were never reviewed as they are written now: {more}. Begin a review."
    kept = [one for one in found if one not in alike]
    return (*kept, FindingView("notice", "never_reviewed", sentence, ""))


def _last_change(survey: Survey) -> datetime | None:
    """Return when the newest of the bindings in force was first seen as it stands; None when one was not seen yet."""
    seen = survey.services.store.binding_uses.first_seen()
    moments = [seen.get(digest) for digest in binding_digests(survey.policy)]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


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
