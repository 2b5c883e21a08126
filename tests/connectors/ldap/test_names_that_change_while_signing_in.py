"""The password of somebody who was given another's name never signs in as that other."""

from collections.abc import Iterator

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.requests import Answer, Row, Search
from connectors.spi import Ref, Secret
from tests.connectors.ldap.on_servers import on_openldap
from tests.connectors.ldap.sample_cast import PASSWORD, stable_id
from tests.servers.openldap import SUFFIX, OpenLdap

ALICE = Ref("user", stable_id("u-alice"))
MALLORYS = "Mallory-Knows-1"
MALLORY = f"uid=mallory,ou=People,{SUFFIX}"


@pytest.fixture
def directory(openldap: OpenLdap) -> Iterator[LdapDirectory]:
    openldap.reset()
    with on_openldap(openldap) as made:
        given = {"objectClass": "inetOrgPerson", "uid": "mallory", "cn": "mallory", "sn": "m", "userPassword": MALLORYS}
        lines = (f"dn: {MALLORY}", "changetype: add", *(f"{name}: {value}" for name, value in given.items()), "", "")
        openldap.modify("\n".join(lines))
        yield made
    openldap.reset()


def test_whoever_has_the_name_at_the_moment_of_the_bind_is_not_signed_in_as_who_had_it_before(
    directory: LdapDirectory, openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = directory.session.verify
    binds = []

    def exchanged(dn: str, password: Secret) -> Answer:
        unit = dn.partition(",")[2]
        openldap.modify(f"dn: {dn}\nchangetype: modrdn\nnewrdn: uid=alice-before\ndeleteoldrdn: 1\n\n")
        openldap.modify(
            f"dn: {MALLORY}\nchangetype: modrdn\nnewrdn: uid=alice\ndeleteoldrdn: 0\nnewsuperior: {unit}\n\n"
        )
        binds.append(dn)
        return verify(dn, password)

    assert directory.authenticate("alice", Secret(PASSWORD)).ref == ALICE
    monkeypatch.setattr(directory.session, "verify", exchanged)
    result = directory.authenticate("alice", Secret(MALLORYS))
    assert len(binds) == 1
    assert (result.state, result.ref) == ("wrong", None)


@pytest.mark.parametrize(("password", "searches"), [("wrong", 1), (PASSWORD, 2)])
def test_only_a_right_password_has_the_name_looked_up_again(
    directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch, password: str, searches: int
) -> None:
    directory.check()
    asked: list[Search] = []
    search = directory.session.search

    def searching(wanted: Search) -> Iterator[Row]:
        asked.append(wanted)
        return search(wanted)

    monkeypatch.setattr(directory.session, "search", searching)
    directory.authenticate("alice", Secret(password))
    assert len(asked) == searches
