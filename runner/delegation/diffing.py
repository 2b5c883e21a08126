"""Compare two access files against one directory. Reads the directory; records nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forms.errors import DefinitionError, Problem
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.comparison.comparing import compare
from runner.access.comparison.policy_changes import Comparison
from runner.access.lists import with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.delegation.census import take_census
from runner.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class Resolved:
    """A policy against a directory: who decides by it, and the warnings about names that were not found."""

    policy: Policy
    authority: Authority
    warnings: tuple[Problem, ...]


def read_policy(services: Services, file: str, content: bytes) -> Policy:
    """Read an access file with the lists of this desk; raises `DefinitionError` when it has errors."""
    policy, problems = read_access(file, content)
    if errors := [one for one in problems if one.level == "error"]:
        raise DefinitionError(errors)
    return with_lists(policy, services.catalogue.lists)


def resolved(services: Services, file: str, policy: Policy) -> Resolved:
    """Look up every name of a policy as the directory is now; raises `connectors.errors.ConnectorError`."""
    connectors = services.connectors
    places = connectors.for_kind("ou").place_of
    found = resolve(
        policy,
        lambda kind, text: connectors.for_kind(kind).locate(text, kind) if kind in connectors.kinds else None,
        places,
        name=file,
    )
    return Resolved(policy, Authority(found), found.warnings)


def census_for(services: Services, policies: Sequence[Policy]) -> Census:
    """Count everything, with what these policies compare."""
    return take_census(services.connectors, policies, services.catalogue.forms)


def diff(
    services: Services, before: tuple[str, bytes], after: tuple[str, bytes], day: date | None = None
) -> tuple[Comparison, tuple[str, ...], tuple[Problem, ...]]:
    """Compare two access files, each by its name and its bytes, on a day (None: today).

    Returns the comparison, the ids of the groups their bindings are for, and the warnings about names that only
    the second one gives.  Raises
    `DefinitionError` for a file with errors, and `connectors.errors.ConnectorError`.
    """
    sides = [resolved(services, file, read_policy(services, file, content)) for file, content in (before, after)]
    census = census_for(services, [side.policy for side in sides])
    comparison = compare(sides[0].authority, sides[1].authority, census, _moment(services, day))
    rows = (row for side in sides for row in side.authority.resolved.rows if row.principal == "group")
    known = {warning.message for warning in sides[0].warnings}
    warnings = tuple(warning for warning in sides[1].warnings if warning.message not in known)
    return comparison, tuple(dict.fromkeys(row.principal_id for row in rows)), warnings


def _moment(services: Services, day: date | None) -> datetime:
    now = services.now()
    return now if day is None else now.replace(year=day.year, month=day.month, day=day.day)
