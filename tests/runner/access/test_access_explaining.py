"""The nearest miss is named in the words of the access file, and never tells what somebody's value is."""

import pytest

from runner.access.explanation.explaining import explain

ACCESS = """
format: access/1
roles:
  - { id: desk, permissions: [user.unlock, user.read] }
resource_sets:
  - { id: amsterdam, resources: [{ users: { in_group: GG-Location-Amsterdam } }] }
  - { id: staff, resources: [{ users: { under: "OU=Staff,DC=corp" } }], except: [{ users: { in_group: Interns } }] }
  - { id: mine, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: tier0, resources: [{ users: { in_group: Tier0 } }] }
  - { id: gone, resources: [{ users: { in_group: Gone-Group } }] }
protected: [tier0]
bindings:
  - { id: desk-amsterdam, principals: [{ group: SD-Amsterdam }], role: desk, on: [amsterdam] }
  - { id: desk-staff, principals: [{ group: SD-Staff }], role: desk, on: [staff] }
  - { id: desk-late, principals: [{ user: late }], role: desk, on: [staff], until: 2026-01-31 }
  - { id: desk-form, principals: [{ user: clerk }], role: desk, on: [staff], forms: [unlock-account] }
  - { id: key, principals: [{ user: key }, { user: lost }], role: desk, on: [mine] }
  - { id: old, principals: [{ user: old }], role: desk, on: [gone] }
"""
TOWN = {
    "GG-Location-Amsterdam": {"is": "group"},
    "Interns": {"is": "group"},
    "Tier0": {"is": "group"},
    "SD-Amsterdam": {"is": "group"},
    "SD-Staff": {"is": "group"},
    "agent": {"groups": ["SD-Amsterdam"], "in": "OU=Staff,DC=corp"},
    "other": {"groups": ["SD-Staff"], "in": "OU=Staff,DC=corp"},
    "late": {"in": "OU=Staff,DC=corp"},
    "clerk": {"in": "OU=Staff,DC=corp"},
    "key": {"in": "OU=Staff,DC=corp", "department": "Sales"},
    "lost": {"in": "OU=Staff,DC=corp"},
    "old": {"in": "OU=Staff,DC=corp"},
    "alice": {"in": "OU=Staff,DC=corp", "department": "Legal"},
    "bob": {"in": "OU=External,DC=corp", "groups": ["GG-Location-Amsterdam"]},
    "charlie": {"in": "OU=Staff,DC=corp", "groups": ["Interns"]},
    "dave": {"in": "OU=Staff,DC=corp", "groups": ["Tier0"]},
}
SENTENCES = [
    ("agent", "alice", "would be allowed by desk-amsterdam, but the account is not in GG-Location-Amsterdam"),
    ("agent", "bob", 'user.unlock is given by the binding "desk-amsterdam/group:SD-Amsterdam/amsterdam".'),
    ("other", "bob", "would be allowed by desk-staff, but the account is not under OU=Staff,DC=corp"),
    ("other", "charlie", "would be allowed by desk-staff, but staff leaves this account out"),
    ("other", "other", "would be allowed by desk-staff, but nobody may do this to the own account"),
    ("other", "dave", "This is protected: nobody reaches it through Deskhand, whatever a binding says."),
    ("late", "alice", "would be allowed by desk-late, but only until 2026-01-31"),
    ("clerk", "alice", "would be allowed by desk-form, but only in the form unlock-account"),
    (
        "clerk",
        "bob",
        (
            "would be allowed by desk-form, but the account is not under OU=Staff,DC=corp,"
            " and only in the form unlock-account"
        ),
    ),
    ("key", "alice", "would be allowed by key, but the account is not one whose department is the actor's department"),
    ("lost", "alice", "would be allowed by key, but the actor has no department"),
    ("old", "alice", 'would be allowed by old, but the group "Gone-Group" was not found'),
    ("alice", "bob", "would be allowed by desk-amsterdam, but the actor is not in the group SD-Amsterdam"),
    ("nobody", "alice", "would be allowed by desk-staff, but the actor is not in the group SD-Staff"),
]


@pytest.mark.parametrize(("who", "what", "sentence"), SENTENCES, ids=[f"{who} on {what}" for who, what, _ in SENTENCES])
def test_the_sentence_names_what_is_missing(who, what, sentence, town_of, authority_of, now):
    town = town_of(TOWN)
    authority = authority_of(ACCESS, town)
    actor, entry = town.actor(who), town.entries[what]
    decision, said = explain(authority, actor, "user.unlock", entry, form=None, now=now)
    assert said == sentence
    assert decision == authority.decide(actor, "user.unlock", entry, form=None, now=now)
    assert "Legal" not in said


def test_a_permission_that_nobody_holds_is_said_so(town_of, authority_of, now):
    town = town_of(TOWN)
    asked = (authority_of(ACCESS, town), town.actor("agent"), "user.delete", town.entries["alice"])
    assert explain(*asked, form=None, now=now)[1] == "No binding gives user.delete on any user."
