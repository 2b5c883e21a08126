"""Nothing a journal says of a person stands in it in clear: it is sealed under that person's key, and gone when that is."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import RejectedError
from connectors.spi import Ref
from runner.sealing import KeySealer, new_key
from runner.store.person_keys import Keyring
from runner.store.store import Store
from tests.runner.pipeline import desks
from tests.runner.pipeline.desks import TestDesk

AGENT, PERSON = "agent.rotterdam", "u-t.novak"
BEFORE, AFTER = "Oldenzaal-7741", "Nieuwegein-8852"
UNTIL = {"ends": "2030-03-10"}


@pytest.fixture
def desk(company_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestDesk]:
    """Yield a desk whose store has keys of persons, as that of an installation."""
    sealer = KeySealer(new_key())
    monkeypatch.setattr(desks, "Store", lambda database: Store(database, Keyring(sealer, secrets.token_bytes)))
    desks.make_folder(tmp_path, company_template)
    opened = desks.open_desk(tmp_path)
    yield opened
    opened.close()


def put(desk: TestDesk, **values: str) -> None:
    desk.do("directory.user.update", user=Ref("user", PERSON), set=values)


def run(desk: TestDesk, form: str, target: str = PERSON, **answers: Any) -> None:
    desk.done(AGENT, desk.planned(AGENT, form, target, answers))


def ordinary(desk: TestDesk) -> None:
    put(desk, office=BEFORE)
    run(desk, "office", office=AFTER)


def taken_back_by_the_run(desk: TestDesk) -> None:
    def fail(operation: Any) -> None:
        if operation.id == "second_undo":
            raise RejectedError("no")

    put(desk, office=BEFORE)
    desk.directory.before = fail
    run(desk, "three-steps", rule="undo", office=AFTER)
    assert desk.value(PERSON, "office") == BEFORE


def for_a_while(desk: TestDesk) -> None:
    put(desk, office=BEFORE)
    run(desk, "until-a-day", office=AFTER, **UNTIL)


def for_a_while_and_over(desk: TestDesk) -> None:
    for_a_while(desk)
    desk.clock.forward(days=7)
    assert desk.carried_out() == 1
    assert desk.value(PERSON, "office") == BEFORE


def overtaken_in_part(desk: TestDesk) -> None:
    put(desk, office="1", company=BEFORE)
    run(desk, "two-values-for-a-while", office="2", company=AFTER, **UNTIL)
    run(desk, "two-values-for-a-while", office="3")
    assert any('"overtaken"' in line for line in desk.store.journal.all_lines())


DAYS = [ordinary, taken_back_by_the_run, for_a_while, for_a_while_and_over, overtaken_in_part]


@pytest.mark.parametrize("day", DAYS)
def test_values_of_a_person_are_neither_in_clear_nor_there_after_an_erasure(
    desk: TestDesk, day: Callable[[TestDesk], None]
) -> None:
    day(desk)
    assert [line for line in desk.store.journal.all_lines() if BEFORE in line or AFTER in line] == []
    told = repr(desk.journal())
    assert BEFORE in told
    assert AFTER in told
    desk.clock.forward(days=9)
    desk.carried_out()
    actor = {"id": "cli", "login": "cli"}
    desk.store.erasures.erase(PERSON, because="asked", actor=actor, now=desk.clock())
    told = repr(desk.journal())
    assert BEFORE not in told
    assert AFTER not in told
    assert desk.store.journal.verify().ok


@pytest.mark.parametrize("until", [{}, UNTIL])
def test_a_person_among_the_answers_of_a_form_about_a_group_is_sealed_too(
    desk: TestDesk, until: dict[str, str]
) -> None:
    run(desk, "group-until" if until else "group-change", "g-APP-Visio", who="z.lindqvist", **until)
    assert not any("Lindqvist" in line for line in desk.store.journal.all_lines())
    if until:
        desk.clock.forward(days=7)
        assert desk.carried_out() == 1
        assert not any("Lindqvist" in line for line in desk.store.journal.all_lines())
    assert "Lindqvist" in repr(desk.journal("outcome"))
