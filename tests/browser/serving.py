"""Serve the sample site on a free port, and open a real browser on it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

from tests.web.serving import Site


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Give the address of the site while it is served from a thread."""
    server = create_server(site.app(), host="127.0.0.1", port=0, threads=8, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, address: str) -> None:
    """Come in by the door, with the keyboard."""
    page.goto(f"{address}/sign-in")
    page.fill("#login", "agent.rotterdam")
    page.fill("#password", "correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
