"""Who may say yes, as the directory and the policy are at that moment, and whose yes never counts."""

from dataclasses import replace

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.requests.desk import Requests
from tests.runner.pipeline.requests.asking_for_a_yes import (
    AGENT,
    MANAGER,
    PERSON,
    SECOND,
    ask,
    digest,
    note,
    say,
    user,
)


def may(desk, who, id_):
    """Say whether somebody may decide, or why not, without deciding: what is said is bound to another request."""
    try:
        Requests(desk.services).say(desk.actor(who), id_, "0" * 64, "yes")
    except NotFoundError:
        return False
    except StaleError:
        return True
    except RefusedError as refused:
        return str(refused)
    raise AssertionError


EVERYBODY = (AGENT, SECOND, PERSON, MANAGER, "p.dewit", "r.admin", "alice", "auditor", "agent.utrecht", "u.bakker")


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("manager", [MANAGER]),
        ("group", ["r.admin"]),
        ("two", [MANAGER, "alice", "agent.utrecht", "u.bakker"]),
        ("role", [SECOND]),
        ("person", ["auditor"]),
    ],
)
def test_only_those_the_form_means_may(desk, by, who):
    id_ = ask(desk, by=by)
    assert [one for one in EVERYBODY if may(desk, one, id_) is True] == who


def test_the_owner_of_a_group_may(desk):
    desk.do("directory.group.set_owner", group=Ref("group", "g-APP-Visio"), owner=user("alice"))
    id_ = ask(desk, by="owner", group="g-APP-Visio")
    assert [one for one in EVERYBODY if may(desk, one, id_) is True] == ["alice"]


def test_a_group_means_its_members_at_that_moment(desk):
    id_ = ask(desk, by="group")
    desk.do("directory.group.add_members", group=Ref("group", "g-Tier0-Admins"), members=(user("alice"),))
    assert may(desk, "alice", id_) is True
    desk.do("directory.group.remove_members", group=Ref("group", "g-Tier0-Admins"), members=(user("r.admin"),))
    assert may(desk, "r.admin", id_) is False


def test_the_manager_is_who_it_is_at_that_moment(desk):
    id_ = ask(desk)
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user("alice")})
    assert [one for one in EVERYBODY if may(desk, one, id_) is True] == ["alice"]


def test_who_asks_may_not_even_as_the_manager(desk):
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user(AGENT)})
    id_ = ask(desk)
    assert "asked for this yourself" in may(desk, AGENT, id_)
    assert "Too few people" in note(desk, id_)
    desk.clock.forward(days=4)
    assert desk.carried_out() == 0
    assert desk.state(id_) == "awaiting_approval"


def test_whom_it_is_about_may_not_even_as_the_manager(desk):
    desk.do("directory.user.update", user=user("p.dewit"), set={"manager": user("p.dewit")})
    id_ = ask(desk, person="p.dewit")
    assert "own account" in may(desk, "p.dewit", id_)


def test_managers_in_a_circle_agree_for_nobody(desk):
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user(AGENT)})
    desk.do("directory.user.update", user=user(AGENT), set={"manager": user(PERSON)})
    id_ = ask(desk)
    assert [one for one in EVERYBODY if may(desk, one, id_) is True] == ["auditor"]  # the owner of the form


@pytest.mark.parametrize("linked", [AGENT, PERSON])
def test_a_further_account_of_the_same_human_is_the_same_human(desk, linked):
    for login in (linked, MANAGER):
        desk.do("directory.user.update", user=user(login), set={"employee_id": "00 815"})
    id_ = ask(desk)
    assert "somebody else has to agree" in may(desk, MANAGER, id_)


def test_a_second_account_here_for_the_same_person_is_the_same_person(desk):
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user(AGENT)})
    id_ = ask(desk)
    other = replace(desk.actor(AGENT), id="acc-other", login="other")
    with pytest.raises(RefusedError, match="asked for this yourself"):
        Requests(desk.services).say(other, id_, digest(desk, id_), "yes")


def test_an_account_without_a_person_agrees_to_nothing(desk):
    id_ = ask(desk)
    nobody = replace(desk.actor(MANAGER), person=None)
    client = replace(desk.actor(MANAGER), client="nightly")
    for actor in (nobody, client):
        with pytest.raises(NotFoundError):
            Requests(desk.services).say(actor, id_, digest(desk, id_), "yes")


def test_who_is_only_simulated_agrees_to_nothing(desk):
    id_ = ask(desk)
    seen_as = replace(desk.actor(MANAGER), simulated_by=AGENT)
    with pytest.raises(RefusedError, match="seeing the desk as somebody else"):
        Requests(desk.services).say(seen_as, id_, digest(desk, id_), "yes")


def test_who_was_disabled_agrees_to_nothing(desk):
    id_ = ask(desk)
    desk.do("directory.user.disable", user=user(MANAGER))
    with pytest.raises(RefusedError, match="disabled"):
        say(desk, MANAGER, id_)


@pytest.mark.parametrize("by", ["nobody", "manager", "owner"])
def test_where_nobody_is_left_it_waits_and_calls_for_help(desk, by):
    desk.do("directory.user.update", user=user(PERSON), set={"manager": None})
    id_ = ask(desk, by=by)
    assert desk.state(id_) == "awaiting_approval"
    assert "Too few people" in note(desk, id_)
    assert [one for one in EVERYBODY if may(desk, one, id_) is True] == ["auditor"]
    assert desk.carried_out() == 0


def test_the_owner_of_the_form_decides_where_nobody_is_left_and_it_counts_as_one(desk):
    id_ = ask(desk, by="nobody")
    assert say(desk, "auditor", id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"


def test_the_owner_of_the_form_has_no_say_while_somebody_else_is_left(desk):
    assert may(desk, "auditor", ask(desk)) is False


@pytest.mark.parametrize("who", [AGENT, SECOND])
def test_whose_password_the_asker_has_just_made_with_any_account_agrees_to_nothing_of_theirs(desk, who):
    for login, number in ((AGENT, "E-471"), (SECOND, "e-471")):
        desk.do("directory.user.update", user=user(login), set={"employee_id": number})
    desk.do("directory.user.update", user=user("z.lindqvist"), set={"manager": user("p.dewit")})
    submission = desk.verified(who, "reset-password", "u-p.dewit")
    desk.done(who, desk.planned(who, "reset-password", "u-p.dewit", submission=submission))
    id_ = ask(desk, person="z.lindqvist")
    assert "credentials" in may(desk, "p.dewit", id_)
    desk.clock.forward(days=8)
    assert may(desk, "p.dewit", ask(desk, person="z.lindqvist")) is True
