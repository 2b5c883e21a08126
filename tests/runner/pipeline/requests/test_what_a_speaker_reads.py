"""Whoever said yes or no reads at the head of the page what they said and what follows, from what is kept."""

from runner.pipeline.requests.showing import request_page
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, ask, say


def reads(desk: TestDesk, who: str, id_: str) -> str:
    return request_page(desk.services, desk.actor(who), desk.store.submissions.get(id_), "en").spoken


def test_a_yes_that_is_not_the_last_says_for_whom_it_waits(desk: TestDesk) -> None:
    id_ = ask(desk, by="manager, person")
    assert reads(desk, MANAGER, id_) == ""
    say(desk, MANAGER, id_)
    auditor = desk.actor("auditor").display_name
    assert reads(desk, MANAGER, id_) == f"You said yes. It waits for 1 more: {auditor}."
    assert reads(desk, "auditor", id_) == ""
    assert reads(desk, AGENT, id_) == ""


def test_the_last_yes_says_that_it_is_carried_out_and_then_that_it_was(desk: TestDesk) -> None:
    id_ = ask(desk)
    say(desk, MANAGER, id_)
    assert reads(desk, MANAGER, id_) == "You said yes. It is being carried out now."
    desk.carried_out()
    assert reads(desk, MANAGER, id_) == "You said yes. It was done."


def test_a_no_says_that_nothing_is_done_and_who_reads_why(desk: TestDesk) -> None:
    id_ = ask(desk)
    say(desk, MANAGER, id_, "no", "There is no desk left.")
    requester = desk.actor(AGENT).display_name
    assert reads(desk, MANAGER, id_) == f"You said no. Nothing is done, and {requester} can read why."
    assert desk.carried_out() == 0


def test_who_agreed_first_reads_that_somebody_else_said_no(desk: TestDesk) -> None:
    id_ = ask(desk, by="manager, person")
    say(desk, MANAGER, id_)
    say(desk, "auditor", id_, "no", "Not this year.")
    assert reads(desk, MANAGER, id_) == "You said yes. Somebody else said no, so nothing was done."
    assert desk.carried_out() == 0
