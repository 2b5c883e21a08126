"""Tables for the review of delegations: when bindings were used and first seen, campaigns, decisions, revocations."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from runner.store.tables import Moment, metadata

# What the journal up to `binding_uses_place` says of each row ``binding/principal/set``.
binding_uses = Table(
    "binding_uses",
    metadata,
    Column("row_id", String(), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_used_at", Moment, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_actor_id", String(), nullable=False),
    Column("last_actor_login", String(), nullable=False),
)

# One row: the number of the last record of the journal that was counted.
binding_uses_place = Table(
    "binding_uses_place",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)

# When a binding, as it was written, was seen in the policy for the first time.
bindings_seen = Table(
    "bindings_seen",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("binding_id", String(), nullable=False),
    Column("first_seen_at", Moment, nullable=False),
)

review_campaigns = Table(
    "review_campaigns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("policy_digest", String(64), nullable=False),
    Column("items_digest", String(64), nullable=False),
    Column("begun_at", Moment, nullable=False, index=True),
    Column("begun_by_id", String(), nullable=False),
    Column("begun_by_login", String(), nullable=False),
    Column("closed_at", Moment),
    Column("closed_by_id", String(), nullable=False),
    Column("closed_by_login", String(), nullable=False),
)

review_reviewers = Table(
    "review_reviewers",
    metadata,
    Column("campaign_id", ForeignKey("review_campaigns.id"), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("login", String(), nullable=False),
    Index(None, "account_id"),
)

review_items = Table(
    "review_items",
    metadata,
    Column("campaign_id", ForeignKey("review_campaigns.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("binding_id", String(), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by_id", String(), nullable=False),
    Column("decided_by_login", String(), nullable=False),
    Index(None, "digest", "decided_at"),
)

# A binding as it was written gives nothing while a row with its digest stands here.
binding_revocations = Table(
    "binding_revocations",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("campaign_id", ForeignKey("review_campaigns.id"), primary_key=True),
    Column("binding_id", String(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("revoked_at", Moment, nullable=False),
    Column("revoked_by_id", String(), nullable=False),
    Column("revoked_by_login", String(), nullable=False),
)
