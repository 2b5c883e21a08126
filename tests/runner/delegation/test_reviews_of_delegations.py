from dataclasses import replace
from datetime import date, timedelta

import pytest

from runner.delegation.reviews.pages import Draft
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.desk import Desk
from runner.store.records import Account
from tests.runner.delegation.review_desks import DUE, Reviews, policy_text
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.small_company import NOW


@pytest.fixture
def reviews(desk: TestDesk) -> Reviews:
    return Reviews(desk)


def test_a_review_takes_every_binding_down_as_it_stands(reviews: Reviews):
    begun = reviews.begun()
    page = reviews.reviewing.campaign(reviews.actor("p.dewit"), begun)
    assert (page.line.title, page.line.scope, page.line.state, page.line.left) == (
        "Spring",
        "all bindings",
        "open",
        reviews.bindings,
    )
    branch = next(item.binding for item in page.items if item.binding.binding == "desk-rotterdam")
    assert [(one.kind, one.name, one.people) for one in branch.principals] == [("group", "SD-Rotterdam", 2)]
    counts = {one.id: {count.kind: count.count for count in one.counts} for one in branch.sets}
    assert (counts["rotterdam"]["user"], counts["rotterdam"]["computer"]) == (9, 0)
    assert counts["assignable-groups"]["group"] == 3
    assert (branch.uses, branch.last_used_at, branch.forms) == (0, None, None)
    assert "user.password.reset" in branch.permissions
    everyone = next(item.binding for item in page.items if item.binding.binding == "own-contact-details")
    assert [(one.kind, one.people) for one in everyone.principals] == [("everyone", 5)]
    assert everyone.sets[0].counts[0].count is None
    assert everyone.forms == ("update-contact-details",)


def test_what_was_begun_and_decided_is_in_the_journal_with_before_and_after(reviews: Reviews):
    begun = reviews.begun("p.dewit", "alice", roles=("branch-desk",))
    (record,) = reviews.records("begin review")
    assert record["review"] == {"id": begun, "title": "Spring"}
    assert record["actor"]["login"] == "u.chef"  # type: ignore[index]
    after = record["after"]
    assert after == {
        "title": "Spring",
        "scope": "roles branch-desk",
        "due_on": DUE.isoformat(),
        "reviewers": [{"id": "acc-p.dewit", "login": "p.dewit"}, {"id": "acc-alice", "login": "alice"}],
        "items": 2,
        "items_digest": reviews.desk.store.reviews.campaign(begun).items_digest,
    }
    reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "keep", "They still work there")
    reviews.reviewing.decide(reviews.actor("p.dewit"), begun, 1, "revoke", "The branch is closed")
    (kept,), (revoked,) = reviews.records("review: keep"), reviews.records("review: revoke")
    assert kept["before"] == {"verdict": None, "reason": None, "by": None}
    assert revoked["before"] == kept["after"] == {"verdict": "keep", "reason": "They still work there", "by": "alice"}
    assert revoked["after"] == {"verdict": "revoke", "reason": "The branch is closed", "by": "p.dewit"}
    assert revoked["binding"]["id"] == "desk-rotterdam"  # type: ignore[index]
    assert {body["kind"] for body in (record, kept, revoked)} == {"config"}


def test_a_reviewer_needs_no_permission_and_sees_only_what_they_review(reviews: Reviews):
    mine, other = reviews.begun("alice"), reviews.begun("p.dewit")
    alice = reviews.actor("alice")
    assert [line.id for line in reviews.reviewing.campaigns(alice).lines] == [mine]
    assert not reviews.reviewing.campaigns(alice).may_begin
    assert reviews.reviewing.campaign(alice, mine).may_decide
    for hidden in (other, "f" * 32, "", "../x", "\x00", "é"):
        for ask in (
            lambda id_: reviews.reviewing.campaign(alice, id_),
            lambda id_: reviews.reviewing.decide(alice, id_, 1, "keep", "so"),
            lambda id_: reviews.reviewing.close(alice, id_),
            lambda id_: reviews.reviewing.restore(alice, id_, 1, "so"),
        ):
            with pytest.raises(NotFoundError, match="nothing here, or it is not yours"):
                ask(hidden)
    assert len(reviews.desk.journal("deny")) == 24
    assert reviews.desk.store.reviews.item(other, 1).verdict == ""


