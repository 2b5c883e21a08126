"""Tables of bulks: one form for many people, and whom each row is for."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from runner.store.tables import Moment, metadata

bulks = Table(
    "bulks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("form_id", String(), nullable=False),
    Column("form_digest", String(128), nullable=False),
    Column("form_title", Text, nullable=False),
    Column("actor_id", String(), nullable=False),
    Column("actor_login", String(), nullable=False),
    Column("language", String(35), nullable=False),
    Column("state", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    Column("names_by", String(64), nullable=False),
    Column("columns", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("retries", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("starter_id", String(), nullable=False),
    Column("starter_login", String(), nullable=False),
    Column("node", String(), nullable=False),
    Column("leased_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "state", "updated_at"),
    Index(None, "actor_id", "created_at"),
)

bulk_rows = Table(
    "bulk_rows",
    metadata,
    Column("bulk_id", ForeignKey("bulks.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, nullable=False),
    Column("named", Text, nullable=False),
    Column("target_id", String(), index=True),
    Column("target_label", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("submission_id", String(64), index=True),
    Column("digest", String(128), nullable=False),
    Column("asks", Boolean, nullable=False),
    Column("due_at", Moment),
    Index(None, "bulk_id", "state", "position"),
)
