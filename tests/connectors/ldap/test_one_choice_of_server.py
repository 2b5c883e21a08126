"""Reading and writing ask one server: versions that one server counts mean nothing on another."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from connectors.errors import StaleObjectError, UnavailableError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.talking import wire
from connectors.ldap.talking.endpoints import Address, Endpoint, Rota
from connectors.spi import Operation, Secret
from tests.connectors.ldap.on_servers import VARIABLE, on_openldap, perform
from tests.connectors.ldap.sessions import BASE, Opening, noted, notes, opening
from tests.servers.openldap import PASSWORD, READER, SERVICE, SUFFIX, OpenLdap, Template

WRITER = {"user": SERVICE, "password_env": VARIABLE}


@pytest.fixture(scope="module")
def running(openldap_sample: Template) -> Iterator[tuple[OpenLdap, OpenLdap]]:
    with OpenLdap.started(openldap_sample) as one, OpenLdap.started(openldap_sample) as two:
        yield one, two


@pytest.fixture
def servers(running: tuple[OpenLdap, OpenLdap]) -> tuple[OpenLdap, OpenLdap]:
    """Two servers that hold the same people, but have counted the changes of Alice differently."""
    for server in running:
        server.stop()
        server.reset()
    running[1].modify(
        f"dn: uid=alice,OU=Sales,OU=People,{SUFFIX}\nchangetype: modify\nreplace: title\ntitle: Elsewhere\n"
    )
    return running


@pytest.fixture
def directory(servers: tuple[OpenLdap, OpenLdap]) -> Iterator[LdapDirectory]:
    given = {"servers": [server.tls_url for server in servers], "user": READER, "writer": WRITER}
    with on_openldap(servers[0], **given, connect_seconds=2, call_seconds=4) as made:
        yield made


def described(directory: LdapDirectory, text: str) -> Operation:
    return Operation(
        "step", "directory.user.update", {"user": directory.locate("alice", "user"), "set": {"description": text}}
    )


def asked(directory: LdapDirectory) -> set[str]:
    return {directory.session.server(), directory._writing.server()}


def test_what_is_read_and_what_is_written_is_on_one_server(
    directory: LdapDirectory, servers: tuple[OpenLdap, OpenLdap]
) -> None:
    one, two = servers
    assert perform(directory, "user.update", **described(directory, "first").arguments).state == "changed"
    assert asked(directory) == {one.tls_url}
    assert "first" in one.search("(uid=alice)", "description")
    assert "first" not in two.search("(uid=alice)", "description")


def test_a_server_that_failed_while_reading_is_left_for_writing_too_even_when_it_is_back(
    directory: LdapDirectory, servers: tuple[OpenLdap, OpenLdap]
) -> None:
    one, two = servers
    assert perform(directory, "user.update", **described(directory, "first").arguments).state == "changed"
    one.stop()
    operation = described(directory, "second")
    guards = directory.prepare(operation).guards
    one.start()
    assert directory.perform(operation, guards, {}).state == "changed"
    assert asked(directory) == {two.tls_url}
    assert "second" in two.search("(uid=alice)", "description")


def test_a_server_that_fails_between_reading_and_writing_makes_the_change_stale_once(
    directory: LdapDirectory, servers: tuple[OpenLdap, OpenLdap]
) -> None:
    one, two = servers
    operation = described(directory, "only once")
    guards = directory.prepare(operation).guards
    one.stop()
    with pytest.raises(StaleObjectError):
        directory.perform(operation, guards, {})
    assert "only once" not in two.search("(uid=alice)", "description")
    assert directory.perform(operation, directory.prepare(operation).guards, {}).state == "changed"
    assert asked(directory) == {two.tls_url}


# --- one name, several addresses ------------------------------------------------------------------------------------


@pytest.fixture
def round_robin(servers: tuple[OpenLdap, OpenLdap], monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """A name that stands for both servers, first for one, then for the other."""
    addresses: list[Address] = [(socket.AF_INET, ("127.0.0.1", server.tls_port)) for server in servers]

    def lookup(_: Endpoint) -> list[Address]:
        addresses.reverse()
        return list(addresses)

    monkeypatch.setattr(wire, "_lookup", lookup)
    return Endpoint("localhost", 636, "ldaps")


@pytest.fixture
def session_to(servers: tuple[OpenLdap, OpenLdap]) -> Iterator[Opening]:
    with opening(servers[0]) as opened:
        yield opened


def test_a_name_with_several_addresses_is_one_server_for_all_while_it_works(
    round_robin: Endpoint, servers: tuple[OpenLdap, OpenLdap], session_to: Opening
) -> None:
    rota = Rota((round_robin,))
    with ExitStack() as stack:

        def made(**settings: Any) -> Any:
            session = type(session_to())(
                rota,
                user=SERVICE,
                password=Secret(PASSWORD),
                ca_file=str(servers[0].authority),
                connect_seconds=1,
                call_seconds=2,
                **settings,
            )
            stack.callback(session.close)
            return session

        one, other = made(idle_seconds=0), made(idle_seconds=0)
        for text in ("a", "b", "c"):
            for session in (one, other):
                assert session.apply(noted(text)).is_success
        (used,) = (server for server in servers if ": c" in notes(server))
        (unused,) = (server for server in servers if server is not used)
        used.stop()
        for session in (one, other, one):
            assert session.first(BASE) is not None
            assert session.apply(noted("d")).is_success
        assert ": d" in notes(unused)
        used.start()
        assert other.apply(noted("e")).is_success
        assert ": e" in notes(unused)


def test_a_refused_account_is_not_tried_by_a_session_to_one_of_the_servers(
    servers: tuple[OpenLdap, OpenLdap], session_to: Opening
) -> None:
    now = [1_000.0]
    session = session_to(password=Secret("not yet"), monotonic=lambda: now[0])
    with pytest.raises(UnavailableError, match="tried again in 1 minute"):
        session.first(BASE)
    servers[1].modify(f"dn: {SERVICE}\nchangetype: modify\nreplace: userPassword\nuserPassword: not yet\n")
    alone = session.only(Endpoint("127.0.0.1", servers[1].tls_port, "ldaps"))
    with pytest.raises(UnavailableError, match="tried again in 1 minute"):
        alone.encryption()
    now[0] += 61
    assert alone.encryption() is not None
    alone.close()
