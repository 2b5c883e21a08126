"""A fresh web of the small company for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.pipeline.desks import make_folder, make_store
from tests.runner.pipeline.small_company import load
from tests.web.real_site import RealSite, Stage, add_visitors, build_stage


@pytest.fixture(scope="session")
def web_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk folder with the company and the accounts of everybody who visits; never changed."""
    parts, folder = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("web")
    load(parts)
    make_store(parts)
    add_visitors(parts)
    make_folder(folder, parts)
    return folder


@pytest.fixture(scope="session")
def stage() -> Stage:
    return build_stage()


@pytest.fixture
def site(stage: Stage, web_template: Path, tmp_path: Path) -> Iterator[RealSite]:
    folder = tmp_path / "desk"
    shutil.copytree(web_template, folder)
    opened = stage.open(folder)
    yield opened
    opened.desk.close()
