"""What an authority says beside decisions: protection by the directory, what is held at all, and what it keeps."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.matching import matches
from connectors.spi import Compare, Everything, Ids, Nothing, Ref
from runner.access import authority as authority_module
from runner.access.authority import Authority
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.access.views import refuse

TOWN = {
    "Top": {"is": "group", "in": "OU=Groups,DC=corp"},
    "Inner": {"is": "group", "in": "OU=Groups,DC=corp", "groups": ["Top"]},
    "Desk": {"is": "group", "in": "OU=Groups,DC=corp"},
    "Inside": {"is": "group", "in": "OU=Groups,DC=corp", "groups": ["Desk"]},
    "Vault": {"is": "ou", "in": "DC=corp"},
    "Deep": {"is": "ou", "in": "OU=Vault,DC=corp"},
    "Staff": {"is": "ou", "in": "DC=corp"},
    "alice": {"in": "OU=Staff,DC=corp", "groups": ["Desk"], "department": "Sales", "company": "One"},
    "bob": {"in": "OU=Staff,DC=corp", "department": "sales", "manager": "alice"},
    "charlie": {"in": "OU=Staff,DC=corp", "department": "Finance", "privileged": False, "is_service": False},
    "marked": {"in": "OU=Staff,DC=corp", "privileged": True},
    "service": {"in": "OU=Staff,DC=corp", "is_service": True},
    "sync": {"in": "OU=Staff,DC=corp"},
    "top": {"in": "OU=Staff,DC=corp", "groups": ["Inner"]},
    "spared": {"in": "OU=Vault,DC=corp"},
    "locked": {"in": "OU=Vault,DC=corp"},
    "laptop": {"is": "computer", "in": "OU=Vault,DC=corp", "privileged": True, "owner": "alice"},
    "sample.test": {"is": "mail_domain"},
}
ACCESS = b"""
format: access/1
roles:
  - { id: desk, permissions: [user.read, user.unlock, group.read, computer.read], holders: ordinary }
  - { id: units, permissions: [user.create], holders: ordinary }
  - { id: peer, permissions: [user.enable], holders: ordinary }
  - { id: audit, permissions: [audit.read], holders: ordinary }
  - { id: old, permissions: [user.delete], holders: ordinary }
resource_sets:
  - { id: all, resources: [{ users: all }, { groups: all }, { computers: all }, { ous: all }] }
  - { id: peers, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: reports, resources: [{ users: { match: { manager: $(actor) } } }] }
  - { id: others, resources: [{ users: all }], except: [{ users: { match: { company: $(actor.company) } } }] }
  - id: tier0
    resources: [{ users: { in_group: Top } }, { users: { under: "OU=Vault,DC=corp" } }]
    except: [{ users: { id: [spared] } }]
protected: [tier0]
bindings:
  - { id: b, principals: [{ group: Desk }], role: desk, on: [all] }
  - { id: u, principals: [{ group: Desk }], role: units, on: [all], forms: [hire] }
  - { id: p, principals: [everyone], role: peer, on: [peers, reports] }
  - { id: a, principals: [{ user: alice }, { client: feed }], role: audit, forms: [report] }
  - { id: o, principals: [{ user: alice }], role: old, on: [all], until: 2026-06-14 }
