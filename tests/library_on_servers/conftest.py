"""Three desks for all tests of this folder; each test takes people of its own, so nothing is put back."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.library_on_servers.three_desks import ServedDesk, local_desk, served_desk
from tests.servers.certificates import Certificates


@pytest.fixture(scope="session")
def desks(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates, folder_of_the_run: Path
) -> Iterator[Mapping[str, ServedDesk]]:
    folder = tmp_path_factory.mktemp("desks")
    with ExitStack() as stack:
        desks = [
            stack.enter_context(local_desk(folder / "local")),
            *(
                stack.enter_context(served_desk(name, folder / name, certificates, folder_of_the_run))
                for name in ("openldap", "active_directory")
            ),
        ]
        yield {desk.name: desk for desk in desks}
