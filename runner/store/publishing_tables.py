"""Table for forms that were handed in and wait until somebody else publishes them."""

from sqlalchemy import Column, String, Table, Text

from runner.store.tables import Moment, metadata

# At most one for each form; it goes when it is published, and a newer one takes its place.
form_candidates = Table(
    "form_candidates",
    metadata,
    Column("form_id", String(), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("digest", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", String(64), nullable=False),
    Column("author_login", String(), nullable=False),
    Column("author_person", String()),
    Column("handed_in_at", Moment, nullable=False),
)
