"""Whatever is wrong with a server: the right kind of error, a sentence that tells nothing of others, and no second effect."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from connectors.errors import ConnectorError, RejectedError, UnavailableError, UnknownOutcomeError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Everything, Operation, Question, Ref, SecretRef
from tests.connectors.ldap.on_servers import entry, on_openldap, on_samba, perform
from tests.connectors.ldap.sample_cast import stable_id
from tests.servers import openldap as server_names
from tests.servers.certificates import Certificates
from tests.servers.openldap import OpenLdap, Template
from tests.servers.samba import SambaDc
from tests.servers.samba import Template as SambaTemplate
from tests.servers.trouble import cutting, mute, refusing, rogue
from tests.servers.watching import watching

ALICE, EMPTY = Ref("user", stable_id("u-alice")), Ref("group", stable_id("g-Empty"))
SALES, COMPANY = Ref("group", stable_id("g-GG-Sales")), Ref("group", stable_id("g-GG-Company"))
EVERYBODY = Question("user", Everything())
QUICK = {"connect_seconds": 0.5, "call_seconds": 1.0}
# Words of servers and libraries, names of others, and what is secret.
FOREIGN = (
    "ldapmod",
    "LdapErr",
    "0000",
    "Traceback",
    "errno",
    "cn=",
    "uid=",
    "CN=",
    "bob",
    server_names.PASSWORD,
    "Zeppelin",
)


@pytest.fixture(scope="module")
def running(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


@pytest.fixture
def openldap(running: OpenLdap) -> OpenLdap:
    running.reset()
    return running


def said(error: type[ConnectorError], work: Callable[[], object]) -> str:
    """Return the sentence of an error of exactly this kind."""
    with pytest.raises(ConnectorError) as raised:
        work()
    sentence = str(raised.value)
    assert type(raised.value) is error, (type(raised.value), sentence)
    assert not [word for word in FOREIGN if word in sentence], sentence
    assert sentence.endswith((".", "chmod 600")), sentence
    return sentence


def update(directory: LdapDirectory, office: str = "AMS-9") -> object:
    return perform(directory, "user.update", user=ALICE, set={"office": office})


def office(server: OpenLdap) -> bool:
    return "AMS-9" in server.search("(uid=alice)", "physicalDeliveryOfficeName")


# --- servers that cannot be reached or trusted ----------------------------------------------------------------------


@pytest.mark.parametrize("certificate", ["expired", "wrong_name", "unknown"])
def test_a_server_that_cannot_be_trusted_gets_no_password_and_changes_nothing(
    certificates: Certificates, openldap_sample: Template, certificate: str
) -> None:
    bad = getattr(certificates, certificate)
    with OpenLdap.started(openldap_sample, certificate=bad) as server, on_openldap(server) as directory:
        assert "certificate" in said(UnavailableError, lambda: update(directory))
        assert "certificate" in said(UnavailableError, lambda: directory.read(EVERYBODY))
        assert not directory.check().ok


def test_a_server_that_is_down_mute_or_slow_answers_no_question(openldap: OpenLdap) -> None:
    with mute() as silent, refusing() as gone, cutting(openldap.tls_port) as proxy:
        for port in (silent.port, gone):
            with on_openldap(openldap, servers=[f"ldaps://127.0.0.1:{port}"], **QUICK) as directory:
                said(UnavailableError, lambda directory=directory: directory.read(EVERYBODY))
                said(UnavailableError, lambda directory=directory: list(directory.scan("user", Everything())))
                said(UnavailableError, lambda directory=directory: directory.locate("alice", "user"))
                said(UnavailableError, lambda directory=directory: update(directory))
        with on_openldap(openldap, servers=[f"ldaps://127.0.0.1:{proxy.port}"], **QUICK) as directory:
            assert entry(directory, ALICE)
            proxy.seconds_per_byte = 0.2
            said(UnavailableError, lambda: directory.read(EVERYBODY))
            said(UnavailableError, lambda: update(directory))
    assert not office(openldap)


def test_a_write_to_a_frozen_server_is_unknown_and_happens_once_when_it_goes_on(openldap: OpenLdap) -> None:
    with watching(openldap.port) as proxy, ExitStack() as stack:
        directory = stack.enter_context(on_openldap(openldap, servers=[proxy.url], plain_on_loopback=True, **QUICK))
        operation = Operation("s", "directory.user.update", {"user": ALICE, "set": {"office": "AMS-9"}})
        guards = directory.prepare(operation).guards
        proxy.begin()
        frozen = ExitStack()

        def freeze() -> str:
            frozen.enter_context(openldap.frozen())
            return ""

        proxy.troubles = {0: freeze}
        assert "unclear" in said(UnknownOutcomeError, lambda: directory.perform(operation, guards, {}))
        frozen.close()
        for _ in range(50):
            if office(openldap):
                break
        assert office(openldap)
        assert proxy.writes == ["modify"]


def test_a_server_that_dies_between_two_writes_leaves_a_part_and_says_so(openldap: OpenLdap) -> None:
    with watching(openldap.port) as proxy, ExitStack() as stack:
        directory = stack.enter_context(on_openldap(openldap, servers=[proxy.url], plain_on_loopback=True, **QUICK))
        operation = Operation("s", "directory.user.join_groups", {"user": ALICE, "groups": (EMPTY, COMPANY)})
        guards = directory.prepare(operation).guards
        proxy.begin()

        def die() -> str:
            openldap.stop()
            return "request"

        proxy.troubles = {1: die}
        said(UnknownOutcomeError, lambda: directory.perform(operation, guards, {}))
        openldap.start()
        assert proxy.writes == ["modify"]


# --- servers that refuse --------------------------------------------------------------------------------------------


def test_an_account_without_the_right_changes_nothing(openldap: OpenLdap) -> None:
    with on_openldap(openldap, user=server_names.READER) as directory:
        assert "has not the right" in said(RejectedError, lambda: update(directory))
    assert not office(openldap)


@contextmanager
def configured(server: OpenLdap, line: str) -> Iterator[None]:
    """Run it with one more line in the configuration of its database."""
    file = server._folder / "slapd.conf"
    text = file.read_text()
    server.stop()
    file.write_text(text.replace("\nmaxsize", f"\n{line}\nmaxsize", 1))
    server.start()
    try:
        yield
    finally:
        server.stop()
        file.write_text(text)
        server.start()


def test_a_server_that_may_only_be_read_changes_nothing(openldap: OpenLdap) -> None:
    with configured(openldap, "readonly on"), on_openldap(openldap) as directory:
        said(RejectedError, lambda: update(directory))
    assert not office(openldap)


def test_what_another_server_keeps_is_not_asked_there(openldap: OpenLdap) -> None:
    with rogue() as listener, on_openldap(openldap) as directory:
        openldap.run(
            "ldapmodify", "-M", *openldap._bind(""),
            typed=f"dn: ou=Elsewhere,{server_names.SUFFIX}\nchangetype: add\nobjectClass: referral\n"
            f"objectClass: extensibleObject\nou: Elsewhere\nref: ldap://127.0.0.1:{listener.port}/dc=x\n",
        )  # fmt: skip
        assert directory.read(EVERYBODY).entries
        assert entry(directory, ALICE)
        assert directory.locate(f"uid=x,ou=Elsewhere,{server_names.SUFFIX}", "user") is None
        update(directory)
        assert (listener.connections, listener.received) == (0, b"")


def test_a_size_limit_is_noticed_and_nothing_is_silently_cut(openldap_sample: Template) -> None:
    with (
        OpenLdap.started(openldap_sample, sizelimit=3) as server,
        on_openldap(server, user=server_names.READER) as directory,
    ):
        assert "size limit" in said(UnavailableError, lambda: list(directory.scan("user", Everything())))
        assert directory.read(EVERYBODY).more


def test_an_attribute_that_the_schema_lacks_is_a_sentence(openldap: OpenLdap) -> None:
    with on_openldap(openldap, attributes={"user": {"office": "noSuchAttribute"}}) as directory:
        assert "noSuchAttribute" in said(RejectedError, lambda: update(directory))
        assert not directory.check().ok
    with on_openldap(openldap, attributes={"group": {"department": "carLicense"}}) as directory:
        said(RejectedError, lambda: perform(directory, "group.update", group=SALES, set={"department": "x"}))


def test_a_password_that_the_policy_refuses_is_explained(openldap: OpenLdap, samba_sample: SambaTemplate) -> None:
    def password(directory: LdapDirectory) -> object:
        return perform(directory, "user.set_password", "Zep", user=ALICE, password=SecretRef("password"))

    with on_openldap(openldap) as directory:
        before = entry(directory, ALICE)
        assert "too short" in said(RejectedError, lambda: password(directory))
        assert entry(directory, ALICE) == before
    with SambaDc.started(samba_sample) as server, on_samba(server) as directory:
        before = entry(directory, ALICE)
        assert "refuses this password" in said(RejectedError, lambda: password(directory))
        assert entry(directory, ALICE) == before