"""


@pytest.fixture(scope="module")
def town(town_of):
    return town_of(TOWN)


@pytest.fixture
def authority(town, place_of):
    policy, problems = read_access("access.yaml", ACCESS)
    assert problems == ()
    return Authority(resolve(policy, town.locate, place_of), frozenset({town.entries["sync"].ref.id}))


def names(town, filter_, kind):
    return {name for name, one in town.entries.items() if one.ref.kind == kind and matches(filter_, one)}


@pytest.mark.parametrize(
    ("kind", "protected"),
    [
        ("user", {"marked", "service", "sync", "top", "locked"}),
        ("group", {"Top", "Inner"}),
        ("ou", {"Vault", "Deep"}),
        ("computer", set()),
        ("mail_domain", set()),
    ],
)
def test_what_is_protected_is_found_by_one_search(town, authority, kind, protected):
    found = {name for name, one in town.entries.items() if one.ref.kind == kind and authority.is_protected(one)}
    assert found == names(town, authority.protected_filter(kind), kind) == protected


def test_who_is_protected_is_refused_for_reading_too_with_the_same_words(town, authority, now):
    for name in ("marked", "service", "sync", "top", "locked"):
        decision = authority.decide(town.actor("alice"), "user.read", town.entries[name], form=None, now=now)
        assert (decision.allowed, decision.code, decision.binding) == (False, "protected", None)
        assert decision.reason.startswith("This is protected")
    for name in ("spared", "charlie", "alice"):
        decision = authority.decide(town.actor("alice"), "user.read", town.entries[name], form=None, now=now)
        assert (decision.allowed, decision.binding) == (True, "b/group:Desk/all")
        assert decision.reason == 'user.read is given by the binding "b/group:Desk/all".'


def test_without_own_accounts_only_the_marks_of_the_directory_protect(town, now):
    empty, problems = read_access("access.yaml", b"format: access/1\n")
    authority = Authority(resolve(empty, town.locate, lambda _: ()))
    assert problems == ()
    assert names(town, authority.protected_filter("user"), "user") == {"marked", "service"}
    assert not authority.is_protected(town.entries["sync"])
    assert authority.protected_filter("group") == Nothing()
    assert Compare("privileged", "==", True) in authority.protected_filter("user").parts


def test_a_name_that_is_lost_is_given_as_the_reason(town, place_of, now):
    policy, _ = read_access("access.yaml", ACCESS.replace(b"in_group: Top", b"in_group: Gone"))
    authority = Authority(resolve(policy, town.locate, place_of))
    decision = authority.decide(town.actor("alice"), "user.read", town.entries["bob"], form=None, now=now)
    assert (decision.allowed, decision.code, decision.binding) == (False, "protected", None)
    assert decision.reason == 'Every user is protected until the group "Gone" of the set "tier0" is found.'
    assert names(town, authority.protected_filter("user"), "user") == names(town, Everything(), "user") - {"spared"}
    assert not authority.is_protected(town.entries["Top"])


def test_a_protected_list_of_names_one_of_which_is_lost_protects_its_whole_kind(town, place_of, now):
    listed = b"{ users: { id: [top, gone, gone.too] } }, { groups: { id: [Top] } }"
    text = ACCESS.replace(b"{ users: { in_group: Top } }", listed)
    policy, problems = read_access("access.yaml", text)
    resolved = resolve(policy, town.locate, place_of)
    authority, bob = Authority(resolved), town.entries["bob"]
    assert problems == ()
    assert resolved.sets["tier0"].resources[0].ids == {town.entries["top"].ref.id}
    assert resolved.sets["tier0"].resources[0].lost == 'the user "gone", the user "gone.too"'
    decision = authority.decide(town.actor("alice"), "user.read", bob, form=None, now=now)
    assert (decision.allowed, decision.code) == (False, "protected")
    assert "gone.too" in decision.reason
    assert matches(authority.protected_filter("user"), bob)
    assert names(town, authority.protected_filter("group"), "group") == {"Top"}


@pytest.mark.parametrize(
    ("permission", "kind", "form", "held"),
    [
        ("user.unlock", "user", None, True),
        ("user.unlock", "user", "hire", True),
        ("user.unlock", "group", None, False),
        ("user.unlock", "", None, True),
        ("user.create", "ou", None, False),
        ("user.create", "ou", "hire", True),
        ("user.create", "ou", "other", False),
        ("user.create", "", None, False),
        ("user.create", "", "hire", True),
        ("audit.read", "", None, False),
        ("audit.read", "", "report", True),
        ("user.delete", "user", None, False),
        ("user.delete", "", None, False),
        ("group.manage", "", None, False),
    ],
)
def test_what_is_held_on_some_thing(town, authority, now, permission, kind, form, held):
    assert authority.holds(town.actor("alice"), permission, kind, form=form, now=now) == held
    assert not authority.holds(town.actor("bob"), permission, kind, form=form, now=now)


def test_what_ended_yesterday_was_held_until_then(town, authority, now):
    alice = town.actor("alice")
    yesterday = now - timedelta(days=1)
    assert authority.holds(alice, "user.delete", "user", form=None, now=yesterday)
    assert authority.holds(alice, "user.delete", "", form=None, now=yesterday)
    assert "user.delete" in authority.permissions_of(alice, yesterday)
    assert authority.permissions_of(alice, now) == {
        "user.read", "user.unlock", "group.read", "computer.read", "user.create", "user.enable", "audit.read",
    }  # fmt: skip
    assert [row.id for row in authority.bindings_of(alice, now)] == [
        "b/group:Desk/all", "u/group:Desk/all", "p/everyone/peers", "p/everyone/reports", "a/user:alice",
    ]  # fmt: skip
    assert [row.id for row in authority.bindings_of(alice, yesterday)][-1] == "o/user:alice/all"
    assert authority.permissions_of(Actor("x", "x", "x", None, client="feed"), now) == {"audit.read"}
    assert authority.permissions_of(Actor("x", "x", "x", None, client="other"), now) == set()
    assert authority.permissions_of(Actor("x", "x", "x", None), now) == {"user.enable"}


def test_a_search_for_several_permissions_finds_where_all_are_held(town, authority, now):
    def found(*permissions, form=None, who="alice"):
        return names(town, authority.scope(town.actor(who), permissions, "user", form=form, now=now), "user")

    assert found("user.read") == {"alice", "bob", "charlie", "spared"}
    assert found("user.unlock") == {"bob", "charlie", "spared"}
    assert found("user.read", "user.unlock") == {"bob", "charlie", "spared"}
    assert found("user.enable") == {"bob"}
    assert found("user.unlock", "user.enable") == {"bob"}
    assert found("user.unlock", "user.delete") == found("user.delete") == found() == set()
    assert found("user.enable", who="bob") == {"alice"}


def test_a_group_that_gives_rights_is_told_by_itself_or_by_a_group_around_it(town, authority):
    assert {name for name, one in town.entries.items() if authority.gives_rights(one)} == {"Desk", "Inside"}


def test_sets_are_seen_by_whoever_asks(town, authority):
    def within(set_id, who, **options):
        actor = town.actor(who)
        found = names(town, authority.set_filter(set_id, "user", actor, **options), "user")
        people = (name for name, one in town.entries.items() if one.ref.kind == "user")
        assert found == {name for name in people if authority.in_set(set_id, town.entries[name], actor, **options)}
        return found

    everybody = names(town, Everything(), "user")
    assert within("peers", "alice") == within("peers", "bob") == {"alice", "bob"}
    assert within("peers", "charlie") == {"charlie"}
    assert within("peers", "sync") == set()
    assert within("peers", "sync", excluding=True) == everybody
    assert within("reports", "alice") == {"bob"}
    assert within("others", "alice") == everybody - {"alice"} == within("others", "alice", excluding=True)
    assert within("others", "bob") == set(), "who would be left out is not known"
    assert within("others", "bob", excluding=True) == everybody
    assert within("unknown", "alice") == set()
    assert within("unknown", "alice", excluding=True) == everybody


def test_what_is_kept_of_an_actor_follows_the_attributes_that_matter(town, authority, now):
    alice = town.actor("alice")

    def changed(**attributes):
        return replace(alice, person=replace(alice.person, attributes={**alice.person.attributes, **attributes}))

    view = authority.view(alice)
    assert authority.view(alice) is view
    assert authority.view(replace(alice, login="other")) is view
    assert authority.view(changed(title="Chef")) is view, "no set compares a title"
    for other in (changed(department="Finance"), changed(company="Two"), replace(alice, client="feed"),
                  replace(alice, person=replace(alice.person, groups=frozenset())), town.actor("bob"),
                  replace(alice, person=replace(alice.person, ref=Ref("user", "x"))), replace(alice, person=None)):  # fmt: skip
        assert authority.view(other) is not view
    assert authority.view(changed(department="Finance")).me == alice.person.ref.id
    assert authority.view(replace(alice, person=None)).me is None


def test_what_is_kept_is_bounded_and_answers_stay_right(town, authority, now, monkeypatch):
    monkeypatch.setattr(authority_module, "_MOST_VIEWS", 8)
    monkeypatch.setattr(authority_module, "_MOST_LATEST", 4)
    alice, bob = town.actor("alice"), town.entries["bob"]
    kept = [replace(alice, person=replace(alice.person, ref=Ref("user", f"id-{number}"))) for number in range(20)]
    for actor in kept:
        assert authority.decide(actor, "user.unlock", bob, form=None, now=now).allowed
        assert len(authority._views) <= 8
        assert len(authority._latest) <= 4
    assert {len(authority._views), len(authority._latest)} == {4}, "emptied when full: 20 leave 4 of 8, and 4 of 4"
    assert not authority.decide(town.actor("charlie"), "user.unlock", bob, form=None, now=now).allowed


def test_own_boxes_and_own_account_are_no_obstacle_to_their_owner(town_of, authority_of, now):
    town = town_of({
        "alice": {}, "bob": {},
        "box": {"is": "mailbox", "kind": "personal", "owner": "alice"},
        "bobs": {"is": "mailbox", "kind": "personal", "owner": "bob"},
        "nobodys": {"is": "mailbox", "kind": "personal"},
    })  # fmt: skip
    authority = authority_of("""
