"""What a page works out by itself is there at once and asks nobody; what the server says counts."""

import json

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person
from tests.browser.journeys import confirm, hand_in, open_form
from tests.browser.keyboard import has_focus
from tests.browser.serving import Site

BREAKOUT = "</script><script>window.hit=1</script>"


def calls_of(page: Page) -> list[Request]:
    """Collect the times the page asks the desk to work the form out."""
    calls: list[Request] = []
    page.on("request", lambda request: calls.append(request) if request.url.endswith("/evaluate") else None)
    return calls


def opened(open_page: OpenPage, site: Site, form: str = "at-once") -> tuple[Page, list[Request]]:
    page = open_page()
    calls = calls_of(page)
    open_form(page, site, form, "t.novak")
    page.wait_for_load_state("networkidle")
    return page, calls


def test_questions_come_and_go_without_a_call(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site)
    expect(page.get_by_text("Charging")).to_be_hidden()
    page.select_option("#q-kind", "Car")
    expect(page.locator("[data-announce]")).to_have_text("Now also asked: Number plate")
    page.focus("#q-days")
    page.keyboard.type("3")
    expect(page.get_by_text("Charging")).to_be_visible()
    expect(page.locator("#q-plug")).to_be_visible()
    expect(page.get_by_text("3.30 a week")).to_be_visible()
    assert has_focus(page, "#q-days")
    page.select_option("#q-kind", "Bicycle")
    for place in ("#q-plug", "#q-from", "#q-plate"):
        expect(page.locator(place)).to_be_hidden()
    expect(page.get_by_text("Charging")).to_be_hidden()
    page.wait_for_timeout(400)
    assert calls == []


def test_what_was_typed_comes_back_with_its_question(open_page: OpenPage, site: Site) -> None:
    page, _ = opened(open_page, site)
    page.select_option("#q-kind", "Car")
    page.fill("#q-plate", "AB-12-C")
    page.focus("#q-kind")
    page.select_option("#q-kind", "Bicycle")
    expect(page.locator("#q-plate")).to_be_hidden()
    page.select_option("#q-kind", "Car")
    expect(page.locator("#q-plate")).to_have_value("AB-12-C")


def test_a_question_turns_optional_as_one_types(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site)
    page.select_option("#q-kind", "Car")
    expect(page.locator("#q-plate")).to_have_attribute("aria-required", "true")
    page.fill("#q-plate_note", "none yet")
    expect(page.locator("#q-plate")).not_to_have_attribute("aria-required", "true")
    expect(page.locator("[data-field=plate] .opt")).to_be_visible()
    assert calls == []


def test_a_rule_speaks_when_the_question_is_left_and_is_silent_when_it_is_met(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site)
    page.select_option("#q-kind", "Car")
    page.focus("#q-plate")
    page.keyboard.type("ab 12")
    expect(page.locator("#q-plate-now")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator("#q-plate-now")).to_have_text(
        "“ab 12” is no plate: </script><b>capitals</b>, digits and hyphens."
    )
    expect(page.locator("#q-plate")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#q-plate")).to_have_attribute("aria-describedby", "q-plate-now")
    page.fill("#q-plate", "AB-12")
    expect(page.locator("#q-plate-now")).to_have_count(0)
    expect(page.locator("#q-plate")).not_to_have_attribute("aria-invalid", "true")
    assert calls == []


def test_a_form_filled_in_without_a_call_is_handed_in_as_the_server_sees_it(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site)
    page.select_option("#q-kind", "Car")
    page.fill("#q-plate", "AB-12")
    page.fill("#q-days", "5")
    page.select_option("#q-plug", "CCS")
    page.fill("#q-days", "2")
    expect(page.locator("#q-plug")).to_be_hidden()
    hand_in(page)
    confirm(page)
    assert read_person(site, "t.novak").attributes["office"] == "Car, AB-12, no plug, 2.20 a week"
    assert calls == []


def test_nothing_breaks_out_of_the_rules(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site)
    rules = page.locator("#form-rules")
    assert BREAKOUT not in page.content().partition('id="form-rules"')[2].partition("</head>")[0]
    assert BREAKOUT in str(json.loads(rules.text_content() or "")["fields"])
    assert page.locator("script").count() == 2
    page.fill("#q-plate_note", BREAKOUT)
    page.select_option("#q-kind", BREAKOUT)
    expect(page.get_by_text("A choice made of brackets.")).to_be_visible()
    page.select_option("#q-kind", "Car")
    page.fill("#q-plate", BREAKOUT)
    page.press("#q-plate", "Tab")
    expect(page.locator("#q-plate-now")).to_contain_text(BREAKOUT)
    hand_in(page)
    assert page.locator("script").count() == 2
    assert page.evaluate("window.hit") is None
    assert calls == []


def test_the_server_overrules_the_page_and_is_asked_from_then_on(open_page: OpenPage, site: Site) -> None:
    page, calls = opened(open_page, site, "new-desk")

    def differ(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for field in told["fields"]:
            if field["id"] == "building":
                field.update(asked=True, html='<p id="says-the-server">North</p>', stamp="another")
        route.fulfill(response=answer, json=told)

    page.route("**/evaluate", differ)
    page.check("#q-moved")
    page.uncheck("#q-moved")
    expect(page.locator("#q-building")).to_be_hidden()
    page.fill("#q-office", "rdm-4")
    expect(page.locator("#says-the-server")).to_be_visible()
    before = len(calls)
    with page.expect_response("**/evaluate"):
        page.check("#q-moved")
    with page.expect_response("**/evaluate"):
        page.uncheck("#q-moved")
    expect(page.locator("#says-the-server")).to_be_visible()
    assert len(calls) > before


def test_a_form_works_as_before_when_its_rules_do_not_load(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.route("**/instant-page-*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    open_form(page, site, "at-once", "t.novak")
    with page.expect_response("**/evaluate"):
        page.select_option("#q-kind", "Car")
    expect(page.locator("#q-plate")).to_be_visible()
