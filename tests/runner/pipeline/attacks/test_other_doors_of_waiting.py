"""Other doors of what waits, is undone or closed: withdrawn forms, races, access that was to end, accounts of one's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Update, update

from connectors.errors import UnavailableError
from connectors.spi import Operation, Ref
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.handing_in import cancel
from runner.pipeline.undoing.closing import close_unknown
from runner.store.records import Account, OperationRow
from runner.store.submissions import SubmissionStore
from runner.store.tables import operations, submissions
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.requests.asking_for_a_yes import ask, say

AGENT, TOMAS, ATLAS, VISIO = "agent.rotterdam", "u-t.novak", "g-APP-Atlas", "g-APP-Visio"


def set_rows(desk: TestDesk, query: Update) -> None:
    desk.database.write(lambda connection: connection.execute(query).rowcount)


def withdraw(desk: TestDesk, form_id: str, how: str) -> None:
    """Retire a form, or take it away; its versions stay kept."""
    forms = dict(desk.services.catalogue.forms)
    form = forms.pop(form_id)
    if how == "retired":
        forms[form_id] = replace(form, status="retired", digest="1" * 64)
    object.__setattr__(desk.services, "kept_form", lambda *_: form)
    object.__setattr__(desk.services, "catalogue", replace(desk.services.catalogue, forms=forms))


@pytest.mark.parametrize("how", ["retired", "removed"])
def test_what_waits_of_a_form_that_was_withdrawn_is_not_done(desk: TestDesk, how: str) -> None:
    plan = desk.planned(AGENT, "later-with-a-yes", TOMAS, {"office": "KIOSK", "day": "2030-03-20"})
    desk.confirm(AGENT, plan)
    withdraw(desk, "later-with-a-yes", how)
    desk.clock.forward(days=40)
    desk.carried_out()
    row = desk.store.submissions.get(plan.head.submission)
    assert (row.state, desk.performed) == ("failed", [])
    assert "no longer offered" in row.note


@pytest.mark.parametrize("how", ["retired", "removed"])
def test_a_form_that_was_withdrawn_is_not_undone_in_its_earlier_version(desk: TestDesk, how: str) -> None:
    plan = desk.planned(AGENT, "office", TOMAS, {"office": "A"})
    desk.done(AGENT, plan)
    withdraw(desk, "office", how)
    with pytest.raises(NotFoundError):
        desk.desk.ways.undo_plan(desk.actor(AGENT), plan.head.submission, "en")
    assert len(desk.performed) == 1


def test_access_until_a_day_that_was_taken_away_does_not_come_back_for_good_by_an_undo(desk: TestDesk) -> None:
    given = desk.planned(AGENT, "until-a-day", TOMAS, {"ends": "2030-03-10", "groups": [ATLAS]})
    desk.done(AGENT, given)
    desk.done(AGENT, desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [VISIO]}))
    taken = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS, VISIO]})
    desk.done(AGENT, taken)
    page = desk.desk.ways.undo_plan(desk.actor(AGENT), taken.head.submission, "en")
    desk.desk.ways.undo(desk.actor(AGENT), taken.head.submission, page.digest, "", "en")
    assert ATLAS not in desk.entry(TOMAS).groups
    assert VISIO in desk.entry(TOMAS).groups


def test_who_read_a_submission_before_it_began_does_not_cancel_what_was_done_of_it(desk: TestDesk) -> None:
    plan = desk.planned(AGENT, "three-steps-later", TOMAS, {"office": "A", "day": "2030-03-20"})
    desk.confirm(AGENT, plan)
    as_read = desk.store.submissions.get(plan.head.submission)
    desk.clock.forward(days=40)
    done: list[Operation] = []

    def answers_once(operation: Operation) -> None:
        done.append(operation)
        if len(done) > 1:
            raise UnavailableError("it does not answer")

    desk.directory.before = answers_once
    desk.carried_out()
    assert desk.state(as_read.id) == "queued"
    with pytest.raises(RefusedError, match="too late"):
        cancel(desk.services, f"acc-{AGENT}", AGENT, as_read)
    assert desk.state(as_read.id) == "queued"


def test_two_who_close_different_steps_at_once_leave_nothing_unclear_for_ever(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk.planned(AGENT, "three-steps", TOMAS, {"rule": "stop", "office": "A"})
    desk.done(AGENT, plan)
    id_ = plan.head.submission
    set_rows(desk, update(submissions).where(submissions.c.id == id_).values(state="unknown"))
    unclear = operations.c.operation_id.in_(["first", "second"])
    set_rows(desk, update(operations).where(operations.c.submission_id == id_, unclear).values(state="unknown"))
    kept, actor, read = desk.store.submissions.get(id_), desk.actor(AGENT), SubmissionStore.operations
    others: list[str] = ["second"]

    def read_and_overtaken(store: SubmissionStore, of: str) -> Sequence[OperationRow]:
        found = read(store, of)
        if others:
            close_unknown(desk.services, actor, kept, others.pop(), "I looked", was_done=True)
        return found

    monkeypatch.setattr(SubmissionStore, "operations", read_and_overtaken)
    with pytest.raises(StaleError):
        close_unknown(desk.services, actor, kept, "first", "I looked", was_done=True)
    close_unknown(desk.services, actor, kept, "first", "I looked", was_done=True)
    assert desk.state(id_) == "done"


def reset(desk: TestDesk, login: str) -> str:
    submission = desk.verified(AGENT, "reset-password", f"u-{login}")
    desk.done(AGENT, desk.planned(AGENT, "reset-password", f"u-{login}", submission=submission))
    return submission


def managed_by(desk: TestDesk, login: str) -> None:
    desk.do("directory.user.update", user=Ref("user", TOMAS), set={"manager": Ref("user", f"u-{login}")})


def test_an_account_that_the_requester_made_lately_does_not_agree(desk):
    id_ = reset(desk, "p.dewit")
    made = {"verb": "directory.user.create", "outputs": '{"user":"user:u-alice"}'}
    set_rows(desk, update(operations).where(operations.c.submission_id == id_).values(**made))
    managed_by(desk, "alice")
    with pytest.raises(RefusedError, match="made your account"):
        say(desk, "alice", ask(desk))


def test_a_reset_that_went_on_lately_counts_however_long_ago_it_was_begun(desk):
    id_ = reset(desk, "p.dewit")
    long_ago = desk.clock() - timedelta(days=9)
    set_rows(desk, update(submissions).where(submissions.c.id == id_).values(begun_at=long_ago))
    managed_by(desk, "p.dewit")
    with pytest.raises(RefusedError, match="credentials"):
        say(desk, "p.dewit", ask(desk))


def test_a_reset_by_a_further_account_of_the_requester_counts(desk):
    id_ = reset(desk, "p.dewit")
    desk.store.accounts.create(Account("acc-two", "two", "two", f"u-{AGENT}", disabled=False), desk.clock())
    set_rows(desk, update(submissions).where(submissions.c.id == id_).values(actor_id="acc-two"))
    managed_by(desk, "p.dewit")
    with pytest.raises(RefusedError, match="credentials"):
        say(desk, "p.dewit", ask(desk))