def test_who_has_no_part_in_any_review_finds_nothing_there(reviews: Reviews):
    reviews.begun("alice")
    stranger = reviews.actor("agent.rotterdam")
    assert not reviews.reviewing.has_part(stranger)
    for ask in (reviews.reviewing.campaigns, reviews.reviewing.findings):
        with pytest.raises(NotFoundError):
            ask(stranger)
    with pytest.raises(NotFoundError):
        reviews.reviewing.begin(stranger, reviews.draft())
    assert len(reviews.desk.journal("deny")) == 3
    assert len(reviews.desk.store.reviews.campaigns()) == 1


def test_an_auditor_reads_every_review_and_changes_none(reviews: Reviews):
    begun = reviews.begun("alice")
    auditor = reviews.actor("auditor")
    page = reviews.reviewing.campaign(auditor, begun)
    assert (page.may_decide, page.may_close, page.may_restore) == (False, False, False)
    assert not any(item.may_decide for item in page.items)
    for ask in (
        lambda: reviews.reviewing.begin(auditor, reviews.draft()),
        lambda: reviews.reviewing.decide(auditor, begun, 1, "revoke", "so"),
        lambda: reviews.reviewing.close(auditor, begun),
        lambda: reviews.reviewing.restore(auditor, begun, 1, "so"),
    ):
        with pytest.raises(RefusedError):
            ask()
    assert len(reviews.desk.journal("deny")) == 4
    assert reviews.desk.store.reviews.standing().revoked == frozenset()


def test_who_decides_who_may_do_what_closes_a_review_but_decides_nothing_in_it(reviews: Reviews):
    begun = reviews.begun("alice")
    chief = reviews.actor("u.chef")
    with pytest.raises(RefusedError, match="named in a review"):
        reviews.reviewing.decide(chief, begun, 1, "keep", "so")
    reviews.reviewing.close(chief, begun)
    page = reviews.reviewing.campaign(chief, begun)
    assert (page.line.state, page.line.closed_by, page.may_close) == ("closed", "u.chef", False)
    with pytest.raises(StaleError, match="closed"):
        reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "keep", "so")
    with pytest.raises(StaleError, match="closed"):
        reviews.reviewing.close(chief, begun)
    (record,) = reviews.records("close review")
    assert record["after"] == {"state": "closed", "kept": 0, "revoked": 0, "left": reviews.bindings}


def test_nobody_reviews_what_gives_rights_to_themselves(reviews: Reviews):
    begun = reviews.begun("agent.rotterdam", "u.chef")
    agent, chief = reviews.actor("agent.rotterdam"), reviews.actor("u.chef")
    own = reviews.position(begun, "desk-rotterdam")
    with pytest.raises(RefusedError, match="rights to yourself"):
        reviews.reviewing.decide(agent, begun, own, "keep", "we work hard")
    with pytest.raises(RefusedError, match="rights to yourself"):
        reviews.reviewing.decide(chief, begun, reviews.position(begun, "SUPER_ADMIN"), "keep", "so")
    reviews.reviewing.decide(agent, begun, reviews.position(begun, "desk-utrecht"), "keep", "so")
    reviews.reviewing.decide(agent, begun, reviews.position(begun, "own-contact-details"), "keep", "for everyone")
    views = {item.binding.binding: item for item in reviews.reviewing.campaign(agent, begun).items}
    assert not views["desk-rotterdam"].may_decide
    assert "rights to yourself" in views["desk-rotterdam"].why_not
    assert views["desk-utrecht"].may_decide


def test_who_joins_the_group_after_the_review_began_may_not_decide_either(reviews: Reviews):
    begun = reviews.begun("alice")
    position = reviews.position(begun, "desk-rotterdam")
    reviews.desk.do("directory.group.add_members", group=reviews.desk.entry("g-SD-Rotterdam", "group").ref,
                    members=(reviews.desk.entry("u-alice").ref,))  # fmt: skip
    with pytest.raises(RefusedError, match="rights to yourself"):
        reviews.reviewing.decide(reviews.actor("alice"), begun, position, "keep", "so")


