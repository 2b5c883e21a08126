"""A bulk that was stopped says so, counts what was done and what was not begun, and those rows can be gone on with."""

import pytest

from connectors.errors import RejectedError
from runner.errors import UnfitError
from runner.pipeline.bulk.working import end_what_is_done, work_on_bulks
from tests.runner.pipeline.bulk.running_bulks import AGENT, bulks, figures, page, prepared, run, started

THREE = ("t.novak", "z.lindqvist", "p.dewit")


def stopped_half_way(desk, people=THREE, fails=False):
    """Return the id of a bulk that is stopped while its first row is carried out."""

    def hook(_operation):
        if not stopped:
            stopped.append(True)
            bulks(desk).stop(desk.actor(AGENT), id_)
            while work_on_bulks(desk.services):
                pass
            if fails:
                raise RejectedError("The directory said no.")

    stopped: list[bool] = []
    id_ = prepared(desk, people)
    started(desk, id_)
    desk.directory.before = hook
    desk.carried_out()
    desk.directory.before = None
    end_what_is_done(desk.services)
    return id_


def test_it_counts_what_was_done_and_what_was_not_begun(desk):
    seen = page(desk, stopped_half_way(desk))
    assert (seen.state, seen.done, seen.started, seen.not_begun) == ("stopped", 1, 3, 2)
    assert (seen.percent, figures(seen)) == (33, {"done": 1, "cancelled": 2})
    assert (seen.may_retry, seen.may_go_on, seen.note) == (False, True, "agent.rotterdam stopped it.")


def test_those_that_were_not_begun_are_gone_on_with_and_nobody_else(desk):
    id_ = stopped_half_way(desk)
    done = {row.who for row in page(desk, id_, shown="done").rows}
    again = bulks(desk).go_on(desk.actor(AGENT), id_)
    desk.carried_out()
    assert len(desk.directory.changed) == 1
    seen = run(desk, again)
    assert (seen.retries, seen.total, figures(seen)) == (id_, 2, {"done": 2})
    assert done.isdisjoint(row.who for row in seen.rows)
    assert [desk.value(f"u-{one}", "office") for one in THREE] == ["A"] * 3
    with pytest.raises(UnfitError, match="Every row was begun"):
        bulks(desk).go_on(desk.actor(AGENT), again)


def test_what_failed_and_what_was_not_begun_are_taken_up_each_by_itself(desk):
    id_ = stopped_half_way(desk, fails=True)
    seen = page(desk, id_)
    assert (seen.may_retry, seen.may_go_on, seen.done, seen.not_begun) == (True, True, 0, 2)
    for take, count in ((bulks(desk).retry, 1), (bulks(desk).go_on, 2)):
        again = take(desk.actor(AGENT), id_)
        desk.carried_out()
        assert page(desk, again).total == count
    assert desk.directory.changed == []


def test_one_that_was_given_up_before_it_was_prepared_is_gone_on_with_too(desk):
    id_ = prepared(desk, THREE)
    bulks(desk).stop(desk.actor(AGENT), id_)
    with pytest.raises(UnfitError, match="still runs"):
        bulks(desk).go_on(desk.actor(AGENT), id_)
    desk.carried_out()
    end_what_is_done(desk.services)
    again = bulks(desk).go_on(desk.actor(AGENT), id_)
    desk.carried_out()
    assert figures(page(desk, again)) == {"ready": 3}
    assert desk.performed == []
