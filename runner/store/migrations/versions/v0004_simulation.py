"""Who a signed-in browser sees the desk as, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Give sessions the two columns; nobody simulates yet."""
    op.add_column("sessions", sa.Column("simulated", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("simulated_until", sa.String(length=27), nullable=True))
