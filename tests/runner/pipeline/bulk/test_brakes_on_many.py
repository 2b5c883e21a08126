"""Brakes on bulks: how many at once, and the second person that a large one needs."""

from dataclasses import replace

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, UnfitError
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.bulk.working import end_what_is_done, forget_what_nobody_started, work_on_bulks
from runner.pipeline.services import BulkBrakes
from tests.runner.pipeline.bulk.running_bulks import AGENT, figures, page, prepared, started

THREE = ("t.novak", "z.lindqvist", "p.dewit")
SECOND = "second.rotterdam"


@pytest.fixture
def braked(desk):
    """A desk on which three people are many: a second person starts that, and four are too many."""
    brakes = BulkBrakes(most=3, second_person_above=2)
    desk.installation = replace(desk.installation, services=replace(desk.services, bulk=brakes))
    return desk


def may_approve(monkeypatch, desk, who):
    """Let somebody hold request.approve, whatever the policy says."""
    authority = type(desk.services.authority.current())
    holds = authority.holds

    def also(self, actor, permission, *args, **more):
        given = permission == "request.approve" and actor.login == who
        return given or holds(self, actor, permission, *args, **more)

    monkeypatch.setattr(authority, "holds", also)


def test_more_than_the_most_are_not_taken(braked):
    people = [f"u-{one}" for one in (*THREE, "n.mail")]
    with pytest.raises(UnfitError, match="At most 3 people"):
        Bulks(braked.services).begin_chosen(braked.actor(AGENT), "office", people, "en")
    text = "login\n" + "\n".join(people)
    with pytest.raises(UnfitError, match="at most 3 are taken"):
        Bulks(braked.services).begin_listed(braked.actor(AGENT), "office", text.encode(), "en")


def test_a_large_one_is_started_by_somebody_else_who_may(braked, monkeypatch):
    id_ = prepared(braked, THREE)
    assert page(braked, id_).asks_second
    started(braked, id_)
    assert (braked.carried_out(), braked.store.bulks.get(id_).state) == (0, "asked")
    word = Word(braked.store.bulks.get(id_).digest, typed="3")
    for who in (AGENT, SECOND, "auditor"):
        with pytest.raises(NotFoundError):
            Bulks(braked.services).start(braked.actor(who), id_, word)
    may_approve(monkeypatch, braked, SECOND)
    assert [one.id for one in Bulks(braked.services).overview(braked.actor(SECOND)).waiting] == [id_]
    assert page(braked, id_, SECOND).may_start
    Bulks(braked.services).start(braked.actor(SECOND), id_, word)
    braked.carried_out()
    end_what_is_done(braked.services)
    seen = page(braked, id_, SECOND)
    assert (seen.starter, figures(seen)) == (SECOND, {"done": 3})
    told = [one["operation"] for one in braked.journal("decision") if one.get("digest")]
    assert told == ["wait for a second person", "start for many as a second person"]


def test_nobody_starts_their_own_even_with_the_right_to(braked, monkeypatch):
    id_ = prepared(braked, THREE)
    started(braked, id_)
    may_approve(monkeypatch, braked, AGENT)
    with pytest.raises(NotFoundError):
        Bulks(braked.services).start(braked.actor(AGENT), id_, Word(braked.store.bulks.get(id_).digest))


def test_a_small_one_needs_nobody_else(braked):
    id_ = prepared(braked, THREE[:2])
    assert not page(braked, id_).asks_second
    started(braked, id_)
    braked.carried_out()
    assert len(braked.directory.changed) == 2


def test_what_nobody_starts_is_forgotten_after_a_week(braked):
    id_ = prepared(braked, THREE)
    assert forget_what_nobody_started(braked.services) == 0
    braked.clock.forward(days=8)
    assert forget_what_nobody_started(braked.services) == 1
    seen = page(braked, id_)
    assert (seen.state, {row.who for row in seen.rows}) == ("expired", {"(not in your scope)"})


def test_a_single_submission_goes_before_the_rows_of_a_bulk(braked):
    id_ = prepared(braked, THREE[:2])
    started(braked, id_)
    while braked.store.bulks.get(id_).state != "running":
        work_on_bulks(braked.services)
    later = braked.planned(AGENT, "later-with-a-yes", "u-p.dewit", {"office": "KIOSK", "day": "2030-03-05"})
    single = braked.done(AGENT, later).head.submission
    braked.clock.forward(days=1)
    taken = braked.store.queue.claim("node-1", braked.clock())
    assert taken.id == single
    assert braked.store.queue.claim("node-1", braked.clock(), (single,)).bulk_id == id_


def test_a_further_account_of_whoever_asked_does_not_start_it(braked, monkeypatch):
    id_ = prepared(braked, THREE)
    started(braked, id_)
    may_approve(monkeypatch, braked, SECOND)
    for login, number in ((AGENT, "00 471"), (SECOND, " 00 471")):
        braked.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"employee_id": number})
    assert not Bulks(braked.services).overview(braked.actor(SECOND)).waiting
    with pytest.raises(NotFoundError):
        Bulks(braked.services).start(braked.actor(SECOND), id_, Word(braked.store.bulks.get(id_).digest, typed="3"))
    assert braked.carried_out() == 0
