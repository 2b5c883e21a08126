"""A fresh desk of the small company for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.pipeline.desks import TestDesk, make_folder, make_store, open_desk
from tests.runner.pipeline.small_company import load


@pytest.fixture(scope="session")
def company_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    load(folder)
    make_store(folder)
    return folder


@pytest.fixture
def desk(company_template: Path, tmp_path: Path) -> Iterator[TestDesk]:
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path)
    yield opened
    opened.close()