def test_a_revoked_binding_may_not_be_kept_again_by_its_own_holder(reviews: Reviews):
    begun = reviews.begun("alice", "agent.rotterdam")
    position = reviews.position(begun, "desk-rotterdam")
    reviews.reviewing.decide(reviews.actor("alice"), begun, position, "revoke", "so")
    with pytest.raises(RefusedError, match="rights to yourself"):
        reviews.reviewing.decide(reviews.actor("agent.rotterdam"), begun, position, "keep", "so")
    assert len(reviews.desk.store.reviews.standing().revoked) == 1


def test_a_revocation_lasts_until_it_is_taken_back(reviews: Reviews):
    begun, later = reviews.begun("alice"), reviews.begun("p.dewit")
    position = reviews.position(begun, "desk-utrecht")
    alice, chief = reviews.actor("alice"), reviews.actor("u.chef")
    reviews.reviewing.decide(alice, begun, position, "revoke", "nobody works there")
    reviews.reviewing.decide(reviews.actor("p.dewit"), later, position, "keep", "they do")
    assert len(reviews.desk.store.reviews.standing().revoked) == 1
    state = {item.position: item.state for item in reviews.reviewing.campaign(chief, begun).items}
    assert state[position] == "revoked"
    reviews.reviewing.close(chief, begun)
    assert len(reviews.desk.store.reviews.standing().revoked) == 1
    with pytest.raises(RefusedError, match="Write a reason"):
        reviews.reviewing.restore(chief, begun, position, " ")
    reviews.reviewing.restore(chief, begun, position, "a mistake")
    assert reviews.desk.store.reviews.standing().revoked == frozenset()
    (record,) = reviews.records("restore binding")
    assert record["before"] == {"revoked": [{"review": begun, "by": "alice", "reason": "nobody works there"}]}
    with pytest.raises(StaleError, match="not revoked"):
        reviews.reviewing.restore(chief, begun, position, "again")


def test_a_reviewer_may_change_a_decision_until_the_review_is_closed(reviews: Reviews):
    begun = reviews.begun("alice")
    alice = reviews.actor("alice")
    reviews.reviewing.decide(alice, begun, 1, "revoke", "so")
    assert len(reviews.desk.store.reviews.standing().revoked) == 1
    reviews.reviewing.decide(alice, begun, 1, "keep", "on second thoughts")
    assert reviews.desk.store.reviews.standing().revoked == frozenset()
    item = reviews.desk.store.reviews.item(begun, 1)
    assert (item.verdict, item.reason, item.decided_by.login if item.decided_by else "") == (
        "keep", "on second thoughts", "alice",
    )  # fmt: skip


def test_a_binding_that_was_edited_is_a_new_one(reviews: Reviews):
    begun = reviews.begun("alice")
    position = reviews.position(begun, "desk-utrecht")
    edited = policy_text().replace(b"role: branch-desk\n    on: [utrecht,", b"role: branch-desk\n    on: [groningen,")
    reviews.with_policy(edited)
    view = reviews.reviewing.campaign(reviews.actor("alice"), begun).items[position - 1]
    assert (view.state, view.may_decide) == ("changed", False)
    with pytest.raises(RefusedError, match="no longer has the binding"):
        reviews.reviewing.decide(reviews.actor("alice"), begun, position, "revoke", "so")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "Write a title"),
        ({"title": "x" * 201}, "Write a title"),
        ({"title": "a\x00b"}, "no letter"),
        ({"reviewers": ()}, "between 1 and 20"),
        ({"reviewers": ("nobody",)}, 'no account "nobody"'),
        ({"reviewers": ("a\x00",)}, "no account"),
        ({"due_on": NOW.date() - timedelta(days=1)}, "between today and two years"),
        ({"due_on": date(9999, 12, 31)}, "between today and two years"),
        ({"bindings": ("nothing",)}, 'no binding "nothing"'),
        ({"roles": ("nothing",)}, 'no role "nothing"'),
        ({"roles": ("ORG_ADMIN",)}, "nothing to review"),
    ],
)
def test_a_review_that_does_not_fit_is_refused_in_a_sentence_and_nothing_is_begun(
    reviews: Reviews, change: dict[str, object], said: str
):
    draft = Draft(**{"title": "Spring", "reviewers": ("alice",), "due_on": DUE, **change})  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match=said):
        reviews.reviewing.begin(reviews.actor("u.chef"), draft)
    assert reviews.desk.store.reviews.campaigns() == []
    assert reviews.desk.kinds() == ["deny"]


