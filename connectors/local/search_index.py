"""The full-text index of the directory: FTS5 trigrams on SQLite, pg_trgm on PostgreSQL, plain reading elsewhere."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

_SQLITE = (
    """CREATE VIRTUAL TABLE directory_search USING fts5(identity, details, content='directory_search_texts',
       content_rowid='number', tokenize='trigram case_sensitive 1')""",
    "CREATE VIRTUAL TABLE directory_search_terms USING fts5vocab(directory_search, instance)",
    """CREATE TRIGGER directory_search_added AFTER INSERT ON directory_search_texts BEGIN
       INSERT INTO directory_search(rowid, identity, details) VALUES (new.number, new.identity, new.details); END""",
    """CREATE TRIGGER directory_search_removed AFTER DELETE ON directory_search_texts BEGIN
       INSERT INTO directory_search(directory_search, rowid, identity, details)
       VALUES ('delete', old.number, old.identity, old.details); END""",
    """CREATE TRIGGER directory_search_changed AFTER UPDATE OF identity, details ON directory_search_texts
       WHEN new.identity <> old.identity OR new.details <> old.details BEGIN
       INSERT INTO directory_search(directory_search, rowid, identity, details)
       VALUES ('delete', old.number, old.identity, old.details);
       INSERT INTO directory_search(rowid, identity, details) VALUES (new.number, new.identity, new.details); END""",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX directory_search_identity ON directory_search_texts USING gin (identity gin_trgm_ops)",
    "CREATE INDEX directory_search_details ON directory_search_texts USING gin (details gin_trgm_ops)",
)


def create_search_index(connection: Connection) -> None:
    """Index the folded texts of the objects; where the database cannot, searching reads the texts instead."""
    dialect = connection.dialect.name
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}.get(dialect, ())
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.execute(text(statement))
    except DBAPIError:
        if dialect == "sqlite":
            raise
