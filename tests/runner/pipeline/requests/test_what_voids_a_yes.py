"""A yes is bound to everything a request consists of: whatever of it is another one later, nothing is done on that yes."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from runner.pipeline.requests.binding import bound_digest
from runner.store.tables import submissions
from runner.store.waiting_tables import approvals
from tests.runner.pipeline.requests.asking_for_a_yes import MANAGER, PERSON, ask, say, user
from tests.runner.pipeline.small_company import NOW

WHOLE = {
    "form_version": "2",
    "form_digest": "f" * 64,
    "form_id": "office",
    "actor_id": "acc-second.rotterdam",
    "target_id": "u-z.lindqvist",
    "answers": '{"by":"manager","office":"B"}',
    "ticket": "INC-9",
    "reason": "Another one.",
    "verified": '[{"method":"in_person"}]',
    "asked_at": NOW + timedelta(minutes=1),
    "expires_at": NOW + timedelta(days=50),
    "plan": "[]",
    "plan_digest": "e" * 64,
    "sealed": b"something",
    "undoes": "s-1",
}


def set_row(desk, id_, table=submissions, **values):
    which = table.c.id == id_ if table is submissions else table.c.submission_id == id_
    desk.store.database.write(lambda one: one.execute(update(table).where(which).values(**values)).rowcount)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_change_of_any_of_it_after_the_yes_voids_it(desk, name):
    desk.actor("second.rotterdam")
    id_ = ask(desk)
    assert say(desk, MANAGER, id_) == "queued"
    before = bound_digest(desk.store.submissions.get(id_))
    set_row(desk, id_, **{name: WHOLE[name]})
    assert bound_digest(desk.store.submissions.get(id_)) != before
    desk.carried_out()
    assert desk.performed == []
    assert desk.state(id_) in ("awaiting_approval", "failed")


@pytest.mark.parametrize(
    "values",
    [
        {"plan_digest": "d" * 64},
        {"decision": "no"},
        {"stage": 1},
        {"approver_id": "acc-agent.rotterdam"},
        {"person_id": "u-agent.rotterdam"},
        {"person_id": f"u-{PERSON}"},
        {"person_id": None},
        {"instead_of": f"u-{PERSON}"},
        {"created_at": NOW + timedelta(days=5)},
    ],
)
def test_a_yes_that_is_not_what_it_was_is_none(desk, values):
    id_ = ask(desk)
    say(desk, MANAGER, id_)
    set_row(desk, id_, approvals, **values)
    desk.carried_out()
    assert (desk.performed, desk.state(id_)) == ([], "awaiting_approval")


def test_without_any_yes_nothing_runs_whatever_the_state_says(desk):
    id_ = ask(desk, by="two")
    say(desk, "alice", id_)
    set_row(desk, id_, state="queued")
    desk.carried_out()
    assert (desk.performed, desk.state(id_)) == ([], "awaiting_approval")
    assert say(desk, MANAGER, id_) == "queued"
    desk.store.database.write(lambda one: one.execute(delete(approvals)).rowcount)
    desk.carried_out()
    assert (desk.performed, desk.state(id_)) == ([], "awaiting_approval")


def test_what_the_plan_would_change_from_is_part_of_it(desk):
    id_ = ask(desk)
    say(desk, MANAGER, id_)
    desk.do("directory.user.update", user=user(PERSON), set={"office": "Before"})
    desk.carried_out()
    assert (desk.performed, desk.state(id_)) == ([], "awaiting_approval")


def test_a_yes_counts_until_the_last_moment_and_not_at_it(desk):
    id_, later = ask(desk), ask(desk, person="z.lindqvist")
    desk.clock.forward(days=4, hours=23, minutes=59, seconds=59)
    assert say(desk, MANAGER, id_) == "queued"
    desk.clock.forward(seconds=1)
    with pytest.raises(Exception, match="time for a yes is over"):
        say(desk, "p.dewit", later)
    desk.carried_out()
    assert (desk.state(id_), desk.state(later)) == ("done", "awaiting_approval")
