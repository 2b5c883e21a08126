"""The account that Deskhand signs in with is not locked out by Deskhand itself: a refusal holds, longer each time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from connectors.errors import UnavailableError
from connectors.ldap.requests import Answer
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.service_account import ServiceAccount
from connectors.ldap.talking.wire import WireError
from connectors.spi import Content

SERVER = Endpoint("dc1.example.test", 636, "ldaps")


class Server:
    """Answers to binds with ``code``, and counts them; waits for ``may_go`` before it does."""

    def __init__(self, code: int = 49) -> None:
        self.code, self.binds, self.now = code, 0, 1_000.0
        self.may_go = Event()
        self.may_go.set()
        self.account = ServiceAccount(lambda: Content(b"bind"), lambda: self.now)

    def answer(self, _: Content) -> Answer:
        self.binds += 1
        self.may_go.wait(10)
        return Answer(self.code, "data 52e" if self.code == 49 else "")

    def sign_in(self) -> str:
        """Sign in and return the sentence of the refusal, empty when there is none."""
        try:
            self.account.sign_in(SERVER, self.answer, self.now + 5)
        except UnavailableError as error:
            return str(error)
        return ""


def test_it_is_tried_again_after_a_minute_then_five_then_every_thirty() -> None:
    server = Server()
    tried_at = []
    for minute in range(140):
        server.now = 1_000.0 + minute * 60
        before = server.binds
        for _ in range(5):
            assert server.sign_in()
        tried_at += [minute] * (server.binds - before)
    assert tried_at == [0, 1, 6, 36, 66, 96, 126]


def test_the_refusal_says_why_how_long_it_holds_and_what_mends_it() -> None:
    server = Server()
    assert server.sign_in() == (
        "ldaps://dc1.example.test:636 does not let the account in under which Deskhand signs in (the password is wrong): check "
        "user and password in the settings, and whether the account is locked or expired. So that the account is not locked "
        "out, it is tried again in 1 minute, not before; a restart of Deskhand tries it at once."
    )
    server.now += 60
    assert "it is tried again in 5 minutes, not before" in server.sign_in()
    server.now += 61
    assert "it is tried again in 4 minutes, not before" in server.sign_in()
    assert server.binds == 2


def test_once_it_is_let_in_a_refusal_holds_for_a_minute_again() -> None:
    server = Server()
    server.sign_in()
    server.now += 61
    server.code = 0
    assert server.sign_in() == server.sign_in() == ""
    server.code = 49
    assert "it is tried again in 1 minute" in server.sign_in()


def test_many_threads_try_a_wrong_password_once() -> None:
    server = Server()
    for minutes in (0, 1, 5):
        server.now += minutes * 60
        server.may_go.clear()
        before = server.binds
        with ThreadPoolExecutor(8) as threads:
            tries = [threads.submit(server.sign_in) for _ in range(8)]
            server.may_go.set()
            assert all("not let the account in" in one.result() for one in tries)
        assert server.binds == before + 1


def test_what_another_server_may_do_better_is_no_refusal() -> None:
    server = Server(code=51)
    for _ in range(3):
        with pytest.raises(WireError, match=r"refuses the sign-in of Deskhand's account \(result 51\)"):
            server.sign_in()
    assert server.binds == 3


def test_nobody_waits_longer_for_a_turn_than_for_a_server() -> None:
    server = Server(code=0)
    server.may_go.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(server.sign_in)
        while not server.binds:
            pass
        with pytest.raises(WireError, match="took too long") as late:
            server.account.sign_in(SERVER, server.answer, server.now + 0.05)
        assert late.value.late
        server.may_go.set()
        assert first.result() == ""
