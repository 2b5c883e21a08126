"""An empty local directory for each test."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from connectors.local.importing import ImportReport, import_file
from connectors.local.transactions import open_engine

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
Import = Callable[..., ImportReport]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/directory.db")
    yield engine
    engine.dispose()


@pytest.fixture
def import_ldif(engine: Engine) -> Import:
    def run(content: bytes | str, **options: Any) -> ImportReport:
        octets = content.encode() if isinstance(content, str) else content
        return import_file(engine, BytesIO(octets), **({"format": "ldif", "now": NOW} | options))

    return run


@pytest.fixture
def import_csv(engine: Engine) -> Import:
    def run(content: bytes | str, **options: Any) -> ImportReport:
        octets = content.encode() if isinstance(content, str) else content
        unit = {"format": "csv", "ou": "OU=People,DC=shop,DC=test", "now": NOW}
        return import_file(engine, BytesIO(octets), **(unit | options))

    return run
