"""Whether somebody holds as much as the holder of rights whose account they want to change, one difference at a time."""

from datetime import date

import pytest

from connectors.matching import matches
from connectors.spi import Compare, Entry, Ids, InGroup, Nothing, Ref
from runner.access.authority import Authority
from runner.access.barriers import Barrier, account_of, is_guarded
from runner.access.holders import DECIDING, barrier, deciding
from runner.access.reading import read_access
from runner.access.resolving import resolve

TOWN = {
    "Outer": {"is": "group", "in": "OU=Groups,DC=corp"},
    "Inner": {"is": "group", "in": "OU=Groups,DC=corp", "groups": ["Outer"]},
    "Boss": {"is": "group", "in": "OU=Groups,DC=corp"},
    "Desk": {"is": "group", "in": "OU=Groups,DC=corp"},
    "alice": {"in": "OU=Staff,DC=corp", "department": "Sales"},
    "bob": {"in": "OU=Staff,DC=corp", "department": "Sales", "groups": ["Desk"]},
    "charlie": {"in": "OU=Staff,DC=corp"},
    "dave": {"in": "OU=Staff,DC=corp"},
    "box": {"is": "mailbox", "kind": "personal", "owner": "bob"},
    "room": {"is": "mailbox", "kind": "room", "owner": "bob"},
    "other box": {"is": "mailbox", "kind": "personal", "owner": "charlie"},
}
ACCESS = """
format: access/1
roles:
  - { id: base, permissions: [user.read, user.unlock, mailbox.manage], holders: ordinary }
  - { id: small, permissions: [user.unlock] }
  - { id: wide, permissions: [user.unlock, user.delete] }
  - { id: reader, permissions: [audit.read, user.unlock] }
  - { id: form-reader, permissions: [audit.read] }
  - { id: admin, permissions: [access.manage] }
  - { id: warden, permissions: [user.unlock], holders: protected }
  - { id: deputy, permissions: [user.read], covers: [wide] }
resource_sets:
  - { id: base, resources: [{ users: { id: [bob, charlie] } }, { mailboxes: all }] }
  - { id: all, resources: [{ users: all }] }
  - { id: groups, resources: [{ groups: all }] }
  - { id: staff, resources: [{ users: { under: "OU=Staff,DC=corp" } }] }
  - { id: north, resources: [{ users: { under: "OU=North,OU=Staff,DC=corp" } }] }
  - { id: deep, resources: [{ users: { in_group: Outer } }] }
  - { id: flat, resources: [{ users: { in_group: Outer, nested: false } }] }
  - { id: bosses, resources: [{ users: { in_group: Boss } }] }
  - { id: one, resources: [{ users: { id: [dave] } }] }
  - { id: two, resources: [{ users: { id: [dave, alice] } }] }
  - { id: sales, resources: [{ users: { match: { department: Sales } } }] }
  - { id: sales-staff, resources: [{ users: { under: "OU=Staff,DC=corp", match: { department: Sales } } }] }
  - { id: mine, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: self, resources: [{ users: { id: $(actor.id) } }] }
  - { id: gone, resources: [{ users: { in_group: Gone } }] }
  - { id: but-bosses, resources: [{ users: all }], except: [{ users: { in_group: Boss } }] }
  - { id: but-groups, resources: [{ users: all }, { groups: all }], except: [{ groups: { in_group: Boss } }] }
  - { id: but-more, resources: [{ users: all }], except: [{ users: { in_group: Boss } }, { users: { in_group: Outer } }] }
  - { id: but-flat, resources: [{ users: all }], except: [{ users: { in_group: Boss, nested: false } }] }
  - { id: but-north, resources: [{ users: all }], except: [{ users: { under: "OU=North,OU=Staff,DC=corp" } }] }
  - { id: but-staff, resources: [{ users: all }], except: [{ users: { under: "OU=Staff,DC=corp" } }] }
  - { id: but-one, resources: [{ users: all }], except: [{ users: { id: [dave] } }] }
  - { id: but-two, resources: [{ users: all }], except: [{ users: { id: [dave, alice] } }] }
  - { id: but-gone, resources: [{ users: all }, { groups: all }], except: [{ groups: { in_group: Gone } }] }
  - { id: but-lost, resources: [{ users: all }], except: [{ users: { in_group: Gone } }] }
  - { id: but-self, resources: [{ users: all }], except: [{ users: { id: $(actor.id) } }] }
  - { id: but-mine, resources: [{ users: all }], except: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: staff-and-deep, resources: [{ users: { under: "OU=Staff,DC=corp" } }, { users: { in_group: Outer } }] }
bindings:
  - { id: base, principals: [{ user: alice }], role: base, on: [base] }
"""


