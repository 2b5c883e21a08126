"""An agent of one branch meets nobody of another, by whichever door: found, opened, picked, submitted, confirmed, read."""

from datetime import timedelta

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.pages import FillPage, Posted

AGENT, OTHER = "agent.rotterdam", "agent.utrecht"
OUT_OF_REACH = ("u-u.bakker", "u-r.admin", "u-svc", "u-nobody", "g-APP-Visio", "*", "%", "", "\0", "CN=U. Bakker")


def denied(desk):
    return [entry["operation"] for entry in desk.journal("deny")]


def test_a_search_finds_people_of_the_own_branch_only(desk):
    for text in ("bakker", "ursula", "u.bakker@sample.test", "r.admin", "svc", "sample"):
        people = {person.id for person in desk.desk.find(desk.actor(AGENT), text).people}
        assert not people & {"u-u.bakker", "u-r.admin", "u-svc", "u-alice"}
    assert [one.id for one in desk.desk.find(desk.actor(OTHER), "bakker").people] == ["u-u.bakker"]


def test_a_card_out_of_reach_is_not_found_whoever_it_is_and_that_is_recorded(desk):
    for person in OUT_OF_REACH:
        with pytest.raises(NotFoundError) as refused:
            desk.desk.person(desk.actor(AGENT), person)
        assert str(refused.value) == "There is nothing here, or it is not yours to see."
    assert denied(desk) == ["open person"] * len(OUT_OF_REACH)


@pytest.mark.parametrize("form", ["unlock-account", "office", "nothing", ""])
def test_no_form_opens_on_somebody_out_of_reach_by_any_door(desk, form):
    actor = desk.actor(AGENT)
    for person in OUT_OF_REACH:
        for door in doors(desk, actor, form, person):
            with pytest.raises(NotFoundError):
                door()
    assert denied(desk) == ["open"] * len(OUT_OF_REACH) * 6
    assert desk.performed == []
    assert desk.mails() == []


def doors(desk, actor, form, person):
    submission = desk.new()
    return [
        lambda: desk.desk.open(actor, form, person, "", "en"),
        lambda: desk.desk.evaluate(actor, form, person, Posted({}), "en"),
        lambda: desk.desk.pick(actor, form, person, "colleague", "a", Posted({}), "en"),
        lambda: desk.desk.check_start(actor, submission, form, person, "code_to_mail", "en"),
        lambda: desk.desk.check_answer(actor, submission, form, person, "in_person", {"ask-0": "on"}, "en"),
        lambda: desk.desk.submit(actor, submission, form, person, Posted({"office": "A"}), "en"),
    ]


def test_a_form_that_the_actor_has_no_binding_for_is_not_there(desk):
    for login in ("alice", "auditor", "t.novak"):
        with pytest.raises(NotFoundError):
            desk.desk.open(desk.actor(login), "unlock-account", "u-z.lindqvist", "", "en")
        with pytest.raises(NotFoundError):
            desk.desk.open(desk.actor(login), "unlock-account", None, "lind", "en")
        tiles = [tile.form for _, tiles in desk.desk.home(desk.actor(login), "en").categories for tile in tiles]
        assert "unlock-account" not in tiles
    assert len(denied(desk)) == 6


def test_an_agent_does_nothing_to_the_own_account(desk):
    for form in ("office", "three-steps", "typed-password"):
        with pytest.raises(NotFoundError):
            desk.fill(AGENT, form, f"u-{AGENT}", {"office": "A", "rule": "stop", "password": "x" * 30})
    assert desk.performed == []


def test_a_picker_offers_and_takes_nobody_out_of_scope(desk):
    pick = desk.desk.pick(desk.actor(AGENT), "office", "u-t.novak", "colleague", "u", Posted({}), "en")
    assert not {thing.id for thing in pick.things} & {"u-u.bakker", "u-u.chef", "u-r.admin"}
    for person in OUT_OF_REACH:
        if not person:
            continue
        page = desk.fill(AGENT, "office", "u-t.novak", {"office": "A", "colleague": person})
        assert isinstance(page, FillPage)
        assert page.errors[0][0] == "colleague"
        assert "Ursula" not in repr(page)
    assert desk.performed == []


