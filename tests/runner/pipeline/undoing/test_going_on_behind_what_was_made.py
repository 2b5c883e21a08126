"""A step that made something is unclear, and somebody says it was done: what was made is found again, or it is refused."""

from collections.abc import Mapping

import pytest

from connectors.errors import UnknownOutcomeError
from connectors.spi import Operation, Ref
from runner.errors import RefusedError
from tests.runner.pipeline.desks import TestDesk

AGENT = "agent.rotterdam"
ANSWERS: Mapping[str, object] = {
    "name": "Sales North",
    "owner": "u-p.dewit",
    "access": [{"user": "u-p.dewit"}],
}


def unclear(desk: TestDesk, *, happened: bool, closed: bool = True) -> str:
    """Make a shared mailbox, of which the answer is lost, and let somebody say that it was done."""

    def cut(operation: Operation) -> None:
        if operation.id == "create":
            raise UnknownOutcomeError("The connection was cut.")

    if happened:
        desk.mailbox.after = cut
    else:
        desk.mailbox.before = cut
    plan = desk.planned(AGENT, "create-shared-mailbox", None, ANSWERS)
    assert desk.done(AGENT, plan).state == "unknown"
    desk.mailbox.before = desk.mailbox.after = None
    if closed:
        ways, actor = desk.desk.ways, desk.actor(AGENT)
        ways.close_unknown(actor, plan.head.submission, "create", "I looked at it", was_done=True)
    return plan.head.submission


def made(desk: TestDesk) -> Ref:
    found = desk.mailbox.inner.locate("sales-north@sample.test", "mailbox")
    assert found is not None
    return found


def test_what_was_made_is_found_again_and_the_steps_behind_it_are_done(desk: TestDesk) -> None:
    submission = unclear(desk, happened=True)
    ways, actor = desk.desk.ways, desk.actor(AGENT)
    page = ways.continue_plan(actor, submission, "en")
    assert ([one.id for one in page.operations], page.refused) == (["grant/1"], "")
    assert ways.resume(actor, submission, page.digest, "en").state == "done"
    granted = desk.mailbox.changed[-1]
    assert (granted.verb, granted.arguments["mailbox"]) == ("mailbox.grant", made(desk))


def test_before_anybody_looked_it_is_a_person_who_has_to(desk: TestDesk) -> None:
    submission = unclear(desk, happened=True, closed=False)
    page = desk.desk.ways.continue_plan(desk.actor(AGENT), submission, "en")
    assert "say below whether it was" in page.refused


@pytest.mark.parametrize("happened", [True, False])
def test_what_cannot_be_told_for_sure_is_refused_in_a_sentence_and_nothing_is_done(
    desk: TestDesk, happened: bool
) -> None:
    submission = unclear(desk, happened=happened)
    if happened:
        operation = Operation("outside", "mailbox.delete", {"mailbox": made(desk)})
        desk.mailbox.inner.perform(operation, (), {})
    before = len(desk.performed)
    ways, actor = desk.desk.ways, desk.actor(AGENT)
    assert "cannot be told for sure" in ways.continue_plan(actor, submission, "en").refused
    with pytest.raises(RefusedError):
        ways.resume(actor, submission, "0" * 64, "en")
    assert len(desk.performed) == before
