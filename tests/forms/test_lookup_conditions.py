"""What the ``where`` of a named search may say, and how each mistake in it is answered."""

import pytest

from forms.companions.lookups import read_lookups
from forms.definition import Condition, Either, Opposite, Relation, Settings

HEAD = """\
format: lookups/1
lookups:
  - id: found
    find: {kind}
    takes:
      group: {{ type: group }}
      people: {{ type: list of user }}
      names: {{ type: list of text }}
      unit: {{ type: ou }}
      day: {{ type: date }}
      count: {{ type: number }}
"""


def read(lines, kind="user"):
    text = HEAD.format(kind=kind) + "".join(f"    {line}\n" for line in lines)
    return read_lookups("lookups.yaml", text.encode(), Settings(org={"town": "Delft"}), None)


def codes(lines, kind="user"):
    _, problems = read(lines, kind)
    return [f"{problem.line - 11}:{problem.column} {problem.code}" for problem in problems]


def where(line, kind="user"):
    found, problems = read([f"where: {line}"], kind)
    assert problems == ()
    return found["found"].where


@pytest.mark.parametrize(
    "line",
    [
        '{ last_logon: { "<": $(today() - 120d) } }',
        '{ last_logon: { ">=": $(today() - 30d), "<": $(now()) } }',
        "{ last_logon: 2030-01-31 }",
        '{ expires_on: { "<=": $(day) } }',
        '{ expires_on: { ">": $(now()) } }',
        "{ department: { in: [Sales, Finance] } }",
        "{ department: { in: $(names) } }",
        "{ department: $(org.town) }",
        "{ department: $(actor.department) }",
        "{ manager: { in: $(people) } }",
        "{ manager: $(actor) }",
        "{ addresses: { contains: a@sample.test, present: true } }",
        "{ enabled: { '!=': false } }",
        "{ id: $(people) }",
        "{ id: { '!=': $(actor) } }",
        '{ dn: "CN=Zoë,OU=People,DC=sample,DC=test" }',
        "{ under: $(unit), in_group: $(group) }",
        '{ in_group: { group: "Domain Admins", nested: false } }',
    ],
)
def test_these_conditions_are_fine(line):
    assert where(line)


def test_two_comparisons_in_one_map_both_have_to_hold():
    assert [part.op for part in where('{ created: { ">=": 2030-01-01, "<": 2030-02-01 } }')] == [">=", "<"]


@pytest.mark.parametrize(
    ("line", "op"),
    [
        ("{ mail: { absent: true } }", "absent"),
        ("{ mail: { absent: false } }", "present"),
        ("{ mail: { present: false } }", "absent"),
        ("{ groups: { absent: true } }", "absent"),
    ],
)
def test_emptiness_is_true_or_false_and_false_turns_it_round(line, op):
    (condition,) = where(line)
    assert condition == Condition(condition.attribute, op, None)


def test_alternatives_and_opposites_hold_conditions_of_their_own():
    either, opposite = where(
        "{ any: [{ mail: { absent: true } }, { title: Clerk, enabled: true }], not: { pending: true } }"
    )
    assert isinstance(either, Either)
    assert [len(branch) for branch in either.branches] == [1, 2]
    assert opposite == Opposite((Condition("pending", "==", True),))


def test_membership_is_direct_as_an_attribute_and_nested_as_a_relation():
    assert where("{ groups: { contains: $(group) } }")[0].op == "contains"
    assert where("{ groups: { contains: $(group), nested: false } }")[0].op == "contains"
    assert where("{ groups: { contains: $(group), nested: true } }")[0].nested is True
    assert where("{ in_group: $(group) }")[0].nested is True
    relation = where("{ in_group: { group: $(group), nested: false } }")[0]
    assert isinstance(relation, Relation)
    assert not relation.nested


