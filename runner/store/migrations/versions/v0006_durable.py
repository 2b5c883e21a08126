"""Submissions that wait: for a yes, for a moment, for a worker; and what ends by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.String(length=27)


def upgrade() -> None:
    """Give submissions what they need to wait, operations their results; make tables of approvals and grants."""
    for column in (
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("reminded_at", _MOMENT, nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("language", sa.String(length=35), nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("verified", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("bulk_id", sa.String(length=64), nullable=True),
        sa.Column("undoes", sa.String(length=64), nullable=True),
        sa.Column("shown_once", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("submissions", column)
    op.create_index(op.f("ix_submissions_state_due_at"), "submissions", ["state", "due_at"])
    op.create_index(op.f("ix_submissions_state_target_id"), "submissions", ["state", "target_id"])
    op.create_index(op.f("ix_submissions_bulk_id"), "submissions", ["bulk_id"])
    op.create_index(op.f("ix_submissions_undoes"), "submissions", ["undoes"])
    op.add_column("operations", sa.Column("outputs", sa.Text(), nullable=True))
    _approvals()
    _grants()


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("plan_digest", sa.String(length=128), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.String(), nullable=False),
        sa.Column("approver_login", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("instead_of", sa.String(), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_approvals_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "submission_id",
            "plan_digest",
            "approver_id",
            name=op.f("uq_approvals_submission_id_plan_digest_approver_id"),
        ),
    )
    op.create_index(op.f("ix_approvals_approver_id_created_at"), "approvals", ["approver_id", "created_at"])


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_login", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(length=64), nullable=True),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("target_label", sa.Text(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("inverse", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("warn_at", _MOMENT, nullable=True),
        sa.Column("retry_at", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_grants_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    for columns in (
        ["submission_id"],
        ["state", "ends_at"],
        ["state", "warn_at"],
        ["target_id", "state"],
        ["form_id", "state"],
        ["group_id", "state"],
    ):
        op.create_index(op.f(f"ix_grants_{'_'.join(columns)}"), "grants", columns)
    op.create_table(
        "grant_keys",
        sa.Column("grant_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_grant_keys_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", "key", name=op.f("pk_grant_keys")),
    )
    op.create_index(op.f("ix_grant_keys_key"), "grant_keys", ["key"])
