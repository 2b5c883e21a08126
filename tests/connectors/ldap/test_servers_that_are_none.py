"""What is no answer, comes without end or is too large ends the call: nobody is let in by it, and nothing waits for ever."""

from collections.abc import Iterable
from itertools import chain, count, repeat
from time import perf_counter, sleep

import pytest

from connectors.errors import UnavailableError, UnknownOutcomeError
from connectors.ldap.requests import Modification, Modify
from connectors.ldap.talking import spending
from connectors.ldap.talking.answering import ANSWERS, Message, element
from connectors.ldap.talking.spending import Spending
from connectors.ldap.talking.wire import WireError
from connectors.spi import Compare, Question, Secret
from tests.connectors.ldap.answering_server import BOUND, DONE, Answering, answering, cookie, person, result

ALICE = Question("user", Compare("login", "==", "alice"))
BIND, SEARCH = 0x60, 0x63


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", "only-for-tests")


def with_alice(bound: bytes = b"") -> Answering:
    """Answer the bind as alice with these octets, every search with her."""

    def answers(message: Message, octets: bytes) -> Iterable[bytes] | None:
        if message.tag == SEARCH:
            return [person(), result(DONE)]
        return [bound] if message.tag == BIND and b"alice" in octets and bound else None

    return answers


NO_ANSWERS = {
    "that of a search": result(DONE),
    "that of a change": result(0x67),
    "a tag that LDAP has not": result(0x50),
    "an entry": person(),
    "no code": result(BOUND, b""),
    "a code that is a number": result(BOUND, code_tag=0x02),
    "a code of 256 zeros": result(BOUND, bytes(256)),
    "a code of 5 octets": result(BOUND, bytes(5)),
    "a code of 4,000 octets": result(BOUND, b"\x7f" * 4_000),
    "a code below zero": result(BOUND, b"\x80"),
    "no words": element(BOUND, element(0x0A, b"\x00") + element(4, b"")),
    "numbers for words": element(BOUND, element(0x0A, b"\x00") + element(2, b"\x00") * 2),
}


def test_the_right_answer_to_a_bind_lets_in() -> None:
    with answering(with_alice()) as (directory, _):
        assert directory.authenticate("alice", Secret("anything")).state == "ok"
    with answering(with_alice(result(BOUND, b"\x31"))) as (directory, _):
        assert directory.authenticate("alice", Secret("anything")).state == "wrong"


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_to_a_bind_lets_nobody_in(what: str) -> None:
    with (
        answering(with_alice(NO_ANSWERS[what])) as (directory, _),
        pytest.raises(UnavailableError, match="is not LDAP"),
    ):
        directory.authenticate("alice", Secret("anything"))


@pytest.mark.parametrize("what", [one for one in NO_ANSWERS if one != "an entry"])
def test_what_is_no_answer_to_a_search_is_none(what: str) -> None:
    octets = NO_ANSWERS[what]
    given = (
        octets if what == "that of a change" else bytes([DONE]) + octets[1:] if octets[0] == BOUND else result(BOUND)
    )
    with answering(lambda message, _: [given] if message.tag == SEARCH else None) as (directory, _):
        with pytest.raises(UnavailableError, match="is not LDAP"):
            directory.read(ALICE)
        assert not directory.check().ok


@pytest.mark.parametrize("answer", [result(BOUND), result(0x67, b""), result(0x67, bytes(5)), result(0x69)])
def test_a_change_that_gets_no_answer_of_its_own_may_have_been_made(answer: bytes) -> None:
    change = Modify("uid=alice", (Modification("replace", "description", (b"x",)),))
    with answering(lambda message, _: [answer] if message.tag == 0x66 else None) as (directory, asked):
        with pytest.raises(UnknownOutcomeError):
            directory.session.apply(change)
        assert asked.count(0x66) == 1


@pytest.mark.parametrize("tag", [0x66, 0x68, 0x4A, 0x6C, 0x77])
def test_every_operation_has_an_answer_of_its_own(tag: int) -> None:
    assert len(set(ANSWERS.values())) == len(ANSWERS)
    assert tag in ANSWERS


def test_long_words_of_a_server_are_cut() -> None:
    words = b"password too short " * 16_000
    answers = with_alice(result(BOUND, b"\x31", words=words))
    with answering(answers) as (directory, _):
        answer = directory.session.verify("uid=alice", Secret("x"))
    assert answer.message == words.decode()[:1_000]


def test_words_of_a_server_cannot_write_on_the_administrators_screen() -> None:
    refused = result(BOUND, b"\x35", words=b"\x1b[2Jall is well\n")
    with answering(lambda message, _: [refused] if message.tag == BIND else None) as (directory, _):
        detail = directory.check().detail
    assert "all is well" in detail
    assert detail.isprintable()


