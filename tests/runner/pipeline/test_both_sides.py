"""What ties two objects together is decided on both of them: who leaves a group, who reads a mailbox, whose domain it is."""

import pytest

from connectors.spi import Everything, Question, Ref
from runner.pipeline.pages import FillPage, PlanPage

AGENT = "agent.rotterdam"
OUT_OF_REACH = ("r.admin", "u.bakker", AGENT)


def is_refused(page):
    said = page.errors[0][2] if isinstance(page, FillPage) else ""
    return "is not yours to do here" in said or "would change your own account" in said


def sales(desk):
    boxes = desk.mailbox.inner.read(Question("mailbox", Everything())).entries
    return next(box.ref.id for box in boxes if box.attributes["address"] == "sales@sample.test")


@pytest.mark.parametrize("form", ["group-out", "group-change"])
@pytest.mark.parametrize("who", OUT_OF_REACH)
def test_nobody_out_of_reach_is_taken_out_of_a_group(desk, form, who):
    desk.do("directory.group.add_members", group=Ref("group", "g-APP-Visio"), members=(Ref("user", f"u-{who}"),))
    assert is_refused(desk.fill(AGENT, form, "g-APP-Visio", {"who": who}))
    assert desk.performed == []
    assert len(desk.journal("deny")) == 1


@pytest.mark.parametrize("form", ["group-out", "group-change"])
def test_a_person_in_reach_is_taken_out_of_a_group(desk, form):
    plan = desk.planned(AGENT, form, "g-APP-Visio", {"who": "z.lindqvist"})
    assert desk.done(AGENT, plan).state == "done"
    assert "g-APP-Visio" not in {ref.id for ref in desk.value("u-z.lindqvist", "groups")}


@pytest.mark.parametrize("form", ["mailbox-rights", "mailbox-rights-back"])
@pytest.mark.parametrize("who", OUT_OF_REACH)
def test_nobody_out_of_reach_gets_or_loses_rights_on_a_mailbox_and_neither_does_oneself(desk, form, who):
    assert is_refused(desk.fill(AGENT, form, sales(desk), {"who": who}))
    assert desk.performed == []


def test_a_person_in_reach_gets_rights_on_a_mailbox(desk):
    plan = desk.planned(AGENT, "mailbox-rights", sales(desk), {"who": "z.lindqvist"})
    assert desk.done(AGENT, plan).state == "done"
    assert desk.performed == ["mailbox.grant"]


@pytest.mark.parametrize("form", ["mailbox-address", "mailbox-primary"])
def test_a_mailbox_gets_no_address_in_a_domain_that_is_not_the_actors(desk, form):
    assert is_refused(desk.fill(AGENT, form, sales(desk), {"address": "ceo@board.example"}))
    assert desk.performed == []
    assert isinstance(desk.fill(AGENT, "mailbox-address", sales(desk), {"address": "more@sample.test"}), PlanPage)
