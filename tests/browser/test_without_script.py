"""Browsers that run no scripts: everything can be done, with more page loads."""

import re

from playwright.sync_api import Page, expect

from connectors.spi import Compare, Entry, Question
from tests.browser.conftest import OpenPage
from tests.browser.directory import groups_of, read_person
from tests.browser.journeys import confirm, hand_in, open_form, pass_checks, sign_in
from tests.browser.serving import Site, person_id

ROW = "[data-rows] [data-row]"


def press(page: Page, selector: str, nth: int = 0) -> None:
    with page.expect_navigation():
        page.locator(selector).nth(nth).click()


def search_in(page: Page, place: str, text: str) -> None:
    """Type into a picker and press its button; ``place`` is how the button names it."""
    button = page.locator(f"button[name=go][value='find.{place}']")
    button.locator("xpath=ancestor::*[@class and contains(@class, 'picker') or @data-dual][1]").locator(
        "input[name*='typed.']"
    ).fill(text)
    with page.expect_navigation():
        button.click()


def mailbox_at(site: Site, address: str) -> Entry | None:
    connector = site.installation.services.connectors.for_kind("mailbox")
    return next(iter(connector.read(Question("mailbox", Compare("address", "==", address))).entries), None)


def test_the_whole_story_works(open_page: OpenPage, site: Site) -> None:
    before = read_person(site, "z.lindqvist")
    page = open_page(visitor=None, java_script_enabled=False)
    sign_in(page, site)
    page.fill("[data-find] input", "lindqvist")
    with page.expect_navigation():
        page.press("[data-find] input", "Enter")
    press(page, "main .list a")
    press(page, "a.tile[href^='/forms/reset-password/']")
    pass_checks(page)
    hand_in(page)
    assert read_person(site, "z.lindqvist") == before
    confirm(page)
    password = page.inner_text("[data-secret] [data-value]")
    assert re.fullmatch(r"\w+(-\w+)+-\d\d", password)
    changed = read_person(site, "z.lindqvist")
    assert (changed.attributes["must_change"], changed.attributes["locked"]) == (True, False)

    page.reload()  # sends the confirmation once more
    expect(page.locator(".panel.outcome")).to_be_visible()
    assert password not in page.content()
    assert read_person(site, "z.lindqvist") == changed


def test_the_person_is_searched_and_chosen_for_a_task(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    open_form(page, site, "unlock-account")
    page.fill("#q-target", "lindqvist")
    press(page, "form[role=search] .btn-primary")
    assert page.locator("main .choose > *").count() == 1
    open_form(page, site, "reset-password")
    page.fill("#q-target", "novak")
    press(page, "form[role=search] .btn-primary")
    press(page, "main .choose a")
    assert page.url == site.at(f"/forms/reset-password/for/{person_id('t.novak')}")


def test_memberships_are_searched_ticked_and_changed(open_page: OpenPage, site: Site) -> None:
    before = groups_of(site, "z.lindqvist")
    page = open_page(java_script_enabled=False)
    open_form(page, site, "manage-groups", "z.lindqvist")
    search_in(page, "groups", "app-")
    added = page.locator("label:has(input[name='add.groups'][type=checkbox]) bdi").first.inner_text()
    page.locator("input[name='add.groups'][type=checkbox]").first.check()
    row = page.locator("li:has(input[name='remove.groups'])").first
    removed = row.locator("bdi").first.inner_text()
    row.locator("input[name='remove.groups']").check()
    page.fill("#q-reason", "Moves to another team")
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text(added)
    expect(page.locator("table.plan")).to_contain_text(removed)
    assert groups_of(site, "z.lindqvist") == before
    confirm(page)
    assert groups_of(site, "z.lindqvist") == before - {removed} | {added}


def test_pickers_and_rows_are_answered_and_spare_rows_count_as_empty(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    open_form(page, site, "create-shared-mailbox")
    page.fill("#q-name", "Harbour Office")
    search_in(page, "owner", "lindqvist")
    page.locator("label:has(input[name='answer.owner']) >> text=Lindqvist").click()
    search_in(page, "access.0.user", "lindqvist")
    page.locator("label:has(input[name='row.access.0.answer.user']) >> text=Lindqvist").click()
    search_in(page, "access.2.user", "novak")  # the row between stays untouched
    page.locator("label:has(input[name='row.access.1.answer.user']) >> text=Novák").click()
    page.locator("input[name='row.access.1.list.rights'][value=send_as]").uncheck()
    assert page.locator(ROW).count() == 4
    hand_in(page)
    expect(page.locator("table.plan th[scope=rowgroup]")).to_have_count(3)
    assert mailbox_at(site, "harbour-office@sample.test") is None
    confirm(page)
    made = mailbox_at(site, "harbour-office@sample.test")
    assert made is not None
    assert made.attributes["owner"] == read_person(site, "z.lindqvist").ref


def test_a_refused_form_keeps_what_the_rows_hold(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    open_form(page, site, "create-shared-mailbox")
    page.fill("#q-name", "Quay Nine")
    search_in(page, "access.0.user", "novak")
    page.locator("label:has(input[name='row.access.0.answer.user']) >> text=Novák").click()
    page.fill("#q-owner", "z.lindqvist")  # one is found, so that it need not be searched and ticked
    hand_in(page)
    expect(page.locator("[data-summary]")).to_contain_text("The owner needs access too.")
    assert page.locator("[data-summary] li").count() == 1
    assert page.locator("input[name='row.access.0.answer.user']:checked").input_value() == person_id("t.novak")
    assert mailbox_at(site, "quay-nine@sample.test") is None


def test_questions_that_depend_on_others_come_with_a_button(open_page: OpenPage, site: Site) -> None:
    before = read_person(site, "t.novak")
    page = open_page(java_script_enabled=False)
    open_form(page, site, "new-desk", "t.novak")
    expect(page.locator("#q-building")).to_have_count(0)
    page.check("#q-moved")
    page.fill("#q-office", "rdm-4.01")
    press(page, "button[name=go][value=more]")
    page.select_option("#q-building", "North")
    expect(page.locator("#q-sign")).to_have_value("RDM-4.01")
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text("RDM-4.01")
    assert read_person(site, "t.novak") == before
    confirm(page)
    assert read_person(site, "t.novak").attributes["office"] == "RDM-4.01"
