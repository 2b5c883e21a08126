"""Where groups go on listing an account that has gone, nobody becomes a member by being given its name."""

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Compare, Entry, Question, SecretRef
from tests.connectors.ldap.on_servers import entry, on_openldap, perform
from tests.servers.openldap import SUFFIX, OpenLdap

PEOPLE = f"ou=People,{SUFFIX}"
FORMER = ("groupOfNames", "member"), ("groupOfUniqueNames", "uniqueMember")


def _list(server: OpenLdap, kind: tuple[str, str], member: str) -> None:
    class_, attribute = kind
    server.modify(
        f"dn: cn=Kept,ou=Groups,{SUFFIX}\nchangetype: add\nobjectClass: {class_}\ncn: Kept\n{attribute}: {member}\n"
    )


def _one(directory: LdapDirectory, kind: str, name: str) -> Entry:
    asked = Compare("login" if kind == "user" else "name", "==", name)
    (found,) = directory.read(Question(kind, asked)).entries
    return found


def _create(directory: LdapDirectory, login: str) -> str:
    person = {
        "login": login,
        "upn": f"{login}@example.test",
        "first_name": "F",
        "last_name": "L",
        "display_name": "F L",
    }
    unit, password = _one(directory, "ou", "People").ref, SecretRef("password")
    return perform(directory, "user.create", "Kompas-Regen-8888", ou=unit, password=password, **person).state


@pytest.mark.parametrize("kind", FORMER)
@pytest.mark.parametrize("member_of", [None, ""])
@pytest.mark.parametrize("spelling", ["uid=former.admin", "UID=Former.Admin"])
def test_no_new_account_gets_it(
    openldap: OpenLdap, kind: tuple[str, str], member_of: str | None, spelling: str
) -> None:
    openldap.reset()
    _list(openldap, kind, f"{spelling},{PEOPLE}")
    with on_openldap(openldap, member_of=member_of) as directory:
        with pytest.raises(RejectedError, match="still lists a former object"):
            _create(directory, "former.admin")
        assert _create(directory, "former.admin2") == "changed"


def test_nobody_is_moved_or_renamed_to_it(openldap: OpenLdap) -> None:
    openldap.reset()
    _list(openldap, FORMER[0], f"uid=former.admin,{PEOPLE}")
    with on_openldap(openldap) as directory:
        alice, charlie = _one(directory, "user", "alice"), _one(directory, "user", "charlie")
        people = _one(directory, "ou", "People").ref
        renamed = perform(directory, "user.rename", user=alice.ref, login="former.admin")
        assert renamed.state == "changed"
        with pytest.raises(RejectedError, match="still lists a former object"):
            perform(directory, "user.move", user=alice.ref, ou=people)
        assert entry(directory, alice.ref) is not None
        here = charlie.dn.lower().endswith(PEOPLE.lower()) and charlie.dn.lower().startswith("uid=")
        if here:
            with pytest.raises(RejectedError, match="still lists a former object"):
                perform(directory, "user.rename", user=charlie.ref, login="former.admin")


def test_whoever_is_a_member_keeps_the_name_in_another_case(openldap: OpenLdap) -> None:
    openldap.reset()
    with on_openldap(openldap) as directory:
        alice = _one(directory, "user", "alice")
        assert perform(directory, "user.rename", user=alice.ref, login="Alice").state == "changed"
