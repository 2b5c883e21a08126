"""A manager or owner is named by DN on OpenLDAP: somebody else who got that name meanwhile does not become one."""

from collections.abc import Iterator

import pytest

from connectors.errors import StaleObjectError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.requests import Answer, Request
from connectors.spi import Operation, Ref, Secret, SecretRef
from tests.connectors.ldap.on_servers import entry, on_openldap
from tests.servers.openldap import SUFFIX, OpenLdap


@pytest.fixture
def directory(openldap: OpenLdap) -> Iterator[LdapDirectory]:
    openldap.reset()
    with on_openldap(openldap) as one:
        yield one


def at(directory: LdapDirectory, kind: str, text: str) -> Ref:
    found = directory.locate(text, kind)
    assert found is not None, text
    return found


def exchanging_names(openldap: OpenLdap, directory: LdapDirectory, one: Ref, other: Ref) -> None:
    """Let two people exchange their names right before the next write is sent."""
    session, apply = directory.session, type(directory.session).apply
    here, there = (found.dn for found in (entry(directory, one), entry(directory, other)) if found)

    def moved(request: Request) -> Answer:
        del session.apply  # type: ignore[method-assign]
        for old, new in ((here, f"uid=between,{SUFFIX}"), (there, here), (f"uid=between,{SUFFIX}", there)):
            rdn, _, above = new.partition(",")
            openldap.modify(f"dn: {old}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 1\nnewsuperior: {above}\n")
        return apply(session, request)

    session.apply = moved  # type: ignore[method-assign]


def changes(directory: LdapDirectory, meant: Ref) -> dict[str, Operation]:
    sales, unit = at(directory, "group", "GG-Sales"), at(directory, "ou", "Sales")
    new = {
        "login": "kim",
        "upn": "kim@example.test",
        "first_name": "Kim",
        "last_name": "Klein",
        "display_name": "Kim Klein",
    }
    written = {
        "manager of a person": ("user.update", {"user": at(directory, "user", "erik"), "set": {"manager": meant}}),
        "manager of a new person": (
            "user.create",
            {"ou": unit, "manager": meant, "password": SecretRef("password"), **new},
        ),
        "owner of a group": ("group.set_owner", {"group": sales, "owner": meant}),
        "owner of a new group": ("group.create", {"ou": unit, "name": "New group", "owner": meant}),
    }
    return {name: Operation("step", f"directory.{verb}", arguments) for name, (verb, arguments) in written.items()}


SECRETS = {"password": Secret("Fietsbel-Tuin-7")}
WHAT = ("manager of a person", "manager of a new person", "owner of a group", "owner of a new group")


@pytest.mark.parametrize("what", WHAT)
def test_who_got_the_name_of_a_manager_or_owner_meanwhile_does_not_become_one(
    what: str, openldap: OpenLdap, directory: LdapDirectory
) -> None:
    meant, other = at(directory, "user", "alice"), at(directory, "user", "bob")
    operation = changes(directory, meant)[what]
    guards = directory.prepare(operation).guards
    exchanging_names(openldap, directory, meant, other)
    with pytest.raises(StaleObjectError, match="moved"):
        directory.perform(operation, guards, SECRETS)
    if "new" in what:
        made = directory.locate("New group", "group") or directory.locate("kim", "user")
        assert made is None
    else:
        kind, name = ("group", "owner") if "group" in what else ("user", "manager")
        now = entry(directory, operation.arguments[kind])  # type: ignore[arg-type]
        assert now is not None
        assert now.attributes[name] != other


@pytest.mark.parametrize("what", WHAT)
def test_the_one_who_was_meant_becomes_it(what: str, directory: LdapDirectory) -> None:
    meant = at(directory, "user", "alice")
    operation = changes(directory, meant)[what]
    outcome = directory.perform(operation, directory.prepare(operation).guards, SECRETS)
    kind, name = ("group", "owner") if "group" in what else ("user", "manager")
    now = entry(directory, outcome.outputs.get(kind) or operation.arguments[kind])  # type: ignore[arg-type]
    assert now is not None
    assert now.attributes[name] == meant
