"""Whoever asked for something finds it among the requests while it waits, and nobody else does there."""

from runner.pipeline.requests.inbox import inbox_page
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, SECOND, ask


def test_what_somebody_asked_for_stands_among_the_requests_until_it_is_decided(desk: TestDesk) -> None:
    id_ = ask(desk, person="z.lindqvist")
    form = desk.store.submissions.get(id_).form_title

    assert [(one.id, one.title) for one in inbox_page(desk.services, desk.actor(AGENT)).own] == [(id_, form)]
    assert inbox_page(desk.services, desk.actor(SECOND)).own == ()

    desk.desk.cancel(desk.actor(AGENT), id_)
    assert inbox_page(desk.services, desk.actor(AGENT)).own == ()
