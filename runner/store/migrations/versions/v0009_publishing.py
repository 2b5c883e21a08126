"""Forms that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table, empty: every version that was used before counts as published."""
    op.create_table(
        "form_candidates",
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("author_login", sa.String(), nullable=False),
        sa.Column("author_person", sa.String(), nullable=True),
        sa.Column("handed_in_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("form_id", name=op.f("pk_form_candidates")),
    )
