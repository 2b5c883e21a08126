"""Which groups give rights, and whether a resource set holds them, by names alone."""

import pytest

from connectors.spi import Operation, Ref
from runner.access.model import Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.rights_groups import (
    BROAD,
    NAMED,
    NO,
    UNKNOWN,
    KnownGroup,
    adds_people,
    holds,
    rights_groups,
    set_holds,
)

DESK = KnownGroup("Desk", "CN=First Line,OU=Desks,DC=corp", frozenset({"All-Desks"}))
NAMELESS = KnownGroup("Desk", "", frozenset())


@pytest.mark.parametrize(
    ("selector", "name", "group", "expected"),
    [
        (Selector("user"), "Desk", DESK, NO),
        (Selector("group"), "Desk", DESK, BROAD),
        (Selector("group"), "Desk", None, BROAD),
        (Selector("group", ids=("DESK",)), "desk", None, NAMED),
        (Selector("group", ids=("cn=first line,ou=desks,dc=corp",)), "Desk", DESK, NAMED),
        (Selector("group", ids=("desk",)), "CN=First Line,OU=Desks,DC=corp", DESK, NAMED),
        (Selector("group", ids=("desk",)), "CN=First Line,OU=Desks,DC=corp", None, NO),
        (Selector("group", ids=("Other",)), "Desk", DESK, NO),
        (Selector("group", ids=("Other", "Desk")), "Desk", None, NAMED),
        (Selector("group", under="ou=desks, dc=corp"), "Desk", DESK, NAMED),
        (Selector("group", under="DC=corp"), "Desk", DESK, NAMED),
        (Selector("group", under="OU=ks,DC=corp"), "Desk", DESK, NO),
        (Selector("group", under="OU=Apps,DC=corp"), "Desk", DESK, NO),
        (Selector("group", under="OU=Desks,DC=corp"), "Desk", None, UNKNOWN),
        (Selector("group", under="OU=Desks,DC=corp"), "Desk", NAMELESS, UNKNOWN),
        (Selector("group", under="OU=Desks,DC=corp"), "CN=Desk,OU=Desks,DC=corp", None, NAMED),
        (Selector("group", under="OU=Desks,DC=corp", ids=("Other",)), "Desk", DESK, NO),
        (Selector("group", under="OU=Apps,DC=corp", ids=("Desk",)), "Desk", DESK, NO),
        (Selector("group", in_group="all-desks"), "Desk", DESK, NAMED),
        (Selector("group", in_group="Other"), "Desk", DESK, UNKNOWN),
        (Selector("group", in_group="All-Desks"), "Desk", None, UNKNOWN),
        (Selector("group", in_group="All-Desks", ids=("Other",)), "Desk", DESK, NO),
        (Selector("group", match=(("department", "IT"),)), "Desk", DESK, UNKNOWN),
        (Selector("group", match=(("department", "IT"),), ids=("Other",)), "Desk", DESK, NO),
        (Selector("group", match=(("department", "IT"),), ids=("Desk",)), "Desk", DESK, UNKNOWN),
    ],
)
def test_whether_a_selector_holds_a_group(selector, name, group, expected):
    assert holds(selector, name, group) == expected


ALL, DESKS = Selector("group"), Selector("group", ids=("Desk",))
PLACED = Selector("group", under="OU=Desks,DC=corp")
BY_PARENT = Selector("group", in_group="Other")


@pytest.mark.parametrize(
    ("resources", "excluded", "group", "expected"),
    [
        ((ALL,), (), DESK, BROAD),
        ((DESKS, ALL), (), DESK, NAMED),
        ((Selector("user"),), (), DESK, NO),
        ((ALL,), (DESKS,), DESK, NO),
        ((ALL,), (ALL,), DESK, NO),
        ((DESKS,), (ALL,), DESK, NO),
        ((DESKS,), (PLACED,), DESK, NO),
        ((DESKS,), (PLACED,), None, UNKNOWN),
        ((ALL,), (BY_PARENT,), DESK, UNKNOWN),
        ((Selector("user"),), (BY_PARENT,), DESK, NO),
        ((DESKS,), (Selector("user"),), DESK, NAMED),
        ((), (), DESK, NO),
    ],
)
def test_whether_a_set_holds_a_group(resources, excluded, group, expected):
    policy = Policy(sets={"s": ResourceSet("s", "s", resources, excluded)})
    assert set_holds(policy, "s", "Desk", group) == expected
    assert set_holds(policy, "other", "Desk", group) == NO


def test_groups_inside_a_group_that_gives_rights_give_them_too():
    groups = (Principal("group", "Desk"), Principal("user", "alice"), Principal("group", "Leads"))
    again = Binding("c", (Principal("group", "desk"),), "r", ())
    policy = Policy({"r": Role("r", "r", frozenset())}, bindings=(Binding("b", groups, "r", ()), again))
    known = (
        KnownGroup("Innermost", "", frozenset({"Inner"})),
        KnownGroup("Inner", "CN=Inner,DC=corp", frozenset({"Aside", "DESK"})),
        KnownGroup("Aside", "CN=Aside,DC=corp", frozenset({"Other"})),
        KnownGroup("Leads", "CN=Leads,DC=corp", frozenset({"Desk"})),
    )
    inner = 'binding "b", through the group "DESK"'
    assert rights_groups(policy, known) == {
        "desk": 'binding "b"',
        "leads": 'binding "b"',
        "cn=leads,dc=corp": 'binding "b"',
        "inner": inner,
        "cn=inner,dc=corp": inner,
        "innermost": f'{inner}, through the group "Inner"',
    }
    assert rights_groups(policy) == {"desk": 'binding "b"', "leads": 'binding "b"'}


def test_which_operations_add_people():
    def adds(verb, **arguments):
        return adds_people(Operation("step", f"directory.{verb}", arguments))

    bob = (Ref("user", "bob"),)
    assert adds("user.join_groups")
    assert adds("group.add_members")
    assert adds("group.change_members", add=bob)
    assert not adds("group.change_members", add=())
    assert not adds("group.change_members", remove=bob)
    assert not adds("group.remove_members")
