"""What runs later: it waits, can be cancelled, and is opened, decided on and planned anew when its moment comes."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.pages import SubmissionPage

AGENT, SECOND = "agent.rotterdam", "second.rotterdam"
FORM, PERSON = "later-with-a-yes", "u-t.novak"
DAY = "2031-03-01"


def silent():
    raise UnavailableError("The directory does not answer.")


def handed_in(desk, **more):
    plan = desk.planned(AGENT, FORM, PERSON, {"office": "KIOSK", "day": DAY, **more})
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, SubmissionPage)
    return page


def to_its_day(desk, hour=0, minute=0):
    desk.clock.now = datetime(2031, 3, 1, hour, minute, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_it_waits_until_its_day_and_is_done_then_once(desk):
    page = handed_in(desk)
    assert (page.state, page.can_cancel) == ("queued", True)
    assert [operation.state for operation in page.operations] == ["planned"]
    assert ("Runs", "1 Mar 2031") in [(fact.label, fact.text) for fact in page.conditions]
    assert desk.carried_out() == 0
    to_its_day(desk)
    desk.clock.forward(seconds=-1)
    assert (desk.carried_out(), desk.performed) == (0, [])
    desk.clock.forward(seconds=1)
    assert desk.carried_out() == 1
    assert desk.state(page.head.submission) == "done"
    assert desk.value(PERSON, "office") == "KIOSK"
    assert desk.carried_out() == 0
    assert desk.kinds() == ["decision", "intent", "outcome"]
    assert desk.store.journal.verify().ok


def test_what_waits_and_what_was_cancelled_stand_in_the_history_and_on_the_card(desk):
    waits, cancelled = (handed_in(desk).head.submission for _ in range(2))
    desk.desk.cancel(desk.actor(AGENT), cancelled)
    desk.planned(AGENT, FORM, PERSON, {"office": "never confirmed"})
    lines = desk.desk.history(desk.actor(AGENT), 1, "en").lines
    assert {(line.id, line.state) for line in lines} == {(waits, "queued"), (cancelled, "cancelled")}
    lately = desk.desk.person(desk.actor(SECOND), PERSON).lately
    assert [(line.id, line.state, line.actor) for line in lately] == [("", "queued", AGENT)]


def test_confirming_it_again_gives_what_waits(desk):
    plan = desk.planned(AGENT, FORM, PERSON, {"office": "KIOSK", "day": DAY})
    assert desk.done(AGENT, plan).state == desk.done(AGENT, plan).state == "queued"
    assert desk.kinds() == ["decision"]


def test_it_can_be_cancelled_until_then(desk):
    id_ = handed_in(desk).head.submission
    page = desk.desk.cancel(desk.actor(AGENT), id_)
    assert (page.state, page.can_cancel) == ("cancelled", False)
    to_its_day(desk, 12)
    assert (desk.carried_out(), desk.performed) == (0, [])
    assert [record["outcome"]["code"] for record in desk.journal("outcome")] == ["cancelled"]
    assert desk.desk.cancel(desk.actor(AGENT), id_).state == "cancelled"
    assert len(desk.journal("outcome")) == 1


def test_it_is_too_late_to_cancel_what_was_done(desk):
    id_ = handed_in(desk).head.submission
    to_its_day(desk)
    desk.carried_out()
    with pytest.raises(RefusedError, match="too late"):
        desk.desk.cancel(desk.actor(AGENT), id_)
    assert desk.state(id_) == "done"


def test_nobody_else_cancels_it(desk):
    id_ = handed_in(desk).head.submission
    with pytest.raises(NotFoundError):
        desk.desk.cancel(desk.actor(SECOND), id_)
    assert desk.state(id_) == "queued"


def test_what_is_taken_away_meanwhile_is_not_there_when_it_runs(desk):
    id_ = handed_in(desk).head.submission
    members = (Ref("user", f"u-{AGENT}"),)
    desk.do("directory.group.remove_members", group=Ref("group", "g-SD-Rotterdam"), members=members)
    to_its_day(desk)
    assert desk.carried_out() == 1
    assert (desk.state(id_), desk.performed) == ("failed", [])
    assert desk.store.submissions.get(id_).note
    assert desk.journal("deny")


@pytest.mark.parametrize("what", ["account", "person"])
def test_somebody_who_has_left_does_nothing_any_more(desk, what):
    id_ = handed_in(desk).head.submission
    if what == "account":
        desk.store.accounts.set_disabled(f"acc-{AGENT}", True, desk.clock())
    else:
        desk.do("directory.user.disable", user=Ref("user", f"u-{AGENT}"))
    to_its_day(desk)
    desk.carried_out()
    assert (desk.state(id_), desk.performed) == ("failed", [])
    assert "disabled" in desk.store.submissions.get(id_).note


def test_what_changed_around_it_meanwhile_does_not_keep_it_from_running(desk):
    id_ = handed_in(desk).head.submission
    desk.do("directory.user.update", user=Ref("user", PERSON), set={"office": "B"})
    to_its_day(desk)
    desk.carried_out()
    assert desk.state(id_) == "done"
    assert desk.journal("outcome")[-1]["changes"][0]["before"] == "B"


def test_somebody_who_is_gone_meanwhile_is_not_changed(desk):
    id_ = handed_in(desk).head.submission
    desk.do("directory.user.delete", user=Ref("user", PERSON))
    to_its_day(desk)
    desk.carried_out()
    assert (desk.state(id_), desk.performed) == ("failed", [])
    page = desk.desk.step(desk.actor(AGENT), id_, "en")
    assert "Nothing was changed." in page.message


def test_while_the_directory_does_not_answer_it_waits_longer_and_longer(desk):
    id_ = handed_in(desk).head.submission
    to_its_day(desk)
    desk.directory.reading = silent
    waits = []
    for _ in range(4):
        assert desk.carried_out() == 1
        row = desk.store.submissions.get(id_)
        waits.append(int((row.due_at - desk.clock()).total_seconds()))
        assert (row.state, "does not answer" in row.note, row.node) == ("queued", True, "")
        desk.clock.now = row.due_at
    assert waits == [5, 10, 20, 40]
    desk.directory.reading = None
    assert desk.carried_out() == 1
    assert (desk.state(id_), desk.value(PERSON, "office")) == ("done", "KIOSK")


def test_a_node_that_is_gone_leaves_what_it_took_to_others(desk):
    id_ = handed_in(desk).head.submission
    to_its_day(desk)
    queue = desk.store.queue
    desk.store.nodes.register("other", "elsewhere", 1, desk.clock())
    assert queue.claim("other", desk.clock()).id == id_
    assert (queue.release(()), desk.carried_out()) == (0, 0)
    desk.store.nodes.leave("other")
    assert queue.release(()) == 1
    assert desk.carried_out() == 1
    assert desk.state(id_) == "done"


def test_two_for_one_person_go_one_after_the_other(desk):
    first, second = (handed_in(desk).head.submission for _ in range(2))
    to_its_day(desk)
    queue, now = desk.store.queue, desk.clock()
    node = desk.services.node
    assert queue.claim(node, now).id in (first, second)
    assert queue.claim(node, now, but=(first, second)) is None
    assert queue.claim("other", now) is None
    assert desk.carried_out() == 2
    assert [desk.state(id_) for id_ in (first, second)] == ["done", "done"]


def test_a_password_that_is_made_while_nobody_looks_is_shown_to_its_actor_one_time(desk):
    at = "2031-03-01T18:00:00+01:00"
    plan = desk.planned(AGENT, "later-password", PERSON, {"at": at})
    id_ = desk.confirm(AGENT, plan).head.submission
    actor = desk.actor(AGENT)
    assert desk.desk.reveal(actor, id_, "en").shows == ()
    to_its_day(desk, 18)
    assert desk.carried_out() == 1
    assert desk.state(id_) == "done"
    page = desk.desk.step(actor, id_, "en")
    assert (page.can_reveal, page.shows) == (True, ())
    with pytest.raises(NotFoundError):
        desk.desk.reveal(desk.actor(SECOND), id_, "en")
    shown = desk.desk.reveal(actor, id_, "en").shows
    assert [show.secret.reveal() for show in shown] == desk.passwords[-1:]
    assert desk.directory.inner.authenticate("t.novak", shown[0].secret).ref == Ref("user", PERSON)
    assert desk.desk.reveal(actor, id_, "en").shows == ()
    assert desk.passwords[-1] not in repr(desk.journal())
    assert desk.passwords[-1] not in repr(desk.store.submissions.get(id_))


def test_what_could_not_be_carried_out_leaves_no_password_behind(desk):
    plan = desk.planned(AGENT, "later-password", PERSON, {"at": "2031-03-01T18:00:00+01:00"})
    id_ = desk.confirm(AGENT, plan).head.submission
    to_its_day(desk, 18)
    desk.directory.before = lambda _: silent()
    desk.carried_out()
    row = desk.store.submissions.get(id_)
    assert (row.shown_once, desk.directory.changed) == (None, [])


def test_a_clock_that_goes_back_an_hour_does_nothing_twice(desk):
    id_ = handed_in(desk).head.submission
    to_its_day(desk)
    assert desk.carried_out() == 1
    desk.clock.forward(hours=-1)
    assert desk.carried_out() == 0
    desk.clock.forward(hours=2)
    assert desk.carried_out() == 0
    assert (desk.state(id_), len(desk.performed)) == ("done", 1)


def test_a_plan_that_would_ask_for_something_else_is_not_carried_out(desk):
    id_ = handed_in(desk).head.submission
    form = desk.services.catalogue.forms[FORM]
    other = replace(form, digest="0" * 64)
    object.__setattr__(desk.services, "kept_form", lambda *_: other)
    object.__setattr__(
        desk.services,
        "catalogue",
        replace(desk.services.catalogue, forms={**desk.services.catalogue.forms, FORM: other}),
    )
    to_its_day(desk)
    desk.carried_out()
    assert (desk.state(id_), desk.performed) == ("failed", [])
    assert "no longer what was confirmed" in desk.store.submissions.get(id_).note
