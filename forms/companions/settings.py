"""Read ``settings.yaml``. Pure."""

from typing import Any, cast
from zoneinfo import available_timezones

from forms.companions.reading import Found, read_companion
from forms.definition import (
    PasswordPolicy,
    Settings,
)
from forms.problems import Report
from forms.records import Record


def read_settings(file: str, content: bytes) -> Found[Settings]:
    """Read ``settings.yaml``."""
    return read_companion(file, content, "SETTINGS", Settings(), _settings)


def _settings(report: Report, record: Record) -> Settings:
    zone = record.string("timezone") or "UTC"
    if zone not in available_timezones():
        report.error(
            "E126",
            record.node_of("timezone"),
            f'there is no time zone "{zone}"',
            "Write for example  Europe/Amsterdam .",
        )
        zone = "UTC"
    return Settings(
        languages=record.strings("languages") or ("en",),
        timezone=zone,
        org={name: str(getattr(raw, "value", "")) for name, raw in record.entries("org")},
        password_policies={
            name: _policy(name, raw) for name, raw in record.entries("password_policies") if isinstance(raw, Record)
        },
        reserved_logins=frozenset(login.lower() for login in record.strings("reserved_logins")),
        default_verification=record.string("default_verification"),
    )


def _policy(id: str, record: Record) -> PasswordPolicy:
    numbers = {key: record.integer(key) for key in ("words", "digits", "length") if record.integer(key) is not None}
    texts = {key: record.string(key) for key in ("separator", "without") if record.string(key) is not None}
    kind = cast("Any", record.string("kind") or "words")
    return PasswordPolicy(id, kind, **cast("dict[str, Any]", numbers | texts))
