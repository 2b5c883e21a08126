"""Passwords set by the extended operation of RFC 3062, for servers that hash them only then, and for those we do not know."""

from collections.abc import Iterator

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Operation, Secret, SecretRef
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap

NEW = "Lantaarn-Boot-Tijger-47"


@pytest.fixture(params=["openldap", "generic"])
def directory(
    openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[LdapDirectory]:
    openldap.reset()
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    made = LdapDirectory(
        [openldap.tls_url],
        dialect=request.param,
        base=SUFFIX,
        user=SERVICE,
        password_env="DIRECTORY_PASSWORD",
        password_by="extended" if request.param == "openldap" else "",
        ca_file=str(openldap.authority),
    )
    yield made
    made.close()


def perform(directory: LdapDirectory, verb: str, password: str = NEW, **arguments: object) -> str:
    operation = Operation("s", f"directory.user.{verb}", {**arguments, "password": SecretRef("password")})
    guards = directory.prepare(operation).guards
    return directory.perform(operation, guards, {"password": Secret(password)}).state


def test_a_new_password_lets_the_person_in(directory: LdapDirectory, openldap: OpenLdap) -> None:
    hanna = directory.locate("hanna", "user")
    assert perform(directory, "set_password", user=hanna, must_change=False) == "changed"
    assert openldap.lets_in(f"uid=hanna,OU=Sales,OU=People,{SUFFIX}", NEW)


def test_a_new_account_has_its_password(directory: LdapDirectory, openldap: OpenLdap) -> None:
    unit = directory.locate("Sales", "ou")
    names = {"first_name": "Kim", "last_name": "Klein", "display_name": "Kim Klein", "upn": "kim@example.test"}
    assert perform(directory, "create", ou=unit, login="kim", must_change=False, **names) == "changed"
    assert openldap.lets_in(f"uid=kim,OU=Sales,OU=People,{SUFFIX}", NEW)


def test_an_account_whose_password_is_refused_is_not_made(directory: LdapDirectory, openldap: OpenLdap) -> None:
    unit = directory.locate("Sales", "ou")
    names = {"first_name": "Kim", "last_name": "Klein", "display_name": "Kim Klein", "upn": "kim@example.test"}
    with pytest.raises(RejectedError, match="refuses this password"):
        perform(directory, "create", "short", ou=unit, login="kim", **names)
    assert "kim" not in openldap.search("(uid=kim)", "uid")


def test_a_closed_account_is_not_opened_by_a_password(openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch) -> None:
    openldap.reset()
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    directory = LdapDirectory(
        [openldap.tls_url],
        dialect="openldap",
        base=SUFFIX,
        user=SERVICE,
        password_env="DIRECTORY_PASSWORD",
        password_by="extended",
        ca_file=str(openldap.authority),
    )
    before = openldap.search("(cn=Dörthe Straße)", "*", "+")
    with pytest.raises(RejectedError, match="locked or disabled"):
        perform(directory, "set_password", user=directory.locate("dorthe", "user"))
    assert openldap.search("(cn=Dörthe Straße)", "*", "+") == before
    directory.close()
