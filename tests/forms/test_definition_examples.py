"""The worked examples and the forms that ship compile, to what they say."""

import pytest

from forms.catalogue import load_catalogue
from forms.compiling.form import compile_form
from forms.definition import NeedAt, Template
from tests.forms.desk_folders import VERBS, examples, library, load, surroundings

NAMES = ("create-shared-mailbox", "manage-groups", "reset-password", "unlock-account", "update-contact-details")


def test_all_nine_examples_compile_without_an_error() -> None:
    catalogue, problems = load(examples())
    assert {problem.code for problem in problems} == {"W310"}
    assert len(catalogue.forms) == 9
    assert set(NAMES) < set(catalogue.forms)


def test_the_library_compiles_without_a_warning() -> None:
    catalogue, problems = load(library())
    assert [str(problem) for problem in problems] == []
    assert set(NAMES) <= set(catalogue.forms)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_of_the_library_fits_a_tile_and_has_tests(name: str) -> None:
    form = load(library())[0].forms[name]
    assert form.description is not None
    for template in form.description.languages.values():
        assert len("".join(str(part) for part in template.parts)) <= 60
    assert form.icon
    assert form.examples


def test_every_text_of_the_password_reset_is_there_in_dutch() -> None:
    _, problems = load(library())
    assert not [problem for problem in problems if problem.code == "W310"]
    assert "nl" in load(library())[0].forms["reset-password"].title.languages


def test_permissions_are_derived_from_the_verbs_and_the_target() -> None:
    forms = load(examples())[0].forms
    assert forms["manage-groups"].needs == (
        NeedAt("group.members.manage", "group", "add.groups"),
        NeedAt("group.members.manage", "group", "remove.groups"),
        NeedAt("user.groups.manage", "user", "target"),
        NeedAt("user.read", "user", "target"),
    )
    assert forms["create-shared-mailbox"].needs == (
        NeedAt("mailbox.create", "mail_domain", "create.address"),
        NeedAt("mailbox.permissions.manage", "mailbox", "grant.mailbox"),
        NeedAt("mailbox.permissions.manage", "user", "grant.user"),
    )


def test_the_digest_does_not_depend_on_comments_quotes_or_order() -> None:
    around = surroundings()
    name = "unlock-account.form.yaml"
    text = examples()[name].decode()
    form, _ = compile_form(name, text.encode(), around)
    other = text.replace("title: Unlock account", 'title: "Unlock account"  # so').replace("\nicon: lock-open", "")
    same, _ = compile_form(name, (other + "\nicon: lock-open\n").encode(), around)
    assert same.digest == form.digest
    assert len(form.digest) == 64


@pytest.mark.parametrize(("old", "new"), [("caller-basic", "caller-strong"), ("target.locked", "target.enabled")])
def test_the_digest_changes_with_the_meaning(old: str, new: str) -> None:
    around = surroundings()
    name = "unlock-account.form.yaml"
    text = examples()[name].decode()
    form, _ = compile_form(name, text.encode(), around)
    other, _ = compile_form(name, text.replace(old, new).encode(), around)
    assert other.digest != form.digest


def test_the_same_file_as_json_compiles_to_the_same_digest() -> None:
    around = surroundings()
    yaml = (
        b"format: form/1\nid: small\ntitle: Small\n"
        b"operations:\n- id: a\n  do: directory.user.enable\n  with: {user: a.b}\n"
    )
    json = (
        b'{"format": "form/1",\n\t"id": "small", "title": "Small",\n'
        b'\t"operations": [{"id": "a", "do": "directory.user.enable", "with": {"user": "a.b"}}]}'
    )
    assert (
        compile_form("small.form.yaml", yaml, around)[0].digest
        == compile_form("small.form.json", json, around)[0].digest
    )


def test_compiling_is_the_same_every_time() -> None:
    assert load_catalogue(examples(), VERBS) == load_catalogue(examples(), VERBS)


def test_the_reset_hands_its_password_on_as_a_secret() -> None:
    form = load(examples())[0].forms["reset-password"]
    password = form.steps[0].arguments["password"]
    assert isinstance(password, Template)
    assert password.type.name == "secret"
    assert form.field("password").sensitive
    assert form.result.show[0].secret


def test_tests_of_a_form_stay_as_answers_travel() -> None:
    form = load(examples())[0].forms["manage-groups"]
    first = form.examples[0]
    assert first.fill["until"] == "2026-10-01"
    assert first.fill["temporary"] is True
    assert first.fill["groups"] == {"add": ["GG-Sales", "APP-Visio"], "remove": []}
    assert first.actor == {"channel": "portal"}
    assert first.expect == {"operations": ["add"], "approval": "none"}
