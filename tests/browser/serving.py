"""Serve the sample company as the demo does, on a free port, and open Debian's Chromium on it."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from connectors.spi import Secret
from runner.deskfolder import create, open_folder
from runner.sample.demo import fill
from runner.sample.parts import stable_id
from runner.sealing import new_key
from runner.serving import listen
from runner.settings.reading import SETTINGS_FILE
from runner.store.schema import upgrade
from runner.wiring import Installation, open_installation

PASSWORD = "a password for tests"
AGENT = "agent.rotterdam"
ACCESS_ADMIN = "access.admin"
_FORMS = Path(__file__).parent / "forms"


@dataclass(frozen=True, slots=True)
class Site:
    """A desk while it is served: where, and the installation behind it."""

    address: str
    installation: Installation

    def at(self, path: str) -> str:
        """Return the whole address of a path."""
        return self.address + path


def person_id(login: str) -> str:
    """Return the id by which the sample company knows somebody."""
    return stable_id("user", login)


def make_sample(folder: Path) -> None:
    """Make a demo's desk folder with the sample company, its accounts, and the forms of these tests."""
    create(folder, demo=True, port=0, key=new_key())
    for form in _FORMS.glob("*.form.yaml"):
        shutil.copy(form, folder / "forms" / form.name)
    with (folder / SETTINGS_FILE).open("a", encoding="utf-8") as settings:
        settings.write("\n[bulk]\nsecond_person_above = 3\n")
    opened = open_folder(folder)
    upgrade(opened.store_url)
    fill(opened, Secret(PASSWORD), now=datetime.now(UTC))


@contextmanager
def served(sample: Path, copy: Path) -> Iterator[Site]:
    """Serve a copy of a desk folder from a thread."""
    shutil.copytree(sample, copy)
    installation = open_installation(open_folder(copy))
    server = listen(installation, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.effective_port}", installation)
    finally:
        server.close()
        thread.join(timeout=10)
        installation.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
