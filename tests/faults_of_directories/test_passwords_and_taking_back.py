"""A fault meets a new password, a taking back, or a process: what is shown was done, and nothing is done again."""

import pytest

from runner.engine.nodes import sweep
from tests.faults_of_directories.faulty_desks import FaultyDesk, details

BACK = "undone undone failed"


def shown(page: object) -> list[str]:
    return [show.secret.reveal() for show in page.shows if show.secret is not None]  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", ["answer", pytest.param("unheard", marks=pytest.mark.torture)])
def test_a_password_that_was_set_without_an_answer_is_found_out_and_shown_once(faulty: FaultyDesk, way: str) -> None:
    login = next(faulty.people)
    plan = faulty.reset(login)
    faulty.line.troubles = {0: lambda: way}
    page = faulty.confirm(plan)
    (password,) = shown(page)
    assert (page.state, faulty.passwords[-1]) == ("done", password)
    assert faulty.desk.client.lets_in(login, password)
    assert faulty.on_record(plan) == faulty.states(plan) == ["done"]
    faulty.line.heal_but_count()
    faulty.happens_once(plan, login, "done")
    assert faulty.desk.client.lets_in(login, password)


@pytest.mark.parametrize("way", ["request", pytest.param("lost", marks=pytest.mark.torture)])
def test_a_password_that_may_not_have_been_set_is_not_shown(faulty: FaultyDesk, way: str) -> None:
    login = next(faulty.people)
    plan = faulty.reset(login)
    faulty.line.troubles = {0: lambda: way}
    page = faulty.confirm(plan)
    assert (page.state, shown(page), faulty.line.writes) == ("unknown", [], [])
    assert "unclear whether the change was made" in details(page)
    assert faulty.passwords[-1] not in repr(page)
    faulty.line.heal_but_count()
    assert not faulty.desk.client.lets_in(login, faulty.passwords[-1])
    assert faulty.on_record(plan) == faulty.states(plan) == ["unknown"]
    faulty.happens_once(plan, login, "unknown")
    again = faulty.confirm(faulty.reset(login))
    assert faulty.desk.client.lets_in(login, *shown(again))


def test_a_password_that_nobody_could_look_at_again_is_not_shown(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    plan = faulty.reset(login)

    def unseen() -> str:
        faulty.line.searches_refused = (52, "")
        return "answer"

    faulty.line.troubles = {0: unseen}
    page = faulty.confirm(plan)
    assert (page.state, shown(page), len(faulty.line.writes)) == ("unknown", [], 1)
    details(page)
    faulty.line.heal_but_count()
    assert faulty.desk.client.lets_in(login, faulty.passwords[-1])
    assert faulty.on_record(plan) == ["unknown"]
    faulty.happens_once(plan, login, "unknown")
    again = faulty.confirm(faulty.reset(login))
    assert faulty.desk.client.lets_in(login, *shown(again))
    # Active Directory takes the password before the last one for another hour (OldPasswordAllowedPeriod).
    assert faulty.desk.client.lets_in(login, faulty.passwords[-2]) == (faulty.name == "active_directory")


def test_what_was_done_before_a_refusal_is_taken_back(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    before, plan = faulty.texts(login), faulty.steps(login, "RDM-9", "undo")
    faulty.line.refusals = {2: (50, "")}
    page = faulty.confirm(plan)
    assert (page.state, faulty.states(plan)) == ("failed", BACK.split())
    assert "has not the right" in details(page)
    assert (faulty.texts(login), len(faulty.line.writes)) == (before, 4)
    assert sorted(faulty.on_record(plan)) == sorted(["done", "done", *BACK.split()])
    faulty.happens_once(plan, login, "failed")


@pytest.mark.parametrize(
    ("way", "state", "operations", "writes"),
    [
        ("request", "unknown", "done unknown failed", 2),
        pytest.param("answer", "failed", BACK, 4, marks=pytest.mark.torture),
    ],
)
def test_a_fault_while_taking_back_is_told_as_it_is(
    faulty: FaultyDesk, way: str, state: str, operations: str, writes: int
) -> None:
    login = next(faulty.people)
    before, plan = faulty.texts(login), faulty.steps(login, "RDM-9", "undo")
    faulty.line.refusals = {2: (50, "")}
    faulty.line.troubles = {3: lambda: way}
    page = faulty.confirm(plan)
    assert (page.state, faulty.states(plan)) == (state, operations.split())
    details(page)
    faulty.line.heal_but_count()
    assert faulty.texts(login) == (before if state == "failed" else ("RDM-9", "RDM-9", before[2]))
    assert len(faulty.line.writes) == writes
    faulty.on_record(plan)
    faulty.happens_once(plan, login, state)


class KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("when", [pytest.param("before", marks=pytest.mark.torture), "after"])
def test_a_process_that_ends_at_a_change_leaves_it_unclear_and_undone_by_nobody(faulty: FaultyDesk, when: str) -> None:
    login = next(faulty.people)
    before, plan = faulty.texts(login), faulty.steps(login, "RDM-9")
    session = faulty.directory._writing
    apply = type(session).apply
    sent: list[object] = []

    def killed(request: object) -> object:
        sent.append(request)
        answer = apply(session, request) if len(sent) == 1 or when == "after" else None
        if len(sent) == 2:
            raise KilledError
        return answer

    session.apply = killed  # type: ignore[method-assign]
    try:
        with pytest.raises(KilledError):
            faulty.confirm(plan)
    finally:
        del session.apply  # type: ignore[method-assign]
    store = faulty.other.installation.services.store
    assert faulty.state(plan) == "running"
    lost = store.submissions.mark_lost([faulty.installation.services.node], faulty.installation.services.now())
    assert [one.id for one in lost] == [plan.head.submission]
    assert (faulty.state(plan), faulty.states(plan)) == ("unknown", ["done", "unknown", "skipped"])
    assert faulty.texts(login) == ("RDM-9", "RDM-9" if when == "after" else before[1], before[2])
    assert faulty.on_record(plan) == ["done", "unknown"]
    faulty.happens_once(plan, login, "unknown")
    assert sweep(faulty.other.installation.services) == []