format: access/1
roles:
  - { id: boxes, permissions: [mailbox.manage, user.unlock] }
  - { id: more, permissions: [audit.read] }
  - { id: peer, permissions: [user.delete] }
resource_sets:
  - { id: peers, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: all, resources: [{ mailboxes: all }, { users: all }, { users: { id: $(actor.id) } }] }
bindings:
  - { id: b, principals: [everyone], role: boxes, on: [all] }
  - { id: m, principals: [{ user: alice }], role: more }
  - { id: p, principals: [{ user: alice }], role: peer, on: [peers] }
""", town)  # fmt: skip

    def may(who, permission):
        actor, kind = town.actor(who), permission.split(".")[0]
        entries = {name: one for name, one in town.entries.items() if one.ref.kind == kind}
        found = {
            n for n, one in entries.items() if authority.decide(actor, permission, one, form=None, now=now).allowed
        }
        assert found == names(town, authority.scope(actor, [permission], kind, form=None, now=now), kind)
        return found

    assert authority.barrier(town.actor("alice"), form=None, now=now).stops(town.entries["alice"])
    assert may("alice", "mailbox.manage") == {"box", "bobs", "nobodys"}
    assert may("bob", "mailbox.manage") == {"bobs", "nobodys"}
    assert may("alice", "user.unlock") == {"alice", "bob"}
    assert may("bob", "user.unlock") == {"bob"}
    assert may("nobody", "user.unlock") == {"bob"}
    assert may("nobody", "mailbox.manage") == {"bobs", "nobodys"}
    refused = authority.decide(town.actor("bob"), "user.unlock", town.entries["alice"], form=None, now=now)
    assert (refused.code, refused.binding) == ("protected", None)
    assert refused == refuse("holder", "user.unlock", "user")
    assert refused.reason.startswith("This account holds rights in Deskhand")
    assert authority.barrier(town.actor("bob"), form=None, now=now).people == {town.entries["alice"].ref.id}


def test_the_day_of_a_decision_is_the_one_of_the_moment_that_is_given(town, authority):
    alice, bob = town.actor("alice"), town.entries["bob"]
    late = datetime.fromisoformat("2026-06-14T23:59:59+02:00")
    assert authority.decide(alice, "user.delete", bob, form=None, now=late).allowed
    after = authority.decide(alice, "user.delete", bob, form=None, now=late + timedelta(seconds=1))
    assert (after.code, after.reason) == ("window", "A binding gives user.delete on this user, but not today.")
    assert authority.set_filter("unknown", "user", alice) == Nothing()
    assert Ids(frozenset({town.entries["sync"].ref.id})) in authority.protected_filter("user").parts
