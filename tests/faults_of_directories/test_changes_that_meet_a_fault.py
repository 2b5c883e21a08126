"""A fault meets a change that was confirmed, after another one was done: every state, sentence and record is true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic, sleep

import pytest

from runner.errors import NotReachableError, RefusedError
from tests.faults_of_directories.faulty_desks import FaultyDesk, details
from tests.servers.trouble import rogue

PARTLY, ALL = "done failed skipped", "done done done"
UNCLEAR = "done unknown skipped"


def cut(way: str) -> Callable[[FaultyDesk], None]:
    def begin(faulty: FaultyDesk) -> None:
        faulty.line.troubles = {1: lambda: way}

    return begin


def refused(code: int, *, times: int = 1) -> Callable[[FaultyDesk], None]:
    def begin(faulty: FaultyDesk) -> None:
        faulty.line.refusals = dict.fromkeys(range(1, 1 + times), (code, ""))

    return begin


def dies(faulty: FaultyDesk) -> None:
    def die() -> str:
        faulty.reachable.running.stop()
        return "request"

    faulty.line.troubles = {1: die}


def answers_nothing_more(faulty: FaultyDesk) -> None:
    """The server does what it was sent, and nobody hears of it, or of anything else."""
    faulty.line.troubles = {1: lambda: _mute(faulty)}


def _mute(faulty: FaultyDesk) -> str:
    faulty.line.is_mute = True
    return "unheard"


def freezes(faulty: FaultyDesk) -> None:
    """The server stops before it reads what it is sent, and does it when it goes on."""

    def freeze() -> str:
        faulty.at_the_end.enter_context(faulty.reachable.running.frozen())
        return "unheard"

    faulty.line.troubles = {1: freeze}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the second of three changes, the operations afterwards, what is told, whether it was done."""

    begin: Callable[[FaultyDesk], None]
    operations: str
    words: str = ""
    writes: int = 1
    state: str = "partly_done"


FAULTS: Mapping[str, Fault] = {
    "cut before": Fault(cut("request"), UNCLEAR, "unclear whether the change was made", state="unknown"),
    "cut after": Fault(cut("answer"), ALL, writes=3, state="done"),
    "done without an answer": Fault(cut("unheard"), ALL, writes=3, state="done"),
    "lost": Fault(cut("lost"), UNCLEAR, "unclear whether the change was made", state="unknown"),
    "dies": Fault(dies, UNCLEAR, "unclear whether the change was made", state="unknown"),
    "answers nothing more": Fault(answers_nothing_more, UNCLEAR, "unclear", writes=2, state="unknown"),
    "freezes": Fault(freezes, UNCLEAR, "unclear", writes=2, state="unknown"),
    "busy once": Fault(refused(51), ALL, writes=3, state="done"),
    "busy": Fault(refused(51, times=3), PARTLY, "The directory is busy"),
    "no right": Fault(refused(50), PARTLY, "has not the right"),
    "no such attribute": Fault(refused(17), PARTLY, "The directory's schema has no such attribute."),
    "not in its class": Fault(refused(65), PARTLY, "schema does not allow this attribute"),
    "not writable": Fault(refused(53), PARTLY, "refused the change (result 53)"),
    "fails": Fault(refused(80), PARTLY, "refused the change (result 80)"),
}
SHORT = ("cut before", "cut after", "busy")


def the_second_of_three(faulty: FaultyDesk, fault: Fault) -> None:
    login = next(faulty.people)
    before = faulty.texts(login)
    plan = faulty.steps(login, "RDM-7")
    fault.begin(faulty)
    page = faulty.confirm(plan)
    assert page.state == faulty.state(plan) == fault.state
    assert " ".join(faulty.states(plan)) == fault.operations
    assert fault.words in details(page)
    assert [one.state for one in page.operations] == faulty.states(plan)
    assert len(faulty.line.writes) == fault.writes
    faulty.line.heal_but_count()
    faulty.line.drop()
    if fault.begin is dies:
        faulty.reachable.running.start()
    faulty.at_the_end.close()
    held = tuple("RDM-7" if number < fault.writes else text for number, text in enumerate(before))
    until = monotonic() + 5
    while faulty.texts(login) != held and monotonic() < until:
        sleep(0.05)
    assert faulty.texts(login) == held
    assert faulty.on_record(plan) == faulty.states(plan)
    faulty.happens_once(plan, login, fault.state)
    assert faulty.confirm(faulty.steps(login, "RDM-8")).state == "done"
    assert faulty.texts(login) == ("RDM-8",) * 3


@pytest.mark.parametrize("fault", SHORT)
def test_a_fault_at_the_second_of_three_changes_leaves_what_is_on_record(faulty: FaultyDesk, fault: str) -> None:
    the_second_of_three(faulty, FAULTS[fault])


@pytest.mark.torture
@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in SHORT])
def test_further_faults_at_the_second_of_three_changes_leave_what_is_on_record(faulty: FaultyDesk, fault: str) -> None:
    the_second_of_three(faulty, FAULTS[fault])


def test_what_cannot_be_decided_on_after_a_change_is_not_begun(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    before, plan = faulty.texts(login), faulty.steps(login, "RDM-7")
    with faulty.after_a_change(lambda: setattr(faulty.line, "searches_refused", (52, ""))):
        page = faulty.confirm(plan)
    assert (page.state, faulty.states(plan)) == ("partly_done", PARTLY.split())
    assert "The directory is busy and does not answer." in details(page)
    faulty.line.heal_but_count()
    assert faulty.texts(login) == ("RDM-7", *before[1:])
    assert faulty.on_record(plan) == PARTLY.split()
    faulty.happens_once(plan, login, "partly_done")


def test_a_server_that_points_to_another_one_is_not_followed_there(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    plan, before = faulty.office(login, "RDM-7"), faulty.facts(login)
    with rogue() as listener:
        address = f"ldap://127.0.0.1:{listener.port}/dc=x"
        faulty.line.refusals = {0: (10, address)}
        page = faulty.confirm(plan)
        assert (page.state, faulty.states(plan)) == ("failed", ["failed"])
        assert "leaves the change to another one" in details(page)
        faulty.happens_once(plan, login, "failed")
        again = faulty.office(login, "RDM-7")
        faulty.line.searches_refused = (10, address)
        with pytest.raises((NotReachableError, RefusedError)):
            faulty.confirm(again)
        assert (listener.connections, listener.received) == (0, b"")
    faulty.heal()
    assert faulty.facts(login) == before
    assert faulty.on_record(plan) == ["failed"]
