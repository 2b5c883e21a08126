"""`deskhand check` names a list that access.yaml speaks of and that gives no groups; the tests of forms read such lists."""

from pathlib import Path

from tests.runner.cli.commands import deskhand

LIST = """format: list/1
id: software
title: Software
columns: [{ id: value, type: text }, { id: group, type: group }]
rows: [{ value: visio, group: APP-Visio }]
"""
ACCESS = """format: access/1
roles: [{ id: giver, permissions: [user.read, user.groups.manage, group.read, group.members.manage] }]
resource_sets:
  - id: things
    resources:
      - users: all
      - groups: { in_list: software }
bindings: [{ id: givers, principals: [everyone], role: giver, on: [things] }]
"""
FORM = """format: form/1
id: give
title: Give
target: { type: user, label: Who? }
operations:
  - id: add
    do: directory.user.join_groups
    title: Add
    with: { user: $(target), groups: [PRODUCT] }
tests:
  - { name: a product, target: alice, expect: { operations: [add] } }
"""
FIXTURE = """format: fixture/1
id: small
today: 2030-03-04
actor: bob
users:
  - { login: alice, display_name: Alice, enabled: true }
  - { login: bob, display_name: Bob, enabled: true }
groups: [{ name: APP-Visio }, { name: APP-Other }]
"""


def put(folder: Path, *, in_list: str = "software", product: str = "APP-Visio") -> str:
    files = {
        "software.list.yaml": LIST,
        "access.yaml": ACCESS.replace("in_list: software", f"in_list: {in_list}"),
        "give.form.yaml": FORM.replace("PRODUCT", product),
        "fixtures/small.yaml": FIXTURE,
    }
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(folder)


def test_a_list_that_is_there_is_not_spoken_of(tmp_path: Path) -> None:
    checked = deskhand("check", put(tmp_path))
    assert checked.code == 0, checked.text
    assert "0 errors, 0 warnings" in checked.text


def test_a_list_that_is_not_there_is_a_warning_with_its_place(tmp_path: Path) -> None:
    checked = deskhand("check", put(tmp_path, in_list="sofware"))
    assert checked.code == 0, checked.text
    assert 'access.yaml:7:28: warning W306: there is no list "sofware", so it selects no group' in checked.text
    assert 'Did you mean "software"?' in checked.text


def test_a_group_of_the_list_is_given_in_the_tests_of_a_form_and_no_other(tmp_path: Path) -> None:
    assert deskhand("test", put(tmp_path)).code == 0
    refused = deskhand("test", put(tmp_path, product="APP-Other"))
    assert refused.code == 1
    assert "a product" in refused.text
