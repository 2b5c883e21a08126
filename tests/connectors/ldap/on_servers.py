"""The LDAP connector on the servers of the tests; the environment variable of its password is set by `password_is_set`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Entry, Ids, Operation, Outcome, Question, Ref, Secret
from tests.connectors.ldap import sample_active_directory
from tests.connectors.ldap.sample_cast import PASSWORD as CAST_PASSWORD
from tests.servers import openldap, samba

VARIABLE = "DESKHAND_TEST_DIRECTORY_PASSWORD"


@contextmanager
def on_openldap(server: openldap.OpenLdap, **settings: Any) -> Iterator[LdapDirectory]:
    """Give the connector on an OpenLDAP; ``servers`` may name proxies before it."""
    given = {"dialect": "openldap", "base": openldap.SUFFIX, "user": openldap.SERVICE, **settings}
    with _opened(openldap.PASSWORD, server.tls_url, str(server.authority), given) as directory:
        yield directory


@contextmanager
def on_samba(server: samba.SambaDc, **settings: Any) -> Iterator[LdapDirectory]:
    """Give the connector on a domain controller, with delegated rights."""
    given = {
        "dialect": "active_directory",
        "base": samba.SUFFIX,
        "user": sample_active_directory.SERVICE,
        **settings,
    }
    with _opened(CAST_PASSWORD, server.tls_url, str(server.authority), given) as directory:
        yield directory


@contextmanager
def _opened(password: str, url: str, authority: str, given: dict[str, Any]) -> Iterator[LdapDirectory]:
    os.environ[VARIABLE] = password
    servers = given.pop("servers", [url])
    given = {"ca_file": authority, "password_env": VARIABLE, **given}
    try:
        directory = LdapDirectory(servers, **given)
    finally:
        del os.environ[VARIABLE]
    try:
        yield directory
    finally:
        directory.close()


def entry(directory: LdapDirectory, ref: Ref) -> Entry | None:
    """Return an object as the connector reads it now."""
    found = directory.read(Question(ref.kind, Ids(frozenset({ref.id})))).entries
    return found[0] if found else None


def perform(directory: LdapDirectory, verb: str, secret: str = "", **arguments: Any) -> Outcome:
    """Prepare and perform one operation, guarded by what was prepared."""
    operation = Operation("step", f"directory.{verb}", arguments)
    guards = directory.prepare(operation).guards
    return directory.perform(operation, guards, {"password": Secret(secret)} if secret else {})
