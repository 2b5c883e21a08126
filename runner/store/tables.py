"""Every table, as SQLAlchemy Core knows it. Migrations under ``migrations`` make them; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from runner.journal.records import timestamp


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as 27 characters of UTC that sort as text on every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Write it."""
        return None if value is None else timestamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Read it."""
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("form_id", String(), nullable=False),
    Column("form_version", String(64), nullable=False),
    Column("form_digest", String(128), nullable=False),
    Column("form_title", Text, nullable=False),
    Column("actor_id", String(), nullable=False),
    Column("actor_login", String(), nullable=False),
    Column("target_kind", String(64)),
    Column("target_id", String()),
    Column("target_label", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("answers", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("plan", Text),
    Column("plan_digest", String(128)),
    Column("ticket", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("node", String(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("finished_at", Moment),
    Column("channel", String(32), nullable=False),
    Column("due_at", Moment),
    Column("asked_at", Moment),
    Column("expires_at", Moment),
    Column("reminded_at", Moment),
    Column("stage", Integer, nullable=False),
    Column("language", String(35), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("verified", Text, nullable=False),
    Column("bulk_id", String(64), index=True),
    Column("undoes", String(64), index=True),
    Column("shown_once", LargeBinary),
    Index(None, "actor_id", "created_at"),
    Index(None, "target_id", "created_at"),
    Index(None, "state", "created_at"),
    Index(None, "state", "due_at"),
    Index(None, "state", "target_id"),
    Index(None, "bulk_id", "state"),
    Index(None, "state", "bulk_id", "due_at"),
    Index(None, "form_id", "begun_at"),
    Index(None, "actor_id", "finished_at"),
    Index(None, "created_at"),
)

operations = Table(
    "operations",
    metadata,
    Column("submission_id", ForeignKey("submissions.id"), primary_key=True),
    Column("operation_id", String(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("verb", String(), nullable=False),
    Column("title", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("changes", Text, nullable=False),
    Column("error", Text),
    Column("inverse", Text),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("outputs", Text),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("time", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("submission_id", String(64)),
    Column("actor_id", String()),
    Column("target_id", String()),
    Column("line", Text, nullable=False),
    Index(None, "time", "seq"),
    Index(None, "kind", "time", "seq"),
    Index(None, "submission_id", "time", "seq"),
    Index(None, "actor_id", "time", "seq"),
    Index(None, "target_id", "time", "seq"),
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("login", String(), nullable=False),
    Column("login_key", String(), nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("person_id", String()),
    Column("disabled", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("password_set_on", Moment),
    Index(None, "person_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("simulated", String()),
    Column("simulated_until", Moment),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Moment, nullable=False, index=True),
    Column("blocked_until", Moment, nullable=False),
)

verifications = Table(
    "verifications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), nullable=False, index=True),
    Column("actor_id", String(), nullable=False),
    Column("form_id", String(), nullable=False),
    Column("target_id", String(), nullable=False),
    Column("policy", String(), nullable=False),
    Column("method", String(), nullable=False),
    Column("state", String(32), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("code_hash", String(128)),
    Column("attempts", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("passed_at", Moment),
    Column("consumed_at", Moment),
    Index(None, "actor_id", "target_id", "passed_at"),
)

form_versions = Table(
    "form_versions",
    metadata,
    Column("form_id", String(), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("digest", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String(), nullable=False),
    Column("is_draft", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), index=True),
    Column("to", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment),
    Column("event", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("html", Text, nullable=False),
    Column("due_at", Moment),
    Column("claimed_by", String(), nullable=False),
    Column("claimed_until", Moment),
    Index(None, "state", "created_at"),
    Index(None, "state", "due_at"),
)

nodes = Table(
    "nodes",
    metadata,
    Column("id", String(), primary_key=True),
    Column("host", String(), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# Files that wait until the submission they were chosen for ends; ``content`` is sealed.
uploads = Table(
    "uploads",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("actor_id", String(), nullable=False),
    Column("form_id", String(), nullable=False),
    Column("field_id", String(), nullable=False),
    Column("submission_id", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("type", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Index(None, "actor_id", "created_at"),
)
