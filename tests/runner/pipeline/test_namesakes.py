"""Two people of one name are told apart by their login wherever they stand in one list."""

import pytest

from connectors.spi import Ref
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.finding import find
from runner.pipeline.pages import ChoosePage, Posted, Thing
from tests.runner.pipeline.desks import TestDesk

AGENT, FIRST, SECOND = "agent.rotterdam", "t.novak", "z.lindqvist"


@pytest.fixture
def namesakes(desk: TestDesk) -> TestDesk:
    for login in (FIRST, SECOND):
        desk.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"display_name": "Bouke Grûnstra"})
    return desk


def chosen(desk: TestDesk, text: str) -> tuple[Thing, ...]:
    page = desk.desk.open(desk.actor(AGENT), "office", None, text, "en")
    assert isinstance(page, ChoosePage)
    return page.things


def picked(desk: TestDesk, text: str) -> tuple[Thing, ...]:
    return desk.desk.pick(desk.actor(AGENT), "office", "u-p.dewit", "colleague", text, Posted({}), "en").things


def found(desk: TestDesk, text: str) -> tuple[Thing, ...]:
    return find(desk.services, desk.actor(AGENT), text, "en").people


def offered(desk: TestDesk, text: str) -> tuple[Thing, ...]:
    return Bulks(desk.services).choose(desk.actor(AGENT), "office", text, "en").people


LISTS = [chosen, picked, found, offered]


@pytest.mark.parametrize("listed", LISTS)
def test_two_of_one_name_are_told_apart_by_their_login(namesakes: TestDesk, listed) -> None:
    things = listed(namesakes, "bouke")
    assert [one.label for one in things] == ["Bouke Grûnstra"] * 2
    assert sorted(_about(one).rpartition(" · ")[2] for one in things) == [FIRST, SECOND]


@pytest.mark.parametrize("listed", LISTS)
def test_somebody_of_another_name_is_listed_as_before(desk: TestDesk, listed) -> None:
    [one] = listed(desk, "novak")
    assert FIRST not in _about(one)


def _about(one: Thing) -> str:
    return " · ".join(filter(None, one.cells)) or one.detail
