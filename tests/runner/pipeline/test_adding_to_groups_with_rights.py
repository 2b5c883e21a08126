"""A group that gives rights in Deskhand, itself or through another, takes nobody by a form, and lets nobody go for less."""

from dataclasses import replace

import pytest

from connectors.spi import Ref
from runner.access.reading import read_access
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.desk import Desk
from runner.pipeline.pages import FillPage, PlanPage, Posted
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline.desks import definitions

AGENT = "agent.rotterdam"
ADD = {"groups": {"add": ["g-APP-Atlas"], "remove": []}}
SUPER = "  - { role: SUPER_ADMIN, principals: [{ group: SD-Rotterdam }], targets: everything }\n"
BOUND = "  - { id: atlas, principals: [{ group: APP-Atlas }], role: auditor }\n"


def nest(desk, inner="g-APP-Atlas", outer="g-SD-Utrecht"):
    """Let one group be a member of another, behind the desk's back."""
    desk.do("directory.group.add_members", group=Ref("group", outer), members=(Ref("group", inner),))


def under(desk, access: str) -> Desk:
    policy, problems = read_access("access.yaml", access.encode())
    assert problems == ()
    keeper = PolicyKeeper(policy, access.encode(), desk.services.connectors)
    return Desk(replace(desk.services, authority=keeper))


def assert_refused(desk, page):
    assert isinstance(page, FillPage)
    ((_, _, message),) = page.errors
    assert "is not yours to do here. This group gives rights in Deskhand" in message
    assert desk.performed == []


def access(*, binding: str = "", role: str = "") -> str:
    text = definitions()["access.yaml"].decode()
    text = text.replace("bindings:\n", f"bindings:\n{binding}", 1)
    return text.replace("standard_roles:\n", f"standard_roles:\n{role}", 1)


def test_an_ordinary_group_is_given(desk):
    desk.done(AGENT, desk.planned(AGENT, "manage-groups", "u-t.novak", ADD, reason="x"))
    assert desk.performed == ["directory.user.join_groups"]


def test_a_group_inside_one_that_gives_rights_is_not_given(desk):
    nest(desk)
    assert_refused(desk, desk.fill(AGENT, "manage-groups", "u-t.novak", ADD, reason="x"))
    assert desk.journal("deny")[0]["operation"] == "plan"


def test_a_group_that_a_binding_names_is_not_given_by_whom_the_binding_reaches(desk):
    there = under(desk, access(binding=BOUND))
    page = there.submit(desk.actor(AGENT), desk.new(), "manage-groups", "u-t.novak", Posted(ADD, reason="x"), "en")
    assert_refused(desk, page)


def test_whoever_says_who_has_rights_gives_it(desk):
    there = under(desk, access(binding=BOUND, role=SUPER))
    page = there.submit(desk.actor(AGENT), desk.new(), "manage-groups", "u-t.novak", Posted(ADD, reason="x"), "en")
    assert isinstance(page, PlanPage)


def test_a_group_that_comes_to_give_rights_after_the_plan_was_shown_is_not_given(desk):
    plan = desk.planned(AGENT, "manage-groups", "u-t.novak", ADD, reason="x")
    nest(desk)
    with pytest.raises(RefusedError):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert "g-APP-Atlas" not in desk.entry("u-t.novak").groups


LEAVE = {"groups": {"add": [], "remove": ["g-APP-Atlas"]}}


def test_nobody_takes_rights_away_from_somebody_who_holds_more(desk):
    desk.do("directory.user.join_groups", user=Ref("user", "u-t.novak"), groups=(Ref("group", "g-APP-Atlas"),))
    nest(desk)
    with pytest.raises(NotFoundError):
        desk.fill(AGENT, "manage-groups", "u-t.novak", LEAVE, reason="x")
    assert desk.performed == []


def test_whoever_says_who_has_rights_takes_them_away_too(desk):
    desk.do("directory.user.join_groups", user=Ref("user", "u-t.novak"), groups=(Ref("group", "g-APP-Atlas"),))
    nest(desk)
    there = under(desk, access(role=SUPER))
    page = there.submit(desk.actor(AGENT), desk.new(), "manage-groups", "u-t.novak", Posted(LEAVE, reason="x"), "en")
    assert isinstance(page, PlanPage)


def test_members_are_not_added_from_the_side_of_the_group_either(desk):
    nest(desk)
    answers = {"members": {"add": ["u-t.novak"], "remove": []}}
    assert_refused(desk, desk.fill(AGENT, "manage-group-members", "g-APP-Atlas", answers, reason="x"))
