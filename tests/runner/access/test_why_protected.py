"""Why something is protected is said with the set, the groups in between and the role that is held."""

from dataclasses import replace

import pytest

from runner.access.explanation.explaining import explanation
from runner.access.explanation.lacking import Asked
from runner.access.explanation.protection_reasons import way_into

ACCESS = """
format: access/1
roles:
  - { id: desk, permissions: [user.unlock, user.read, group.members.manage] }
  - { id: lead, permissions: [user.unlock, user.read, user.delete] }
resource_sets:
  - { id: staff, resources: [{ users: { under: "OU=Staff,DC=corp" } }, { groups: all }, { computers: all }] }
  - id: tier0
    resources:
      - users: { in_group: Domain Admins }
      - users: { under: "OU=Services,DC=corp" }
      - users: { id: [root] }
      - users: { match: { department: Vault } }
protected: [tier0]
bindings:
  - { id: first, principals: [{ group: Desk }], role: desk, on: [staff] }
  - { id: second, principals: [{ group: Leads }, { user: erin }], role: lead, on: [staff] }
"""
TOWN = {
    "Domain Admins": {"is": "group"},
    "Tier0-Admins": {"is": "group", "groups": ["Domain Admins"]},
    "Loop": {"is": "group", "groups": ["Loop", "Tier0-Admins"]},
    "Desk": {"is": "group"},
    "Leads": {"is": "group"},
    "Deputies": {"is": "group", "groups": ["Leads"]},
    "agent": {"groups": ["Desk"], "in": "OU=Staff,DC=corp"},
    "alice": {"in": "OU=Staff,DC=corp"},
    "carol": {"groups": ["Loop"], "in": "OU=Staff,DC=corp"},
    "svc": {"in": "OU=Services,DC=corp"},
    "root": {"in": "OU=Staff,DC=corp"},
    "vera": {"in": "OU=Staff,DC=corp", "department": "Vault"},
    "mark": {"in": "OU=Staff,DC=corp", "privileged": True},
    "dave": {"groups": ["Deputies"], "in": "OU=Staff,DC=corp"},
    "erin": {"in": "OU=Staff,DC=corp"},
}
SET = 'It is protected by the set "tier0": '
SENTENCES = [
    ("carol", "user.unlock", f"{SET}carol is in Domain Admins through Loop, Tier0-Admins."),
    ("svc", "user.read", f"{SET}svc stands under OU=Services,DC=corp."),
    ("root", "user.unlock", f"{SET}root is listed by name."),
    ("vera", "user.unlock", f'{SET}vera is one whose department is "Vault".'),
    ("Domain Admins", "group.members.manage", f"{SET}whoever is put into Domain Admins would be protected."),
    (
        "Tier0-Admins",
        "group.members.manage",
        f"{SET}whoever is put into it would be protected, as it is in Domain Admins.",
    ),
    ("mark", "user.unlock", "mark is marked as privileged in the directory."),
    ("dave", "user.unlock", "dave holds lead through Leads, Deputies, and the actor does not hold all of it."),
    ("erin", "user.unlock", "erin holds lead by name, and the actor does not hold all of it."),
]


@pytest.mark.parametrize(("what", "permission", "sentence"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_the_sentence_names_the_set_or_the_role_and_the_way_there(
    what, permission, sentence, town_of, authority_of, now
):
    town = town_of(TOWN)
    town = replace(town, entries={name: _named(name, entry) for name, entry in town.entries.items()})
    groups = {entry.ref.id: entry for entry in town.entries.values() if entry.ref.kind == "group"}
    asked = Asked(town.actor("agent"), permission, town.entries[what], None, now)
    found = explanation(authority_of(ACCESS, town), asked, groups)
    assert found.decision.code == "protected"
    assert found.sentence == f"{found.decision.reason} {sentence}"


def _named(name, entry):
    return replace(entry, attributes={**entry.attributes, "display_name": name})


def test_a_lost_name_is_said_to_protect_everybody(town_of, authority_of, now):
    town = town_of({name: row for name, row in TOWN.items() if name != "root"})
    asked = Asked(town.actor("agent"), "user.unlock", town.entries["alice"], None, now)
    found = explanation(authority_of(ACCESS, town), asked, {})
    assert found.decision.code == "protected"
    assert found.sentence.endswith('every account is, until the user "root" is found.')


def test_the_way_into_a_group_is_empty_where_it_was_not_read(town_of):
    town = town_of(TOWN)
    carol, admins = town.entries["carol"], town.entries["Domain Admins"].ref.id
    assert way_into(carol, admins, {}) == ()
    assert way_into(town.entries["alice"], admins, {}) == ()


def test_rows_stand_nearest_first_with_what_each_lacks(town_of, authority_of, now):
    town = town_of(TOWN)
    authority = authority_of(ACCESS, town)
    allowed = explanation(authority, Asked(town.actor("agent"), "user.unlock", town.entries["alice"], None, now))
    assert [(row.row.binding, row.is_own, row.lacks) for row in allowed.rows] == [
        ("first", True, ()),
        ("second", False, ("the actor is not in the group Leads",)),
        ("second", False, ("the actor is not user erin",)),
    ]
    refused = explanation(authority, Asked(town.actor("agent"), "user.delete", town.entries["svc"], None, now))
    assert all(len(row.lacks) == 2 for row in refused.rows)


def test_an_actor_without_a_person_and_a_client_are_told_what_counts(town_of, authority_of, now):
    town = town_of(TOWN)
    authority = authority_of(ACCESS, town)
    for name, said in (("kiosk", "Nobody in the directory stands behind kiosk"), ("client feed", "is an API client")):
        found = explanation(authority, Asked(town.actor(name), "user.unlock", town.entries["alice"], None, now))
        assert not found.decision.allowed
        assert said in found.notes[0]
