"""Seeing the desk as somebody else, in a browser: the bar, the pages below it, and the way out."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.browser.conftest import ACCESS_ADMIN, OpenPage, signed_in
from tests.browser.serving import Site

WIDE_AND_NARROW = (1280, 390)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.mark.parametrize("width", WIDE_AND_NARROW)
def test_the_desk_of_somebody_else_is_looked_at_and_left(site: Site, open_page: OpenPage, width: int) -> None:
    page = open_page(width, visitor=signed_in(site, ACCESS_ADMIN))
    page.goto(site.at("/access/explain?who=agent.rotterdam&permission=user.unlock&what=keyuser.sales"))
    page.click("text=See the desk as they do")
    assert page.input_value("#simulate-who") == "agent.rotterdam"
    page.fill("#simulate-reason", "INC-1: cannot find a form")
    page.click("main button:has-text('Begin')")
    page.wait_for_selector(".simulating")
    assert "You see the desk as" in page.inner_text(".simulating")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.locator(".tile", has_text="Unlock account").count() == 1
    assert [one["id"] for one in Axe().run(page, options=RULES).response["violations"]] == []
    page.goto(site.at("/history"))
    assert "is theirs and is not shown" in page.inner_text("main")
    page.click(".simulating button")
    page.wait_for_selector(".simulating", state="detached")
