"""The object written is the object authorised, while people exchange their names and places around every write."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.ldap.talking.endpoints import parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Secret
from tests.connectors.ldap.exchanging import Exchange, exchange
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.servers import openldap as openldap_server
from tests.servers import samba as samba_server
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc


@contextmanager
def places_on(name: str, request: pytest.FixtureRequest, seed: int) -> Iterator[Exchange]:
    template = request.getfixturevalue(f"{name}_sample")
    if name == "openldap":
        with OpenLdap.started(template) as server, on_openldap(server) as directory:
            _one_overlay_for_members(server)
            admin = _admin(server.tls_url, openldap_server.ADMIN, openldap_server.PASSWORD, str(server.authority))
            with exchange(directory, admin, openldap_server.SUFFIX, seed) as made:
                yield made
    else:
        with SambaDc.started(template) as server, on_samba(server) as directory:
            admin = _admin(server.tls_url, samba_server.ADMIN, samba_server.PASSWORD, str(server.authority))
            with exchange(directory, admin, samba_server.SUFFIX, seed) as made:
                yield made


def _one_overlay_for_members(server: OpenLdap) -> None:
    """Leave renamed members to memberof alone: refint does them again later, and then by names others have by now."""
    server.stop()
    configuration = server._folder / "slapd.conf"
    configuration.write_text(configuration.read_text().replace("refint_attributes member", "refint_attributes"))
    server.start()


def _admin(url: str, user: str, password: str, ca_file: str) -> DirectorySession:
    return DirectorySession([parse_endpoint(url)], user=user, password=Secret(password), ca_file=ca_file)


def campaign(name: str, request: pytest.FixtureRequest, tries: int, seed: int) -> Counter[tuple[str, str]]:
    """Half of the tries with exchanges around every write, half with somebody who exchanges them all the time."""
    with places_on(name, request, seed) as made:
        with made.at_every_write():
            came = Counter(made.try_once() for _ in range(tries // 2))
        with made.all_the_time():
            came += Counter(made.try_once() for _ in range(tries - tries // 2))
        assert made.windows
    print(name, tries, dict(sorted(came.items())), "moved before a write:", made.windows)
    return came


@pytest.mark.parametrize("name", ["openldap", "samba"])
def test_nobody_else_is_changed_while_people_exchange_their_places(name: str, request: pytest.FixtureRequest) -> None:
    came = campaign(name, request, 60, 1)
    assert {state for _, state in came} >= {"changed", "rejected"}


@pytest.mark.torture
@pytest.mark.parametrize("name", ["openldap", "samba"])
def test_nobody_else_is_changed_in_ten_thousand_tries(name: str, request: pytest.FixtureRequest) -> None:
    came = campaign(name, request, 10_000, 2)
    assert {state for _, state in came} >= {"changed", "rejected"}
