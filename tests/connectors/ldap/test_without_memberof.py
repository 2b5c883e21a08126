"""A server that keeps no memberOf, or no password policy, is not taken for one where nobody is in a group."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Everything, InGroup, Not, Question
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap, Template
from tests.servers.slapd import ADMIN, Slapd
from tests.servers.slapd import PASSWORD as PLAIN_PASSWORD
from tests.servers.slapd import SUFFIX as PLAIN


@pytest.fixture(scope="module")
def bare() -> Iterator[Slapd]:
    """A slapd with neither overlay."""
    with Slapd.made() as server:
        file = server.folder / "slapd.conf"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if "ppolicy" not in line and "memberof" not in line))
        server.add(
            f"dn: {PLAIN}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: slapd\n\n"
            f"dn: uid=alice,{PLAIN}\nobjectClass: inetOrgPerson\nuid: alice\ncn: Alice\nsn: A\n\n"
            f"dn: uid=bob,{PLAIN}\nobjectClass: inetOrgPerson\nuid: bob\ncn: Bob\nsn: B\n\n"
            f"dn: cn=inner,{PLAIN}\nobjectClass: groupOfNames\ncn: inner\nmember: uid=alice,{PLAIN}\n\n"
            f"dn: cn=outer,{PLAIN}\nobjectClass: groupOfNames\ncn: outer\nmember: cn=inner,{PLAIN}\n\n"
        )
        with server.running():
            yield server


Opening = Callable[..., LdapDirectory]


@pytest.fixture
def directory(bare: Slapd) -> Iterator[Opening]:
    """Open the bare server's directory with these settings; it is closed at the end."""
    with ExitStack() as opened:

        def opening(**options: object) -> LdapDirectory:
            usual = {"base": PLAIN, "user": ADMIN, "password_env": "DIRECTORY_PASSWORD", "plain_on_loopback": True}
            made = LdapDirectory([bare.url], **{**usual, **options})  # type: ignore[arg-type]
            opened.callback(made.close)
            return made

        yield opening


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PLAIN_PASSWORD)


def test_nothing_is_read_where_memberships_would_look_empty(directory: Opening) -> None:
    made = directory(dialect="openldap")
    for ask in (
        lambda: made.read(Question("user", Everything())),
        lambda: list(made.scan("user", Everything())),
        lambda: made.locate("alice", "user"),
    ):
        with pytest.raises(RejectedError, match='set member_of = ""'):
            ask()
    assert not made.check().ok
    assert "memberof" in made.check().detail


def test_nothing_is_read_where_every_account_would_look_disabled(directory: Opening) -> None:
    with pytest.raises(RejectedError, match="ppolicy"):
        directory(dialect="openldap", member_of="").read(Question("user", Everything()))


def test_memberships_are_read_from_the_groups_then(directory: Opening) -> None:
    made = directory(dialect="generic")
    assert made.check().ok
    inner, outer = (made.locate(name, "group") for name in ("inner", "outer"))
    assert inner is not None
    assert outer is not None
    (alice,) = made.read(Question("user", InGroup(outer.id))).entries
    assert (alice.label, alice.groups) == ("Alice", {inner.id, outer.id})
    assert [one.label for one in made.read(Question("user", Not(InGroup(outer.id)))).entries] == ["Bob"]
    assert made.read(Question("user", InGroup(outer.id, nested=False))).entries == ()


def test_the_same_on_a_server_that_keeps_them(openldap_sample: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    with OpenLdap.started(openldap_sample) as server:
        both = [
            LdapDirectory(
                [server.tls_url],
                dialect="openldap",
                base=SUFFIX,
                user=SERVICE,
                password_env="DIRECTORY_PASSWORD",
                ca_file=str(server.authority),
                member_of=member_of,
            )
            for member_of in (None, "")
        ]
        kept, walked = ({e.ref: e.groups for e in one.read(Question("user", Everything())).entries} for one in both)
        for one in both:
            one.close()
    assert kept == walked
    assert any(kept.values())


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"servers": "ldaps://dc1.example.test"}, "servers"),
        ({"connect_seconds": "5"}, "connect_seconds"),
        ({"call_seconds": 0}, "call_seconds"),
        ({"member_of": "(x)"}, "member_of"),
    ],
)
def test_settings_of_the_wrong_kind_are_named(options: dict[str, object], named: str) -> None:
    usual = {"servers": ["ldaps://dc1.example.test"], "dialect": "openldap", "base": SUFFIX, "user": SERVICE}
    with pytest.raises(RejectedError, match=named):
        LdapDirectory(**{**usual, "password_env": "DIRECTORY_PASSWORD", **options})  # type: ignore[arg-type]
