"""Which settings there are: tables, names, types and ranges. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.errors import SetUpError

FORMAT = 1
_KEYS: Mapping[str, Mapping[str, type]] = {
    "": {
        "format": int,
        "demo": bool,
        "store": dict,
        "connectors": dict,
        "mail": dict,
        "web": dict,
        "sign_in": dict,
        "engine": dict,
        "bulk": dict,
        "journal": dict,
        "webhooks": dict,
        "forms": dict,
    },
    "store": {"url": str},
    "forms": {"publish": str},
    "mail": {
        "outbox": str,
        "host": str,
        "port": int,
        "sender": str,
        "starttls": bool,
        "user": str,
        "password_file": str,
        "ca_file": str,
        "operator": str,
    },
    "web": {"host": str, "port": int, "threads": int, "address": str, "proxy": str},
    "engine": {"workers": int},
    "bulk": {"most": int, "second_person_above": int},
    "sign_in": {"directory": bool, "only_members_of": str, "tries": int, "within_minutes": int},
    "journal": {
        "witness_file": str,
        "witness_url": str,
        "witness_syslog": str,
        "witness_mail": str,
        "syslog": str,
        "ca_file": str,
        "operator": str,
        "keep": str,
        "archive": str,
        "archive_to": str,
    },
}
_TYPES: Mapping[type, str] = {int: "a whole number", bool: "true or false", str: 'a text: "…"', dict: "a table"}
_RANGES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("web", "port"): (0, 65_535),
    ("web", "threads"): (1, 1_000),
    ("engine", "workers"): (0, 64),
    ("mail", "port"): (1, 65_535),
    ("bulk", "most"): (1, 100_000),
    ("bulk", "second_person_above"): (0, 100_000),
    ("sign_in", "tries"): (1, 100),
    ("sign_in", "within_minutes"): (1, 60),
}


def check(file: Path, content: Mapping[str, Any]) -> None:
    """Check tables, names, types and ranges; raises `SetUpError` with the file and the setting that has to be mended."""
    version = content.get("format")
    if type(version) is not int or version < 1:
        raise SetUpError(f"{file}: the first line must be: format = {FORMAT}")
    if version > FORMAT:
        raise SetUpError(
            f"{file}: this desk folder was made by a newer release of Deskhand (format {version}, this release knows "
            f"{FORMAT}). Install the newer release."
        )
    for table in ("store", "connectors"):
        if table not in content:
            raise SetUpError(f"{file}: [{table}] is missing.")
    for table, known in _KEYS.items():
        _check_table(file, table, content if not table else content.get(table, {}), known)
    for (table, key), (least, most) in _RANGES.items():
        if not least <= content.get(table, {}).get(key, least) <= most:
            raise SetUpError(f"{file}: [{table}] {key} must be a number from {least} to {most}.")


def _check_table(file: Path, table: str, content: Mapping[str, Any], known: Mapping[str, type]) -> None:
    where = f"[{table}] " if table else ""
    for key, value in content.items():
        if key not in known:
            raise SetUpError(f'{file}: {where}has no setting "{key}". Known are: {", ".join(sorted(known))}.'.strip())
        if type(value) is not known[key]:
            raise SetUpError(f"{file}: {where}{key} must be {_TYPES[known[key]]}.")
