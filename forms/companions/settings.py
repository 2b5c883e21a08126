"""Read ``settings.yaml``. Pure."""

from typing import Any, cast
from zoneinfo import available_timezones

from forms.companions.reading import Found, read_companion
from forms.definition import (
    PasswordPolicy,
    Settings,
)
from forms.problems import Report, did_you_mean
from forms.records import Record
from forms.scalars import IDENTIFIER, LANGUAGE

_BITS_OF_A_WORD, _BITS_OF_A_DIGIT = 8, 3
_FEWEST_BITS = 22
_SHORTEST, _LONGEST = 10, 128  # characters


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
            did_you_mean(zone, available_timezones()) or "Write for example  Europe/Amsterdam .",
        )
        zone = "UTC"
    for word in record.all_words("languages"):
        if not LANGUAGE.fullmatch(str(word.value)):
            report.error(
                "E121", word.node, f'"{word.value}" is not a language', "Write its code, such as  en  or  nl ."
            )
    _check_names(report, record)
    return Settings(
        languages=record.strings("languages") or ("en",),
        timezone=zone,
        org={name: str(getattr(raw, "value", "")) for name, raw in record.entries("org")},
        password_policies={
            name: _policy(report, name, raw)
            for name, raw in record.entries("password_policies")
            if isinstance(raw, Record)
        },
        reserved_logins=frozenset(login.lower() for login in record.strings("reserved_logins")),
        default_verification=record.string("default_verification"),
    )


def _check_names(report: Report, record: Record) -> None:
    for name, _ in record.entries("org"):
        if not IDENTIFIER.fullmatch(name):
            fix = "Use small letters, digits and _ , beginning with a letter; forms read it as  org.<name> ."
            report.error("E112", record.map_key("org", name), f'"{name}" cannot be a name in expressions', fix)


def _policy(report: Report, id: str, record: Record) -> PasswordPolicy:
    numbers = {key: record.integer(key) for key in ("words", "digits", "length") if record.integer(key) is not None}
    texts = {key: record.string(key) for key in ("separator", "without") if record.string(key) is not None}
    kind = cast("Any", record.string("kind") or "words")
    policy = PasswordPolicy(id, kind, **cast("dict[str, Any]", numbers | texts))
    _check_strength(report, record, policy)
    return policy


def _check_strength(report: Report, record: Record, policy: PasswordPolicy) -> None:
    """Refuse what is guessed too easily, and what nobody can type."""
    bits = policy.words * _BITS_OF_A_WORD + policy.digits * _BITS_OF_A_DIGIT
    key = "words" if policy.kind == "words" else "length"
    node = record.node_of(key)
    if policy.kind == "words" and bits < _FEWEST_BITS:
        message = f"{policy.words} words and {policy.digits} digits are guessed too easily"
        report.error("E115", node, message, "Write at least  words: 3, digits: 2 .")
    elif policy.kind == "random" and policy.length < _SHORTEST:
        message = f"a password of {policy.length} characters is guessed too easily"
        report.error("E115", node, message, f"Write at least  length: {_SHORTEST} .")
    elif max(policy.words, policy.digits, policy.length) > _LONGEST:
        report.error("E115", node, f'"{key}" is too much: at most {_LONGEST}', "Write a smaller number.")
