"""A long list of boxes is narrowed by typing; what is ticked stays, and what is handed in is what was ticked."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journeys import open_form
from tests.browser.serving import Site

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
FORM, PERSON = "temporary-access", "z.lindqvist"
FILTER, BOXES = "#field-groups .sift input", "#field-groups .options .form-check"


def shown(page: Page) -> list[str]:
    return page.locator(f"{BOXES}:visible label > bdi").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
def test_typing_hides_what_does_not_match_and_keeps_what_is_ticked(open_page: OpenPage, site: Site, width: int) -> None:
    page = open_page(width)
    open_form(page, site, FORM, PERSON)
    names = shown(page)
    total, first, last = len(names), names[0], names[-1]
    assert total >= 12
    page.locator(BOXES, has_text=first).locator("input").first.check()
    page.focus(FILTER)
    page.keyboard.type(last.upper())
    assert shown(page) == [first, last]
    expect(page.locator("#field-groups [data-count]")).to_have_text(f"2 of {total} shown")
    expect(page.locator("[data-announce]")).to_have_text(f"2 of {total} shown")
    assert not page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth")
    assert Axe().run(page, options=RULES).response["violations"] == []

    address = page.url
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(f"{BOXES} input:checked").count() == 2
    assert page.url == address
    page.focus(FILTER)
    page.keyboard.press("Escape")
    assert shown(page) == names
    page.fill(FILTER, "zzzz")
    assert shown(page) == [first, last]
    assert page.locator(f"{BOXES} input:checked").count() == 2


def test_without_script_the_list_is_whole_and_has_no_filter(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    open_form(page, site, FORM, PERSON)
    assert page.locator(BOXES).count() >= 12
    assert page.locator(".sift").count() == 0
