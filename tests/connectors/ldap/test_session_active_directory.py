"""`DirectorySession` on a real Samba Active Directory: TLS, sign-ins and what their refusals say, writes, pages."""

from collections.abc import Iterator

import pytest

from connectors.errors import UnavailableError
from connectors.ldap.requests import Add, Delete, Modification, Modify, Rename, Search
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Content, Secret
from tests.servers.samba import ADMIN, PASSWORD, SUFFIX, SambaDc, Template

ALICE = f"CN=Alice Åkesson,CN=Users,{SUFFIX}"
UPN = "alice@example.test"
NORMAL, DISABLED = b"512", b"514"


@pytest.fixture(scope="module")
def running(samba_template: Template) -> Iterator[SambaDc]:
    with SambaDc.started(samba_template) as server:
        yield server


@pytest.fixture
def samba(running: SambaDc) -> SambaDc:
    running.reset()
    return running


def session_to(server: SambaDc, address: str) -> DirectorySession:
    return DirectorySession(
        [parse_endpoint(address)], user=ADMIN, password=Secret(PASSWORD), ca_file=str(server.authority)
    )


@pytest.fixture
def session(samba: SambaDc) -> Iterator[DirectorySession]:
    made = session_to(samba, samba.tls_url)
    yield made
    made.close()


def encoded(password: str) -> Content:
    return Content(f'"{password}"'.encode("utf-16-le"))


def alice(password: str, control: bytes = NORMAL) -> Add:
    attributes: dict[str, tuple[bytes | Content, ...]] = {
        "objectClass": (b"user",),
        "sAMAccountName": (b"alice",),
        "userPrincipalName": (UPN.encode(),),
        "unicodePwd": (encoded(password),),
        "userAccountControl": (control,),
    }
    return Add(ALICE, attributes)


def replacing(attribute: str, *values: bytes | Content) -> Modify:
    return Modify(ALICE, (Modification("replace", attribute, values),))


def test_both_ways_of_tls_are_verified_by_address(samba: SambaDc) -> None:
    for address in (samba.tls_url, samba.url):
        session = session_to(samba, address)
        assert session.root().first("defaultNamingContext") == SUFFIX.encode()
        session.close()
        with pytest.raises(UnavailableError, match="not trusted here: set ca_file"):
            DirectorySession([parse_endpoint(address)], user=ADMIN, password=Secret(PASSWORD)).root()


def test_a_sign_in_that_would_go_in_clear_is_refused_by_the_server(samba: SambaDc) -> None:
    plain = DirectorySession([Endpoint(samba.address, 389, "plain")], user=ADMIN, password=Secret(PASSWORD))
    with pytest.raises(UnavailableError, match=r"refuses the sign-in of Deskhand's account \(result 8\)"):
        plain.root()


def test_entries_are_made_changed_moved_and_removed(session: DirectorySession, samba: SambaDc) -> None:
    assert session.apply(alice("Correct horse 7")).is_success
    assert samba.lets_in(UPN, "Correct horse 7")
    again = session.apply(alice("Correct horse 7"))
    assert (again.code, "already" in again.message) == (68, True)
    assert session.apply(replacing("unicodePwd", encoded("pässwörd Ж 8"))).is_success
    assert session.verify(UPN, Secret("pässwörd Ж 8")).is_success
    weak = session.apply(replacing("unicodePwd", encoded("short")))
    assert (weak.code, weak.message.startswith("0000052D")) == (19, True)
    assert session.apply(Rename(ALICE, "CN=Alice", SUFFIX)).is_success
    moved = f"CN=Alice,{SUFFIX}"
    row = session.first(Search(moved, "(objectClass=*)", ("objectGUID", "userAccountControl"), "base"))
    assert row is not None
    assert row.first("userAccountControl") == NORMAL
    assert len(row.first("objectGUID") or b"") == 16
    assert session.apply(Delete(moved)).is_success
    assert session.first(Search(moved, "(objectClass=*)", (), "base")) is None


def test_why_somebody_may_not_sign_in_comes_in_the_server_s_words(session: DirectorySession) -> None:
    def says(password: str) -> str:
        answer = session.verify(UPN, Secret(password))
        return f"{answer.code} {answer.message.partition('data ')[2].partition(',')[0]}".strip()

    assert session.apply(alice("Correct horse 7", DISABLED)).is_success
    seen = [says("Correct horse 7")]
    for attribute, value in (("userAccountControl", NORMAL), ("accountExpires", b"116444736000000000")):
        assert session.apply(replacing(attribute, value)).is_success
        seen.append(says("Correct horse 7"))
    assert session.apply(replacing("accountExpires", b"0")).is_success
    assert session.apply(replacing("pwdLastSet", b"0")).is_success
    seen.append(says("Correct horse 7"))
    assert session.apply(replacing("pwdLastSet", b"-1")).is_success
    seen += [says("wrong"), says("wrong"), says("wrong"), says("Correct horse 7")]
    assert seen == ["49 533", "0", "49 701", "49 773", "49 52e", "49 52e", "49 52e", "49 775"]
    assert session.apply(replacing("lockoutTime", b"0")).is_success
    assert says("Correct horse 7") == "0"


@pytest.mark.parametrize("page", [0, 3, 500])
def test_a_search_of_the_whole_domain_leaves_references_out(session: DirectorySession, page: int) -> None:
    rows = list(session.search(Search(SUFFIX, "(objectClass=*)", ("cn",), page=page)))
    assert len(rows) > 150
    assert all(row.dn.endswith(SUFFIX) for row in rows)


def test_connections_are_kept_over_both_ways_of_tls(samba: SambaDc) -> None:
    for address in (samba.tls_url, samba.url):
        session = session_to(samba, address)
        session.root()
        kept = session._connections._idle[0]
        for _ in range(5):
            session.root()
        assert session._connections._idle == [kept]
        session.close()
