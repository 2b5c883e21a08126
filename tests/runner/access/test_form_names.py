"""A binding that counts only inside a form which does not exist gives nothing, and check says so."""

from runner.access.lint.form_names import unknown_forms
from runner.access.reading import read_access

ACCESS = b"""format: access/1
roles:
  - { id: desk, permissions: [user.read, user.unlock] }
resource_sets:
  - { id: people, resources: [{ users: all }] }
bindings:
  - { id: one, principals: [{ user: bob }], role: desk, on: [people], forms: [unlock-acount] }
  - id: two
    principals: [{ user: bob }]
    role: desk
    on: [people]
    forms: [unlock-account, other]
"""


def test_a_form_that_is_not_there_is_told_with_its_place_and_a_proposal() -> None:
    policy, problems = read_access("access.yaml", ACCESS)
    assert problems == ()
    found = list(unknown_forms(policy, {"unlock-account"}, "access.yaml", ACCESS))
    assert [(one.line, one.column, one.code, one.level, one.fix) for one in found] == [
        (7, 79, "W303", "warning", 'Did you mean "unlock-account"?'),
        (12, 29, "W303", "warning", ""),
    ]


def test_nothing_is_said_of_forms_that_are_there() -> None:
    policy, _ = read_access("access.yaml", ACCESS)
    assert list(unknown_forms(policy, {"unlock-account", "unlock-acount", "other"}, "access.yaml", ACCESS)) == []
