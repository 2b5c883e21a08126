"""While nobody answers: reminders, the end of the time, the owner of the form, inboxes that follow the directory."""

import pytest

from runner.engine.rounds import make_rounds
from runner.errors import StaleError
from runner.pipeline.noticing import waiting_for
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, PERSON, ask, note, say, user


def rounds(desk):
    make_rounds(desk.services, 300)


def told(desk, event):
    return sorted(one.to for one in desk.store.notifications.list(limit=100) if one.event == event)


def test_those_asked_are_reminded_every_day_and_not_more_often(desk):
    ask(desk)
    rounds(desk)
    assert told(desk, "reminded") == []
    desk.clock.forward(days=1)
    rounds(desk)
    rounds(desk)
    assert told(desk, "reminded") == [("u.chef@sample.test",)]
    desk.clock.forward(days=1)
    rounds(desk)
    assert len(told(desk, "reminded")) == 2


def test_only_those_whose_yes_is_lacking_are_reminded(desk):
    id_ = ask(desk, by="two")
    say(desk, "alice", id_)
    desk.clock.forward(days=1)
    rounds(desk)
    assert ("alice@sample.test",) not in told(desk, "reminded")
    assert ("u.bakker@sample.test",) in told(desk, "reminded")


def test_what_nobody_answered_lapses(desk):
    id_ = ask(desk)
    desk.clock.forward(days=5)
    rounds(desk)
    assert (desk.state(id_), note(desk, id_)) == ("expired", "Nobody agreed to it in time.")
    assert told(desk, "expired") == [("agent.rotterdam@sample.test",)]
    assert desk.journal("outcome")[-1]["outcome"]["code"] == "expired"
    with pytest.raises(StaleError):
        say(desk, MANAGER, id_, digest="0" * 64)
    assert waiting_for(desk.services, desk.actor(MANAGER)) == 0


def test_a_form_may_ask_its_owner_instead(desk):
    plan = desk.planned(AGENT, "needs-a-yes-or-its-owner", f"u-{PERSON}", {"office": "A"})
    id_ = desk.done(AGENT, plan).head.submission
    desk.clock.forward(days=2)
    rounds(desk)
    rounds(desk)
    assert desk.state(id_) == "awaiting_approval"
    assert "owner of the form" in note(desk, id_)
    assert told(desk, "reminded") == [("auditor@sample.test",), ("u.chef@sample.test",)]
    assert waiting_for(desk.services, desk.actor("auditor")) == 1
    assert say(desk, "auditor", id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"


def test_and_when_the_owner_does_not_answer_either_it_lapses(desk):
    plan = desk.planned(AGENT, "needs-a-yes-or-its-owner", f"u-{PERSON}", {"office": "A"})
    id_ = desk.done(AGENT, plan).head.submission
    desk.clock.forward(days=4)
    rounds(desk)
    assert desk.state(id_) == "expired"


def test_inboxes_follow_the_directory(desk):
    ask(desk)
    assert [waiting_for(desk.services, desk.actor(who)) for who in (MANAGER, "alice")] == [1, 0]
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user("alice")})
    rounds(desk)
    assert [waiting_for(desk.services, desk.actor(who)) for who in (MANAGER, "alice")] == [0, 1]


def test_nobody_left_is_found_later_too_and_told_once(desk):
    id_ = ask(desk)
    desk.do("directory.user.disable", user=user(MANAGER))
    rounds(desk)
    rounds(desk)
    assert "Too few people" in note(desk, id_)
    assert told(desk, "reminded") == [("auditor@sample.test",)]
    assert waiting_for(desk.services, desk.actor("auditor")) == 1


def test_what_was_cancelled_is_told_to_those_who_were_asked(desk):
    id_ = ask(desk)
    desk.desk.cancel(desk.actor(AGENT), id_)
    assert ("u.chef@sample.test",) in told(desk, "cancelled")
    assert waiting_for(desk.services, desk.actor(MANAGER)) == 0


def test_the_badge_counts_what_waits_for_this_persons_yes(desk):
    first = ask(desk, by="two")
    ask(desk, by="manager", person="z.lindqvist")
    counts = {who: waiting_for(desk.services, desk.actor(who)) for who in ("alice", MANAGER, "p.dewit", AGENT)}
    assert counts == {"alice": 1, MANAGER: 1, "p.dewit": 1, AGENT: 0}
    say(desk, "alice", first)
    assert waiting_for(desk.services, desk.actor("alice")) == 0
    assert waiting_for(desk.services, desk.actor(MANAGER)) == 1
