"""Three desks for all tests of this folder; each test takes people of its own, so nothing is put back."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.library_on_servers.three_desks import ServedDesk, local_desk, served_desk


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ServedDesk]]:
    folder = tmp_path_factory.mktemp("desks")
    with ExitStack() as stack:
        desks = [
            stack.enter_context(local_desk(folder / "local")),
            stack.enter_context(served_desk("openldap", folder / "openldap")),
            stack.enter_context(served_desk("active_directory", folder / "active_directory")),
        ]
        yield {desk.name: desk for desk in desks}
