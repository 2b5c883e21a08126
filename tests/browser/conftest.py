"""One browser for all, one desk for each file of tests, and pages that must not complain."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, StorageStateCookie

from connectors.spi import Secret
from runner.gate import AccountGate
from tests.browser.listening import listen_to
from tests.browser.serving import ACCESS_ADMIN, AGENT, PASSWORD, Site, make_sample, served

PATIENCE_MS = 15_000
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company's desk folder; never served itself."""
    folder = tmp_path_factory.mktemp("browser") / "sample"
    make_sample(folder)
    return folder


@pytest.fixture(scope="module")
def site(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(sample, tmp_path_factory.mktemp("browser") / "desk") as opened:
        yield opened


def signed_in(site: Site, login: str) -> StorageState:
    """Return the cookie of somebody, signed in past the page."""
    gate = AccountGate(site.installation)
    token = gate.sign_in(login, Secret(PASSWORD), address="127.0.0.1", user_agent="tests", now=datetime.now(UTC))
    cookie = StorageStateCookie(
        name="deskhand",
        value=token,
        domain="127.0.0.1",
        path="/",
        expires=-1,
        httpOnly=True,
        secure=False,
        sameSite="Lax",
    )
    return StorageState(cookies=[cookie], origins=[])


@pytest.fixture(scope="module")
def agent(site: Site) -> StorageState:
    """The cookie of the agent of Rotterdam."""
    return signed_in(site, AGENT)


@pytest.fixture(scope="module")
def access_admin(site: Site) -> StorageState:
    """The cookie of who decides on who may do what."""
    return signed_in(site, ACCESS_ADMIN)


@pytest.fixture
def open_page(browser: Browser, site: Site, agent: StorageState) -> Iterator[OpenPage]:
    """Open pages, of the agent unless ``visitor`` is None; afterwards none may have complained or called elsewhere."""
    contexts, all_heard = [], []

    def make(width: int = 1280, *, visitor: StorageState | None = agent, **options: Any) -> Page:
        height = 844 if width < 500 else 800
        context = browser.new_context(
            viewport={"width": width, "height": height}, storage_state=visitor, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        all_heard.append(listen_to(page, site.address))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [complaint for heard in all_heard for complaint in (*heard.complaints, *heard.abroad)] == []
