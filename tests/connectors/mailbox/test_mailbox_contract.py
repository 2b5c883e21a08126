"""The mail system does what every connector must, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, select

from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.mailbox.tables import metadata
from connectors.spi import Connector, Operation, Ref
from connectors.verbs import MAILBOX_VERBS
from tests.connectors.contract import Case, ConnectorContract

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALICE, BOB, CHARLIE = (Ref("user", name) for name in ("alice", "bob", "charlie"))
SALES, ATTIC, EVERYONE = Ref("mailbox", "box-sales"), Ref("mailbox", "box-attic"), Ref("mail_list", "list-everyone")

ROWS = (
    MailboxRow(
        "Sales Benelux",
        "sales@company.test",
        "shared",
        "alice",
        {"full_access": ["alice", "bob"], "send_as": ["alice"]},
        ["verkoop@company.test", "Vente@branch.test"],
        archive=True,
        id=SALES.id,
    ),
    MailboxRow("Größe & Maß", "sizes@company.test", "shared", hidden=True, auto_reply="Back on Monday", id="box-sizes"),
    MailboxRow(
        "Bob",
        "bob@company.test",
        "personal",
        "bob",
        auto_reply="Zurück",
        auto_reply_until=date(2026, 3, 9),
        id="box-bob",
    ),
    MailboxRow("Attic", "attic@company.test", "room", capacity=12, id=ATTIC.id),
    MailboxRow("Everyone", "all@company.test", "list", "alice", id=EVERYONE.id),
    MailboxRow("Ønske", "wishes@branch.test", "list", hidden=True, id="list-wishes"),
)

CASES = {
    "mailbox.create_shared": {"name": "Press", "address": "press@company.test", "owner": BOB, "hidden": True},
    "mailbox.create_room": {"name": "Cellar", "address": "cellar@company.test", "capacity": 6},
    "mailbox.update": {"mailbox": SALES, "name": "Sales", "owner": CHARLIE},
    "mailbox.delete": {"mailbox": SALES},
    "mailbox.grant": {"mailbox": SALES, "user": BOB, "rights": ("full_access", "send_as"), "auto_map": False},
    "mailbox.revoke": {"mailbox": SALES, "user": ALICE, "rights": ("full_access", "send_on_behalf")},
    "mailbox.hide": {"mailbox": SALES},
    "mailbox.show": {"mailbox": Ref("mailbox", "box-sizes")},
    "mailbox.set_auto_reply": {"mailbox": SALES, "message": "Closed", "until": date(2026, 4, 1)},
    "mailbox.add_address": {"mailbox": SALES, "address": "orders@company.test"},
    "mailbox.remove_address": {"mailbox": SALES, "address": "VENTE@branch.test"},
    "mailbox.set_primary_address": {"mailbox": SALES, "address": "vente@branch.test"},
    "mailbox.set_archive": {"mailbox": SALES, "on": False},
    "mailbox.list.create": {"name": "Visitors", "address": "visitors@company.test", "owner": ALICE},
    "mailbox.list.update": {"list": EVERYONE, "name": "All staff", "owner": BOB, "hidden": True},
    "mailbox.list.delete": {"list": EVERYONE},
}


class TestMailboxStub(ConnectorContract):
    table = MAILBOX_VERBS
    searched = {"mailbox": ("name", "address", "addresses", "auto_reply"), "mail_list": ("name", "address")}  # noqa: RUF012

    @pytest.fixture
    def connector(self, mail_url: str) -> Iterator[MailboxStub]:
        engine = create_engine(mail_url)
        load_mailboxes(engine, ROWS, now=NOW)
        engine.dispose()
        stub = MailboxStub(mail_url, clock=lambda: NOW)
        yield stub
        stub.close()

    def case_for(self, connector: Connector, verb: str) -> Case:
        return Case(CASES[verb], again="rejected" if verb.endswith(".delete") else "")

    def touch(self, connector: Connector, ref: Ref) -> None:
        prefix, argument = ("mailbox", "mailbox") if ref.kind == "mailbox" else ("mailbox.list", "list")
        (entry,) = [entry for entry in self.all_entries(connector, ref.kind) if entry.ref == ref]
        renamed = {argument: ref, "name": f"{entry.attributes['name']} touched"}
        connector.perform(Operation("touch", f"{prefix}.update", renamed), (), {})

    def move(self, connector: Connector, ref: Ref) -> bool:
        return False

    def everything_stored(self, connector: Connector) -> bytes:
        assert isinstance(connector, MailboxStub)
        with connector._database.reading() as connection:
            rows = [connection.execute(select(table)).all() for table in metadata.sorted_tables]
        return repr(rows).encode()

    def unreachable(self) -> MailboxStub:
        return MailboxStub("sqlite:////nowhere/at/all/mail.db")

    def test_a_database_server_that_does_not_answer_is_unavailable(self) -> None:
        stub = MailboxStub("postgresql://nobody@127.0.0.1:1/none")
        assert not stub.check().ok
        stub.close()
