"""Names become ids once; a system that cannot be asked gives no policy at all."""

from datetime import date

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector, applies, is_read
from runner.access.resolving import EVERYDAY, Row, is_ordinary, resolve

ROLE = Role("r", "r", frozenset({"user.unlock"}))
POLICY = Policy(
    {"r": ROLE},
    {"s": ResourceSet("s", "s", (Selector("user", in_group="Sales"), Selector("user", under="OU=Sales")))},
    (Binding("b", (Principal("group", "Desk"), Principal("everyone")), "r", ("s",)),),
)


def test_each_name_is_looked_up_once_and_becomes_an_id():
    asked = []

    def locate(kind, text):
        asked.append((kind, text))
        return Ref(kind, f"id of {text}")

    resolved = resolve(POLICY, locate, lambda text: (text.lower(),))
    assert sorted(asked) == [("group", "Desk"), ("group", "Sales"), ("ou", "OU=Sales")]
    assert resolved.sets["s"].resources[0].group == "id of Sales"
    assert resolved.sets["s"].resources[1].place == ("ou=sales",)
    assert [(row.id, row.principal_id) for row in resolved.rows] == [
        ("b/group:Desk/s", "id of Desk"),
        ("b/everyone/s", ""),
    ]
    assert resolved.warnings == ()


def test_a_system_that_cannot_be_asked_gives_no_policy():
    def unavailable(*_):
        raise UnavailableError("The directory does not answer.")

    with pytest.raises(UnavailableError):
        resolve(POLICY, unavailable, lambda text: (text,))
    with pytest.raises(UnavailableError):
        resolve(POLICY, lambda kind, text: Ref(kind, text), unavailable)


def test_a_name_that_is_refused_is_not_found():
    def refuse(*_):
        raise RejectedError("This is not a name.")

    resolved = resolve(POLICY, refuse, refuse)
    assert [warning.code for warning in resolved.warnings] == ["W321", "W321", "W321"]
    assert [row.principal for row in resolved.rows] == ["everyone"]
    assert all(selector.missing for selector in resolved.sets["s"].resources)


def test_the_root_of_everything_is_no_unit():
    resolved = resolve(POLICY, lambda kind, text: Ref(kind, text), lambda _: ())
    assert resolved.sets["s"].resources[1].missing == 'the unit "OU=Sales"'


def test_a_unit_that_does_not_exist_yet_is_a_warning_and_kept():
    resolved = resolve(POLICY, lambda kind, text: None if kind == "ou" else Ref(kind, text), lambda text: (text,))
    assert [warning.message for warning in resolved.warnings] == ['there is no unit "OU=Sales"']
    assert resolved.sets["s"].resources[1].place == ("OU=Sales",)


def test_a_protected_set_that_does_not_exist_stops_the_start():
    with pytest.raises(KeyError):
        Authority(resolve(Policy(protected=("gone",)), lambda *_: None, lambda _: ()))


def test_a_protected_set_that_depends_on_who_asks_protects_the_whole_kind(town_of, now):
    policy = Policy(
        {"r": ROLE},
        {
            "all": ResourceSet("all", "", (Selector("user"),)),
            "me": ResourceSet("me", "", (Selector("user", own=True),)),
        },
        (Binding("b", (Principal("everyone"),), "r", ("all",)),),
        ("me",),
    )
    town = town_of({"alice": {}, "bob": {}})
    authority = Authority(resolve(policy, town.locate, lambda _: ()))
    decision = authority.decide(town.actor("alice"), "user.unlock", town.entries["bob"], form=None, now=now)
    assert (decision.allowed, decision.code) == (False, "protected")


