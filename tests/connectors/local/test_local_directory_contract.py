"""The local directory passes the contract of connectors, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import delete, text, update

from connectors.local.connector import LocalDirectory
from connectors.local.tables import create_tables, objects
from connectors.spi import Connector, Content, File, Ref, Secret, SecretRef, Verb
from connectors.verbs import DIRECTORY_VERBS
from tests.connectors.contract import Case, ConnectorContract
from tests.connectors.local.sample_directory import QUICK, clock, fill
from tests.pictures import png
from tests.servers.postgres import Cluster

ALICE, BOB, CHARLIE = Ref("user", "u-alice"), Ref("user", "u-bob"), Ref("user", "u-charlie")
DORTHE, ERIK, FIONA = Ref("user", "u-dorthe"), Ref("user", "u-erik"), Ref("user", "u-fiona")
SALES_GROUP, EMPTY, COMPANY = Ref("group", "g-GG-Sales"), Ref("group", "g-Empty"), Ref("group", "g-GG-Company")
PC, PC_OFF, IVO = Ref("computer", "c-1"), Ref("computer", "c-2"), Ref("contact", "k-1")
PASSWORD = Secret("Lantaarn-Boot-Tijger-47")

NEW_USER = {
    "login": "kim",
    "upn": "kim@example.test",
    "first_name": "Kim",
    "last_name": "Klein",
    "display_name": "Kim Klein",
    "mail": "kim@example.test",
    "manager": CHARLIE,
    "password": SecretRef("password"),
    "expires_on": date(2026, 12, 31),
    "set": {"office": "AMS-4"},
}
PHOTO = png(48, 48)
CASES = {
    "directory.user.create": Case(NEW_USER, {"password": PASSWORD}),
    "directory.user.update": Case({"user": ALICE, "set": {"phone": "112", "manager": BOB, "title": None}}),
    "directory.user.rename": Case(
        {"user": ALICE, "cn": "Alice, van Dam", "login": "alice2", "upn": "alice2@example.test"}
    ),
    "directory.user.set_addresses": Case(
        {"user": ALICE, "mail": "a.jansen@example.test", "addresses": ("sales@example.test",)}
    ),
    "directory.user.set_password": Case(
        {"user": DORTHE, "password": SecretRef("password")}, {"password": PASSWORD}, again="rejected"
    ),
    "directory.user.set_photo": Case(
        {
            "user": ALICE,
            "photo": File("a.png", len(PHOTO), "image/png", sha256(PHOTO).hexdigest(), content=Content(PHOTO)),
        }
    ),
    "directory.user.expire_password": Case({"user": ALICE}),
    "directory.user.reset_mfa": Case({"user": CHARLIE}),
    "directory.user.unlock": Case({"user": BOB}),
    "directory.user.activate": Case({"user": ERIK}, kept=frozenset({"pending"})),
    "directory.user.enable": Case({"user": DORTHE}),
    "directory.user.disable": Case({"user": ALICE}),
    "directory.user.clear_sessions": Case({"user": ALICE}, again="changed"),
    "directory.user.move": Case({"user": ALICE, "ou": Ref("ou", "Leavers")}),
    "directory.user.set_expiry": Case({"user": BOB, "on": None}),
    "directory.user.delete": Case({"user": CHARLIE}, again="rejected"),
    "directory.user.join_groups": Case({"user": ALICE, "groups": (SALES_GROUP, EMPTY, COMPANY)}),
    "directory.user.leave_groups": Case({"user": ALICE, "groups": (SALES_GROUP, EMPTY), "keep": (EMPTY,)}),
    "directory.group.create": Case({"name": "GG-New", "mail": "gg-new@example.test", "owner": ALICE}),
    "directory.group.update": Case({"group": SALES_GROUP, "set": {"sensitive": True, "mail": "s@example.test"}}),
    "directory.group.set_owner": Case({"group": SALES_GROUP, "owner": ALICE}),
    "directory.group.delete": Case({"group": SALES_GROUP}, again="rejected"),
    "directory.group.add_members": Case({"group": EMPTY, "members": (ALICE, COMPANY, PC)}),
    "directory.group.remove_members": Case({"group": COMPANY, "members": (SALES_GROUP, ALICE)}),
    "directory.group.change_members": Case({"group": SALES_GROUP, "add": (DORTHE, ALICE), "remove": (BOB, ERIK)}),
    "directory.computer.enable": Case({"computer": PC_OFF}),
    "directory.computer.disable": Case({"computer": PC}),
    "directory.computer.move": Case({"computer": PC, "ou": Ref("ou", "Leavers")}),
    "directory.computer.delete": Case({"computer": PC}, again="rejected"),
    "directory.contact.create": Case({"display_name": "Leo Supplier", "mail": "leo@supplier.example"}),
    "directory.contact.update": Case({"contact": IVO, "set": {"mail": "ivo2@partner.example", "company": ""}}),
    "directory.contact.delete": Case({"contact": IVO}, again="rejected"),
}


class LocalDirectoryContract(ConnectorContract):
    """The hooks of the contract, for whichever database holds the directory."""

    table: ClassVar[dict[str, Verb]] = dict(DIRECTORY_VERBS)
    searched: ClassVar[dict[str, tuple[str, ...]]] = {
        "user": ("display_name", "login", "mail", "addresses", "phone", "department", "description", "company"),
        "group": ("name", "display_name", "description"),
        "ou": ("name",),
        "computer": ("name", "system"),
        "contact": ("display_name", "mail", "phone"),
    }
    restless: ClassVar[frozenset[str]] = frozenset({"changed", "password_set_on", "password_expires_on", "disabled_at"})

    def case_for(self, connector: Connector, verb: str) -> Case:
        case = CASES[verb]
        unit = case.arguments.get("ou") or (Ref("ou", "Sales") if verb.endswith(".create") else None)
        if not isinstance(unit, Ref):
            return case
        found = connector.locate(unit.id, "ou")
        assert found is not None
        return Case({**case.arguments, "ou": found}, case.secrets, case.again, case.kept)

    def touch(self, connector: LocalDirectory, ref: Ref) -> None:
        with connector.engine.begin() as connection:
            row = update(objects).where(objects.c.id == ref.id)
            connection.execute(row.values(version=objects.c.version + 1))

    def move(self, connector: LocalDirectory, ref: Ref) -> bool:
        if ref.kind == "ou":
            return False
        target = connector.locate("Leavers", "ou")
        assert target is not None
        with connector.engine.begin() as connection:
            row = update(objects).where(objects.c.id == ref.id)
            connection.execute(row.values(unit_id=target.id, rdn_key=objects.c.rdn_key + "-moved"))
        return True


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "directory.db"
    directory = LocalDirectory(f"sqlite:///{file}", clock=clock, policy=QUICK, password_days=90)
    create_tables(directory.engine)
    fill(directory.engine)
    directory.close()
    return file


@pytest.fixture(scope="module")
def directory_on_postgresql(postgres_cluster: Cluster) -> Iterator[LocalDirectory]:
    directory = LocalDirectory(postgres_cluster.new_database(), clock=clock, policy=QUICK, password_days=90)
    create_tables(directory.engine)
    yield directory
    directory.close()


class TestLocalDirectoryOnSqlite(LocalDirectoryContract):
    @pytest.fixture
    def connector(self, filled_file: Path, tmp_path: Path) -> Iterator[LocalDirectory]:
        shutil.copy(filled_file, tmp_path / "directory.db")
        directory = LocalDirectory(
            f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK, password_days=90
        )
        yield directory
        directory.close()

    def everything_stored(self, connector: LocalDirectory) -> bytes:
        file = Path(str(connector.engine.url.database))
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))

    def unreachable(self) -> LocalDirectory:
        return LocalDirectory("sqlite:////nowhere/at/all/directory.db", clock=clock, policy=QUICK, password_days=90)


class TestLocalDirectoryOnPostgresql(LocalDirectoryContract):
    @pytest.fixture
    def connector(self, directory_on_postgresql: LocalDirectory) -> LocalDirectory:
        with directory_on_postgresql.engine.begin() as connection:
            connection.execute(delete(objects))
        fill(directory_on_postgresql.engine)
        return directory_on_postgresql

    def everything_stored(self, connector: LocalDirectory) -> bytes:
        with connector.engine.connect() as connection:
            tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            rows = [connection.execute(text(f'SELECT * FROM "{table}"')).all() for table in tables]
        return repr(rows).encode()

    def unreachable(self) -> LocalDirectory:
        url = "postgresql+psycopg://nobody:wrong@127.0.0.1:1/nothing?connect_timeout=2"
        return LocalDirectory(url, clock=clock, policy=QUICK, password_days=90)


def test_the_sample_is_loaded_without_problems(tmp_path: Path) -> None:
    directory = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK, password_days=90)
    create_tables(directory.engine)
    report = fill(directory.engine)
    directory.close()
    assert (report.problems, report.dangling) == ((), ())
    assert report.loaded == {"user": 8, "group": 6, "ou": 8, "computer": 2, "contact": 2}
