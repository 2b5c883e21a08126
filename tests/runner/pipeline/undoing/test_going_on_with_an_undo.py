"""An undo that stopped goes on: what is left is compared again, and what somebody changed since stays as it is."""

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Operation, Ref
from runner.errors import RefusedError
from runner.pipeline.pages import SubmissionPage, WayPage
from tests.runner.pipeline.desks import TestDesk

AGENT, TOMAS = "agent.rotterdam", "u-t.novak"


def stopped_undo(desk: TestDesk, error: Exception, at: str = "second") -> str:
    """Do three steps, undo them, last first, and let one of that fail; return the undo."""
    plan = desk.planned(AGENT, "three-steps", TOMAS, {"rule": "stop", "office": "A"})
    assert desk.done(AGENT, plan).state == "done"
    return broken_undo(desk, plan.head.submission, error, at)


def broken_undo(desk: TestDesk, submission: str, error: Exception, at: str) -> str:
    def refuse(operation: Operation) -> None:
        if operation.id == at:
            raise error

    ways, actor = desk.desk.ways, desk.actor(AGENT)
    digest = ways.undo_plan(actor, submission, "en").digest
    desk.directory.before = refuse
    page = ways.undo(actor, submission, digest, "", "en")
    desk.directory.before = None
    assert isinstance(page, SubmissionPage)
    return page.head.submission


def plan(desk: TestDesk, undo: str) -> WayPage:
    return desk.desk.ways.continue_plan(desk.actor(AGENT), undo, "en")


def resume(desk: TestDesk, undo: str, digest: str = "") -> WayPage | SubmissionPage:
    return desk.desk.ways.resume(desk.actor(AGENT), undo, digest or plan(desk, undo).digest, "en")


def outside(desk: TestDesk, **values: str) -> None:
    desk.do("directory.user.update", user=Ref("user", TOMAS), set=values)


@pytest.mark.parametrize("error", [RejectedError("no"), UnavailableError("away"), UnknownOutcomeError("cut")])
def test_what_is_left_of_it_is_put_back(desk: TestDesk, error: Exception) -> None:
    undo = stopped_undo(desk, error)
    page = plan(desk, undo)
    assert ([one.id for one in page.operations], page.stays, page.refused) == (["second", "first"], (), "")
    assert all(one.title.startswith("Undo: ") for one in page.operations)
    assert resume(desk, undo).state == "done"
    assert [desk.value(TOMAS, name) for name in ("office", "company", "title")] == [None, None, "Stock controller"]


def test_what_somebody_changed_since_stays_and_the_page_says_so(desk: TestDesk) -> None:
    undo = stopped_undo(desk, RejectedError("no"))
    outside(desk, company="Elsewhere")
    page = plan(desk, undo)
    assert [one.id for one in page.operations] == ["first"]
    assert "Elsewhere" in page.stays[0].why
    assert resume(desk, undo).state == "partly_done"
    assert [desk.value(TOMAS, name) for name in ("office", "company")] == [None, "Elsewhere"]
    assert ("second", "failed") in desk.operations(undo)


def test_when_all_that_is_left_was_changed_since_it_does_not_go_on(desk: TestDesk) -> None:
    undo = stopped_undo(desk, RejectedError("no"), at="first")
    outside(desk, office="9.09")
    page = plan(desk, undo)
    assert "is “9.09” now; this left “A”" in page.refused
    before = len(desk.performed)
    with pytest.raises(RefusedError):
        resume(desk, undo, "0" * 64)
    assert (len(desk.performed), desk.value(TOMAS, "office")) == (before, "9.09")


def test_what_changed_between_the_page_and_the_word_is_shown_again(desk: TestDesk) -> None:
    undo = stopped_undo(desk, RejectedError("no"))
    digest = plan(desk, undo).digest
    outside(desk, company="Elsewhere")
    before = len(desk.performed)
    page = resume(desk, undo, digest)
    assert isinstance(page, WayPage)
    assert page.changed_meanwhile
    assert len(desk.performed) == before


def test_an_unclear_part_that_was_changed_since_is_for_a_person_to_look_at(desk: TestDesk) -> None:
    undo = stopped_undo(desk, UnknownOutcomeError("cut"))
    outside(desk, company="Elsewhere")
    assert "say below whether it was" in plan(desk, undo).refused
    assert desk.value(TOMAS, "company") == "Elsewhere"
