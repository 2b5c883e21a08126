"""Tables for signed checkpoints of the journal: the notes, who has been sent them, and what was found wrong."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from runner.store.tables import Moment, metadata

# ``peaks`` are the roots of the full subtrees over ``size`` records, in hexadecimal, separated by spaces.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("peaks", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("is_break", Boolean, nullable=False),
    Column("note", Text, nullable=False),
)

# How far each receiver of checkpoints or records has come; ``problem`` is empty as long as it answers.
journal_receivers = Table(
    "journal_receivers",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("failing_since", Moment),
    Column("reached_at", Moment),
    Column("tried_at", Moment),
)

# One row while the journal is read-only: what was found, until an administrator declares the break.
journal_faults = Table(
    "journal_faults",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sentence", Text, nullable=False),
    Column("found_at", Moment, nullable=False),
)
