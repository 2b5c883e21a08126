from datetime import datetime, timedelta

import pytest

from runner.access.revoking import binding_digests
from runner.delegation.reviews.findings import Evidence, findings, leaves_traces, of_policy
from runner.delegation.reviews.using import binding_uses, note_uses
from runner.journal.records import Record
from runner.store.binding_uses import BindingUse
from tests.runner.delegation.review_desks import DUE, Reviews, policy_of
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.small_company import NOW

FILE = b"""
format: access/1
roles:
  - { id: desk, permissions: [user.read, user.unlock] }
  - { id: reader, permissions: [user.read, audit.read] }
resource_sets:
  - { id: all, resources: [{ users: all }] }
protected: []
bindings:
  - { id: desk, principals: [everyone], role: desk, on: [all] }
  - { id: temps, principals: [everyone], role: desk, on: [all], from: 2030-01-10, until: 2030-03-10 }
  - { id: past, principals: [everyone], role: desk, on: [all], until: 2030-03-03 }
  - { id: auditors, principals: [everyone], role: reader, on: [all] }
"""
POLICY = policy_of(FILE)
DIGESTS = dict(zip((one.id for one in POLICY.bindings), binding_digests(POLICY), strict=True))
LONG_AGO = NOW - timedelta(days=400)


def evidence(**known: object) -> Evidence:
    nothing = {"uses": {}, "first_seen": {}, "reviewed": {}, "left_open": {}, "revoked": frozenset()}
    return Evidence(now=NOW, **{**nothing, **known})  # type: ignore[arg-type]


def found(**known: object) -> dict[str, set[tuple[str, str]]]:
    said: dict[str, set[tuple[str, str]]] = {}
    for one in of_policy(POLICY, evidence(**known)):
        said.setdefault(one.binding, set()).add((one.level, one.code))
    return said


def seen(at: datetime) -> dict[str, datetime]:
    return dict.fromkeys(DIGESTS.values(), at)


def used(row: str, at: datetime) -> dict[str, BindingUse]:
    return {row: BindingUse(row, 3, at, 7, "id-alice", "alice")}


def test_what_is_new_is_a_notice_until_its_first_review_is_due():
    assert found() == {
        "desk": {("notice", "never_reviewed")},
        "temps": {("notice", "window_ends"), ("notice", "never_reviewed")},
        "past": {("warning", "window_over")},
        "auditors": {("notice", "never_reviewed")},
    }
    assert found(first_seen=seen(LONG_AGO))["auditors"] == {("warning", "never_reviewed")}


def test_a_window_counts_its_last_day():
    text = FILE.replace(b"until: 2030-03-03", b"until: 2030-03-04")
    assert "window_over" not in {one.code for one in of_policy(policy_of(text), evidence())}


def test_a_review_counts_for_a_year():
    recent, old = NOW - timedelta(days=364), NOW - timedelta(days=366)
    assert "auditors" not in found(reviewed={DIGESTS["auditors"]: recent})
    assert found(reviewed={DIGESTS["auditors"]: old})["auditors"] == {("warning", "review_due")}


def test_what_a_closed_review_left_undecided_is_told_until_it_is_decided():
    left = {DIGESTS["auditors"]: ("Spring", NOW - timedelta(days=9))}
    assert found(left_open=left)["auditors"] == {("warning", "left_open")}
    before = {DIGESTS["auditors"]: NOW - timedelta(days=10)}
    assert found(left_open=left, reviewed=before)["auditors"] == {("warning", "left_open")}
    assert "auditors" not in found(left_open=left, reviewed={DIGESTS["auditors"]: NOW})


def test_a_binding_nobody_used_for_90_days_is_told():
    reviewed = {"reviewed": dict.fromkeys(DIGESTS.values(), NOW)}
    old = {**reviewed, "first_seen": seen(NOW - timedelta(days=91))}
    assert found(**old)["desk"] == {("warning", "not_used")}
    assert found(**old)["temps"] == {("notice", "window_ends")}  # it began less than 90 days ago
    assert "auditors" not in found(**old)  # reading leaves nothing to count
    assert "desk" not in found(**reviewed)  # seen for the first time now
    lately = used("desk/everyone/all", NOW - timedelta(days=89))
    assert "desk" not in found(**old, uses=lately)
    earlier = used("desk/everyone/all", NOW - timedelta(days=95))
    assert found(**old, uses=earlier)["desk"] == {("warning", "not_used")}
    (sentence,) = [one.sentence for one in of_policy(POLICY, evidence(**old, uses=earlier)) if one.binding == "desk"]
    assert sentence == (
        'The binding "desk" was last used on 2029-11-29. Remove it from access.yaml if nobody needs it.'
    )