# --- pages without end ----------------------------------------------------------------------------------------------


def searched(rows: Iterable[bytes], more: bytes) -> Answering:
    """Answer every search for somebody with these entries and a cookie, and whatever else is asked as usual."""
    return lambda message, octets: (
        (chain(rows, [result(DONE) + cookie(more)]) if b"inetOrgPerson" in octets else [person(), result(DONE)])
        if message.tag == SEARCH
        else None
    )


@pytest.mark.parametrize("rows", [[], [person()]])
def test_the_same_page_again_and_again_ends_a_search(rows: list[bytes]) -> None:
    with answering(searched(rows, b"again")) as (directory, asked):
        for ask in (lambda: directory.read(ALICE), lambda: directory.authenticate("alice", Secret("anything"))):
            with pytest.raises(UnavailableError, match="the same page again and again"):
                ask()
        assert asked.count(SEARCH) < 12


def test_pages_that_go_on_for_ever_with_next_to_nothing_end_with_the_time_of_a_call() -> None:
    numbers = count()

    def answers(message: Message, octets: bytes) -> Iterable[bytes] | None:
        if message.tag != SEARCH or b"inetOrgPerson" not in octets:
            return [person(), result(DONE)] if message.tag == SEARCH else None
        sleep(0.05)
        return [result(DONE) + cookie(f"page {next(numbers)}".encode())]

    with answering(answers, call_seconds=0.5) as (directory, _):
        began = perf_counter()
        with pytest.raises(UnavailableError, match="did not answer in time"):
            directory.authenticate("alice", Secret("anything"))
        assert perf_counter() - began < 3


def test_a_login_of_very_many_is_nobodys() -> None:
    numbers = count()

    def answers(message: Message, octets: bytes) -> Iterable[bytes] | None:
        if message.tag != SEARCH or b"inetOrgPerson" not in octets:
            return [person(), result(DONE)] if message.tag == SEARCH else None
        page = [person("alice", cn=[b"%d" % next(numbers)]) for _ in range(30)]
        page.insert(0, person(f"other{next(numbers)}"))
        return [*page, result(DONE) + cookie(b"one cookie for all pages")]

    with answering(answers) as (directory, asked):
        assert directory.authenticate("alice", Secret("anything")).state == "wrong"
        assert asked.count(SEARCH) < 8


def test_entries_without_end_in_one_page_end_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "_MOST_ROWS_OF_A_PAGE", 2_000)
    rows = repeat(person())
    with (
        answering(searched(rows, b"")) as (directory, _),
        pytest.raises(UnavailableError, match="more entries than any directory has"),
    ):
        directory.read(ALICE)


def test_octets_without_end_in_one_page_end_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "_MOST_OCTETS_OF_A_PAGE", 2**20)
    reference = element(0x73, element(4, b"ldap://elsewhere.example.test/"))
    rows = repeat(reference)
    with answering(searched(rows, b"")) as (directory, _), pytest.raises(UnavailableError, match="too large"):
        directory.read(ALICE)


# --- what a search may cost -----------------------------------------------------------------------------------------


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_entries_that_come_are_worth_more_time_and_what_is_done_between_pages_costs_none() -> None:
    clock = Clock()
    spent = Spending(10, clock)
    for page in range(200):
        assert spent.until() == clock.now + 10
        for _ in range(500):
            spent.came(200, is_row=True)
        clock.now += 2
        spent.turned(f"uid={page}", b"1", b"1")
        clock.now += 1_000
    assert spent.rows == 100_000


def test_all_pages_with_next_to_nothing_have_the_time_of_one() -> None:
    clock = Clock()
    spent = Spending(10, clock)
    for page, left in enumerate((10, 6, 2, 0)):
        assert spent.until() == clock.now + left
        clock.now += 4
        spent.came(200, is_row=True)
        spent.turned(f"uid={page}", b"", f"{page}".encode())


def test_no_search_brings_more_than_any_directory_has() -> None:
    spent = Spending(10, Clock(), rows=2_000_000)
    with pytest.raises(WireError, match="more entries"):
        spent.came(1, is_row=True)
    spent = Spending(10, Clock(), octets=4 * 2**30)
    with pytest.raises(WireError, match="too large"):
        spent.came(1, is_row=False)


def test_one_cookie_for_all_pages_is_fine_and_so_is_a_page_of_references() -> None:
    spent = Spending(10, Clock())
    for dn in ("uid=a", "uid=b", None):
        spent.until()
        spent.came(100, is_row=dn is not None)
        spent.turned(dn, b"0", b"0")
