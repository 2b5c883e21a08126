"""Which accounts sign in with the directory's password."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Give accounts their kind and the age of a password kept elsewhere; those there are have one of their own."""
    op.add_column("accounts", sa.Column("kind", sa.String(length=16), nullable=False, server_default="local"))
    op.add_column("accounts", sa.Column("password_set_on", sa.String(length=27), nullable=True))
    op.create_index(op.f("ix_accounts_person_id"), "accounts", ["person_id"], unique=False)
