"""Forms that follow what is typed, without loading the page again, and a button that works once."""

import time

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person, submission_at
from tests.browser.journeys import confirm, hand_in, open_form, plan_of_a_reset
from tests.browser.keyboard import has_focus
from tests.browser.serving import Site, person_id


def mark(page: Page) -> None:
    """Leave a mark that a new page would not have."""
    page.evaluate("window.stillHere = true")


def is_still_here(page: Page) -> bool:
    return bool(page.evaluate("window.stillHere === true"))


def test_a_question_appears_and_goes_while_the_focus_stays(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "new-desk", "t.novak")
    mark(page)
    page.focus("#q-moved")
    page.keyboard.press("Space")
    expect(page.locator("#q-building")).to_be_visible()
    expect(page.locator("[data-announce]")).to_have_text("Now also asked: Which building?")
    assert has_focus(page, "#q-moved")
    page.keyboard.press("Space")
    expect(page.locator("#q-building")).to_be_hidden()
    expect(page.locator("[data-announce]")).to_have_text("No longer asked: Which building?")
    assert has_focus(page, "#q-moved")
    assert is_still_here(page)


def test_an_answer_that_follows_another_follows_it_until_it_is_typed_over(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "new-desk", "t.novak")
    page.focus("#q-office")
    page.keyboard.type("rdm-4")
    expect(page.locator("#q-sign")).to_have_value("RDM-4")
    page.keyboard.type(".2")
    expect(page.locator("#q-sign")).to_have_value("RDM-4.2")
    assert has_focus(page, "#q-office")
    page.fill("#q-sign", "The corner")
    page.focus("#q-office")
    with page.expect_response("**/evaluate"):
        page.keyboard.type("5")
    expect(page.locator("#q-office")).to_have_value("rdm-4.25")
    expect(page.locator("#q-sign")).to_have_value("The corner")


def test_what_is_typed_while_a_slow_answer_is_under_way_is_not_lost(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "new-desk", "t.novak")

    def slowly(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    page.route("**/evaluate", slowly)
    page.check("#q-moved")
    page.focus("#q-sign")
    page.keyboard.type("By the window", delay=30)
    expect(page.locator("#q-building")).to_be_visible()
    expect(page.locator("form[data-following]")).to_have_count(0)
    expect(page.locator("#q-sign")).to_have_value("By the window")
    assert has_focus(page, "#q-sign")


def test_ticks_that_nobody_touched_stay_as_their_default_has_them(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "new-desk", "t.novak")
    page.get_by_label("Lamp", exact=True).check()
    page.fill("#q-lamp", "The tall one")
    for label in ("Chair", "Screen"):
        expect(page.get_by_label(label, exact=True)).to_be_checked()
    page.fill("#q-office", "rdm-4.03")
    hand_in(page)
    confirm(page)
    assert read_person(site, "t.novak").attributes["description"] == "here, The tall one"


def test_a_form_is_refused_and_keeps_the_rows_that_scripts_made(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "create-shared-mailbox")
    page.fill("#q-name", "Harbour Office")
    for place, text in (("#q-owner", "lindqvist"), ("#q-access-0-user", "novak"), ("#q-access-1-user", "haddad")):
        if not page.locator(place).count():
            page.click("[data-add-row]")
        page.fill(place, text)
        page.click("[role=option]:visible")
    page.click("[data-add-row]")
    page.locator("[data-remove-row]:visible").last.click()
    hand_in(page)
    expect(page.locator("[data-summary]")).to_contain_text("The owner needs access too.")
    expect(page.locator("[data-row] .picked bdi")).to_have_text(["Tomáš Novák", "Amina Haddad"])


def test_a_double_click_confirms_once(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/confirm") else None)
    plan_of_a_reset(page, site, "a.haddad")
    before = read_person(site, "a.haddad")
    submission = submission_at(site, page.url)
    with page.expect_navigation():
        page.locator("main .actions .btn-primary").evaluate("(button) => { button.click(); button.click(); }")
    expect(page.locator("[data-secret]")).to_be_visible()
    assert len(sent) == 1
    assert read_person(site, "a.haddad").version == str(int(before.version) + 1)
    store = site.installation.services.store.submissions
    assert store.get(submission.id).state == "done"
    assert [row.state for row in store.operations(submission.id)] == ["done"]
    page.goto(site.at(f"/people/{person_id('a.haddad')}"))
    expect(page.locator(".card-person")).to_contain_text("Must change the password")
