"""Turning the question round finds everybody who is allowed, and narrows where it can."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import AllOf, Compare, Entry, Ids, Ref
from runner.access.authority import Authority
from runner.access.explanation.reversing import candidates, clients
from runner.access.filters import any_of
from runner.access.model import Actor
from runner.access.resolving import resolve
from tests.runner.access.test_random_decisions import NAMED, NOW, locate, place, policies, towns

DAY = NOW.date()
ACCESS = """
format: access/1
roles: [{ id: desk, permissions: [user.unlock, user.read] }]
resource_sets:
  - { id: mine, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: reports, resources: [{ users: { match: { manager: $(actor) } } }] }
  - { id: self, resources: [{ users: { match: { id: $(actor.id) } } }] }
bindings:
  - { id: key, principals: [{ group: KeyUsers }], role: desk, on: [mine] }
  - { id: chiefs, principals: [everyone], role: desk, on: [reports] }
  - { id: own, principals: [everyone], role: desk, on: [self] }
"""
TOWN = {
    "KeyUsers": {"is": "group"},
    "bob": {"department": "Sales", "manager": "carol"},
    "dave": {"department": "  "},
    "carol": {},
}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(policies(), towns(), st.data())
def test_nobody_who_is_allowed_is_missed(policy, town, data):
    authority = Authority(resolve(policy, locate, place))
    form = data.draw(st.sampled_from([None, "f", "other"]))
    people = [entry for entry in town if entry.ref.kind == "user"]
    for permission in NAMED:
        for entry in town:
            found = candidates(authority, permission, entry, form=form, day=DAY)
            for person in people:
                actor = Actor("account", "login", "Name", person)
                decision = authority.decide(actor, permission, entry, form=form, now=NOW)
                assert not decision.allowed or matches(found, person), (permission, entry.ref, person.ref)
            feed = Actor("feed", "feed", "feed", None, client="feed")
            allowed = authority.decide(feed, permission, entry, form=form, now=NOW).allowed
            assert not allowed or "feed" in clients(authority, permission, entry, form=form, day=DAY)


def test_what_a_selector_asks_of_the_actor_becomes_a_search(town_of, authority_of):
    town = town_of(TOWN)
    authority = authority_of(ACCESS, town)
    key = next(row.principal_id for row in authority.resolved.rows if row.binding == "key")
    bob, carol = town.entries["bob"].ref, town.entries["carol"].ref
    found = candidates(authority, "user.unlock", town.entries["bob"], form=None, day=DAY)
    member = next(part for part in found.parts if isinstance(part, AllOf))
    assert member.parts[0].group == key
    assert member.parts[1] == Compare("department", "==", "Sales")
    assert any_of(part for part in found.parts if part is not member) == Ids(frozenset({bob.id, carol.id}))


def test_an_object_without_a_value_is_nobodys(town_of, authority_of):
    town = town_of(TOWN)
    dave = town.entries["dave"]
    found = candidates(authority_of(ACCESS, town), "user.unlock", dave, form=None, day=DAY)
    assert found == Ids(frozenset({dave.ref.id}))
    stranger = Entry(Ref("group", "g"), "", (), {})
    assert not matches(candidates(authority_of(ACCESS, town), "user.unlock", stranger, form=None, day=DAY), dave)
