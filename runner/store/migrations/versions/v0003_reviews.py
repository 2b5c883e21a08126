"""Uses of bindings as the journal tells them, and the review of delegations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; nothing of the journal is counted yet."""
    _uses()
    _campaigns()
    _items()


def _uses() -> None:
    op.create_table(
        "binding_uses",
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.String(length=27), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_actor_id", sa.String(), nullable=False),
        sa.Column("last_actor_login", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_binding_uses")),
    )
    place = op.create_table(
        "binding_uses_place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_uses_place")),
    )
    op.bulk_insert(place, [{"id": 1, "seq": 0}])
    op.create_table(
        "bindings_seen",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("binding_id", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bindings_seen")),
    )


def _campaigns() -> None:
    op.create_table(
        "review_campaigns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("items_digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.String(length=27), nullable=False),
        sa.Column("begun_by_id", sa.String(), nullable=False),
        sa.Column("begun_by_login", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(length=27), nullable=True),
        sa.Column("closed_by_id", sa.String(), nullable=False),
        sa.Column("closed_by_login", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_campaigns")),
    )
    op.create_index(op.f("ix_review_campaigns_begun_at"), "review_campaigns", ["begun_at"], unique=False)
    op.create_table(
        "review_reviewers",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        _of_campaign("review_reviewers"),
        sa.PrimaryKeyConstraint("campaign_id", "account_id", name=op.f("pk_review_reviewers")),
    )
    op.create_index(op.f("ix_review_reviewers_account_id"), "review_reviewers", ["account_id"], unique=False)


def _items() -> None:
    op.create_table(
        "review_items",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("binding_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(length=27), nullable=True),
        sa.Column("decided_by_id", sa.String(), nullable=False),
        sa.Column("decided_by_login", sa.String(), nullable=False),
        _of_campaign("review_items"),
        sa.PrimaryKeyConstraint("campaign_id", "position", name=op.f("pk_review_items")),
    )
    op.create_index(op.f("ix_review_items_digest_decided_at"), "review_items", ["digest", "decided_at"], unique=False)
    op.create_table(
        "binding_revocations",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("binding_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.String(length=27), nullable=False),
        sa.Column("revoked_by_id", sa.String(), nullable=False),
        sa.Column("revoked_by_login", sa.String(), nullable=False),
        _of_campaign("binding_revocations"),
        sa.PrimaryKeyConstraint("digest", "campaign_id", name=op.f("pk_binding_revocations")),
    )


def _of_campaign(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_campaign_id")
    return sa.ForeignKeyConstraint(["campaign_id"], ["review_campaigns.id"], name=name)
