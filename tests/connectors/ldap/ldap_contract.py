"""The contract of connectors over the sample cast in a directory that speaks LDAP: the cases, and hooks all servers share."""

from collections.abc import Iterator
from dataclasses import replace
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

# who and what the cases are about, by what they are called
ALICE, BOB, CHARLIE = Ref("user", "alice"), Ref("user", "bob"), Ref("user", "charlie")
DORTHE, ERIK = Ref("user", "dorthe"), Ref("user", "erik")
SALES_GROUP, EMPTY, COMPANY = Ref("group", "GG-Sales"), Ref("group", "Empty"), Ref("group", "GG-Company")
SALES, LEAVERS = Ref("ou", "Sales"), Ref("ou", "Leavers")
IVO = Ref("contact", "Ivo Partner")
CASES = {
    "user.create": Case(
        {
            "ou": SALES,
            "login": "kim",
            "upn": "kim@example.test",
            "first_name": "Kim",
            "last_name": "Klein",
            "display_name": "Kim Klein",
            "mail": "kim@example.test",
            "manager": CHARLIE,
            "password": SecretRef("password"),
            "expires_on": date(2046, 12, 31),
            "set": {"office": "AMS-4"},
        },
        {"password": PASSWORD},
    ),
    "user.update": Case({"user": ALICE, "set": {"phone": "112", "manager": BOB, "title": None}}),
    "user.rename": Case({"user": ALICE, "cn": "Alice, van Dam", "login": "alice2", "upn": "alice2@example.test"}),
    "user.set_addresses": Case({"user": ALICE, "mail": "a.jansen@example.test", "addresses": ("sales@example.test",)}),
    "user.set_password": Case(
        {"user": DORTHE, "password": SecretRef("password")}, {"password": PASSWORD}, again="changed"
    ),
    "user.set_photo": Case(
        {
            "user": ALICE,
            "photo": File("a.jpg", len(PHOTO), "image/jpeg", sha256(PHOTO).hexdigest(), content=Content(PHOTO)),
        }
    ),
    "user.expire_password": Case({"user": ALICE}),
    "user.reset_mfa": Case({"user": CHARLIE}),
    "user.unlock": Case({"user": BOB}),
    "user.activate": Case({"user": ERIK}),
    "user.enable": Case({"user": DORTHE}),
    "user.disable": Case({"user": ALICE}),
    "user.clear_sessions": Case({"user": ALICE}),
    "user.move": Case({"user": ALICE, "ou": LEAVERS}),
    "user.set_expiry": Case({"user": BOB, "on": None}),
    "user.delete": Case({"user": CHARLIE}, again="rejected"),
    "user.join_groups": Case({"user": ALICE, "groups": (SALES_GROUP, EMPTY, COMPANY)}),
    "user.leave_groups": Case({"user": ALICE, "groups": (SALES_GROUP, EMPTY), "keep": (EMPTY,)}),
    "group.create": Case({"ou": SALES, "name": "GG-New", "description": "New", "owner": ALICE}),
    "group.update": Case({"group": SALES_GROUP, "set": {"description": "Sells"}}),
    "group.set_owner": Case({"group": SALES_GROUP, "owner": ALICE}),
    "group.delete": Case({"group": SALES_GROUP}, again="rejected"),
    "group.add_members": Case({"group": EMPTY, "members": (ALICE, COMPANY, Ref("computer", "PC-001"))}),
    "group.remove_members": Case({"group": COMPANY, "members": (SALES_GROUP, ALICE)}),
    "group.change_members": Case({"group": SALES_GROUP, "add": (DORTHE, ALICE), "remove": (BOB, ERIK)}),
    "computer.enable": Case({"computer": Ref("computer", "PC-002")}),
    "computer.disable": Case({"computer": Ref("computer", "PC-001")}),
    "computer.move": Case({"computer": Ref("computer", "PC-001"), "ou": LEAVERS}),
    "computer.delete": Case({"computer": Ref("computer", "PC-001")}, again="rejected"),
    "contact.create": Case({"ou": SALES, "display_name": "Leo Supplier", "mail": "leo@supplier.example"}),
    "contact.update": Case({"contact": IVO, "set": {"mail": "ivo2@partner.example", "company": ""}}),
    "contact.delete": Case({"contact": IVO}, again="rejected"),
}


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
        case = CASES[verb.removeprefix("directory.")]
        return replace(case, arguments={name: self.found(connector, value) for name, value in case.arguments.items()})

    def found(self, connector: Connector, value: object) -> object:
        """Return a value of a case with the objects it names by what they are called."""
        if isinstance(value, Ref):
            return self.at(connector, value.kind, value.id)
        if isinstance(value, tuple):
            return tuple(self.found(connector, item) for item in value)
        if isinstance(value, dict):
            return {name: self.found(connector, item) for name, item in value.items()}
        return value

    @classmethod
    def offered(cls) -> frozenset[str]:
        return frozenset(DIRECTORY_VERBS) - cls.cannot

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "verb" in metafunc.fixturenames:
            metafunc.parametrize("verb", sorted(self.offered()))

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
