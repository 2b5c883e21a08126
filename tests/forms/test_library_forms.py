"""Every form that ships: it compiles without a warning, has tests, an icon and an owner, and needs what it should need."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pytest

from forms.definition import Form, Text
from tests.forms.desk_folders import library, load

# What each form needs, derived from its operations and its target; a form that needs more than this needs a review.
NEEDS: Mapping[str, str] = {
    "activate-account": "user.activate user.read",
    "auto-reply": "mailbox.manage mailbox.read",
    "clear-sessions": "user.read user.sessions.clear",
    "computer-details": "computer.read group.read user.read",
    "copy-memberships": "group.members.manage user.groups.manage user.read",
    "create-distribution-list": "mailbox.create",
    "create-employee": "group.members.manage user.create user.groups.manage",
    "create-employees-from-csv": "user.create",
    "create-group": "group.create",
    "create-mail-contact": "contact.manage",
    "create-room": "mailbox.create",
    "create-shared-mailbox": "mailbox.create mailbox.permissions.manage",
    "delete-account": "user.delete user.read",
    "delete-computer": "computer.manage computer.read",
    "delete-distribution-list": "mailbox.manage mailbox.read",
    "delete-group": "group.manage group.read",
    "delete-mail-contact": "contact.manage",
    "delete-room": "mailbox.manage mailbox.read",
    "delete-shared-mailbox": "mailbox.manage mailbox.read",
    "department-mailing-list": "group.members.manage group.read user.groups.manage",
    "disable-account": "user.disable user.read user.sessions.clear",
    "disable-computer": "computer.manage computer.read",
    "enable-account": "user.enable user.read",
    "enable-computer": "computer.manage computer.read",
    "end-access": "group.members.manage user.groups.manage user.read",
    "extend-access": "group.members.manage user.groups.manage user.read",
    "force-password-change": "user.password.expire user.read user.sessions.clear",
    "group-details": "group.read user.read",
    "hide-mailbox": "mailbox.manage mailbox.read",
    "mailbox-addresses": "mailbox.create mailbox.manage mailbox.read",
    "mailbox-archive": "mailbox.manage mailbox.read",
    "mailbox-details": "mailbox.read user.read",
    "mailbox-full-access": "mailbox.permissions.manage mailbox.read",
    "mailbox-rights": "mailbox.permissions.manage mailbox.read",
    "mailbox-send-as": "mailbox.permissions.manage mailbox.read",
    "mailbox-send-on-behalf": "mailbox.permissions.manage mailbox.read",
    "mailing-list-members": "group.members.manage group.read user.groups.manage",
    "manage-group-members": "group.members.manage group.read user.groups.manage",
    "manage-groups": "group.members.manage user.groups.manage user.read",
    "move-account": "user.move user.read",
    "move-computer": "computer.manage computer.read",
    "offboard-user": (
        "group.members.manage mailbox.manage user.disable user.groups.manage user.move user.read user.sessions.clear"
    ),
    "onboard-external": "group.members.manage user.create user.groups.manage",
    "person-details": "computer.read group.read mailbox.read user.read",
    "rename-account": "user.profile.manage user.read",
    "report-changed": "report.read user.read",
    "report-created": "report.read user.read",
    "report-disabled": "report.read user.read",
    "report-empty-attribute": "report.read user.read",
    "report-empty-groups": "group.read report.read",
    "report-group-members": "group.read report.read user.read",
    "report-never-logged-on": "report.read user.read",
    "report-not-logged-on": "report.read user.read",
    "report-password-expires": "report.read user.read",
    "report-send-on-behalf": "mailbox.read report.read",
    "request-software": "group.members.manage user.groups.manage user.read",
    "reset-mfa": "user.mfa.reset user.read user.sessions.clear",
    "reset-password": "user.password.reset user.read user.unlock",
    "set-account-expiry": "user.expiry.manage user.read",
    "set-group-owner": "group.manage group.read",
    "show-mailbox": "mailbox.manage mailbox.read",
    "temporary-access": "group.members.manage user.groups.manage user.read",
    "unlock-account": "user.read user.unlock",
    "update-contact-details": "user.profile.manage user.read",
    "update-distribution-list": "mailbox.manage mailbox.read",
    "update-employee-id": "user.profile.manage user.read",
    "update-group": "group.manage group.read",
    "update-mail-contact": "contact.manage",
    "update-manager": "user.profile.manage user.read",
    "update-photo": "user.profile.manage user.read",
    "update-room": "mailbox.manage mailbox.read",
    "update-shared-mailbox": "mailbox.manage mailbox.permissions.manage mailbox.read",
}
PROTECTED_KINDS = {"user", "mailbox"}
FOR_GOOD = (
    "delete-account",
    "delete-group",
    "delete-computer",
    "delete-shared-mailbox",
    "delete-room",
    "delete-distribution-list",
)


@cache
def forms() -> Mapping[str, Form]:
    return load(library())[0].forms


@cache
def sprite() -> str:
    return (files("flask_bootstrap") / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg").read_text("utf-8")


def words(text: Text | None) -> list[str]:
    assert text is not None
    return ["".join(str(part) for part in template.parts) for template in text.languages.values()]


def test_every_form_compiles_without_an_error_or_a_warning() -> None:
    catalogue, problems = load(library())
    assert [str(problem) for problem in problems] == []
    assert len(catalogue.forms) == sum(name.endswith(".form.yaml") for name in library())


def test_every_form_needs_what_the_table_says() -> None:
    assert {
        id_: " ".join(dict.fromkeys(need.permission for need in form.needs)) for id_, form in forms().items()
    } == NEEDS


@pytest.mark.parametrize("id_", NEEDS)
def test_a_form_has_an_owner_an_icon_of_the_wheel_and_words_to_find_it_by(id_: str) -> None:
    form = forms()[id_]
    assert form.owner
    assert form.category
    assert form.tags
    assert form.status == "live"
    assert f'id="{form.icon}"' in sprite()
    assert all(len(description) <= 60 for description in words(form.description))


@pytest.mark.parametrize("id_", NEEDS)
def test_the_tests_of_a_form_have_names_of_their_own_and_expect_something(id_: str) -> None:
    examples = forms()[id_].examples
    assert len(examples) >= 2
    assert len({example.name for example in examples}) == len(examples)
    assert all(example.expect for example in examples)


@pytest.mark.parametrize("id_", sorted(set(NEEDS) - {"update-contact-details"}))
def test_every_operation_is_reached_by_a_test_of_the_form(id_: str) -> None:
    form = forms()[id_]
    reached = {name for example in form.examples for name in example.expect.get("operations", ())}  # type: ignore[attr-defined]
    assert reached == {step.id for step in form.steps}


@pytest.mark.parametrize("id_", NEEDS)
def test_a_form_about_people_or_mailboxes_leaves_privileged_ones_out(id_: str) -> None:
    target = forms()[id_].target
    if target is not None and target.type in PROTECTED_KINDS:
        assert "privileged-accounts" in target.excluded or target.within == ("shared-mailboxes",)


@pytest.mark.parametrize("id_", FOR_GOOD)
def test_what_cannot_be_taken_back_is_typed_and_has_a_ticket(id_: str) -> None:
    form = forms()[id_]
    assert form.confirm.type_to_confirm is not None
    assert form.record.ticket == "required"
    assert form.target is not None
    assert form.target.where