def test_rows_take_nobody_out_of_scope(desk):
    answers = {"name": "Team", "owner": "u-p.dewit", "access": [{"user": "u-p.dewit"}, {"user": "u-u.bakker"}]}
    page = desk.fill(AGENT, "create-shared-mailbox", None, answers)
    assert page.errors == (("access", "Access, row 2", "Choose somebody from the list."),)
    assert desk.performed == []


@pytest.mark.parametrize("group", ["g-Tier0-Admins", "g-Domain Admins", "g-SD-Rotterdam", "g-Back-Door", "g-none"])
@pytest.mark.parametrize("side", ["add", "remove"])
def test_groups_that_are_not_for_giving_are_neither_given_nor_taken(desk, group, side):
    if side == "remove":
        desk.do("directory.user.join_groups", user=Ref("user", "u-t.novak"), groups=(Ref("group", "g-Back-Door"),))
    answers = {"groups": {"add": [], "remove": [], side: [group]}}
    page = desk.fill(AGENT, "manage-groups", "u-t.novak", answers, reason="x")
    assert isinstance(page, FillPage)
    assert page.errors
    assert desk.performed == []


def test_a_draft_is_its_owners_only(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    for login in ("second.rotterdam", OTHER, "auditor", "alice"):
        actor = desk.actor(login)
        for door in (
            lambda who=actor: desk.desk.step(who, plan.head.submission, "en"),
            lambda who=actor: desk.desk.edit(who, plan.head.submission, "en"),
            lambda who=actor: desk.desk.confirm(who, plan.head.submission, plan.digest, "", (), "en"),
        ):
            with pytest.raises(NotFoundError):
                door()
    assert denied(desk) == ["open submission"] * 12
    assert desk.performed == []


def test_what_was_done_is_read_by_its_agent_and_by_who_reads_the_journal(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.done(AGENT, plan)
    assert desk.desk.step(desk.actor(AGENT), plan.head.submission, "en").state == "done"
    assert desk.desk.step(desk.actor("auditor"), plan.head.submission, "en").operations[0].lines
    for login in ("second.rotterdam", OTHER, "alice"):
        with pytest.raises(NotFoundError):
            desk.desk.step(desk.actor(login), plan.head.submission, "en")
    assert denied(desk) == ["open submission"] * 3


def test_a_person_who_left_the_scope_is_not_named_any_more(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.done(AGENT, plan)
    actor = desk.actor(AGENT)
    assert desk.desk.history(actor, 1).lines[0].target == "Tomáš Novák"
    leave(desk, "u-t.novak")
    shown = [
        desk.desk.history(actor, 1),
        desk.desk.home(actor, "en"),
        desk.desk.step(actor, plan.head.submission, "en"),
    ]
    assert "Novák" not in repr(shown)
    assert "(not in your scope)" in repr(shown[0])


def test_another_agents_work_is_not_in_the_own_history(desk):
    desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", {"office": "A"}))
    assert desk.desk.history(desk.actor("second.rotterdam"), 1).lines == ()
    assert desk.desk.home(desk.actor(OTHER), "en").recent_people == ()


def test_a_manager_of_another_branch_is_not_named_on_a_card_or_in_a_form(desk):
    card = desk.desk.person(desk.actor(AGENT), "u-t.novak")
    assert "Ulrich" not in repr(card)
    submission = desk.verified(AGENT, "update-contact-details", "u-t.novak")
    page = desk.desk.check_answer(
        desk.actor(AGENT), submission, "update-contact-details", "u-t.novak", "in_person", {"ask-0": "on"}, "en"
    )
    assert isinstance(page, FillPage)
    assert "Ulrich" not in repr(page)


def test_whoever_becomes_protected_is_out_of_reach_at_once(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.user.join_groups", user=Ref("user", "u-t.novak"), groups=(Ref("group", "g-Tier0-Admins"),))
    with pytest.raises(NotFoundError):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert denied(desk) == ["open"]


def test_a_person_moved_out_of_scope_after_the_plan_is_not_touched(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    leave(desk, "u-t.novak")
    with pytest.raises(NotFoundError):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert desk.state(plan.head.submission) == "draft"
    assert desk.value("u-t.novak", "office") is None


def test_a_target_that_stopped_fitting_the_form_is_refused_at_confirm(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.user.disable", user=Ref("user", "u-t.novak"))
    with pytest.raises(RefusedError, match="disabled"):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert denied(desk) == ["open"]


def test_an_agent_whose_right_ended_after_the_plan_does_nothing(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=(Ref("group", "g-SD-Rotterdam"),))
    with pytest.raises(NotFoundError):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert denied(desk) == ["open"]


def test_a_right_that_ends_between_two_operations_stops_the_second(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})

    def revoke(operation):
        if operation.id == "first":
            groups = (Ref("group", "g-SD-Rotterdam"),)
            desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=groups)

    desk.directory.after = revoke
    page = desk.done(AGENT, plan)
    assert page.state == "partly_done"
    assert [operation.id for operation in desk.directory.changed] == ["first"]
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "failed", "skipped"]
    assert desk.journal("outcome")[1]["outcome"]["detail"] == "This is no longer allowed."


@pytest.mark.parametrize("change", ["disabled", "ended"])
def test_an_agent_whom_the_directory_has_ended_does_and_sees_nothing_more(desk, change):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    before, person = desk.actor(AGENT), Ref("user", f"u-{AGENT}")
    if change == "disabled":
        desk.do("directory.user.disable", user=person)
    else:
        desk.do("directory.user.set_expiry", user=person, on=desk.clock().date() - timedelta(days=1))
    actor = desk.actor(AGENT)
    for door in (
        lambda: desk.confirm(AGENT, plan),
        lambda: desk.desk.home(actor, "en"),
        lambda: desk.desk.find(actor, "novak"),
        lambda: desk.desk.person(actor, "u-t.novak"),
        lambda: desk.desk.step(actor, plan.head.submission, "en"),
        lambda: desk.desk.history(actor, 1),
    ):
        with pytest.raises(RefusedError, match="disabled in the directory, or has ended"):
            door()
    assert denied(desk) == ["confirm", "home", "find", "person", "step", "history"]
    assert desk.desk.confirm(before, plan.head.submission, plan.digest, "", (), "en").state == "failed"
    assert desk.performed == []


def test_an_agent_works_on_the_last_day(desk):
    desk.do("directory.user.set_expiry", user=Ref("user", f"u-{AGENT}"), on=desk.clock().date())
    assert desk.done(AGENT, desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})).state == "done"


def test_an_agent_who_is_disabled_between_two_operations_is_stopped(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "continue", "office": "A"})

    def disable(operation):
        if operation.id == "first_go":
            desk.do("directory.user.disable", user=Ref("user", f"u-{AGENT}"))

    desk.directory.after = disable
    assert desk.done(AGENT, plan).state == "partly_done"
    assert [operation.id for operation in desk.directory.changed] == ["first_go"]
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "failed", "failed"]


def test_a_target_that_leaves_between_two_operations_is_not_touched_again(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "continue", "office": "A"})
    desk.directory.after = lambda operation: leave(desk, "u-t.novak") if operation.id == "first_go" else None
    assert desk.done(AGENT, plan).state == "partly_done"
    assert [operation.id for operation in desk.directory.changed] == ["first_go"]
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "failed", "failed"]


def test_an_actor_who_left_the_directory_does_nothing_more(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    actor = desk.actor(AGENT)
    desk.do("directory.user.delete", user=Ref("user", f"u-{AGENT}"))
    page = desk.desk.confirm(actor, plan.head.submission, plan.digest, "", (), "en")
    assert page.state == "failed"
    assert desk.performed == []


def leave(desk, person):
    groups = (Ref("group", "g-GG-Location-Rotterdam"),)
    desk.do("directory.user.leave_groups", user=Ref("user", person), groups=groups)
