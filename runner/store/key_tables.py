"""Tables for what is kept of persons and for how long: their keys, and the segments of the journal that were archived."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from runner.store.tables import Moment, metadata

# The keys under which the journal holds what is personal, sealed with the key of the desk; erasing a person deletes them.
person_keys = Table(
    "person_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person_id", String(), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# What was taken out of the journal, the oldest first without a gap; the chain goes on behind the last of them.
journal_segments = Table(
    "journal_segments",
    metadata,
    Column("last_seq", Integer, primary_key=True, autoincrement=False),
    Column("last_hash", String(64), nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("before_hash", String(64), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("noted_seq", Integer, nullable=False),
    Column("archived_at", Moment, nullable=False),
)
