"""Tables of requests: whom a submission that needs a yes is put before, and who stands in for whom meanwhile."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table

from runner.store.tables import Moment, metadata

# Who may say yes in the present round, as far as it was known a moment ago: an index for inboxes, never a decision.
# ``kind`` is user, group or everyone; ``digest`` is what they are asked to agree to.
asked = Table(
    "asked",
    metadata,
    Column("submission_id", ForeignKey("submissions.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("principal_id", String(), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("is_sure", Boolean, nullable=False),
    Index(None, "kind", "principal_id"),
)

absences = Table(
    "absences",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(), nullable=False, index=True),
    Column("deputy_id", String(), nullable=False, index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("created_at", Moment, nullable=False),
)
