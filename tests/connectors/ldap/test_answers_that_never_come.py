"""The connection is cut around every single write of every verb: what was done is found out, and nothing is done twice."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from connectors.errors import UnknownOutcomeError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Entry, Everything, Operation, Outcome
from tests.connectors.contract import Case
from tests.connectors.ldap.ldap_contract import LdapContract
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.test_active_directory_contract import TestActiveDirectory
from tests.connectors.ldap.test_openldap_contract import TestOpenLdap
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc
from tests.servers.trouble import Proxy, cutting
from tests.servers.watching import Watching, watching

Seen = dict[str, Mapping[str, object]]
RESTLESS = {"changed", "created", "password_set_on", "password_expires_on", "last_logon", "id"}
# One of each kind of request; every verb is in the long campaign.
SOME = (
    "contact.create", "group.change_members", "user.create", "user.delete", "user.join_groups", "user.move", "user.rename",
    "user.set_password", "user.update",
)  # fmt: skip
OPENLDAP_VERBS = sorted(verb.removeprefix("directory.") for verb in TestOpenLdap.offered())
SAMBA_VERBS = sorted(verb.removeprefix("directory.") for verb in TestActiveDirectory.offered())
del TestOpenLdap, TestActiveDirectory


def case(directory: LdapDirectory, verb: str) -> Case:
    found = LdapContract().case_for(directory, f"directory.{verb}")
    if verb != "user.set_password":
        return found
    # The contract's case is about a disabled account, whose new password nobody can try.
    return replace(found, arguments={**found.arguments, "user": LdapContract().at(directory, "user", "alice")})


def done(directory: LdapDirectory, verb: str, found: Case) -> Outcome:
    operation = Operation("step", f"directory.{verb}", found.arguments)
    return directory.perform(operation, directory.prepare(operation).guards, found.secrets)


def seen(directory: LdapDirectory) -> Seen:
    """Return everything of every object, by DN."""
    entries: list[Entry] = [one for kind in directory.kinds for one in directory.scan(kind, Everything())]
    return {
        one.dn.lower(): {name: value for name, value in one.attributes.items() if name not in RESTLESS}
        for one in entries
    }


# --- OpenLDAP, every write counted on the wire ----------------------------------------------------------------------


def undisturbed(openldap: OpenLdap, proxy: Watching, directory: LdapDirectory, verb: str) -> tuple[list[str], Seen]:
    openldap.reset()
    proxy.begin()
    done(directory, verb, case(directory, verb))
    return proxy.writes, seen(directory)


def cut_after(openldap: OpenLdap, verb: str) -> None:
    with watching(openldap.port) as proxy, on_openldap(openldap, servers=[proxy.url], plain_on_loopback=True) as one:
        writes, after = undisturbed(openldap, proxy, one, verb)
        for number in range(len(writes)):
            openldap.reset()
            found = case(one, verb)
            proxy.begin(**{f"n{number}": "answer"})
            assert done(one, verb, found).state == "changed", (number, writes)
            assert proxy.writes == writes
            assert seen(one) == after


def cut_before(openldap: OpenLdap, verb: str) -> None:
    with watching(openldap.port) as proxy, on_openldap(openldap, servers=[proxy.url], plain_on_loopback=True) as one:
        writes, _ = undisturbed(openldap, proxy, one, verb)
        for number in range(len(writes)):
            openldap.reset()
            found, before = case(one, verb), seen(one)
            proxy.begin(**{f"n{number}": "request"})
            with pytest.raises(UnknownOutcomeError, match="Look at the object"):
                done(one, verb, found)
            assert proxy.writes == writes[:number]
            assert number or seen(one) == before


@pytest.mark.parametrize("verb", SOME)
def test_what_openldap_did_without_saying_so_is_found_out(openldap: OpenLdap, verb: str) -> None:
    cut_after(openldap, verb)


@pytest.mark.parametrize("verb", ["user.update", "user.create"])
def test_what_openldap_never_got_is_unknown_and_not_sent_again(openldap: OpenLdap, verb: str) -> None:
    cut_before(openldap, verb)


@pytest.mark.torture
@pytest.mark.parametrize("verb", OPENLDAP_VERBS)
def test_every_write_of_every_verb_is_cut_before_and_after_openldap_does_it(openldap: OpenLdap, verb: str) -> None:
    cut_after(openldap, verb)
    cut_before(openldap, verb)


# --- Active Directory -----------------------------------------------------------------------------------------------


def disturbed(directory: LdapDirectory, proxy: Proxy, at: int) -> list[str]:
    """Cut the answer to the write with this number; the list that is returned will name all writes."""
    sent: list[str] = []
    apply = type(directory.session).apply

    def counted(request: object) -> object:
        if len(sent) == at:
            proxy.cut_next_answer()
        sent.append(type(request).__name__)
        return apply(directory.session, request)

    directory.session.apply = counted  # type: ignore[method-assign, assignment]
    return sent


def usn(samba: SambaDc) -> int:
    """Return the number of the last write."""
    said = samba.run(
        "ldapsearch", "-LLL", *samba._bind(""), "-s", "base", "-b", "", "(objectClass=*)", "highestCommittedUSN"
    )
    return int(said.split("highestCommittedUSN: ")[1].split()[0])


def cut_after_on_samba(samba: SambaDc, verb: str) -> None:
    with cutting(636, samba.address) as proxy:
        url = f"ldaps://127.0.0.1:{proxy.port}"
        samba.reset()
        with on_samba(samba, servers=[url]) as directory:
            found, before = case(directory, verb), usn(samba)
            sent = disturbed(directory, proxy, -1)
            done(directory, verb, found)
            numbers, after = usn(samba) - before, seen(directory)
        for number in range(len(sent)):
            samba.reset()
            with on_samba(samba, servers=[url]) as directory:
                found, before = case(directory, verb), usn(samba)
                again = disturbed(directory, proxy, number)
                assert done(directory, verb, found).state == "changed", (number, sent)
                assert (again, usn(samba) - before) == (sent, numbers)
                assert seen(directory) == after


@pytest.mark.parametrize("verb", SOME)
def test_what_active_directory_did_without_saying_so_is_found_out(samba: SambaDc, verb: str) -> None:
    cut_after_on_samba(samba, verb)


@pytest.mark.torture
@pytest.mark.parametrize("verb", SAMBA_VERBS)
def test_every_write_of_every_verb_is_cut_after_active_directory_did_it(samba: SambaDc, verb: str) -> None:
    cut_after_on_samba(samba, verb)
