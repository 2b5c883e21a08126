"""A store that fails in the middle and comes back: what was lost is marked as unclear, and the desk takes work again."""

import pytest

from runner.engine.losing import note_what_was_lost
from runner.errors import NotDurableError

AGENT, PERSON = "agent.rotterdam", "u-t.novak"


def lose_the_outcome(desk):
    """Confirm a submission whose intent is stored and whose outcome is not; return its id."""
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    desk.directory.after = lambda _: setattr(desk.database, "writes_left", 0)
    with pytest.raises(NotDurableError, match="Treat it as unclear"):
        desk.confirm(AGENT, plan)
    desk.directory.after = None
    return plan.head.submission


def test_the_desk_goes_on_when_its_store_is_there_again(desk):
    lost = lose_the_outcome(desk)
    desk.database.writes_left = None
    other = desk.planned(AGENT, "office", "u-z.lindqvist", {"office": "B"})
    assert note_what_was_lost(desk.services) == 0
    with pytest.raises(NotDurableError, match="takes nothing more"):
        desk.confirm(AGENT, other)
    desk.clock.forward(seconds=11)
    desk.database.writes_left = 0
    with pytest.raises(NotDurableError):
        note_what_was_lost(desk.services)
    desk.database.writes_left = None
    assert note_what_was_lost(desk.services) == 1
    assert desk.state(lost) == "unknown"
    assert desk.done(AGENT, other).state == "done"
    assert len(desk.performed) == 2
    assert desk.kinds() == ["intent", "reconcile", "intent", "outcome"]
    assert desk.store.journal.verify().ok


def test_what_is_under_way_is_not_lost_however_long_it_takes(desk):
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    found = []

    def look(_):
        desk.clock.forward(minutes=5)
        found.append(note_what_was_lost(desk.services))

    desk.directory.after = look
    assert desk.done(AGENT, plan).state == "done"
    assert found == [0]


def test_an_intent_of_which_nobody_heard_is_unclear_and_nothing_was_done(desk):
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    write = desk.database.inner.write

    def stored_and_silent(work):
        write(work)
        raise NotDurableError("the line was cut")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.database.inner, "write", stored_and_silent)
        with pytest.raises(NotDurableError):
            desk.confirm(AGENT, plan)
    assert (desk.state(plan.head.submission), desk.performed) == ("running", [])
    desk.clock.forward(seconds=11)
    assert note_what_was_lost(desk.services) == 1
    assert (desk.state(plan.head.submission), desk.kinds()) == ("unknown", ["intent", "reconcile"])


def test_a_read_only_desk_stays_read_only(desk):
    desk.services.halt.reason = "The journal does not verify."
    assert note_what_was_lost(desk.services) == 0
    assert desk.services.halt.reason
