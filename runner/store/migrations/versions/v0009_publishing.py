"""Forms that wait for a second person."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Change nothing yet."""
