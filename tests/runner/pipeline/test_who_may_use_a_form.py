"""A form that asks for the right to use it is there for those who hold that right on it, and for nobody else."""

from dataclasses import replace

import pytest

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import NeedAt
from runner.access.reading import read_access
from runner.errors import NotFoundError
from runner.pipeline.desk import Desk
from runner.pipeline.pages import PlanPage, Posted
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline.desks import definitions

AGENT = "agent.rotterdam"
FORM = b"""\
format: form/1
id: let-in
title: Let somebody in
requires: [form.use]
target: { type: user, label: Who? }
operations:
  - { id: unlock, do: directory.user.unlock, title: Unlock, with: { user: $(target) } }
verify: { policy: none, because: They stand here. }
"""
BINDING = "bindings:\n  - { id: forms, principals: [{ group: SD-Rotterdam }], role: form-user%s }\n"
ROLE = "\nroles:\n  - { id: form-user, permissions: [form.use] }\n"
SETS = """
resource_sets:
  - { id: this-form, resources: [{ forms: { id: [let-in] } }] }
  - { id: another-form, resources: [{ forms: { id: [unlock-account] } }] }
"""
CATALOGUE, PROBLEMS = load_catalogue({**definitions(), "let-in.form.yaml": FORM}, {**DIRECTORY_VERBS, **MAILBOX_VERBS})


def under(desk, more: str | None) -> Desk:
    """Return the desk with the form, where the agents' binding about forms is written so; None leaves it out."""
    text = definitions()["access.yaml"].decode().replace("\nroles:\n", ROLE, 1).replace("\nresource_sets:\n", SETS, 1)
    text = text if more is None else text.replace("bindings:\n", BINDING % more, 1)
    policy, problems = read_access("access.yaml", text.encode())
    assert problems == ()
    keeper = PolicyKeeper(policy, text.encode(), desk.services.connectors)
    return Desk(replace(desk.services, authority=keeper, catalogue=CATALOGUE))


def opens(desk, there: Desk) -> bool:
    """Say whether the agent is offered the form, can open it and hand it in; all three are the same."""
    actor = desk.actor(AGENT)
    offered = any(tile.form == "let-in" for _, tiles in there.home(actor, "en").categories for tile in tiles)
    try:
        page = there.submit(actor, desk.new(), "let-in", "u-z.lindqvist", Posted({}), "en")
    except NotFoundError:
        assert not offered
        return False
    assert offered
    assert isinstance(page, PlanPage)
    return True


def test_the_form_needs_it_on_itself():
    assert not [one for one in PROBLEMS if one.level == "error"]
    assert NeedAt("form.use", "form", "form") in CATALOGUE.forms["let-in"].needs


@pytest.mark.parametrize(
    ("more", "is_open"),
    [
        (None, False),
        ("", True),
        (", on: [this-form]", True),
        (", on: [another-form]", False),
        (", on: [this-form, another-form]", True),
        (", forms: [let-in]", True),
        (", forms: [unlock-account]", False),
        (", on: [this-form], until: 2030-03-03", False),
    ],
)
def test_it_is_open_to_whom_a_binding_gives_it_on_this_form_or_on_all(desk, more, is_open):
    assert opens(desk, under(desk, more)) == is_open
    assert desk.performed == []


def test_who_loses_the_right_does_not_finish_with_a_plan_in_hand(desk):
    before, after = under(desk, ", on: [this-form]"), under(desk, ", on: [another-form]")
    submission = desk.new()
    plan = before.submit(desk.actor(AGENT), submission, "let-in", "u-z.lindqvist", Posted({}), "en")
    with pytest.raises(NotFoundError):
        after.confirm(desk.actor(AGENT), submission, plan.digest, "", (), "en")
    assert desk.performed == []


def test_a_form_that_needs_nothing_else_needs_the_right_to_use_it():
    lookups = b"format: lookups/1\nlookups: [{ id: units, title: Units, find: ou }]\n"
    text = b"""\
format: form/1
id: units-beside
title: Units
target: { type: ou, label: Where? }
fields:
  - { id: all, type: table, label: All, source: { lookup: units }, columns: [name] }
"""
    catalogue, problems = load_catalogue({"lookups.yaml": lookups, "units-beside.form.yaml": text}, DIRECTORY_VERBS)
    assert [str(one) for one in problems if one.level == "error"] == []
    assert catalogue.forms["units-beside"].needs == (NeedAt("form.use", "form", "form"),)
