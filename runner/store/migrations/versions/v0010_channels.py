"""Notifications by every channel: claimed by one node, tried again later; own submissions by when they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Give notifications their event, channel, HTML and the next try; what waits is tried at once."""
    for name, length, default in (("event", 32, ""), ("channel", 16, "mail"), ("claimed_by", None, "")):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default=default)
        op.add_column("notifications", column)
    op.add_column("notifications", sa.Column("html", sa.Text(), nullable=False, server_default=""))
    op.add_column("notifications", sa.Column("due_at", sa.String(length=27), nullable=True))
    op.add_column("notifications", sa.Column("claimed_until", sa.String(length=27), nullable=True))
    op.create_index(op.f("ix_notifications_state_due_at"), "notifications", ["state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_submissions_actor_id_finished_at"), "submissions", ["actor_id", "finished_at"], unique=False
    )
