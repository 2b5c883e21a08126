"""Somebody out of scope and somebody who is not there cost the same questions, so that no clock tells them apart."""

import pytest

from runner.errors import NotFoundError, RefusedError
from runner.pipeline.pages import FillPage, PickPage, Posted

AGENT = "agent.rotterdam"
MISSING = "u-nobody-at-all"
OTHERS = ("u-u.bakker", "u-r.admin", "u-svc", "u-alice", "g-APP-Visio")
DOORS = {
    "card": lambda desk, actor, id_: desk.desk.person(actor, id_),
    "photo": lambda desk, actor, id_: desk.desk.photo(actor, id_),
    "open": lambda desk, actor, id_: desk.desk.open(actor, "office", id_, "", "en"),
    "evaluate": lambda desk, actor, id_: desk.desk.evaluate(actor, "office", id_, Posted({}), "en"),
    "pick": lambda desk, actor, id_: desk.desk.pick(actor, "office", id_, "colleague", "a", Posted({}), "en"),
    "picked": lambda desk, actor, id_: desk.desk.submit(
        actor, desk.new(), "office", "u-t.novak", Posted({"office": "A", "colleague": id_}), "en"
    ),
    "submit": lambda desk, actor, id_: desk.desk.submit(
        actor, desk.new(), "office", id_, Posted({"office": "A"}), "en"
    ),
    "check": lambda desk, actor, id_: desk.desk.check_start(
        actor, desk.new(), "unlock-account", id_, "code_to_mail", "en"
    ),
}


def work(desk, door, id_):
    """Return what was asked of the systems and kept on record, and what was answered, for one request."""
    actor = desk.actor(AGENT)
    desk.desk.home(actor, "en")
    desk.directory.questions.clear()
    desk.mailbox.questions.clear()
    before = len(desk.journal())
    try:
        answer = DOORS[door](desk, actor, id_)
        said = (
            answer.errors if isinstance(answer, FillPage) else answer.things if isinstance(answer, PickPage) else answer
        )
    except (NotFoundError, RefusedError) as refused:
        said = (type(refused), str(refused))
    asked = [[(one.kind, one.limit, one.text) for one in system.questions] for system in (desk.directory, desk.mailbox)]
    return asked, len(desk.journal()) - before, said


@pytest.mark.parametrize("door", DOORS)
def test_each_door_does_the_same_work_for_others_as_for_nobody(desk, door):
    nobody = work(desk, door, MISSING)
    assert nobody[0] != [[], []]
    assert nobody[1] == 1
    for other in OTHERS:
        assert work(desk, door, other) == nobody, other


def test_whoever_is_in_scope_costs_other_work_so_that_the_measure_can_fail(desk):
    assert work(desk, "card", "u-t.novak")[0] != work(desk, "card", MISSING)[0]


def test_a_search_for_somebody_out_of_scope_is_a_search_for_nobody(desk):
    actor = desk.actor(AGENT)
    desk.desk.home(actor, "en")
    found = []
    for text in ("bakker", "zzzzz", "r.admin"):
        desk.directory.questions.clear()
        page = desk.desk.find(actor, text)
        found.append((page.people, page.more, [(one.kind, one.limit) for one in desk.directory.questions]))
    assert found[0] == found[1] == found[2]
