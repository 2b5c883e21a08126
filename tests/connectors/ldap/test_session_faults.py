"""`DirectorySession` and servers that are down, silent, slow, or gone at the worst moment: never twice, never for ever."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import UnavailableError, UnknownOutcomeError
from connectors.ldap.requests import Modify, Row, Search, SearchRefusedError
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint
from connectors.spi import Secret
from tests.connectors.ldap.sessions import BASE, BY_TWOS, EVERYTHING, NOTE, Opening, at, noted, notes, opening
from tests.servers.openldap import ADMIN, PASSWORD, SERVICE, SUFFIX, OpenLdap, Template
from tests.servers.trouble import Proxy, mute, refusing, rogue

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def running(openldap_template: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_template) as server:
        yield server


@pytest.fixture
def openldap(running: OpenLdap) -> OpenLdap:
    running.reset()
    return running


@pytest.fixture
def session_to(openldap: OpenLdap) -> Iterator[Opening]:
    with opening(openldap) as opened:
        yield opened


@pytest.fixture
def proxy(openldap: OpenLdap) -> Iterator[Proxy]:
    with Proxy(HOST, openldap.tls_port).running() as made:
        yield made


class Stopwatch:
    def __enter__(self) -> "Stopwatch":
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._began


# --- servers that cannot be used ------------------------------------------------------------------------------------


def test_every_server_that_cannot_be_used_is_named_with_the_reason(openldap: OpenLdap, session_to: Opening) -> None:
    with mute() as listener, refusing() as port:
        silent, gone = at(listener.port), at(port)
        unknown = Endpoint("dc9.invalid", 636, "ldaps")
        session = session_to(gone, silent, unknown, call_seconds=5)
        with pytest.raises(UnavailableError) as unavailable:
            session.apply(NOTE)
    assert str(unavailable.value) == (
        f"No directory server can be used. {gone}: nothing listens on its port; {silent}: TLS was not set up in time; "
        f"{unknown}: its name is unknown."
    )
    assert "once" not in notes(openldap)


def test_another_server_takes_over_and_a_mute_one_costs_its_time_only_once(
    openldap: OpenLdap, session_to: Opening
) -> None:
    with mute() as listener, refusing() as port:
        session = session_to(at(port), at(listener.port), parse_endpoint(openldap.tls_url), call_seconds=5)
        with Stopwatch() as first:
            assert session.first(BASE) is not None
        with Stopwatch() as others:
            for _ in range(3):
                assert session.apply(noted("x")).is_success
                assert session.verify(SERVICE, Secret(PASSWORD)).is_success
        assert session.server() == openldap.tls_url
    assert 0.5 < first.seconds < 2
    assert others.seconds < 0.5


def test_the_first_server_is_used_again_after_a_while(
    openldap: OpenLdap, openldap_template: Template, session_to: Opening
) -> None:
    now = [1000.0]
    with OpenLdap.started(openldap_template) as second:
        session = session_to(*map(parse_endpoint, (openldap.tls_url, second.tls_url)), monotonic=lambda: now[0])
        openldap.stop()
        used = []
        for seconds in (0, 29, 2, 59):
            now[0] += seconds
            assert session.first(BASE) is not None
            used.append(session.server())
        openldap.start()
        now[0] += 2
        assert session.first(BASE) is not None
    assert used == [second.tls_url] * 4
    assert session.server() == openldap.tls_url


def test_a_refused_service_account_is_told_and_not_tried_again_at_once(
    openldap: OpenLdap, proxy: Proxy, session_to: Opening
) -> None:
    session = session_to(at(proxy.port), parse_endpoint(openldap.tls_url), password=Secret("hunter2"))
    for _ in range(4):
        with pytest.raises(UnavailableError, match="does not let the account in under which Deskhand signs in") as said:
            session.apply(NOTE)
        assert "hunter2" not in str(said.value)
    assert openldap.lets_in(SERVICE, PASSWORD)


# --- deadlines ------------------------------------------------------------------------------------------------------


def test_a_server_that_answers_octet_by_octet_cannot_hold_a_call(proxy: Proxy, session_to: Opening) -> None:
    session = session_to(at(proxy.port))
    assert session.first(BASE) is not None
    proxy.seconds_per_byte = 0.05
    with Stopwatch() as reading, pytest.raises(UnavailableError, match="did not answer in time"):
        session.first(BASE)
    with Stopwatch() as connecting, pytest.raises(UnavailableError, match="not set up in time"):
        session.first(BASE)
    with Stopwatch() as verifying, pytest.raises(UnavailableError, match="not set up in time"):
        session.verify(SERVICE, Secret(PASSWORD))
    assert 0.9 < reading.seconds < 1.6
    assert 0.5 < connecting.seconds < 1.2
    assert 0.5 < verifying.seconds < 1.2


def test_a_server_that_falls_silent_is_given_up_with_its_idle_connections(
    openldap: OpenLdap, session_to: Opening
) -> None:
    session = session_to()
    searches = [session.search(EVERYTHING) for _ in range(3)]
    for search in searches:
        next(search)
    for search in searches:
        list(search)
    with openldap.frozen(), Stopwatch() as frozen:
        with pytest.raises(UnavailableError, match="did not answer in time"):
            session.first(BASE)
        with pytest.raises(UnavailableError, match="TLS was not set up in time"):
            session.first(BASE)
    assert 1.4 < frozen.seconds < 2.2
    assert session.first(BASE) is not None


# --- writes whose outcome is not known ------------------------------------------------------------------------------


def test_a_write_that_a_frozen_server_does_later_is_unknown_and_done_once(
    openldap: OpenLdap, session_to: Opening
) -> None:
    session = session_to()
    assert session.first(BASE) is not None
    with (
        openldap.frozen(),
        pytest.raises(UnknownOutcomeError, match="did not answer in time; whether it made the change"),
    ):
        session.apply(NOTE)
    until = time.monotonic() + 5
    while "once" not in notes(openldap) and time.monotonic() < until:
        time.sleep(0.02)
    assert notes(openldap).count("once") == 1
    assert session.apply(NOTE).code == 20


def test_a_write_whose_answer_is_cut_off_is_unknown_and_done_once(
    openldap: OpenLdap, proxy: Proxy, session_to: Opening
) -> None:
    session = session_to(at(proxy.port))
    assert session.first(BASE) is not None
    proxy.cut_next_answer()
    with pytest.raises(UnknownOutcomeError, match="ended the connection; whether it made the change is not known"):
        session.apply(NOTE)
    assert notes(openldap).count("once") == 1
    assert session.apply(NOTE).code == 20


def test_a_write_that_never_arrives_is_unknown_and_not_sent_again(
    openldap: OpenLdap, proxy: Proxy, session_to: Opening
) -> None:
    session = session_to(at(proxy.port))
    assert session.first(BASE) is not None
    proxy.cut_next_request()
    with pytest.raises(UnknownOutcomeError):
        session.apply(NOTE)
    assert "once" not in notes(openldap)
    assert proxy.connections == 1


def test_a_read_whose_answer_is_cut_off_is_tried_once_more(proxy: Proxy, session_to: Opening) -> None:
    session = session_to(at(proxy.port))
    assert session.first(BASE) is not None
    proxy.cut_next_answer()
    assert session.first(BASE) is not None
    assert (proxy.connections, proxy.cuts) == (2, 1)
    search = session.search(BY_TWOS)
    rows: list[Row] = [next(search), next(search)]
    proxy.cut_next_answer()
    with pytest.raises(UnavailableError, match="ended the connection"):
        rows.extend(search)
    assert len(rows) == 2


def test_a_connection_closed_while_idle_is_noticed_before_a_write_is_sent(proxy: Proxy, session_to: Opening) -> None:
    session = session_to(at(proxy.port))
    for number in range(3):
        assert session.first(BASE) is not None
        proxy.drop()
        time.sleep(0.02)
        assert session.apply(noted(f"try {number}")).is_success
    assert proxy.connections == 4


def test_a_restarted_server_is_used_again_at_once(openldap: OpenLdap, session_to: Opening) -> None:
    session = session_to()
    assert session.first(BASE) is not None
    openldap.stop()
    with pytest.raises(UnavailableError, match="nothing listens on its port"):
        session.apply(NOTE)
    openldap.start()
    assert session.apply(NOTE).is_success
    assert session.first(BASE) is not None


class CutsLater(Proxy):
    """Passes some answers of the server on and cuts at the next."""

    answers_left = 1_000

    def _is_to_cut(self, way: Any) -> bool:
        if way.name == "ANSWER":
            self.answers_left -= 1
        return self.answers_left < 0


def test_calls_one_after_the_other_share_one_connection(proxy: Proxy, session_to: Opening) -> None:
    session = session_to(at(proxy.port))
    for _ in range(5):
        assert session.first(BASE) is not None
        assert len(list(session.search(BY_TWOS))) > 2
        assert session.apply(NOTE).code in (0, 20)
    assert proxy.connections == 1
    session.verify(SERVICE, Secret(PASSWORD))
    assert proxy.connections == 2
    session.first(BASE)
    assert proxy.connections == 2


def test_connections_that_are_idle_or_old_are_replaced(proxy: Proxy, session_to: Opening) -> None:
    now = [5000.0]
    session = session_to(at(proxy.port), idle_seconds=60, monotonic=lambda: now[0])
    connections = []
    for seconds in (0, 59, 59, 61, 30, *([50] * 12)):
        now[0] += seconds
        session.first(BASE)
        connections.append(proxy.connections)
    assert connections[:5] == [1, 1, 1, 2, 2]
    assert connections[-1] == 3


def test_a_closed_session_keeps_nothing_open(proxy: Proxy, session_to: Opening) -> None:
    session = session_to(at(proxy.port))
    search = session.search(EVERYTHING)
    next(search)
    session.close()
    assert len(list(search)) > 1
    session.first(BASE)
    session.first(BASE)
    assert proxy.connections == 3


def test_no_referral_is_ever_followed(openldap: OpenLdap, session_to: Opening) -> None:
    with rogue() as listener:
        openldap.run(
            *("ldapadd", "-x", "-M", "-H", openldap.tls_url, "-D", ADMIN, "-w", PASSWORD),
            typed=f"dn: ou=there,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: there\n"
            f"ref: ldap://{HOST}:{listener.port}/ou=there,{SUFFIX}\n",
        )
        session = session_to()
        below = f"cn=x,ou=there,{SUFFIX}"
        assert session.apply(Modify(below, NOTE.modifications)).code == 10
        with pytest.raises(SearchRefusedError):
            list(session.search(Search(below, "(objectClass=*)", ())))
        assert list(session.search(EVERYTHING))
        session.verify(below, Secret(PASSWORD))
        time.sleep(0.1)
        assert (listener.connections, listener.received) == (0, b"")
