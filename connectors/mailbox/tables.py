"""The tables of the mail system. Makes them and checks their version; nothing else reads or writes here.

A mailbox and a distribution list are rows of one table, since their addresses are unique together.  Columns that end
in ``_folded`` and ``_plain`` hold texts in the spellings of `connectors.folding`.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeDecorator

from connectors.errors import RejectedError

SCHEMA_VERSION = 1
_LOCK = 0x6D61696C  # of PostgreSQL, held while tables are made, so that nodes starting together take turns


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC without its zone so that every database orders it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - interface
        """Take the zone off."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - interface
        """Put the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _ordered() -> Text:
    """Text that every database orders by code point."""
    return Text().with_variant(Text(collation="C"), "postgresql")


metadata = MetaData()

schema = Table("mailbox_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

mail_objects = Table(
    "mail_objects",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("object_kind", String(16), nullable=False),  # mailbox or mail_list
    Column("kind", String(8), nullable=False),  # personal, shared, room; list
    Column("name", Text, nullable=False),
    Column("name_folded", _ordered(), nullable=False, index=True),
    Column("name_plain", Text, nullable=False),
    Column("owner", String(200), index=True),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("auto_reply", Text),
    Column("auto_reply_folded", _ordered()),
    Column("auto_reply_plain", Text),
    Column("auto_reply_until", Date),
    Column("archive", Boolean, nullable=False, default=False),
    Column("capacity", Integer),
    Column("created", UtcDateTime, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, default=1),
)
Index("mail_objects_by_kind", mail_objects.c.object_kind, mail_objects.c.name_folded, mail_objects.c.id)

# The folded address is the key: no two objects share an address, however it is written.
addresses = Table(
    "mail_addresses",
    metadata,
    Column("address_folded", String(320).with_variant(String(320, collation="C"), "postgresql"), primary_key=True),
    Column("address", String(320), nullable=False),
    Column("object_id", ForeignKey("mail_objects.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("is_primary", Boolean, nullable=False),
)
Index(
    "mail_addresses_one_primary",
    addresses.c.object_id,
    unique=True,
    sqlite_where=text("is_primary = 1"),
    postgresql_where=text("is_primary"),
)

rights = Table(
    "mailbox_rights",
    metadata,
    Column("object_id", ForeignKey("mail_objects.id", ondelete="CASCADE"), primary_key=True),
    Column("right", String(16), primary_key=True),  # full_access, send_as, send_on_behalf
    Column("user_id", String(200), primary_key=True, index=True),
    Column("auto_map", Boolean, nullable=False, default=False),  # means something with full_access only
)


def create_tables(engine: Engine) -> None:
    """Make what is missing; raises `RejectedError` when the tables are those of another release."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        metadata.create_all(connection)
        found = connection.execute(select(schema.c.version)).scalars().first()
        if found is None:
            connection.execute(insert(schema).values(version=SCHEMA_VERSION))
        elif found != SCHEMA_VERSION:
            raise RejectedError(
                f"The mailbox tables have version {found}, this release works with version {SCHEMA_VERSION}. "
                "Use the release that made them, or a new database."
            )