def test_a_group_without_members_is_a_count():
    assert where('{ member_count: { "==": 0 } }', "group") == (Condition("member_count", "==", 0),)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{ last_logn: { present: true } }", "1:14 E126"),
        ("{ last_logon: { befor: $(now()) } }", "1:28 E110"),
        ("{ last_logon: { contains: 3 } }", "1:28 E214"),
        ("{ last_logon: { starts_with: 20 } }", "1:28 E214"),
        ('{ last_logon: { "<": $(120d) } }', "1:33 E214"),
        ('{ last_logon: { "<": $(actor.login) } }', "1:33 E214"),
        ('{ last_logon: { "<": yesterday } }', "1:33 E114"),
        ("{ enabled: { '<': true } }", "1:25 E214"),
        ("{ enabled: { in: [true] } }", "1:25 E214"),
        ("{ enabled: $(day) }", "1:23 E214"),
        ("{ department: $(count) }", "1:26 E214"),
        ("{ department: { in: [$(day)] } }", "1:33 E214"),
        ("{ department: [Sales, Finance] }", "1:26 E113"),
        ("{ department: }", "1:14 E114"),
        ("{ department: {} }", "1:26 E113"),
        ("{ groups: $(group) }", "1:22 E214"),
        ("{ groups: { '==': $(group) } }", "1:24 E214"),
        ("{ groups: { contains: $(actor) } }", "1:34 E214"),
        ("{ manager: $(group) }", "1:23 E214"),
        ("{ manager: { '<': $(actor) } }", "1:25 E214"),
        ("{ dn: { contains: OU } }", "1:20 E214"),
        ("{ mail: { absent: 1 } }", "1:30 E114"),
        ("{ mail: { absent: [true] } }", "1:30 E113"),
        ("{ any: { mail: a } }", "1:14 E113"),
        ("{ any: [] }", "1:14 E113"),
        ("{ any: [Sales] }", "1:14 E113"),
        ("{ not: [{ mail: a }] }", "1:14 E113"),
        ("{ not: {} }", "1:14 E113"),
        ("{ any: [{ mial: { absent: true } }] }", "1:22 E126"),
        ("{ under: $(group) }", "1:21 E214"),
        ("{ under: }", "1:14 E111"),
        ("{ in_group: { nested: true } }", "1:14 E110"),
        ("{ in_group: { group: $(group), deep: true } }", "1:43 E110"),
        ("{ in_group: { group: $(group), nested: 1 } }", "1:51 E114"),
        ("{ in_group: $(unit) }", "1:24 E214"),
        ("{ id: $(group) }", "1:18 E214"),
        ("{ id: $(names) }", "1:18 E147"),
        ("{ in_group: $(actor.department) }", "1:24 E147"),
        ("{ manager: $(actor.login) }", "1:23 E147"),
        ("{ manager: { in: $(names) } }", "1:29 E147"),
        ("{ groups: { contains: $(org.town) } }", "1:34 E147"),
        ("{ id: { present: true } }", "1:14 E110"),
        ("{ not: { not: { not: { not: { not: { not: { mail: a } } } } } } }", "1:56 E115"),
    ],
)
def test_a_mistake_is_named_where_it_stands(line, problem):
    assert codes([f"where: {line}"]) == [problem]


def test_a_wrong_relation_is_named_with_what_was_meant():
    _, problems = read(["where: { last_logn: { present: true } }"])
    assert problems[0].fix == 'Did you mean "last_logon"?'
    assert codes(["where: { under: $(unit) }"], "mailbox") == ["1:14 E126"]
    assert codes(["where: { in_group: $(group) }"], "contact") == ["1:14 E126"]


def test_a_search_has_a_bounded_number_of_conditions():
    line = ", ".join(f"{{ title: t{number} }}" for number in range(80))
    assert [code.split()[1] for code in codes([f"where: {{ any: [{line}] }}"])] == ["E115"]
    values = ", ".join(f"t{number}" for number in range(300))
    assert [code.split()[1] for code in codes([f"where: {{ title: {{ in: [{values}] }} }}"])] == ["E115"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("sort: -last_logn", "1:11 E126"),
        ("sort: --last_logon", "1:11 E126"),
        ("sort: groups", "1:11 E214"),
        ("sort: manager", "1:11 E214"),
        ("sort: dn", "1:11 E214"),
        ("limit: 0", "1:12 E115"),
        ("limit: 1001", "1:12 E115"),
        ("limit: many", "1:12 E114"),
    ],
)
def test_order_and_limit_are_checked(line, problem):
    assert codes([line]) == [problem]


def test_order_and_limit_are_kept():
    found, problems = read(["sort: -last_logon", "limit: 1000"])
    assert problems == ()
    assert (found["found"].sort, found["found"].limit) == ("-last_logon", 1000)
    assert read([])[0]["found"].limit == 200