@pytest.mark.parametrize(("verdict", "reason"), [("keep", ""), ("keep", "x" * 2_001), ("", "so"), ("delete", "so")])
def test_a_decision_is_keep_or_revoke_with_a_reason(reviews: Reviews, verdict: str, reason: str):
    begun = reviews.begun("alice")
    with pytest.raises(RefusedError):
        reviews.reviewing.decide(reviews.actor("alice"), begun, 1, verdict, reason)  # type: ignore[arg-type]
    for position in (0, -1, 1_000, 2**40):
        with pytest.raises(NotFoundError):
            reviews.reviewing.decide(reviews.actor("alice"), begun, position, "keep", "so")
    assert reviews.desk.store.reviews.item(begun, 1).verdict == ""


def test_a_reviewer_whose_account_in_the_directory_ended_decides_nothing(reviews: Reviews):
    begun = reviews.begun("alice")
    reviews.desk.do("directory.user.disable", user=reviews.desk.entry("u-alice").ref)
    with pytest.raises(RefusedError, match="disabled in the directory"):
        reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "revoke", "so")
    assert reviews.desk.store.reviews.standing().revoked == frozenset()


def test_a_revoked_binding_gives_nothing_from_the_next_decision_on(reviews: Reviews):
    begun = reviews.begun("alice")
    desk = Desk(reviews.services)
    agent, alice, chief = (reviews.actor(login) for login in ("agent.rotterdam", "alice", "u.chef"))
    assert [thing.id for thing in desk.find(agent, "novak").people] == ["u-t.novak"]
    position = reviews.position(begun, "desk-rotterdam")
    reviews.reviewing.decide(alice, begun, position, "revoke", "the branch is closed")
    assert desk.find(agent, "novak").people == ()
    rows = reviews.services.authority.current().bindings_of(agent, NOW)
    assert "desk-rotterdam" not in {row.binding for row in rows}
    reviews.reviewing.restore(chief, begun, position, "it opened again")
    assert [thing.id for thing in desk.find(agent, "novak").people] == ["u-t.novak"]


def test_a_revocation_stops_what_was_planned_before_it(reviews: Reviews):
    reviews.desk.installation = replace(
        reviews.desk.installation, services=reviews.services, desk=Desk(reviews.services)
    )
    begun = reviews.begun("alice")
    submission = reviews.desk.verified("agent.rotterdam", "unlock-account", "u-z.lindqvist")
    plan = reviews.desk.planned("agent.rotterdam", "unlock-account", "u-z.lindqvist", submission=submission)
    position = reviews.position(begun, "desk-rotterdam")
    reviews.reviewing.decide(reviews.actor("alice"), begun, position, "revoke", "the branch is closed")
    with pytest.raises((NotFoundError, RefusedError)):
        reviews.desk.confirm("agent.rotterdam", plan)
    assert reviews.desk.performed == []
    assert reviews.desk.journal("intent") == []


def test_a_revocation_by_another_process_stops_what_this_one_planned(reviews: Reviews):
    begun = reviews.begun("alice")
    other = reviews.reviewing
    here = reviews.with_policy(policy_text())
    reviews.desk.installation = replace(reviews.desk.installation, services=here, desk=Desk(here))
    submission = reviews.desk.verified("agent.rotterdam", "unlock-account", "u-z.lindqvist")
    plan = reviews.desk.planned("agent.rotterdam", "unlock-account", "u-z.lindqvist", submission=submission)
    other.decide(reviews.actor("alice"), begun, reviews.position(begun, "desk-rotterdam"), "revoke", "so")
    with pytest.raises((NotFoundError, RefusedError)):
        reviews.desk.confirm("agent.rotterdam", plan)
    assert reviews.desk.performed == []


