"""The tables of the local directory, on SQLite and PostgreSQL.

``directory_objects`` holds what every object has (identity, place, version); one table per kind holds its attributes.
A text attribute ``x`` stands beside ``x_key``, its case-folded spelling (`connectors.folding.key`), which is
compared, sorted and unique.  Texts that are empty are stored as NULL.  Times are UTC.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    insert,
    inspect,
    select,
    update,
)

from connectors.errors import RejectedError
from connectors.local.search_index import create_search_index
from connectors.local.upgrading import upgrade

SCHEMA_VERSION = 4
_TURN = 7_264_173  # whoever makes the tables first holds this lock

# Attributes that are found by typing a part of them: those that identify an object, and those that describe it.
IDENTIFYING = ("name", "login", "upn", "mail_nickname", "display_name", "first_name", "last_name", "initials", "mail",
               "addresses", "phone", "mobile", "employee_id")  # fmt: skip
DESCRIBING = ("title", "department", "office", "company", "employee_type", "description", "system")

TEXTS = {
    "user": ("login", "upn", "mail_nickname", "display_name", "first_name", "last_name", "initials", "mail", "phone",
             "mobile", "title", "department", "office", "company", "employee_id", "employee_type", "description"),
    "group": ("name", "display_name", "description", "mail", "department"),
    "ou": ("name", "description"),
    "computer": ("name", "description", "system"),
    "contact": ("display_name", "first_name", "last_name", "mail", "phone", "company", "description"),
}  # fmt: skip


class UtcTime(TypeDecorator[datetime]):
    """A moment: aware in Python, stored in UTC; a naive one is refused with `TypeError`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the time as aware, in UTC."""
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Compared and sorted by code point on every database.
Exact = Text().with_variant(Text(collation="C"), "postgresql")
metadata = MetaData()


def _id(name: str = "id", **options: Any) -> Column[str]:
    return Column(name, Exact, ForeignKey("directory_objects.id", ondelete="CASCADE"), **options)


def _link(name: str) -> Column[str]:
    return Column(name, Exact, ForeignKey("directory_objects.id", ondelete="SET NULL"), index=True)


def _flag(name: str, *, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=default)


def _texts(kind: str, *, unique: tuple[str, ...] = (), indexed: tuple[str, ...] = ()) -> list[Column[Any]]:
    columns: list[Column[Any]] = []
    for name in TEXTS[kind]:
        index = True if name in unique or name in indexed else None
        columns += [Column(name, Exact), Column(f"{name}_key", Exact, unique=name in unique or None, index=index)]
    return columns


schema = Table("directory_schema", metadata, Column("version", Integer, nullable=False))

# ``groups`` counts changes of the group graph; whoever keeps it in memory compares the number.
counters = Table(
    "directory_counters",
    metadata,
    Column("name", Exact, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

objects = Table(
    "directory_objects",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", Exact, nullable=False, unique=True),
    Column("kind", Exact, nullable=False, index=True),
    Column("unit_id", Exact, ForeignKey("directory_objects.id"), index=True),
    Column("rdn", Exact, nullable=False),
    Column("rdn_key", Exact, nullable=False),
    Column("version", BigInteger, nullable=False, default=1),
    Column("created", UtcTime, nullable=False, index=True),
    Column("changed", UtcTime, nullable=False, index=True),
    UniqueConstraint("unit_id", "rdn_key", name="directory_objects_place"),
    sqlite_autoincrement=True,
)

# ``dn`` and ``place`` (normalised steps from the root down, one a line) are complete; units do not move.
units = Table(
    "directory_units",
    metadata,
    _id(primary_key=True),
    Column("dn", Exact, nullable=False),
    Column("place", Exact, nullable=False, unique=True),
    *_texts("ou", indexed=("name",)),
)

people = Table(
    "directory_people",
    metadata,
    _id(primary_key=True),
    *_texts(
        "user", unique=("login", "upn"), indexed=("display_name", "last_name", "mail", "employee_id", "department")
    ),
    _link("manager_id"),
    _flag("enabled", default=True),
    _flag("pending", default=False),
    _flag("must_change", default=False),
    _flag("mfa_enrolled", default=False),
    _flag("is_service", default=False),
    _flag("privileged", default=False),
    Column("enabled_from", Date),
    Column("expires_on", Date, index=True),
    Column("last_logon", UtcTime, index=True),
    Column("locked_at", UtcTime, index=True),
    Column("disabled_at", UtcTime, index=True),
    Column("password_set_on", UtcTime, index=True),
    Column("password_hash", Text),
    Column("failed_tries", Integer, nullable=False, default=0),
    Column("first_failed_at", UtcTime),
    Column("sessions_from", UtcTime),
)

password_history = Table(
    "directory_password_history",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _id("person_id", nullable=False, index=True),
    Column("password_hash", Text, nullable=False),
    Column("set_on", UtcTime, nullable=False),
)

# Photos of people, in a table of their own so that no search reads them; the one before is kept for going back to it.
photos = Table(
    "directory_photos",
    metadata,
    _id("person_id", primary_key=True),
    Column("sha256", Exact, primary_key=True),
    Column("name", Exact, nullable=False),
    Column("type", Exact, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _flag("is_current", default=True),
)

groups = Table(
    "directory_groups",
    metadata,
    _id(primary_key=True),
    *_texts("group", unique=("name",), indexed=("display_name",)),
    _link("owner_id"),
    _flag("sensitive", default=False),
)

# A member is a user, a group or a computer; the kind stands in ``directory_objects``.
members = Table(
    "directory_group_members",
    metadata,
    _id("group_id", primary_key=True),
    _id("member_id", primary_key=True),
    Index("directory_group_members_of", "member_id", "group_id"),
)

computers = Table(
    "directory_computers",
    metadata,
    _id(primary_key=True),
    *_texts("computer", unique=("name",)),
    _link("owner_id"),
    _flag("enabled", default=True),
    Column("last_logon", UtcTime, index=True),
    Column("disabled_at", UtcTime, index=True),
)

contacts = Table(
    "directory_contacts",
    metadata,
    _id(primary_key=True),
    *_texts("contact", indexed=("display_name", "mail")),
)

# Every mail address of users, groups and contacts, in the order they were given; unique across all of them.
addresses = Table(
    "directory_addresses",
    metadata,
    Column("address_key", Exact, primary_key=True),
    Column("address", Exact, nullable=False),
    _id("object_id", nullable=False, index=True),
    Column("position", Integer, nullable=False, default=0),
)

# Folded texts of each object; ``identity`` and ``details`` hold the distinct words of them and are what is indexed.
search_texts = Table(
    "directory_search_texts",
    metadata,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("directory_objects.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("kind", Exact, nullable=False),
    Column("identity", Exact, nullable=False, default=""),
    Column("details", Exact, nullable=False, default=""),
    *(Column(name, Exact) for name in (*IDENTIFYING, *DESCRIBING)),
)

KIND_TABLES = {"user": people, "group": groups, "ou": units, "computer": computers, "contact": contacts}


def create_tables(database: Engine | Connection) -> None:
    """Create the tables and indexes, or bring those of an earlier release up to date.

    Raises `RejectedError` when the database was written by a newer release; nothing was changed then.
    """
    if isinstance(database, Connection):
        _create_tables(database)
        return
    with database.begin() as connection:
        _create_tables(connection)


def _create_tables(connection: Connection) -> None:
    _take_turn(connection)
    found = _version(connection)
    if found is None:
        metadata.create_all(connection)
        create_search_index(connection)
        connection.execute(insert(schema).values(version=SCHEMA_VERSION))
        connection.execute(insert(counters), [{"name": "groups", "value": 0}, {"name": "units", "value": 0}])
    elif found < SCHEMA_VERSION:
        upgrade(connection, metadata, found)
        connection.execute(update(schema).values(version=SCHEMA_VERSION))


def is_current(connection: Connection) -> bool:
    """Say whether the tables are as this release needs them. Reads only; raises `RejectedError` for a newer schema."""
    return _version(connection) == SCHEMA_VERSION


def _version(connection: Connection) -> int | None:
    found = connection.scalar(select(schema.c.version)) if inspect(connection).has_table(schema.name) else None
    if found is not None and found > SCHEMA_VERSION:
        raise RejectedError(
            f"The directory's database has schema {found}, this release knows {SCHEMA_VERSION}: update Deskhand."
        )
    return found


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