def test_what_is_not_found_is_told_with_its_place_and_the_fix_once():
    gone = (
        Selector("user", in_group="Gone"),
        Selector("user", in_group="Gone", under="nowhere"),
        Selector("user", under="OU=Later"),
        Selector("user", ids=("alice", "gone")),
        Selector("group", in_list="software"),
    )
    sets = {
        "s": ResourceSet("s", "s", gone),
        "cut": ResourceSet("cut", "cut", (Selector("user"),), gone[:1]),
        "p": ResourceSet("p", "p", gone[:1], (Selector("user", ids=("gone",)),)),
    }
    people = (Principal("user", "gone"), Principal("group", "Gone"), Principal("client", "gone"))
    policy = Policy({"r": ROLE}, sets, (Binding("b", people, "r", ("s", "cut")),), ("p",))

    def place_of(text):
        if "=" not in text:
            raise RejectedError("This is no DN.")
        return (text.lower(),)

    resolved = resolve(policy, lambda kind, text: Ref(kind, "1") if text == "alice" else None, place_of, name="a.yaml")
    nothing = "It matches nothing. Once it exists, run: deskhand access rebind, with its name."
    lost = 'the group "Gone" was not found'
    expected = [
        ("W321", f'resource set "s": {lost}', nothing),
        ("W321", 'resource set "s": the unit "nowhere" was not found', nothing),
        ("W321", 'there is no unit "OU=Later"', "Objects below it are meant as soon as there is one."),
        ("W321", 'resource set "s": the user "gone" was not found', nothing),
        ("W321", 'resource set "s": the list "software" was not found', nothing),
        ("W323", f'resource set "cut": {lost}',
         "Until it is found, the set holds nothing of this kind, because the exclusion cannot be kept."),
        ("W322", f'resource set "p": {lost}; until it is, everything of its kind is protected',
         "Correct the name, or remove it from the set."),
        ("W321", 'resource set "p": the user "gone" was not found', nothing),
        ("W321", 'binding "b": there is no user "gone"', 'Once it exists, run: deskhand access rebind "gone"'),
        ("W321", 'binding "b": there is no group "Gone"', 'Once it exists, run: deskhand access rebind "Gone"'),
    ]  # fmt: skip
    assert [(one.code, one.message, one.fix) for one in resolved.warnings] == expected
    assert {(one.file, one.line, one.column, one.level) for one in resolved.warnings} == {("a.yaml", 0, 0, "warning")}
    found = resolved.sets["s"].resources
    assert [one.missing for one in found] == [
        'the group "Gone"', 'the unit "nowhere", the group "Gone"', "", "", 'the list "software"',
    ]  # fmt: skip
    assert found[3].ids == {"1"}
    assert resolved.sets["cut"].excluded[0].missing == 'the group "Gone"'
    assert [(row.id, row.principal_id, row.role, row.set) for row in resolved.rows] == [
        ("b/client:gone/s", "gone", "r", "s"), ("b/client:gone/cut", "gone", "r", "cut"),
    ]  # fmt: skip
    assert resolve(policy, lambda *_: None, place_of).warnings[0].file == "access.yaml"


def test_an_exclusion_lists_everything_that_was_not_found():
    excluded = (
        Selector("user", in_group="Gone", ids=("gone", "alice")),
        Selector("group", in_list="software"),
        Selector("ou", under=" ou=Later"),
    )
    policy = Policy(sets={"s": ResourceSet("s", "s", (Selector("user"),), excluded)})
    resolved = resolve(policy, lambda kind, text: Ref(kind, "1") if text == "alice" else None, lambda text: (text,))
    assert resolved.sets["s"].id == "s"
    assert [one.missing for one in resolved.sets["s"].excluded] == [
        'the group "Gone", the user "gone"', 'the list "software"', "",
    ]  # fmt: skip
    assert [(one.code, one.message) for one in resolved.warnings] == [
        ("W323", 'resource set "s": the group "Gone" was not found'),
        ("W323", 'resource set "s": the user "gone" was not found'),
        ("W323", 'resource set "s": the list "software" was not found'),
        ("W321", 'there is no unit " ou=Later"'),
    ]


