"""Active Directory ignores that a password must be changed where it never expires: that is said, not promised."""

from collections.abc import Iterator

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.spi import Operation, Ref, SecretRef
from tests.connectors.ldap.on_servers import on_samba, perform
from tests.connectors.ldap.sample_cast import PASSWORD, stable_id
from tests.servers.samba import SUFFIX, SambaDc, Template

ALICE = Ref("user", stable_id("u-alice"))
SENTENCE = "The password of this account never expires, so Active Directory would not demand a new one"
NEVER_EXPIRES = "66048"


@pytest.fixture(scope="module")
def samba(samba_sample: Template) -> Iterator[SambaDc]:
    with SambaDc.started(samba_sample) as server:
        dn = f"CN=Alice Jansen,OU=Sales,OU=People,{SUFFIX}"
        server.modify(
            f"dn: {dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: {NEVER_EXPIRES}\n"
        )
        yield server


@pytest.fixture(scope="module")
def directory(samba: SambaDc) -> Iterator[LdapDirectory]:
    with on_samba(samba) as made:
        yield made


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("user.set_password", {"password": SecretRef("password"), "must_change": True}),
        ("user.set_password", {"password": SecretRef("password")}),
        ("user.expire_password", {}),
    ],
)
def test_a_new_password_cannot_be_demanded_of_it(directory: LdapDirectory, verb: str, given: dict[str, object]) -> None:
    with pytest.raises(RejectedError, match=SENTENCE) as refused:
        directory.prepare(Operation("step", f"directory.{verb}", {"user": ALICE, **given}))
    assert "must_change: false" in str(refused.value)


def test_a_new_password_that_need_not_be_changed_can_be_set(directory: LdapDirectory, samba: SambaDc) -> None:
    given = {"user": ALICE, "password": SecretRef("password"), "must_change": False}
    assert perform(directory, "user.set_password", "Zeppelin-9-Tuin", **given).state == "changed"
    assert samba.lets_in("alice@example.test", "Zeppelin-9-Tuin")
    assert NEVER_EXPIRES in samba.search("(sAMAccountName=alice)", "userAccountControl")


def test_of_other_accounts_it_can_be_demanded(directory: LdapDirectory, samba: SambaDc) -> None:
    charlie = directory.locate("charlie", "user")
    given = {"user": charlie, "password": SecretRef("password")}
    assert perform(directory, "user.set_password", PASSWORD, **given).state == "changed"
    assert "pwdLastSet: 0" in samba.search("(sAMAccountName=charlie)", "pwdLastSet")
