"""One desk on each server for all tests of this folder; each test takes people of its own."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults_of_directories.faulty_desks import SERVERS, FaultyDesk, faulty_desk
from tests.servers.certificates import Certificates


@pytest.fixture(scope="session")
def faulty_desks(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates, folder_of_the_run: Path
) -> Iterator[Mapping[str, FaultyDesk]]:
    folder = tmp_path_factory.mktemp("faulty")
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(faulty_desk(name, folder / name, certificates, folder_of_the_run))
            for name in SERVERS
        }


@pytest.fixture(params=SERVERS)
def faulty(request: pytest.FixtureRequest, faulty_desks: Mapping[str, FaultyDesk]) -> Iterator[FaultyDesk]:
    found = faulty_desks[request.param]
    found.heal()
    yield found
    found.heal()