def test_values_are_resolved_by_the_type_of_their_attribute():
    asked = []

    def locate(kind, text):
        asked.append((kind, text))
        return Ref(kind, f"id of {text}") if text != "gone" else None

    match = (("manager", "boss"), ("department", "boss"), ("enabled", True), ("title", ActorValue("title")))
    selectors = (
        Selector("user", match=match),
        Selector("user", match=(("manager", ActorValue("")),)),
        Selector("computer", match=(("owner", "gone"),)),
        Selector("mail_domain", ids=("Sample.TEST",)),
        Selector("form", ids=("Reset",)),
        Selector("user", ids=()),
        Selector("user", under="OU=a"),
        Selector("user", under="DC=a"),
    )
    resolved = resolve(Policy(sets={"s": ResourceSet("s", "s", selectors)}), locate, lambda text: (text,))
    first, own, lost, domain, form, none, unit, root = resolved.sets["s"].resources
    assert first.match == (("manager", Ref("user", "id of boss")), *match[1:])
    assert own.match == (("manager", ActorValue("")),)
    assert (lost.match, lost.missing) == ((("owner", None),), 'the user "gone"')
    assert (domain.ids, form.ids, none.ids, first.ids) == ({"sample.test"}, {"Reset"}, frozenset(), None)
    assert (unit.place, root.place, first.place) == (("OU=a",), ("DC=a",), None)
    assert asked == [("user", "boss"), ("user", "gone"), ("ou", "OU=a")]
    assert [one.written for one in resolved.sets["s"].resources] == list(selectors)


def test_a_row_holds_what_its_binding_and_its_role_say():
    role = Role("r", "r", frozenset({"form.use"}), covers=("q",), ordinary=False)
    first, last = date(2030, 5, 1), date(2030, 6, 1)
    binding = Binding("b", (Principal("everyone"),), "r", (), frozenset({"f"}), first, last)
    resolved = resolve(Policy({"r": role}, bindings=(binding,)), lambda *_: None, lambda _: ())
    (row,) = resolved.rows
    assert row == Row("b/everyone", "b", "everyone", "", "r", frozenset({"form.use"}), "", frozenset({"f"}), first, last,
                      ordinary=False, covers=frozenset({"q"}))  # fmt: skip
    assert resolved.sets[""].resources[0].written == Selector("form")
    assert [row.counts_on(date(2030, month, day)) for month, day in [(4, 30), (5, 1), (6, 1), (6, 2)]] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [row.counts_in(form) for form in ("f", "g", None)] == [True, False, False]


@pytest.mark.parametrize(
    ("permissions", "selectors", "ordinary", "expected"),
    [
        ({"user.unlock"}, (Selector("user"),), None, False),
        ({"user.unlock"}, (Selector("user"),), True, True),
        ({"user.unlock"}, (Selector("user", own=True),), None, True),
        ({"user.unlock"}, (Selector("user", own=True),), False, False),
        ({"user.unlock"}, (Selector("user", own=True), Selector("user")), None, False),
        ({"user.unlock"}, (Selector("user", match=(("department", ActorValue("department")),)),), None, False),
        ({"user.profile.manage"}, (Selector("user", match=(("department", ActorValue("department")),)),), None, True),
        (
            {"user.profile.manage", "user.unlock"},
            (Selector("user", match=(("manager", ActorValue("")),)),),
            None,
            False,
        ),
        ({"user.read"}, (Selector("user", match=(("department", "Sales"),)),), None, False),
        (
            {"user.read"},
            (Selector("user", own=True), Selector("user", match=(("manager", ActorValue("")),))),
            None,
            True,
        ),
        ({"audit.read"}, (Selector("user", own=True),), None, False),
        ({"user.read"}, None, None, False),
    ],
)
def test_whose_rights_protect_nobody(permissions, selectors, ordinary, expected):
    scope = ResourceSet("s", "s", selectors) if selectors is not None else None
    assert is_ordinary(Role("r", "r", frozenset(permissions), ordinary=ordinary), scope) == expected


def test_everyday_permissions_are_reading_and_what_key_users_do_for_their_own():
    changing = {"group.members.manage", "user.groups.manage", "user.profile.manage"}
    assert {name for name in PERMISSIONS if is_read(name)} | changing == EVERYDAY
    mine = ResourceSet("s", "s", (Selector("user", match=(("manager", ActorValue("")),)),))
    about_things = frozenset(name for name in EVERYDAY if not applies(name, ""))
    assert is_ordinary(Role("r", "r", about_things), mine)
    assert not is_ordinary(Role("r", "r", about_things | {"user.unlock"}), mine)
    assert not is_ordinary(Role("r", "r", EVERYDAY), mine), "some are about the installation"
