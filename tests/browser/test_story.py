"""A call from beginning to end with the mouse, on a wide screen and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from connectors.local.connector import LocalDirectory
from connectors.spi import Secret
from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person, submission_at
from tests.browser.journeys import confirm, hand_in, pass_checks, plan_of_a_reset, sign_in
from tests.browser.serving import Site

SECRET = "[data-secret] [data-value]"


def signs_in_with(site: Site, login: str, password: str) -> str:
    connector = site.installation.services.connectors.for_kind("user")
    assert isinstance(connector, LocalDirectory)
    return str(connector.authenticate(login, Secret(password)).state)


def find_and_open(page: Page, text: str, name: str) -> None:
    page.fill("[data-find] input", text)
    page.press("[data-find] input", "Enter")
    page.locator("main .list a", has_text=name).click()
    expect(page.locator("main h1")).to_have_text(name)


@pytest.mark.parametrize(
    ("width", "login", "name", "operations"),
    [(1280, "z.lindqvist", "Zoë Lindqvist", 2), (390, "t.novak", "Tomáš Novák", 1)],
)
def test_a_call_goes_from_the_door_to_a_new_password_that_is_shown_once(
    open_page: OpenPage, site: Site, width: int, login: str, name: str, operations: int
) -> None:
    before = read_person(site, login)
    page = open_page(width, visitor=None)
    sign_in(page, site)
    find_and_open(page, login.partition(".")[2][:5], name)
    assert page.locator(".card-person .chip", has_text="Locked").count() == int(login == "z.lindqvist")
    page.locator("a.tile", has_text="Reset password").click()
    expect(page.locator("h2", has_text="Is it really them?")).to_be_visible()
    pass_checks(page)
    hand_in(page)
    expect(page.locator("table.plan th[scope=rowgroup]")).to_have_count(operations)
    assert read_person(site, login) == before
    confirm(page)

    password = page.inner_text(SECRET)
    assert re.fullmatch(r"[A-Z]\w+(-\w+)+-\d\d", password)
    after = read_person(site, login)
    assert after.attributes["must_change"] is True
    assert after.attributes["locked"] is False
    assert after.version != before.version
    assert signs_in_with(site, login, password) == "must_change"
    record = submission_at(site, page.url)
    assert (record.state, record.target_id) == ("done", before.ref.id)

    page.reload()
    expect(page.locator(".panel.outcome")).to_be_visible()
    assert password not in page.content()
    page.go_back()
    assert password not in page.content()


def test_the_password_is_copied_by_a_click_and_hides_itself_after_a_minute(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.clock.install()
    plan_of_a_reset(page, site, "a.haddad")
    confirm(page)
    password = page.inner_text(SECRET)
    page.click("[data-secret] [data-copy]")
    expect(page.locator("[data-secret] [data-copy-label]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == password
    page.clock.run_for(50_000)
    expect(page.locator(SECRET)).to_have_text(password)
    page.clock.run_for(11_000)
    expect(page.locator(SECRET)).to_be_hidden()
    expect(page.locator("[data-gone]")).to_be_visible()
    assert password not in page.content()