def binding(id_: str, who: str, written: str) -> str:
    role, _, rest = written.partition(" ")
    on, _, more = rest.partition(", ")
    set_ = f", on: [{on}]" if on not in ("", "-") else ""
    return f"  - {{ id: {id_}, principals: [{who}], role: {role}{set_}{', ' + more if more else ''} }}\n"


@pytest.fixture(scope="module")
def town(town_of):
    return town_of(TOWN)


@pytest.fixture
def decided(town, authority_of, now):
    """What alice may do to bob, who holds ``theirs``, when she holds ``mine``."""

    def decide(mine, theirs, form="f", permission="user.unlock", what="bob", holder="{ user: bob }"):
        text = ACCESS + (binding("m", "{ user: alice }", mine) if mine else "") + binding("t", holder, theirs)
        authority, entry = authority_of(text, town), town.entries[what]
        actor = town.actor("alice")
        decision = authority.decide(actor, permission, entry, form=form, now=now)
        scope = authority.scope(actor, [permission], entry.ref.kind, form=form, now=now)
        assert matches(scope, entry) == decision.allowed
        barrier = authority.barrier(actor, form=form, now=now)
        assert barrier.stops(entry) == matches(barrier.filter(entry.ref.kind), entry)
        assert permission.endswith(".read") or barrier.stops(entry) == (decision.code == "protected")
        return decision.code

    return decide


