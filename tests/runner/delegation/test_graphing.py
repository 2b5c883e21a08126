"""The graph of a running desk: for those who may read access, kept as long as it is true, and made again after a change."""

import pytest

from runner.delegation.delegation import Delegation
from runner.delegation.graphs.graphing import LIFETIME_SECONDS, Graphing
from runner.errors import NotFoundError
from tests.runner.pipeline.desks import TestDesk


@pytest.fixture
def graphing(desk: TestDesk) -> Graphing:
    return Delegation(desk.services).graphing


def test_an_auditor_is_told_the_paths(desk: TestDesk, graphing: Graphing) -> None:
    page = graphing.paths(desk.actor("auditor"), "agent.rotterdam", "role:branch-desk", most=1)
    assert page.trouble == ""
    assert len(page.paths) == 1
    assert page.more
    path = page.paths[0]
    assert len(path.nodes) == len(path.steps) + 1
    assert path.nodes[0].id == "desk:directory:users:u-agent.rotterdam"
    assert path.nodes[-1].id == "desk:deskhand:roles:branch-desk"


@pytest.mark.parametrize("login", ["agent.rotterdam", "alice"])
def test_for_everybody_else_there_is_no_such_page_and_the_try_is_recorded(
    desk: TestDesk, graphing: Graphing, login: str
) -> None:
    with pytest.raises(NotFoundError):
        graphing.paths(desk.actor(login), "everyone", "protected")
    assert desk.kinds() == ["deny"]


def test_a_graph_is_made_once_and_again_after_the_policy_was_found_to_be_another(
    desk: TestDesk, graphing: Graphing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = graphing.built()
    desk.services.authority.expire()
    assert graphing.built() is first
    desk.clock.forward(days=1)
    other_day = graphing.built()
    assert other_day is not first
    monkeypatch.setattr("runner.delegation.graphs.graphing.LIFETIME_SECONDS", 0.0)
    assert graphing.built() is not other_day
    assert LIFETIME_SECONDS <= 3_600


def test_hostile_names_are_answered_like_any_other(desk: TestDesk, graphing: Graphing) -> None:
    for text in ("", " ", "<script>", "desk:", "role:", "x" * 10_000, "\x00", "user:" + "y" * 300):
        page = graphing.paths(desk.actor("auditor"), text, text)
        assert page.trouble
        assert len(page.trouble) < 400
        assert page.paths == ()
