"""What doctor is told of a directory: servers, TLS, limits, schema, and that an unreachable one is said, never raised."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.joined.connector import JoinedDirectories
from connectors.ldap.examining import descriptors, probing
from connectors.ldap.layout import layout
from connectors.ldap.requests import Row
from connectors.ldap.talking import wire
from connectors.ldap.talking.endpoints import Address, Endpoint, parse_endpoint
from connectors.ldap.talking.presenting import greeting, presented_certificate
from connectors.spi import Examines, Observation, Usage
from tests.connectors.ldap.on_servers import on_openldap
from tests.servers.certificates import Certificates
from tests.servers.openldap import READER, SERVICE, SUFFIX, OpenLdap, Template
from tests.servers.trouble import mute


@pytest.fixture(scope="module")
def openldap(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample, sizelimit=4) as server:
        yield server


def states(found: list[Observation], what: str) -> list[str]:
    return [one.state for one in found if one.what == what]


def details(found: list[Observation], what: str) -> str:
    return " ".join(one.detail for one in found if one.what.startswith(what))


def test_servers_tls_and_both_accounts_are_looked_at(openldap: OpenLdap) -> None:
    dead = "ldaps://127.0.0.1:1"
    settings = {"servers": [dead, openldap.tls_url], "writer": {"user": SERVICE, "password_env": "SAME"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAME", "only-for-tests")
        with on_openldap(openldap, **settings) as directory:
            found = list(directory.examine(()))
    assert states(found, f"server {dead}") == ["warning"]
    assert "TLSv1.3" in details(found, f"server {openldap.tls_url}")
    assert states(found, "writing account") == ["ok"]
    assert "Write password_days = 90." in details(found, "password policy")


def test_a_size_limit_is_seen_before_an_agent_meets_it(openldap: OpenLdap) -> None:
    with on_openldap(openldap, user=READER) as directory:
        found = list(directory.examine(()))
    assert states(found, "size limit") == ["error"]
    assert "gives 4 people at most" in details(found, "size limit")
    assert states(found, "memberships") == ["ok"]


def test_another_dialect_than_the_settings_say_is_an_error_with_the_fix(openldap: OpenLdap) -> None:
    with on_openldap(openldap, dialect="389") as directory:
        found = list(directory.examine([Usage("unlock", "directory.user.unlock")]))
    assert 'Write dialect = "openldap".' in details(found, "server")
    assert not [one for one in found if one.what.startswith("right")]


def test_attributes_that_the_schema_does_not_have_are_named_with_their_setting(openldap: OpenLdap) -> None:
    attributes = {"user": {"office": "roomName", "department": "departmentNumber"}}
    custom = {"badge": "badgeNumber"}
    with on_openldap(openldap, attributes=attributes, custom=custom) as directory:
        found = list(directory.examine([Usage("new-desk", "directory.user.update", frozenset({"set", "office"}))]))
    said = details(found, "schema")
    assert states(found, "right to write roomName of people") == ["error"]
    assert "needed by: new-desk" in details(found, "right to write roomName of people")
    assert "roomName, which this server's schema does not have" in said
    assert '[connectors.directory.attributes.user] office = ""' in said
    assert "custom.badge" in said
    assert "departmentNumber" not in said


def test_a_base_that_is_not_seen_ends_the_examination(openldap: OpenLdap) -> None:
    with on_openldap(openldap, base="DC=elsewhere,DC=test") as directory:
        found = list(directory.examine([Usage("unlock", "directory.user.unlock")]))
    assert states(found, "base") == ["error"]
    assert not [one for one in found if one.what.startswith("right")]


def test_a_directory_that_does_not_answer_is_said_within_the_time_of_a_call(openldap: OpenLdap) -> None:
    with (
        mute() as listener,
        on_openldap(openldap, servers=[f"ldaps://127.0.0.1:{listener.port}"], connect_seconds=0.3) as directory,
    ):
        began = datetime.now(UTC)
        (found,) = directory.examine([Usage("unlock", "directory.user.unlock")])
    assert (found.state, found.what) == ("error", f"server ldaps://127.0.0.1:{listener.port}")
    assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_a_name_that_stands_for_several_servers_is_told(openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(endpoint: Endpoint) -> list[Address]:
        addresses = ("127.0.0.1", "127.0.0.2") if endpoint.host == "localhost" else (endpoint.host,)
        return [(socket.AF_INET, (one, endpoint.port)) for one in addresses] + [(socket.AF_INET6, ("::1", 1, 0, 0))]

    monkeypatch.setattr(wire, "_lookup", lookup)
    name = f"ldaps://localhost:{openldap.tls_port}"
    with on_openldap(openldap, servers=[name, openldap.tls_url]) as directory:
        found = list(directory.examine(()))
    (told,) = (one for one in found if "addresses" in one.detail)
    assert (told.what, told.state) == (f"server {name}", "warning")
    assert "localhost has 2 addresses (127.0.0.1, 127.0.0.2)" in told.detail
    assert "name each by its own name in servers" in told.detail


def test_looking_changes_nothing(openldap: OpenLdap) -> None:
    before = openldap._last_write()
    usages = [
        Usage(verb, f"directory.user.{verb}", frozenset({"set", "title"})) for verb in ("update", "move", "delete")
    ]
    with on_openldap(openldap) as directory:
        assert isinstance(directory, Examines)
        assert not [one for one in directory.examine(usages) if one.state == "error"]
    assert openldap._last_write() == before


def test_joined_directories_tell_what_each_of_them_finds_out(openldap: OpenLdap) -> None:
    with on_openldap(openldap) as directory:
        joined = JoinedDirectories({"corp": (directory, SUFFIX)})
        assert states(list(joined.examine(())), "corp: memberships") == ["ok"]


@pytest.mark.parametrize(
    ("shown", "dialect"),
    [
        ({"supportedcapabilities": (b"1.2.840.113556.1.4.800",)}, "active_directory"),
        ({"objectclass": (b"top", b"OpenLDAProotDSE")}, "openldap"),
        ({"vendorname": (b"389 Project",), "vendorversion": (b"389-Directory/2.3.4",)}, "389"),
        ({"vendorname": (b"Samba Team",)}, "generic"),
        ({}, "generic"),
    ],
)
def test_the_kind_of_server_is_what_its_root_entry_says(shown: dict[str, tuple[bytes, ...]], dialect: str) -> None:
    assert probing.dialect_of(Row("", shown)) == dialect


def test_nothing_is_lacking_where_the_schema_is_not_shown() -> None:
    assert probing.lacking(layout("openldap", SUFFIX), frozenset()) == ()


def test_a_server_is_greeted_without_a_word_of_the_account(openldap: OpenLdap, certificates: Certificates) -> None:
    endpoint = parse_endpoint(openldap.tls_url)
    assert greeting(endpoint, str(openldap.authority)).why_not == ""
    untrusted = greeting(endpoint, None)
    assert "an authority that is not trusted here" in untrusted.why_not
    assert untrusted.untrusted == presented_certificate(parse_endpoint(openldap.url))
    with mute() as listener:
        quiet = greeting(parse_endpoint(f"ldaps://127.0.0.1:{listener.port}"), None, seconds=0.3)
    assert (quiet.untrusted, bool(quiet.why_not)) == (None, True)


@pytest.mark.parametrize("octets", [b"", b"\x01", bytes(20), b"\xff" * 40])
def test_a_descriptor_that_cannot_be_read_allows_nothing(octets: bytes) -> None:
    assert not descriptors.allows(octets, {b"\x01\x00" + bytes(6)}, descriptors.DELETE)
