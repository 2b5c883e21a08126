"""A call from beginning to end without the mouse, and how each kind of question is answered with keys."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import groups_of, read_person, submission_at
from tests.browser.journeys import open_form, pass_checks
from tests.browser.keyboard import has_focus, leave_at, press_at, stops, tab_to
from tests.browser.serving import AGENT, PASSWORD, Site, person_id

PRIMARY = "main .actions .btn-primary"


def choose(page: Page, steps: int = 1) -> str:
    """Go down a list that is open and take the option there; return what it says."""
    page.wait_for_selector("[role=option]")
    for _ in range(steps):
        page.keyboard.press("ArrowDown")
    active = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    option = page.locator(f"#{active}")
    expect(option).to_have_attribute("aria-selected", "true")
    label = option.locator("bdi").first.inner_text()
    page.keyboard.press("Enter")
    return label


def test_the_whole_story_needs_no_mouse(open_page: OpenPage, site: Site) -> None:
    page = open_page(visitor=None)
    page.goto(site.at("/sign-in"))
    page.keyboard.type(AGENT)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(site.at("/"))

    page.keyboard.press("/")
    assert has_focus(page, "[data-find] input")
    page.keyboard.type("novak")
    page.wait_for_selector("[role=option]")
    if not page.locator("[role=option][aria-selected=true]").count():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(site.at(f"/people/{person_id('t.novak')}"))

    leave_at(page, "a.tile[href^='/forms/reset-password/']")
    for title in ("Called back on", "Here at the desk"):
        expect(page.locator("h1")).to_be_focused()
        box = page.locator("form.method", has_text=title).locator("input[type=checkbox]").get_attribute("id")
        press_at(page, f"[id='{box}']", "Space")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    leave_at(page, PRIMARY)
    page.wait_for_selector("table.plan")
    expect(page.locator("h1")).to_be_focused()
    leave_at(page, PRIMARY)
    page.wait_for_selector("[data-secret]")
    press_at(page, "[data-hide]", "Space")
    expect(page.locator("[data-gone]")).to_be_visible()
    assert submission_at(site, page.url).state == "done"
    leave_at(page, PRIMARY)
    page.wait_for_url(site.at("/"))


def test_arrows_go_through_suggestions_and_escape_closes_them(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.goto(site.at("/"))
    page.keyboard.press("/")
    page.keyboard.type("de")
    page.wait_for_selector("[role=option]")
    box = page.locator("[data-find] input")
    expect(box).to_have_attribute("aria-expanded", "true")
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(box.get_attribute("aria-activedescendant"))
        expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("id", str(seen[-1]))
    assert seen[0] == seen[2] != seen[1]
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    assert box.get_attribute("aria-activedescendant") is None
    assert page.url == site.at("/")


def test_a_slash_that_is_typed_into_a_field_stays_there(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "create-shared-mailbox")
    page.focus("#q-name")
    page.keyboard.type("a/b")
    expect(page.locator("#q-name")).to_have_value("a/b")


def test_a_picker_is_answered_with_arrows_and_enter(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "create-shared-mailbox")
    tab_to(page, "#q-owner")
    page.keyboard.type("novak")
    label = choose(page, steps=0)
    expect(page.locator("#field-owner .picked bdi")).to_have_text(label)
    assert has_focus(page, f"[aria-label='Remove {label}']")
    page.keyboard.press("Enter")
    expect(page.locator("#field-owner .picked bdi")).to_have_count(0)
    assert has_focus(page, "#q-owner")
    assert page.url.endswith("/forms/create-shared-mailbox")


def test_memberships_are_given_and_taken_with_the_keyboard(open_page: OpenPage, site: Site) -> None:
    before = groups_of(site, "z.lindqvist")
    page = open_page()
    open_form(page, site, "manage-groups", "z.lindqvist")
    tab_to(page, "#q-groups")
    page.keyboard.type("app-")
    page.wait_for_selector("[aria-label^='Add APP-']")
    page.keyboard.press("ArrowDown")
    added = str(page.evaluate("document.activeElement.getAttribute('aria-label')")).removeprefix("Add ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=added] bdi").first).to_have_text(added)
    press_at(page, "[data-dual] .have [aria-label^='Remove ']", "Space")
    removed = page.locator("[data-state=removed] bdi").first.inner_text()
    assert has_focus(page, f"[aria-label='Keep {removed}']")
    expect(page.locator("[data-sum]")).to_have_text("1 will be added, 1 will be removed")
    tab_to(page, "#q-reason")
    page.keyboard.type("Moves to another team")
    leave_at(page, PRIMARY)
    page.wait_for_selector("table.plan")
    assert groups_of(site, "z.lindqvist") == before
    leave_at(page, PRIMARY)
    page.wait_for_selector(".panel.outcome")
    assert groups_of(site, "z.lindqvist") == before - {removed} | {added}


def test_after_a_refused_form_the_focus_is_at_what_is_wrong(open_page: OpenPage, site: Site) -> None:
    before = read_person(site, "a.haddad")
    page = open_page()
    open_form(page, site, "update-contact-details", "a.haddad")
    pass_checks(page)
    tab_to(page, "#q-phone")
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    leave_at(page, PRIMARY)
    summary = page.locator("[data-summary][role=alert]")
    expect(summary).to_contain_text("One thing to mend")
    expect(page.locator("#q-phone")).to_be_focused()
    expect(page.locator("#q-phone")).to_have_attribute("aria-invalid", "true")
    assert "q-phone-error" in str(page.get_attribute("#q-phone", "aria-describedby"))
    page.focus("[data-summary]")
    press_at(page, "[data-summary] a[href='#field-phone']")
    expect(page.locator("#q-phone")).to_be_focused()
    assert page.title().startswith("To mend")
    assert read_person(site, "a.haddad") == before


@pytest.mark.parametrize("width", [1280, 390])
def test_every_stop_of_the_keyboard_is_seen_and_the_first_skips_to_the_content(
    open_page: OpenPage, site: Site, width: int
) -> None:
    page = open_page(width)
    for path in (
        "/",
        "/find?q=lind",
        f"/people/{person_id('z.lindqvist')}",
        "/forms/create-shared-mailbox",
        "/history",
    ):
        page.goto(site.at(path))
        found = stops(page)
        assert len(found) > 5
        assert 'class="skip"' in found[0]["what"]
        assert [stop["what"] for stop in found if not stop["shown"]] == []
