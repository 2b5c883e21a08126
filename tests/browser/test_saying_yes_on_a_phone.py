"""A request from one person's screen to another's phone: asked for, found, looked at, agreed to."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journeys import hand_in, open_form, sign_in
from tests.browser.serving import Site

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
_TOO_WIDE = "document.scrollingElement.scrollWidth > window.innerWidth"


def ask(page: Page, site: Site, product: str) -> str:
    """Ask for dear software as Alice and return the address of what waits."""
    sign_in(page, site, "alice")
    open_form(page, site, "request-software", "alice")
    page.locator("[name='answer.product']").select_option(product)
    page.fill("[name='answer.why']", "Drawings of the new warehouse for the builder.")
    hand_in(page)
    page.click("main .actions .btn-primary")
    expect(page.locator("main")).to_contain_text("Pieter de Wit")
    return page.url


def check(page: Page) -> None:
    assert not page.evaluate(_TOO_WIDE)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page, options=RULES).response["violations"]
        assert [node["html"][:200] for one in found for node in one["nodes"]] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_manager_finds_it_looks_at_it_and_agrees(open_page: OpenPage, site: Site, width: int) -> None:
    asker = open_page(1280, visitor=None)
    ask(asker, site, "powerbi" if width == 390 else "autocad")
    page = open_page(width, visitor=None)
    sign_in(page, site, "p.dewit")
    expect(page.locator("[data-news=waiting]")).to_be_visible()
    page.locator(".rail a.item", has_text="Requests").click()
    check(page)
    page.locator(".request-line a").first.click()
    expect(page.locator("main h1")).to_have_text("Request software")
    check(page)
    page.locator("button", has_text="No").click()
    expect(page.locator("[role=alert]")).to_contain_text("Say why not")
    page.fill("#comment", "Take it out of the budget of the project.")
    page.locator("button", has_text="Yes, do it").click()
    expect(page.locator(".words")).to_contain_text("Pieter de Wit")
    expect(page.locator("[data-spoken]")).to_contain_text("You said yes. It")
    expect(page.locator("[data-spoken]")).to_be_in_viewport()
    assert page.locator("button", has_text="Yes, do it").count() == 0
    check(page)
    page.goto(site.at("/requests/away"))
    check(page)
    asker.reload()
    expect(asker.locator("main")).to_contain_text("Take it out of the budget")
