"""A record of the journal in one line: who, in which form, on whom, what, and why or what came of it."""

from typing import Any

import pytest

from runner.journal.telling import Told, told

ACTOR = {"id": "1", "login": "agent.rotterdam"}
ZOE = {"kind": "user", "id": "42"}
JOIN = {"id": "add", "verb": "directory.user.join_groups"}
GROUP = {
    "kind": "add",
    "what": "Zoë Lindqvist",
    "attribute": "GG-Guest-WiFi",
    "before": "not a member",
    "after": "member",
}
INTENT = {
    "actor": ACTOR,
    "form": {"id": "manage-groups"},
    "operation": JOIN,
    "target": {**ZOE, "dn_at_time": "CN=Lindqvist\\, Zoë,OU=People,DC=sample,DC=test"},
    "changes": [GROUP],
}

RECORDS: dict[str, tuple[str, dict[str, Any], Told]] = {
    "an intent": (
        "intent",
        INTENT,
        Told(
            "agent.rotterdam",
            "manage-groups, Lindqvist, Zoë: allowed and begun: directory.user.join_groups "
            "(GG-Guest-WiFi not a member -> member)",
        ),
    ),
    "a failure, whose group stands in the intent": (
        "outcome",
        {
            "actor": ACTOR,
            "form": {"id": "manage-groups"},
            "operation": JOIN,
            "target": ZOE,
            "changes": [],
            "outcome": {"code": "failed", "detail": "The account may not do this."},
        },
        Told(
            "agent.rotterdam",
            "manage-groups, Lindqvist, Zoë: failed: directory.user.join_groups (GG-Guest-WiFi not a member -> member): "
            "The account may not do this.",
        ),
    ),
    "a refusal": (
        "deny",
        {"actor": ACTOR, "operation": "open", "form": None, "target": ZOE, "decision": {"reason": "Not yours."}},
        Told("agent.rotterdam", "user 42: refused: open: Not yours."),
    ),
    "a sign-in that was refused": (
        "login",
        {"actor": ACTOR, "outcome": {"code": "refused", "detail": "must_change"}},
        Told("agent.rotterdam", "Refused: must_change"),
    ),
    "a sign-in of a person without an account": (
        "login",
        {"actor": {"id": None, "login": None, "subject": "42"}, "outcome": {"code": "refused", "detail": "locked"}},
        Told("person 42", "Refused: locked"),
    ),
    "a sign-in by nobody who is known": (
        "login",
        {"actor": None, "outcome": {"code": "refused", "detail": "wrong"}},
        Told("", "Refused: wrong"),
    ),
    "somebody who only looks": (
        "deny",
        {"actor": {**ACTOR, "simulated_by": "access.admin"}, "operation": "submit", "decision": {"reason": "Looking."}},
        Told("access.admin as agent.rotterdam", "Refused: submit: Looking."),
    ),
    "an account": (
        "config",
        {"actor": {"id": "cli"}, "account": {"login": "bob"}, "outcome": {"code": "account_disabled"}},
        Told("cli", "Account disabled bob"),
    ),
    "marks that a terminal would obey": (
        "deny",
        {"actor": ACTOR, "operation": "open", "decision": {"reason": "one\ntwo\x1b[2J"}},
        Told("agent.rotterdam", "Refused: open: one two [2J"),
    ),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_is_told_in_one_line(case: str) -> None:
    kind, body, expected = RECORDS[case]
    assert told(kind, body, INTENT if kind == "outcome" else {}) == expected


def test_of_many_changes_the_first_few_are_told() -> None:
    changes = [{**GROUP, "attribute": f"G{number}", "before": "", "after": ""} for number in range(8)]
    said = told("intent", {**INTENT, "changes": changes}).sentence
    assert said.endswith("(G0; G1; G2; G3; G4; 3 more)")


def test_an_intent_about_another_object_gives_no_name() -> None:
    outcome = {"target": {"kind": "user", "id": "43"}, "outcome": {"code": "done"}}
    assert told("outcome", outcome, INTENT).sentence.startswith("user 43: done: ")
