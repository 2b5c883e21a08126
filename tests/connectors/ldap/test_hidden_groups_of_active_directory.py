"""On Active Directory: groups that the account cannot read, Deskhand's own account by any name, names taken for others'."""

from collections.abc import Iterator

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import UNSEEN, Compare, Entry, InGroup, Question, SecretRef
from tests.connectors.ldap.on_servers import on_samba, perform
from tests.connectors.ldap.sample_active_directory import SERVICE, SERVICE_DN
from tests.servers.ldif import record, replacement
from tests.servers.samba import SUFFIX, SambaDc, Template

GROUPS = f"OU=Groups,{SUFFIX}"
BOB = f"CN=Bob de Vries,OU=Sales,OU=People,{SUFFIX}"
DORTHE = f"CN=Dörthe Straße,OU=Factory\\, North,OU=People,{SUFFIX}"
MEMBER_OF = "bf967991-0de6-11d0-a285-00aa003049e2"  # its schemaIDGUID
LOGIN = SERVICE.partition("@")[0]


def _group(name: str) -> str:
    return record(
        f"CN={name},{GROUPS}", {"objectClass": ["group"], "sAMAccountName": [name], "groupType": ["-2147483646"]}
    )


@pytest.fixture(scope="module")
def hiding(samba_sample: Template) -> Iterator[SambaDc]:
    """bob and the group Below are in Hidden, which is in Domain Admins, and which the account cannot read."""
    hidden = f"CN=Hidden,{GROUPS}"
    members = replacement(hidden, {"member": [BOB, f"CN=Below,{GROUPS}"]})
    above = f"dn: CN=Domain Admins,CN=Users,{SUFFIX}\nchangetype: modify\nadd: member\nmember: {hidden}\n-\n\n"
    rights = (
        (SERVICE_DN, "(D;;RPLCLORC;;;{sid})", hidden),
        (SERVICE_DN, f"(OD;;RP;{MEMBER_OF};;{{sid}})", DORTHE),
    )
    with (
        samba_sample.with_more(_group("Hidden") + _group("Below") + members + above, rights) as template,
        SambaDc.started(template) as server,
    ):
        yield server


def _one(directory: LdapDirectory, kind: str, name: str) -> Entry:
    asked = Compare("login" if kind == "user" else "name", "==", name)
    (found,) = directory.read(Question(kind, asked)).entries
    return found


def test_whoever_is_in_a_group_that_cannot_be_read_counts_as_privileged(hiding: SambaDc) -> None:
    with on_samba(hiding) as directory:
        assert directory.locate("Hidden", "group") is None
        bob, below, alice = (
            _one(directory, "user", "bob"),
            _one(directory, "group", "Below"),
            _one(directory, "user", "alice"),
        )
        assert (bob.attributes["privileged"], below.attributes["sensitive"]) == (True, True)
        assert UNSEEN in bob.groups & below.groups
        assert (alice.attributes["privileged"], UNSEEN in alice.groups) == (False, False)
        found = directory.read(Question("user", Compare("privileged", "==", True))).entries
        assert {"bob", "Administrator"} <= {entry.attributes["login"] for entry in found}
        unseen = directory.read(Question("user", InGroup(UNSEEN))).entries
        assert [entry.attributes["login"] for entry in unseen] == ["bob"]
        warned = [one.detail for one in directory.examine(()) if one.what == "memberships" and one.state == "warning"]
        assert "CN=Hidden" in warned[0]


def test_a_named_group_is_asked_where_memberof_is_closed(hiding: SambaDc) -> None:
    with on_samba(hiding) as directory:
        assert _one(directory, "user", "dorthe").attributes["groups"] == ()
        factory = directory.locate("GG-Factory", "group")
        assert factory is not None
        assert factory.id in _one(directory, "user", "dorthe").groups
        assert factory.id not in _one(directory, "user", "alice").groups


@pytest.mark.parametrize(
    "name", [SERVICE, SERVICE_DN, f"EXAMPLE\\{LOGIN}", f"{LOGIN}@EXAMPLE", f"example.test/Users/{LOGIN}"]
)
def test_the_own_account_is_known_by_whatever_name_it_signs_in(samba: SambaDc, name: str) -> None:
    samba.reset()
    samba.modify(
        f"dn: {SERVICE_DN}\nchangetype: modify\nreplace: userPrincipalName\nuserPrincipalName: {LOGIN}@corp.example\n"
    )
    with on_samba(samba, user=name) as directory:
        assert directory.own_accounts() == {_one(directory, "user", LOGIN).ref.id}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"login": "evil$"}, "must not end in"),
        ({"login": "dc1"}, "name of a computer"),
        ({"upn": "Administrator"}, "name@domain"),
        ({"upn": "Administrator@example.test"}, "sign-in name is already in use"),
        ({"upn": "bob@EXAMPLE.test"}, "sign-in name is already in use"),
    ],
)
def test_a_name_that_stands_for_another_account_is_refused(samba: SambaDc, given: dict[str, str], said: str) -> None:
    samba.reset()
    with on_samba(samba) as directory:
        alice = _one(directory, "user", "alice").ref
        with pytest.raises(RejectedError, match=said):
            perform(directory, "user.rename", user=alice, **given)
        unit, password = _one(directory, "ou", "Sales").ref, SecretRef("password")
        new = {"login": "nina", "upn": "nina@example.test", "first_name": "Nina", "last_name": "Nova", **given}
        new |= {"display_name": "Nina Nova"}
        with pytest.raises(RejectedError, match=said):
            perform(directory, "user.create", "Kompas-Regen-8888!", ou=unit, password=password, **new)


def test_ones_own_login_may_stand_in_ones_sign_in_name(samba: SambaDc) -> None:
    samba.reset()
    with on_samba(samba) as directory:
        alice = _one(directory, "user", "alice").ref
        assert perform(directory, "user.rename", user=alice, upn="a.jansen@example.test").state == "changed"
        assert perform(directory, "user.rename", user=alice, upn="alice@example.test").state == "changed"
