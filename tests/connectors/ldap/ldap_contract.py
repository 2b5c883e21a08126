"""The contract of connectors over the sample cast in a directory that speaks LDAP: the cases, and hooks all servers share."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import count
from typing import ClassVar

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Connector, Content, File, Ids, Question, Ref, Secret, SecretRef, Verb
from connectors.verbs import DIRECTORY_VERBS
from tests.connectors.contract import Case, ConnectorContract
from tests.pictures import jpeg
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc

PASSWORD = Secret("Lantaarn-Boot-Tijger-47")
PHOTO = jpeg(48, 48)
_WORDS = count()


class LdapContract(ConnectorContract):
    """The hooks of the contract; servers add how they are touched and which verbs they cannot do."""

    cannot: ClassVar[frozenset[str]] = frozenset()
    table: ClassVar[dict[str, Verb]] = dict(DIRECTORY_VERBS)
    searched: ClassVar[dict[str, tuple[str, ...]]] = {
        "user": ("display_name", "login", "mail", "addresses", "phone", "department", "description", "company"),
        "group": ("name", "description"),
        "ou": ("name",),
        "computer": ("name",),
        "contact": ("display_name", "mail", "phone"),
    }
    restless: ClassVar[frozenset[str]] = frozenset({"changed", "password_set_on", "password_expires_on"})

    dialect: ClassVar[str]
    base: ClassVar[str]
    account: ClassVar[str]

    @pytest.fixture
    def connector(self, server: OpenLdap | SambaDc) -> Iterator[LdapDirectory]:
        server.reset()
        directory = self.directory([server.tls_url], str(server.authority))
        directory.server = server  # type: ignore[attr-defined]
        yield directory
        directory.close()

    def directory(self, servers: list[str], authority: str = "") -> LdapDirectory:
        return LdapDirectory(
            servers,
            dialect=self.dialect,
            base=self.base,
            user=self.account,
            password_env="DIRECTORY_PASSWORD",
            ca_file=authority,
        )

    def unreachable(self) -> LdapDirectory:
        return self.directory(["ldaps://127.0.0.1:1"])

    def touch(self, connector: LdapDirectory, ref: Ref) -> None:
        self.change(connector, ref, f"changetype: modify\nreplace: description\ndescription: {self.word()}\n")

    def move(self, connector: LdapDirectory, ref: Ref) -> bool:
        if ref.kind == "ou":
            return False
        rdn = self.dn(connector, ref).partition(",")[0].replace("=", "=moved ", 1)
        target = f"OU=Leavers,{self.base}"
        self.change(
            connector, ref, f"changetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: {self.drops}\nnewsuperior: {target}\n"
        )
        return True

    drops: ClassVar[int] = 0  # whether the old name of an entry that moves goes: AD insists

    def change(self, connector: LdapDirectory, ref: Ref, ldif: str) -> None:
        connector.server.modify(f"dn: {self.dn(connector, ref)}\n{ldif}")  # type: ignore[attr-defined]

    def word(self) -> str:
        return f"touched {next(_WORDS)}"

    def dn(self, connector: LdapDirectory, ref: Ref) -> str:
        (entry,) = connector.read(Question(ref.kind, Ids(frozenset({ref.id})))).entries
        return entry.dn

    def at(self, connector: Connector, kind: str, text: str) -> Ref:
        found = connector.locate(text, kind)
        assert found is not None, text
        return found

    def case_for(self, connector: Connector, verb: str) -> Case:
        def user(login: str) -> Ref:
            return self.at(connector, "user", login)

        def group(name: str) -> Ref:
            return self.at(connector, "group", name)

        def computer(name: str) -> Ref:
            return self.at(connector, "computer", name)

        alice, bob, charlie, dorthe = user("alice"), user("bob"), user("charlie"), user("dorthe")
        sales, empty, company = group("GG-Sales"), group("Empty"), group("GG-Company")
        sales_unit, leavers = self.at(connector, "ou", "Sales"), self.at(connector, "ou", "Leavers")
        contact = self.at(connector, "contact", "Ivo Partner")
        cases = {
            "user.create": Case(
                {
                    "ou": sales_unit,
                    "login": "kim",
                    "upn": "kim@example.test",
                    "first_name": "Kim",
                    "last_name": "Klein",
                    "display_name": "Kim Klein",
                    "mail": "kim@example.test",
                    "manager": charlie,
                    "password": SecretRef("password"),
                    "expires_on": date(2046, 12, 31),
                    "set": {"office": "AMS-4"},
                },
                {"password": PASSWORD},
            ),
            "user.update": Case({"user": alice, "set": {"phone": "112", "manager": bob, "title": None}}),
            "user.rename": Case(
                {"user": alice, "cn": "Alice, van Dam", "login": "alice2", "upn": "alice2@example.test"}
            ),
            "user.set_addresses": Case(
                {"user": alice, "mail": "a.jansen@example.test", "addresses": ("sales@example.test",)}
            ),
            "user.set_password": Case(
                {"user": dorthe, "password": SecretRef("password")}, {"password": PASSWORD}, again=self.same_password
            ),
            "user.set_photo": Case(
                {
                    "user": alice,
                    "photo": File("a.jpg", len(PHOTO), "image/jpeg", sha256(PHOTO).hexdigest(), content=Content(PHOTO)),
                }
            ),
            "user.expire_password": Case({"user": alice}),
            "user.reset_mfa": Case({"user": charlie}),
            "user.unlock": Case({"user": bob}),
            "user.activate": Case({"user": user("erik")}),
            "user.enable": Case({"user": dorthe}),
            "user.disable": Case({"user": alice}),
            "user.clear_sessions": Case({"user": alice}),
            "user.move": Case({"user": alice, "ou": leavers}),
            "user.set_expiry": Case({"user": bob, "on": None}),
            "user.delete": Case({"user": charlie}, again="rejected"),
            "user.join_groups": Case({"user": alice, "groups": (sales, empty, company)}),
            "user.leave_groups": Case({"user": alice, "groups": (sales, empty), "keep": (empty,)}),
            "group.create": Case({"ou": sales_unit, "name": "GG-New", "description": "New", "owner": alice}),
            "group.update": Case({"group": sales, "set": {"description": "Sells"}}),
            "group.set_owner": Case({"group": sales, "owner": alice}),
            "group.delete": Case({"group": sales}, again="rejected"),
            "group.add_members": Case({"group": empty, "members": (alice, company, computer("PC-001"))}),
            "group.remove_members": Case({"group": company, "members": (sales, alice)}),
            "group.change_members": Case({"group": sales, "add": (dorthe, alice), "remove": (bob, user("erik"))}),
            "computer.enable": Case({"computer": computer("PC-002")}),
            "computer.disable": Case({"computer": computer("PC-001")}),
            "computer.move": Case({"computer": computer("PC-001"), "ou": leavers}),
            "computer.delete": Case({"computer": computer("PC-001")}, again="rejected"),
            "contact.create": Case({"ou": sales_unit, "display_name": "Leo Supplier", "mail": "leo@supplier.example"}),
            "contact.update": Case({"contact": contact, "set": {"mail": "ivo2@partner.example", "company": ""}}),
            "contact.delete": Case({"contact": contact}, again="rejected"),
        }
        return cases[verb.removeprefix("directory.")]

    same_password: ClassVar[str] = "changed"

    # tests of what the server has no part in: a few verbs are enough where each test costs a second
    for_few: ClassVar[frozenset[str]] = frozenset()
    few: ClassVar[tuple[str, ...]] = ("directory.user.create", "directory.user.join_groups", "directory.user.update")

    @classmethod
    def offered(cls) -> frozenset[str]:
        return frozenset(DIRECTORY_VERBS) - cls.cannot

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "verb" in metafunc.fixturenames:
            verbs = sorted(self.offered())
            metafunc.parametrize("verb", verbs if metafunc.function.__name__ not in self.for_few else self.few)

    def test_it_offers_exactly_the_verbs_of_its_table(self, connector: Connector) -> None:
        offered = connector.verbs()
        assert set(offered) == set(DIRECTORY_VERBS)
        assert {name for name, verb in offered.items() if verb.unavailable} == self.cannot
        for name in self.cannot:
            with pytest.raises(Exception, match="cannot be done"):
                connector.prepare(self.operation(name, self.case_for(connector, name)))

    def everything_stored(self, connector: Connector) -> bytes:
        """Nothing is stored anywhere but in the directory, where the password is hashed."""
        return repr(connector).encode()
