"""The sample company in real directories."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.directory import names
from connectors.ldap.requests import Add, Modify
from connectors.spi import Secret
from runner.sample.company import make_company
from runner.sample.exporting import Server, exported
from runner.sample.parts import DOMAIN, SUFFIX, Company, stable_id
from tests.servers.certificates import Certificates
from tests.servers.ldif import written
from tests.servers.openldap import OpenLdap
from tests.servers.openldap import Template as OpenLdapTemplate
from tests.servers.samba import SUFFIX as BASE
from tests.servers.samba import SambaDc
from tests.servers.samba import Template as SambaTemplate

NOW = datetime.now(UTC)
PASSWORD = Secret("Kompas-Regen-88")
PASSWORDS = {"alice": PASSWORD}
SERVERS: Sequence[Server] = ("active_directory", "openldap")


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(NOW)


def requests(company: Company, server: Server) -> list[Add | Modify]:
    return list(exported(company, server, PASSWORDS))


def small(company: Company) -> Company:
    """Return the company with its first sixty people, whose managers are among them, and what goes with them."""
    people = company.people[:60]
    kept = {person.login for person in people}
    groups = (replace(group, people=tuple(filter(kept.__contains__, group.people))) for group in company.groups)
    groups = (replace(group, owner=group.owner if group.owner in kept else "") for group in groups)
    computers = tuple(computer for computer in company.computers if computer.owner in kept)
    return replace(company, people=people, groups=tuple(groups), computers=computers)


@pytest.mark.parametrize("server", SERVERS)
def test_everything_comes_after_what_it_stands_in_and_nothing_twice(company: Company, server: Server) -> None:
    there = {names.place(names.parse(SUFFIX)), names.place(names.parse(f"CN=Users,{SUFFIX}"))}
    for request in requests(company, server):
        place = names.place(names.parse(request.dn))
        if isinstance(request, Add):
            assert place not in there
            assert place[:-1] in there
            there.add(place)
    assert len(there) >= 2_900


def test_links_of_active_directory_come_when_all_entries_are_there(company: Company) -> None:
    kinds = [type(request) for request in requests(company, "active_directory")]
    assert kinds == sorted(kinds, key=lambda kind: kind is Modify)
    people = [request for request in requests(company, "active_directory") if is_person(request)]
    logins = {request.attributes["sAMAccountName"] for request in people if isinstance(request, Add)}
    assert len(logins) == len(people) == len(company.people) + len(company.service_accounts)
    assert max(len(login) for (login,) in logins) <= 20


def is_person(request: Add | Modify) -> bool:
    return isinstance(request, Add) and request.attributes["objectClass"] == (b"user",)


@pytest.mark.parametrize("server", SERVERS)
def test_only_those_who_are_given_one_have_a_password_and_it_is_not_told(company: Company, server: Server) -> None:
    made = requests(company, server)
    attribute = "unicodePwd" if server == "active_directory" else "userPassword"
    assert sum(attribute in request.attributes for request in made if isinstance(request, Add)) == 1
    assert PASSWORD.reveal() not in repr(made)


@pytest.mark.parametrize("server", SERVERS)
def test_another_base_is_used_everywhere(company: Company, server: Server) -> None:
    for request in exported(small(company), server, {}, base="DC=example,DC=org"):
        assert b"DC=sample" not in repr(request).encode()


def test_openldap_takes_the_whole_company(company: Company, certificates: Certificates) -> None:
    ldif = written(requests(company, "openldap"))
    with (
        OpenLdapTemplate.made(certificates.good, ldif, suffix=SUFFIX, password_days=365) as template,
        OpenLdap.started(template) as server,
    ):
        assert server.search("(uid=*)", "uid").count("\nuid: ") == len(company.people) + len(company.service_accounts)
        zoe = server.search("(uid=z.lindqvist)", "*", "memberOf", "pwdAccountLockedTime", "entryUUID")
        assert stable_id("user", "z.lindqvist") in zoe
        assert "pwdAccountLockedTime" in zoe
        assert "memberOf: cn=GG-VPN," in zoe
        assert server.lets_in(f"uid=alice,OU=Rotterdam,OU=People,{SUFFIX}", PASSWORD.reveal())
        locked = server.search("(&(pwdAccountLockedTime=*)(!(pwdAccountLockedTime=000001010000Z)))", "uid")
        assert locked.count("\nuid: ") == sum(person.locked_at is not None for person in company.people)
        server.modify(f"dn: uid=alice,OU=Rotterdam,OU=People,{SUFFIX}\nchangetype: delete\n")
        assert "uid=alice," not in server.search("(cn=GG-VPN)", "member"), "overlays know what was loaded"


def test_active_directory_takes_the_first_of_the_company(company: Company, samba_template: SambaTemplate) -> None:
    some = small(company)
    with samba_template.with_more(written(exported(some, "active_directory", PASSWORDS, base=BASE))) as template:
        check_active_directory(some, template)


@pytest.mark.torture
def test_active_directory_takes_the_whole_company(company: Company, certificates: Certificates) -> None:
    with SambaTemplate.made(certificates.good, domain=DOMAIN, password_days=365) as template:
        template.load(written(requests(company, "active_directory")))
        check_active_directory(company, template)


def check_active_directory(company: Company, template: SambaTemplate) -> None:
    with SambaDc.started(template) as server:
        found = server.search("(&(objectCategory=person)(employeeID=*))", "sAMAccountName").count("\nsAMAccountName: ")
        assert found == len(company.people)
        zoe = server.search("(sAMAccountName=z.lindqvist)", "*", "msDS-User-Account-Control-Computed", "lockoutTime")
        assert "\nlockoutTime: " in zoe
        assert "memberOf: CN=GG-VPN," in zoe
        assert "manager: CN=Pieter de Wit," in zoe
        by_id = server.search(f"(objectGUID={stable_id('user', 'alice')})", "sAMAccountName")
        assert "sAMAccountName: alice" in by_id
        assert server.lets_in(f"alice@{DOMAIN}", PASSWORD.reveal())
        assert "member: CN=Administrator," in server.search("(cn=Domain Admins)", "member")
