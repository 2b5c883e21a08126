"""The page for those who come from Okta: complete, and what it says of our permissions and roles is so."""

import re
from pathlib import Path

import pytest

from connectors.verbs import PERMISSIONS
from runner.access.model import applies
from runner.access.standard import (
    STANDARD_ROLES,
    TARGETED_ROLES,
    form_target,
    group_target,
    list_target,
    unit_target,
)

PAGE = (Path(__file__).parents[2] / "docs" / "okta.md").read_text(encoding="utf-8")
USERS = """manage create read credentials.manage credentials.resetFactors credentials.resetPassword credentials.expirePassword
userprofile.manage lifecycle.manage lifecycle.activate lifecycle.deactivate lifecycle.suspend lifecycle.unsuspend
lifecycle.delete lifecycle.unlock lifecycle.clearSessions groupMembership.manage appAssignment.manage apitokens.manage
apitokens.read"""
OTHERS = """groups.manage groups.create groups.members.manage groups.read groups.appAssignment.manage apps.read apps.manage
apps.assignment.manage profilesources.import.run authzServers.read authzServers.manage customizations.read
customizations.manage identityProviders.read identityProviders.manage workflows.read workflows.invoke
governance.accessCertifications.manage governance.accessRequests.manage apps.manageFirstPartyApps devices.manage
devices.lifecycle.manage devices.lifecycle.activate devices.lifecycle.deactivate devices.lifecycle.suspend
devices.lifecycle.unsuspend devices.lifecycle.delete devices.read iam.read"""
THEIRS = [f"okta.users.{name}" for name in USERS.split()] + [f"okta.{name}" for name in OTHERS.split()]
THEIR_ROLES = """API_ACCESS_MANAGEMENT_ADMIN APP_ADMIN GROUP_MEMBERSHIP_ADMIN HELP_DESK_ADMIN MOBILE_ADMIN ORG_ADMIN
READ_ONLY_ADMIN REPORT_ADMIN SUPER_ADMIN USER_ADMIN WORKFLOWS_ADMIN ACCESS_CERTIFICATIONS_ADMIN ACCESS_REQUESTS_ADMIN"""
TARGETS = {"group": group_target, "unit": unit_target, "list": list_target, "form": form_target}
NOTHING = "–"


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def rows(text: str, first: str) -> list[tuple[str, ...]]:
    """Return the rows of the table whose first column has this heading."""
    table = text[text.index(f"| {first} |") :].split("\n\n")[0].splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[2:]]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_permission_of_theirs_has_one_row() -> None:
    assert len(THEIRS) == len(set(THEIRS)) == 49
    assert [named(row[0])[0] for row in rows(section("Permissions"), "Okta")] == THEIRS


@pytest.mark.parametrize("row", rows(section("Permissions"), "Okta"), ids=lambda row: row[0].strip("`"))
def test_a_permission_of_theirs_is_permissions_of_ours_or_has_a_reason(row: tuple[str, ...]) -> None:
    _, ours, note = row
    if ours == NOTHING:
        assert re.fullmatch(r"[A-Z].{20,}\.", note), "a sentence says why"
    else:
        assert ours == ", ".join(f"`{name}`" for name in named(ours))
        assert set(named(ours)) <= set(PERMISSIONS)


def test_every_permission_of_ours_is_on_the_page() -> None:
    used = {name for row in rows(section("Permissions"), "Okta") for name in named(row[1])}
    besides = set(named(section("Permissions").partition("besides, for which")[2]))
    assert used | besides == set(PERMISSIONS)
    assert not used & besides


def test_all_of_what_they_call_managing_people_is_every_permission_about_people() -> None:
    (row,) = (row for row in rows(section("Permissions"), "Okta") if row[0] == "`okta.users.manage`")
    assert sorted(named(row[1])) == sorted(name for name in PERMISSIONS if name.startswith("user."))


def test_every_standard_role_is_described() -> None:
    found = [named(row[0])[0] for row in rows(section("Standard roles"), "role")]
    assert sorted(found) == sorted(STANDARD_ROLES) == sorted(THEIR_ROLES.split())


@pytest.mark.parametrize("row", rows(section("Standard roles"), "role"), ids=lambda row: row[0].strip("`"))
def test_a_standard_role_may_what_its_row_says(row: tuple[str, ...]) -> None:
    role, may, targets = STANDARD_ROLES[named(row[0])[0]], row[1], row[2]
    if may.startswith("everything"):
        assert role.permissions == set(PERMISSIONS) - set(named(may))
    else:
        assert sorted(named(may)) == sorted(role.permissions)
    assert (targets == NOTHING) == (role.id not in TARGETED_ROLES)
    assert named(targets) == ([] if targets == NOTHING else effective(role.permissions))


def effective(permissions: frozenset[str]) -> list[str]:
    """Return the kinds of target on which some of these permissions, about things, have effect."""
    objects = [name for name in permissions if "" not in PERMISSIONS[name][0]]
    kinds = {word: make("x").kinds for word, make in TARGETS.items()}
    return [word for word, found in kinds.items() if any(applies(name, kind) for name in objects for kind in found)]


def test_every_target_is_explained() -> None:
    found = [re.sub(r"\W*(\w+).*", r"\1", row[0]) for row in rows(section("Standard roles"), "target")]
    assert found == [*TARGETS, "everything"]


def test_what_the_help_desk_administrator_can_is_exactly_its_role() -> None:
    by = {named(row[1])[0] for row in rows(section("The help desk administrator"), "can")}
    assert by == STANDARD_ROLES["HELP_DESK_ADMIN"].permissions


def test_the_tests_it_speaks_of_are_there() -> None:
    for path in re.findall(r"`(tests/[\w/.]+)`", PAGE):
        assert (Path(__file__).parents[2] / path).exists()
