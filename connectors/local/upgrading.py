"""Bring the tables of the local directory from an earlier release up to date. Uses the database.

Every step only adds: tables, indexes, and columns that may be empty or are filled with what new rows get.  So a step that is
interrupted is simply done again, and what was stored stays as it is.
"""

from sqlalchemy import Column, Connection, MetaData, inspect, text, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

ADDED: dict[int, tuple[tuple[str, str], ...]] = {
    2: (("directory_people", "disabled_at"), ("directory_computers", "disabled_at")),
    4: (("directory_people", "privileged"),),
}
"""Schema version → (table, column) that it added."""
ADDED_TABLES: dict[int, tuple[str, ...]] = {3: ("directory_photos",)}
"""Schema version → tables that it added."""


def upgrade(connection: Connection, metadata: MetaData, found: int) -> None:
    """Add the columns that came after schema ``found``, and all indexes that are missing."""
    for version in sorted(version for version in ADDED if version > found):
        for table, name in ADDED[version]:
            _add_column(connection, metadata.tables[table].c[name])
    for version in sorted(version for version in ADDED_TABLES if version > found):
        for name in ADDED_TABLES[version]:
            metadata.tables[name].create(connection, checkfirst=True)
    there = inspect(connection)
    for table_ in metadata.tables.values():
        known = {index["name"] for index in there.get_indexes(table_.name)}
        for index in table_.indexes:
            if index.name not in known:
                index.create(connection)


def _add_column(connection: Connection, column: Column[object]) -> None:
    known = {there["name"] for there in inspect(connection).get_columns(column.table.name)}
    if column.name not in known:
        written = column.type.compile(connection.dialect)
        connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {written}"))
    default = column.default
    if isinstance(default, ScalarElementColumnDefault):
        connection.execute(update(column.table).where(column.is_(None)).values({column.name: default.arg}))