COVERED = [
    ("", "warden self"),
    *((f"wide {name}", f"small {name}") for name in (
        "all", "staff", "north", "deep", "flat", "one", "two", "sales", "sales-staff", "staff-and-deep", "but-bosses",
        "but-more", "but-flat", "but-north", "but-staff", "but-one", "but-two", "but-gone",
    )),
    ("wide but-north", "small but-staff"), ("wide but-one", "small but-two"), ("wide but-flat", "small but-bosses"),
    ("wide but-bosses", "small but-flat"), ("wide but-self", "wide but-self"),
    ("small all", "small all"), ("wide all", "small all"), ("wide all", "wide north"), ("small staff", "small north"),
    ("small staff", "small staff"), ("small deep", "small deep"), ("small deep", "small flat"),
    ("small flat", "small flat"), ("small two", "small one"), ("small sales", "small sales"),
    ("small all", "small sales"), ("small sales", "small sales-staff"), ("small staff", "small sales-staff"),
    ("small staff-and-deep", "small north"), ("small staff-and-deep", "small flat"), ("small all", "wide groups"),
    ("", "small gone"), ("", "small self"), ("", "small all, until: 2026-06-14"),
    ("small but-bosses", "small but-bosses"), ("small all", "small but-bosses"),
    ("small but-bosses", "small but-more"), ("small but-groups", "small all"),
    ("small but-groups", "small but-bosses"), ("small all", "wide mine, until: 2026-01-01"),
    ("wide all", "wide mine"), ("wide all", "wide but-mine"),
    ("small but-bosses, until: 2026-09-01", "small one, until: 2026-01-01"),
    ("small all, forms: [f]", "small all, forms: [f]"), ("small all", "small all, forms: [f]"),
    ("small all, forms: [f, g]", "small north, forms: [f]"), ("small all, forms: [g]", "small north, forms: [g]"),
    ("small all, until: 2026-09-01", "small north, until: 2026-09-01"),
    ("small all", "small north, until: 2026-09-01"),
    ("small all, until: 2026-09-02", "small north, until: 2026-09-01"),
    ("small all, from: 2026-06-15", "small north"), ("reader all", "reader all"), ("form-reader -", "form-reader -"),
    ("form-reader -", "form-reader -, forms: [f]"), ("reader all", "reader north"), ("admin -", "wide all"),
    ("admin -", "admin -"), ("admin -, forms: [f, g]", "wide all"), ("admin -", "reader all"),
    ("deputy all", "wide all"), ("deputy one", "wide mine"), ("deputy one, forms: [f]", "wide all"),
]  # fmt: skip
MORE = [
    ("", "warden mine"),
    ("wide but-staff", "small but-north"), ("wide but-two", "small but-one"), ("wide but-bosses", "small but-north"),
    ("wide but-lost", "small all"), ("wide but-lost", "small one"), ("wide but-self", "small all"),
    ("", "small all"), ("", "small north"), ("", "wide mine"), ("", "form-reader -"), ("", "reader self"),
    ("", "admin -"), ("small all", "wide all"), ("small all", "wide north"), ("wide north", "wide staff"),
    ("small north", "small all"), ("small one", "small two"), ("small one", "small all"),
    ("small staff", "small one"), ("small flat", "small deep"), ("small deep", "small bosses"),
    ("small bosses", "small all"), ("small sales", "small all"), ("small sales", "small staff"),
    ("small sales-staff", "small sales"), ("wide sales", "wide mine"), ("wide mine", "wide mine"),
    ("wide but-mine", "wide but-mine"), ("small self", "small one"), ("small groups", "small one"),
    ("small but-bosses", "small all"), ("small but-bosses", "small staff"), ("small but-more", "small but-bosses"),
    ("small but-groups", "reader all"), ("small all, forms: [f]", "small all"),
    ("small all, forms: [f]", "small all, forms: [f, g]"), ("small all, forms: [f]", "small all, forms: [g]"),
    ("small all, from: 2026-06-16", "small all"), ("small all, until: 2026-06-14", "small all"),
    ("", "small all, until: 2026-06-15"), ("", "small all, from: 2026-06-16"),
    ("small all, until: 2026-09-01", "small all"), ("small all, until: 2026-09-01", "small north, until: 2026-09-02"),
    ("form-reader -, until: 2026-09-01", "form-reader -"), ("form-reader -, forms: [f]", "form-reader -"),
    ("form-reader -", "reader all"), ("admin -, forms: [g]", "wide all"), ("admin -, until: 2026-06-14", "wide all"),
    ("admin -, from: 2026-06-16", "wide all"), ("deputy all", "reader all"), ("deputy all, forms: [g]", "wide all"),
    ("deputy all, until: 2026-06-14", "wide all"), ("reader all", "admin -"),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs"), COVERED)
def test_who_holds_as_much_may_change_the_account(decided, mine, theirs):
    assert decided(mine, theirs) == "allowed"
    assert decided(mine, theirs, holder="{ group: Desk }") == "allowed"


@pytest.mark.parametrize(("mine", "theirs"), MORE)
def test_who_holds_less_in_one_respect_may_not(decided, mine, theirs):
    assert decided(mine, theirs) == "protected"
    assert decided(mine, theirs, holder="{ group: Desk }") == "protected"
    assert decided(mine, theirs, permission="user.read") == "allowed", "seeing is no change"
    assert decided(mine, theirs, what="charlie") == "allowed"
    assert decided(mine, theirs, permission="mailbox.manage", what="box") == "protected", "codes are sent there"
    assert decided(mine, theirs, permission="mailbox.manage", what="room") == "allowed"
    assert decided(mine, theirs, permission="mailbox.manage", what="other box") == "allowed"


def test_each_of_several_rows_of_a_holder_counts(town, authority_of, now):
    def decided(*theirs):
        mine = binding("m", "{ user: alice }", "small all")
        rows = (binding(f"t{number}", holder, row) for number, (holder, row) in enumerate(theirs))
        authority = authority_of(ACCESS + mine + "".join(rows), town)
        return authority.decide(town.actor("alice"), "user.unlock", town.entries["bob"], form=None, now=now).code

    for holder in ("{ user: bob }", "{ group: Desk }"):
        assert decided((holder, "small all"), (holder, "small north")) == "allowed"
        assert decided((holder, "small all"), (holder, "wide all")) == "protected"
        assert decided((holder, "wide all"), (holder, "small all")) == "protected"
        assert decided((holder, "warden self"), (holder, "wide all")) == "protected"
        assert decided(("everyone", "small self"), (holder, "wide all")) == "protected"


def test_outside_any_form_only_what_counts_everywhere_covers(decided):
    assert decided("admin -, forms: [f]", "wide all", form=None) == "protected"
    assert decided("admin -", "wide all", form=None) == "allowed"
    assert decided("deputy all, forms: [f]", "wide all", form=None) == "protected"


def test_a_row_for_everyone_or_a_client_protects_nobody(decided):
    assert decided("", "wide all", holder="everyone") == "allowed"
    assert decided("", "wide all", holder="{ client: feed }") == "allowed"


def test_those_who_hold_rights_are_found_by_one_search(town, authority_of):
    bindings = binding("a", "{ group: Desk }", "small all") + binding(
        "b", "{ user: dave }", "wide all, until: 2026-06-15"
    )
    authority = authority_of(ACCESS + bindings, town)

    def found(day):
        people = {name: one for name, one in town.entries.items() if one.ref.kind == "user"}
        return {name for name, one in people.items() if matches(authority.holders_filter(day), one)}

    assert found(date(2026, 6, 15)) == {"bob", "dave"}
    assert found(date(2026, 6, 16)) == {"bob"}


def test_the_search_for_whom_a_barrier_stops_names_groups_and_people_in_order():
    barrier = Barrier(frozenset({"g2", "g1"}), frozenset({"p1"}))
    assert matches(barrier.filter("user"), Entry(Ref("user", "p1"), "", (), {}, frozenset()))
    assert matches(barrier.filter("user"), Entry(Ref("user", "p2"), "", (), {}, frozenset({"g2"})))
    assert not matches(barrier.filter("user"), Entry(Ref("user", "p2"), "", (), {}, frozenset({"g3"})))
    assert Barrier(frozenset({"g1"})).filter("user") == InGroup("g1")
    assert Barrier(frozenset(), frozenset({"p"})).filter("user") == Ids(frozenset({"p"}))
    assert Barrier().filter("user") == Barrier().filter("mailbox") == barrier.filter("group") == Nothing()
    assert Compare("owner", "==", Ref("user", "p1")) in barrier.filter("mailbox").parts[-1].parts


def test_the_account_that_a_change_is_made_to():
    def mailbox(**attributes):
        return Entry(Ref("mailbox", "m"), "", (), attributes)

    assert account_of(Entry(Ref("user", "p"), "", (), {})) == "p"
    assert account_of(Entry(Ref("group", "p"), "", (), {"owner": Ref("user", "p")})) is None
    assert account_of(mailbox(kind="personal", owner=Ref("user", "p"))) == "p"
    assert account_of(mailbox(owner=Ref("user", "p"))) == "p"
    assert account_of(mailbox(kind="personal")) == "", "whose it is is not known"
    for kind in ("shared", "room"):
        assert account_of(mailbox(kind=kind, owner=Ref("user", "p"))) is None
    guarded = {(name, kind) for name in ("user.read", "user.unlock", "mailbox.manage") for kind in ("user", "mailbox", "ou")
               if is_guarded(name, kind)}  # fmt: skip
    assert guarded == {(name, kind) for name in ("user.unlock", "mailbox.manage") for kind in ("user", "mailbox")}


def test_the_holder_of_rights_that_end_is_protected_until_that_day(town, authority_of, now):
    authority = authority_of(ACCESS + binding("t", "{ user: bob }", "wide all, until: 2026-06-20"), town)
    asked = (town.actor("alice"), "user.unlock", town.entries["bob"])
    days = {day: authority.decide(*asked, form=None, now=now.replace(day=day)).code for day in (19, 20, 21)}
    assert days == {19: "protected", 20: "protected", 21: "allowed"}


def test_who_decides_in_a_review_is_protected_from_all_but_those_who_say_who_has_which_rights(
    town, place_of, authority_of, now
):
    policy, problems = read_access("access.yaml", (ACCESS + binding("m", "{ user: dave }", "admin -")).encode())
    resolved, bob = resolve(policy, town.locate, place_of), town.entries["bob"]
    held = deciding([bob.ref.id, "id-a"])
    assert problems == ()
    assert [(one.row.id, one.row.principal, one.row.principal_id, one.scope) for one in held] == [
        (f"{DECIDING}/user:id-a", "user", "id-a", None),
        (f"{DECIDING}/user:{bob.ref.id}", "user", bob.ref.id, None),
    ]
    assert {(one.row.binding, one.row.role, one.row.permissions, one.row.set) for one in held} == {
        (DECIDING, DECIDING, frozenset({"access.manage"}), "")
    }
    without, with_ = Authority(resolved), Authority(resolved, reviewers=frozenset({bob.ref.id, "id-a"}))
    alice, dave = town.actor("alice"), town.actor("dave")
    assert without.decide(alice, "user.unlock", bob, form=None, now=now).allowed
    refused = with_.decide(alice, "user.unlock", bob, form=None, now=now)
    assert (refused.code, refused.reason.split(" in ")[0]) == ("protected", "This account holds rights")
    assert with_.decide(alice, "user.unlock", town.entries["charlie"], form=None, now=now).allowed
    assert not with_.barrier(dave, form=None, now=now).stops(bob)
    assert barrier(with_.view(alice), held, None, now.date()) == Barrier(people=frozenset({bob.ref.id, "id-a"}))
    assert barrier(with_.view(alice), (), None, now.date()) == Barrier()
    in_form = authority_of(ACCESS + binding("m", "{ user: alice }", "admin -, forms: [f], until: 2026-06-15"), town)
    view, stopped = in_form.view(alice), Barrier(people=frozenset({bob.ref.id, "id-a"}))
    found = [barrier(view, held, form, date(2026, 6, day)) for form, day in [("f", 15), (None, 15), ("f", 16)]]
    assert found == [Barrier(), stopped, stopped]
    assert barrier(with_.view(dave), held, None, now.date()) == Barrier()
