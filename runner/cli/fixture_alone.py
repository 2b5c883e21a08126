"""A fixture opened by itself, for commands that ask about its company instead of a running desk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import companion_file, load_catalogue
from runner.access.lists import with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.deskfolder import read_forms
from runner.errors import NotFoundError
from runner.store.schema import upgrade
from runner.store.store import Store
from runner.testing.fixtures import read_fixture
from runner.testing.world import World, open_world


@contextmanager
def fixture_alone(path: Path) -> Iterator[World]:
    """Load a fixture, with the forms and the access file of the folder it belongs to, into a temporary folder.

    That folder is the one above ``fixtures``, else the fixture's own.  Raises `NotFoundError`, which says why, for a file
    that cannot be used.
    """
    home = path.resolve().parent
    home = home.parent if home.name == "fixtures" else home
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror}") from error
    fixture, problems = read_fixture(str(path), content)
    if fixture is None:
        raise NotFoundError("\n".join(str(problem) for problem in problems) or f"{path} is no fixture.")
    files = read_forms(home)
    catalogue, _ = load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    access = companion_file(files, "access")
    policy, _ = read_access(access, files[access]) if access else (Policy(), ())
    policy = with_lists(policy, catalogue.lists)
    with tempfile.TemporaryDirectory(prefix="deskhand-fixture-") as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        upgrade(url)
        with Store.open(url) as store:
            world = open_world(fixture, catalogue, policy, store, Path(folder) / "world")
            try:
                yield world
            finally:
                world.close()
