"""What ``[bulk]`` in ``deskhand.toml`` says: how many people one form may be used for at once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.errors import SetUpError

BULK_KEYS: Mapping[str, type] = {"most": int, "second_person_above": int}
_MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class BulkSettings:
    """How many people a form may be used for at once, and above how many a second person has to start it."""

    most: int = 10_000
    second_person_above: int = 100


def read_bulk(file: Path, table: Mapping[str, Any]) -> BulkSettings:
    """Return what the table says, its keys and types being right; raises `SetUpError` for a number out of range."""
    for key, least in (("most", 1), ("second_person_above", 0)):
        if not least <= table.get(key, least) <= _MOST_ROWS:
            raise SetUpError(f"{file}: [bulk] {key} must be between {least} and {_MOST_ROWS}.")
    return BulkSettings(**table)
