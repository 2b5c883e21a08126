"""What waited when a backup was made is unclear once it is put back: a person who looked closes all of it at once."""

import pytest

from runner.errors import NotFoundError, RefusedError
from runner.pipeline.results import submission_page
from runner.store.settling import settle
from tests.runner.pipeline.desks import TestDesk

AGENT, AUDITOR, OTHER = "agent.rotterdam", "auditor", "second.rotterdam"


@pytest.fixture
def restored(desk: TestDesk) -> str:
    """A request that waited for a yes, of a store that was put back since."""
    plan = desk.planned(AGENT, "needs-a-yes", "u-t.novak", {"office": "A", "by": "manager"})
    assert desk.confirm(AGENT, plan).state == "awaiting_approval"
    settle(desk.store.database, desk.services.now(), {"actor": {"id": "cli"}}, is_moved=False)
    return plan.head.submission


def close(desk: TestDesk, id_: str, who: str = AGENT, *, was_done: bool) -> None:
    desk.desk.ways.close_unknown(desk.actor(who), id_, "", "I looked", was_done=was_done)


def test_its_page_says_why_it_is_unclear_and_offers_to_close_it(desk: TestDesk, restored: str) -> None:
    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(restored))

    assert [(one.id, one.title) for one in page.ways.unclear] == [("", page.head.title)]
    assert not page.ways.can_continue
    assert "This was put back from a backup. It may have been carried out after that" in page.message
    assert [one.state for one in page.operations] == ["unknown"]
    assert page.journal[-1][1] == "Restored from a backup, so it is unclear whether it was done"


@pytest.mark.parametrize(("who", "was_done", "state"), [(AGENT, True, "done"), (AUDITOR, False, "failed")])
def test_who_asked_and_who_reads_the_journal_may_close_it(
    desk: TestDesk, restored: str, who: str, was_done: bool, state: str
) -> None:
    close(desk, restored, who, was_done=was_done)

    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(restored))
    assert page.state == state
    assert f"says {who}: I looked" in page.message
    assert [one.state for one in page.operations] == ["done" if was_done else "skipped"]
    assert desk.performed == []
    assert page.journal[-1][1].startswith("Closed as ")
    assert page.journal[-1][1].endswith(" by a person")
    with pytest.raises(RefusedError):
        close(desk, restored, who, was_done=was_done)


def test_nobody_else_closes_it(desk: TestDesk, restored: str) -> None:
    with pytest.raises(NotFoundError):
        close(desk, restored, OTHER, was_done=True)
    assert desk.state(restored) == "unknown"