def may_reset(reviews: Reviews, who: str, whom: str) -> bool:
    authority = reviews.services.authority.current()
    entry = reviews.desk.entry(f"u-{whom}")
    return authority.decide(reviews.actor(who), "user.password.reset", entry, form=None, now=NOW).allowed


def test_who_decides_in_an_open_review_is_protected_until_it_is_closed(reviews: Reviews):
    agent, person = "agent.rotterdam", "t.novak"
    reviews.desk.store.accounts.create(Account("acc-novak", person, person, f"u-{person}", disabled=False), NOW)
    assert may_reset(reviews, agent, person)
    begun = reviews.begun(person)
    assert not may_reset(reviews, agent, person)
    assert may_reset(reviews, "u.chef", person)
    reviews.reviewing.close(reviews.actor("u.chef"), begun)
    assert may_reset(reviews, agent, person)


def test_a_revoked_binding_goes_on_protecting_since_it_may_be_given_back(reviews: Reviews):
    text = (
        policy_text()
        .decode()
        .replace(
            "bindings:\n",
            "bindings:\n  - { id: stock, principals: [{ user: t.novak }], role: identity-lead, on: [all-staff] }\n",
            1,
        )
    )
    reviews.with_policy(text.encode())
    assert not may_reset(reviews, "agent.rotterdam", "t.novak")
    begun = reviews.begun("alice")
    position = reviews.position(begun, "stock")
    reviews.reviewing.decide(reviews.actor("alice"), begun, position, "revoke", "moved to another post")
    rows = reviews.services.authority.current().bindings_of(reviews.actor("t.novak"), NOW)
    assert "stock" not in {row.binding for row in rows}
    assert not may_reset(reviews, "agent.rotterdam", "t.novak")


def test_the_last_binding_by_which_somebody_decides_is_not_revoked(reviews: Reviews):
    begun = reviews.begun("alice")
    alice = reviews.actor("alice")
    last = reviews.position(begun, "SUPER_ADMIN")
    reviews.reviewing.decide(alice, begun, reviews.position(begun, "access-admins"), "revoke", "so")
    with pytest.raises(RefusedError, match=r"the last binding that gives access\.manage"):
        reviews.reviewing.decide(alice, begun, last, "revoke", "so")
    assert reviews.desk.store.reviews.item(begun, last).verdict == ""
    reviews.reviewing.decide(alice, begun, last, "keep", "so")


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200f\u202a", "\x07"])
def test_a_reason_turns_no_letters_round(reviews: Reviews, letter: str):
    begun = reviews.begun("alice")
    with pytest.raises(RefusedError, match="no letter"):
        reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "keep", f"so {letter} be it")


REVIEW = """\
roles:
  - { id: review, permissions: [audit.read], covers: [review] }
"""
BOUND_TO_REVIEW = """\
bindings:
  - { id: review, principals: [{ group: SD-Rotterdam }], role: review }
  - { id: readers, principals: [{ user: second.rotterdam }], role: review }
"""


def test_a_role_called_review_is_nothing_special(reviews: Reviews):
    text = policy_text().decode().replace("roles:\n", REVIEW, 1).replace("\nbindings:\n", f"\n{BOUND_TO_REVIEW}", 1)
    reviews.with_policy(text.encode())
    person = "t.novak"
    reviews.desk.store.accounts.create(Account("acc-novak", person, person, f"u-{person}", disabled=False), NOW)
    assert may_reset(reviews, "agent.rotterdam", "second.rotterdam")
    assert may_reset(reviews, "agent.rotterdam", person)
    reviews.begun(person)
    assert may_reset(reviews, "agent.rotterdam", "second.rotterdam")
    assert not may_reset(reviews, "agent.rotterdam", person)


def test_nobody_is_put_into_a_group_whose_binding_was_revoked(reviews: Reviews):
    begun = reviews.begun("alice")
    group = reviews.desk.entry("g-SD-Utrecht", "group")
    assert reviews.services.authority.current().gives_rights(group)
    position = reviews.position(begun, "desk-utrecht")
    reviews.reviewing.decide(reviews.actor("alice"), begun, position, "revoke", "the branch is closed")
    assert reviews.services.authority.current().gives_rights(group), "it may be given back, with all who are in it then"
