"""The directory is away when a plan is confirmed, or anything is looked at: nothing is decided, done or taken for empty."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest

from runner.errors import NotReachableError
from tests.faults_of_directories.doors import DOORS
from tests.faults_of_directories.faulty_desks import FaultyDesk, reason
from tests.library_on_servers.three_desks import ref
from tests.servers.certificates import Certificates

BIND = 0x60  # RFC 4511, 4.2


@contextmanager
def down(faulty: FaultyDesk) -> Iterator[None]:
    faulty.reachable.running.stop()
    try:
        yield
    finally:
        faulty.reachable.running.start()


@contextmanager
def refused(faulty: FaultyDesk) -> Iterator[None]:
    with faulty.line.refusing():
        yield


@contextmanager
def mute(faulty: FaultyDesk) -> Iterator[None]:
    faulty.line.is_mute = True
    yield


@contextmanager
def frozen(faulty: FaultyDesk) -> Iterator[None]:
    with faulty.reachable.running.frozen():
        yield


@contextmanager
def trickling(faulty: FaultyDesk) -> Iterator[None]:
    faulty.line.seconds_per_byte = 0.1
    yield


@contextmanager
def cut_short(faulty: FaultyDesk) -> Iterator[None]:
    """The server gives a part of what it was asked for: its size limit."""
    faulty.line.searches_refused = (4, "")
    yield


@contextmanager
def busy(faulty: FaultyDesk) -> Iterator[None]:
    faulty.line.searches_refused = (51, "")
    yield


Fault = Callable[[FaultyDesk], AbstractContextManager[None]]
FAULTS: Mapping[str, tuple[Fault, str]] = {
    "down": (down, "ended"),
    "refused": (refused, "nothing listens on its port"),
    "mute": (mute, "in time"),
    "frozen": (frozen, "in time"),
    "trickling": (trickling, "in time"),
    "cut_short": (cut_short, "only a part"),
    "busy": (busy, "busy"),
}
CERTIFICATES = {"expired": "expired", "wrong_name": "another name", "unknown": "an authority that is not trusted"}


@pytest.mark.parametrize(
    "faults",
    [
        ("down", "refused", "trickling", "cut_short", "busy"),
        pytest.param(("frozen", "mute"), marks=pytest.mark.torture),
    ],
    ids=["quick", "slow"],
)
def test_what_cannot_be_decided_is_not_done_and_can_be_confirmed_afterwards(
    faulty: FaultyDesk, faults: Sequence[str]
) -> None:
    login = next(faulty.people)
    plan, before = faulty.steps(login, "RDM-1"), faulty.facts(login)
    for trouble, words in map(FAULTS.__getitem__, faults):
        with trouble(faulty):
            with pytest.raises(NotReachableError) as raised:
                faulty.confirm(plan)
            assert words in reason(raised.value)
            assert faulty.state(plan) == "draft"
            assert faulty.refusals()[-1]["decision"]["reason"] == str(raised.value)
        faulty.heal()
    assert faulty.facts(login) == before
    assert faulty.records(plan) == []
    assert [one["target"]["id"] for one in faulty.refusals()][-len(faults) :] == [ref("user", login)] * len(faults)
    assert faulty.confirm(plan).state == "done"
    assert faulty.line.writes == ["modify"] * 3
    assert faulty.on_record(plan) == ["done"] * 3
    faulty.happens_once(plan, login, "done")


def test_a_server_that_cannot_be_trusted_any_more_gets_no_password(
    faulty: FaultyDesk, certificates: Certificates
) -> None:
    login = next(faulty.people)
    plan, before = faulty.reset(login), faulty.facts(login)
    for name, words in CERTIFICATES.items():
        faulty.line.certificate = getattr(certificates, name)
        faulty.line.drop()
        faulty.line.kinds.clear()
        with pytest.raises(NotReachableError) as raised:
            faulty.confirm(plan)
        assert words in reason(raised.value), name
        assert (faulty.state(plan), faulty.line.kinds) == ("draft", [])
    faulty.heal()
    assert faulty.facts(login) == before
    page = faulty.confirm(plan)
    (password,) = (show.secret.reveal() for show in page.shows if show.secret is not None)
    assert faulty.desk.client.lets_in(login, password)
    assert BIND in faulty.line.kinds
    faulty.happens_once(plan, login, "done")


@pytest.mark.parametrize(
    "fault",
    ["cut_short", "away_after_a_while", *(pytest.param(one, marks=pytest.mark.torture) for one in ("refused", "busy"))],
)
def test_nothing_is_shown_as_empty_that_could_not_be_read(faulty: FaultyDesk, fault: str) -> None:
    id_ = ref("user", next(faulty.people))
    if fault == "away_after_a_while":
        faulty.installation.services.authority.expire()
    trouble, words = FAULTS.get(fault, FAULTS["refused"])
    with trouble(faulty):
        for name, door in DOORS.items():
            with pytest.raises(NotReachableError) as raised:
                door(faulty, id_)
            assert words in reason(raised.value), name
    faulty.heal()
    for name, door in DOORS.items():
        assert name == "photo" or door(faulty, id_)
