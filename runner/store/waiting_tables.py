"""Tables of what waits: who agreed to a submission, and what is taken back on a later day."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from runner.store.tables import Moment, metadata

approvals = Table(
    "approvals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), nullable=False),
    Column("plan_digest", String(128), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("approver_id", String(), nullable=False),
    Column("approver_login", String(), nullable=False),
    Column("person_id", String()),
    Column("instead_of", String()),
    Column("decision", String(16), nullable=False),
    Column("comment", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("submission_id", "plan_digest", "approver_id"),
    Index(None, "approver_id", "created_at"),
)

# What a run gave until a day; ``inverse`` takes back exactly what it changed.
grants = Table(
    "grants",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), nullable=False, index=True),
    Column("operation_id", String(), nullable=False),
    Column("form_id", String(), nullable=False),
    Column("actor_id", String(), nullable=False),
    Column("actor_login", String(), nullable=False),
    Column("target_kind", String(64)),
    Column("target_id", String()),
    Column("target_label", Text, nullable=False),
    Column("group_id", String()),
    Column("title", Text, nullable=False),
    Column("inverse", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("warn_at", Moment),
    Column("retry_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("node", String(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "state", "ends_at"),
    Index(None, "state", "warn_at"),
    Index(None, "target_id", "state"),
    Index(None, "form_id", "state"),
    Index(None, "group_id", "state"),
)

# What a running grant is about: each single thing that it takes back, and each object, so that they are found by it.
grant_keys = Table(
    "grant_keys",
    metadata,
    Column("grant_id", ForeignKey("grants.id"), primary_key=True),
    Column("key", String(), primary_key=True),
    Index(None, "key"),
)
