"""One form for many people."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_MOMENT = sa.String(length=27)


def upgrade() -> None:
    """Make the tables of bulks, and indexes by which single submissions and the rows of one bulk are found."""
    op.create_index(op.f("ix_submissions_bulk_id_state"), "submissions", ["bulk_id", "state"])
    op.create_index(op.f("ix_submissions_state_bulk_id_due_at"), "submissions", ["state", "bulk_id", "due_at"])
    op.create_table(
        "bulks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("form_digest", sa.String(length=128), nullable=False),
        sa.Column("form_title", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_login", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("names_by", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("retries", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starter_id", sa.String(), nullable=False),
        sa.Column("starter_login", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("leased_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulks")),
    )
    op.create_index(op.f("ix_bulks_state_updated_at"), "bulks", ["state", "updated_at"])
    op.create_index(op.f("ix_bulks_actor_id_created_at"), "bulks", ["actor_id", "created_at"])
    _rows()


def _rows() -> None:
    op.create_table(
        "bulk_rows",
        sa.Column("bulk_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("target_label", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulks.id"], name=op.f("fk_bulk_rows_bulk_id")),
        sa.PrimaryKeyConstraint("bulk_id", "position", name=op.f("pk_bulk_rows")),
    )
    op.create_index(op.f("ix_bulk_rows_target_id"), "bulk_rows", ["target_id"])
    op.create_index(op.f("ix_bulk_rows_submission_id"), "bulk_rows", ["submission_id"])
    op.create_index(op.f("ix_bulk_rows_bulk_id_state_position"), "bulk_rows", ["bulk_id", "state", "position"])