def test_of_a_revoked_binding_only_that_is_said():
    assert found(revoked={DIGESTS["past"], DIGESTS["desk"]}) == {
        "desk": {("warning", "revoked_but_written")},
        "past": {("warning", "revoked_but_written")},
        "temps": {("notice", "window_ends"), ("notice", "never_reviewed")},
        "auditors": {("notice", "never_reviewed")},
    }


@pytest.mark.parametrize(
    ("permissions", "traces"),
    [({"user.read"}, False), ({"audit.read", "request.approve"}, False), ({"user.read", "user.unlock"}, True)],
)
def test_only_what_operations_need_leaves_traces(permissions: set[str], traces: bool):
    assert leaves_traces(permissions) is traces


def test_findings_of_a_desk_name_lost_names_overdue_reviews_and_revocations(desk: TestDesk):
    reviews = Reviews(desk)
    note_uses(reviews.services)
    begun = reviews.begun("alice", bindings=("desk-utrecht", "desk-rotterdam"))
    reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "keep", "so")
    desk.clock.now = NOW + (DUE - NOW.date()) + timedelta(days=1)
    said = findings(reviews.services)
    assert [one.level for one in said] == sorted((one.level for one in said), key=["error", "warning", "notice"].index)
    (overdue,) = [one for one in said if one.code == "campaign_overdue"]
    assert overdue.sentence == (
        f'The review "Spring" by alice was due on {DUE}; 1 binding undecided. Decide on them, or close it.'
    )
    assert any(one.code == "name_not_found" and "SD-FirstLine" in one.sentence for one in said)
    kept = "desk-rotterdam"
    assert kept not in {one.binding for one in said}
    reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "revoke", "so")
    reviews.reviewing.close(reviews.actor("u.chef"), begun)
    codes = {(one.binding, one.code) for one in reviews.reviewing.findings(reviews.actor("auditor"))}
    assert {(kept, "revoked_but_written"), ("desk-utrecht", "left_open")} <= codes
    assert "campaign_overdue" not in {code for _, code in codes}


def test_uses_of_a_desk_are_those_of_its_journal(desk: TestDesk):
    reviews = Reviews(desk)
    rows = ("desk-rotterdam/group:SD-Rotterdam/rotterdam", "desk-rotterdam/group:SD-Rotterdam/assignable-groups")
    for minute, row in enumerate(rows):
        objects = [{"permission": "user.unlock", "on": "user:x", "binding": row}]
        body = {"actor": {"id": f"acc-{minute}", "login": f"agent-{minute}"}, "objects": objects}
        desk.store.journal.append([Record("intent", NOW + timedelta(minutes=minute), body)])
    found = {one.binding: one for one in binding_uses(reviews.services)}
    assert (found["desk-rotterdam"].uses, found["desk-rotterdam"].last_used_by) == (2, "agent-1")
    assert found["desk-rotterdam"].last_used_at == NOW + timedelta(minutes=1)
    assert found["desk-utrecht"].last_used_at is None
    begun = reviews.begun("alice")
    (item,) = [
        one.binding for one in reviews.reviewing.campaign(reviews.actor("alice"), begun).items
        if one.binding.binding == "desk-rotterdam"
    ]  # fmt: skip
    assert (item.uses, item.last_used_by, item.last_used_at) == (2, "agent-1", NOW + timedelta(minutes=1))


def test_a_form_that_is_run_counts_as_use_and_one_that_is_only_opened_does_not(desk: TestDesk):
    desk.desk.find(desk.actor("agent.rotterdam"), "lindqvist")
    submission = desk.verified("agent.rotterdam", "unlock-account", "u-z.lindqvist")
    plan = desk.planned("agent.rotterdam", "unlock-account", "u-z.lindqvist", submission=submission)
    assert not any(one.uses for one in binding_uses(desk.services))
    desk.done("agent.rotterdam", plan)
    (used_now,) = [one for one in binding_uses(desk.services) if one.uses]
    assert (used_now.binding, used_now.last_used_by) == ("desk-rotterdam", "agent.rotterdam")
