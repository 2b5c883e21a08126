"""The same way through with directory and store on PostgreSQL, where requests really run beside one another."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import RejectedError
from connectors.spi import Ref
from runner.engine.nodes import sweep
from runner.errors import NotFoundError, StaleError, TooManyError
from runner.pipeline.pages import PlanPage, SubmissionPage
from tests.runner.migrated import migrated
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.runner.pipeline.small_company import load_directory

AGENT = "agent.rotterdam"


@pytest.fixture
def desk(postgres_cluster, company_template, tmp_path):
    directory_url, store_url = postgres_cluster.new_database(), postgres_cluster.new_database()
    load_directory(directory_url)
    migrated(store_url)
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path, directory_url=directory_url, store_url=store_url)
    yield opened
    opened.close()


def at_once(count, work):
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            page = work(number)
        except (StaleError, TooManyError) as refused:
            return type(refused)
        return page.state if isinstance(page, SubmissionPage) else type(page)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_password_reset_goes_the_whole_way(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    plan = desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission)
    done = desk.done(AGENT, plan)
    assert done.state == "done"
    assert [show.secret.reveal() for show in done.shows if show.secret] == desk.passwords
    assert desk.directory.inner.authenticate("z.lindqvist", done.shows[-1].secret).ref == Ref("user", "u-z.lindqvist")
    assert desk.kinds() == ["verify", "verify", "intent", "intent", "outcome", "outcome"]
    assert desk.store.journal.verify().ok
    assert desk.passwords[0] not in repr(desk.journal())


def test_steps_are_taken_back_and_refusals_recorded(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "undo", "office": "A"})

    def fail(operation):
        if operation.id == "third_undo":
            raise RejectedError("no")

    desk.directory.before = fail
    assert desk.done(AGENT, plan).state == "failed"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["undone", "undone", "failed"]
    before = len(desk.performed)
    with pytest.raises(NotFoundError):
        desk.fill(AGENT, "office", "u-u.bakker", {"office": "A"})
    assert len(desk.performed) == before
    assert desk.journal("deny")[0]["target"]["id"] == "u-u.bakker"
    assert desk.store.journal.verify().ok


def test_twenty_confirmations_at_once_do_it_once(desk):
    for office in "AB":
        plan = desk.planned(AGENT, "office", "u-t.novak", {"office": office})
        before = len(desk.performed)
        states = at_once(20, lambda _, plan=plan: desk.confirm(AGENT, plan))
        assert len(desk.performed) == before + 1
        assert "done" in states
        assert set(states) <= {"done", "running", StaleError}
        assert desk.value("u-t.novak", "office") == office
    assert desk.kinds() == ["intent", "outcome"] * 2
    assert desk.store.journal.verify().ok


def test_submissions_beside_one_another_leave_one_chain(desk):
    people = ["u-t.novak", "u-p.dewit", "u-z.lindqvist", "u-n.mail"]
    plans = [desk.planned(AGENT, "office", person, {"office": "A"}) for person in people]
    assert at_once(4, lambda number: desk.confirm(AGENT, plans[number])) == ["done"] * 4
    told = [entry["operation"]["verb"] for entry in desk.journal("outcome")]
    assert sorted(told) == ["directory.user.update"] * 4 + ["mail"]  # one of them has no address
    assert desk.store.journal.verify().ok


def test_a_limit_holds_when_all_come_at_once(desk):
    at_once(8, lambda number: desk.fill(AGENT, "at-once", "u-t.novak", {"office": f"L{number}"}))
    assert 1 <= desk.kinds().count("intent") <= 2
    assert len(desk.directory.changed) <= 2
    assert desk.store.journal.verify().ok


def test_a_person_who_leaves_right_before_the_change_is_not_touched(desk):
    groups, person = (Ref("group", "g-GG-Location-Rotterdam"),), Ref("user", "u-t.novak")
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.directory.before = lambda _: desk.do("directory.user.leave_groups", user=person, groups=groups)
    assert desk.done(AGENT, plan).state == "failed"
    assert desk.directory.changed == []
    assert desk.value("u-t.novak", "office") is None


def test_what_was_lost_is_found_as_unknown(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})

    def lose(_):
        desk.store.submissions.mark_lost([desk.services.node], desk.clock())

    desk.directory.after = lose
    with pytest.raises(StaleError):
        desk.confirm(AGENT, plan)
    assert desk.state(plan.head.submission) == "unknown"
    assert desk.kinds() == ["intent", "reconcile"]
    assert sweep(desk.installation.services) == []
    again = desk.confirm(AGENT, plan)
    assert again.state == "unknown"
    assert len(desk.performed) == 1


def test_a_plan_that_would_do_something_else_by_now_is_shown_again(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"office": "B"})
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, PlanPage)
    assert page.changed_meanwhile
    assert desk.performed == []
