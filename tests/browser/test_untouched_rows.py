"""The row a page begins with: left alone it is no answer, filled in it is one; a row that was asked for counts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journeys import hand_in, sign_in
from tests.browser.serving import Site

GIVE, TAKE = "[data-field=give]", "[data-field=take]"


def rights_on_a_mailbox(page: Page, site: Site) -> None:
    sign_in(page, site, "lead")
    page.goto(site.at("/forms/mailbox-rights?q=Tenders"))
    page.locator("main a[href*='/for/']").first.click()
    expect(page.locator(f"{TAKE} [data-row]")).to_have_count(1)
    page.fill("#q-reason", "Joins the team")


def test_who_only_gives_rights_takes_none_away(open_page: OpenPage, site: Site) -> None:
    page = open_page(visitor=None)
    rights_on_a_mailbox(page, site)
    page.locator(f"{GIVE} [role=combobox]").first.fill("novak")
    page.locator(f"{GIVE} [role=option]").first.click()
    page.locator(f"{GIVE} input[value=send_on_behalf]").uncheck()
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text("Novák")
    expect(page.locator("[data-summary]")).to_have_count(0)


def test_a_row_that_was_asked_for_has_to_be_answered(open_page: OpenPage, site: Site) -> None:
    page = open_page(visitor=None)
    rights_on_a_mailbox(page, site)
    page.locator(f"{TAKE} [data-add-row]").click()
    hand_in(page)
    expect(page.locator("[data-summary] li")).to_contain_text("Who loses rights?, row 1")
