"""A form of several pages: with script, without, with the keys alone, at the width of a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import find_person
from tests.browser.journeys import open_form, sign_in
from tests.browser.keyboard import press_at
from tests.browser.serving import Site

FORM = "create-employee"
NEXT = "main .actions .btn-primary"
NOW = "ol.steps li[aria-current=step]"


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.click(NEXT)


def choose(page: Page, field: str, text: str) -> None:
    """Choose the one thing a picker finds, with or without script."""
    place = page.locator(f"[data-field={field}]")
    if (
        page.evaluate("() => document.documentElement.matches('[data-bs-theme]')")
        and place.locator("[role=combobox]").count()
    ):
        place.locator("[role=combobox]").fill(text)
        place.locator("[role=option]").first.click()
        return
    place.locator("input[name*='typed.']").fill(text)


def first_page(page: Page) -> None:
    page.fill("[name='answer.first_name']", "Ann")
    page.fill("[name='answer.last_name']", "Paginaatje")
    page.fill("[name='answer.display_name']", "Ann Paginaatje")


def second_page(page: Page) -> None:
    page.select_option("[name='answer.department']", index=1)
    choose(page, "manager", "dewit")
    choose(page, "unit", "Rotterdam")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}, {"width": 390}])
def test_a_new_employee_is_entered_page_by_page_and_read_back(
    open_page: OpenPage, site: Site, options: dict[str, object]
) -> None:
    page = open_page(visitor=None, **options)
    sign_in(page, site, "lead")
    open_form(page, site, FORM)
    expect(page.locator(NOW)).to_contain_text("The person")
    expect(page.locator("fieldset.section:visible")).to_have_count(1)
    first_page(page)
    go_on(page)
    expect(page.locator(NOW)).to_contain_text("The work")

    go_on(page)
    expect(page.locator("[data-summary] li")).to_have_count(3)
    second_page(page)
    go_on(page)
    expect(page.locator(NOW)).to_contain_text("Signing in")
    expect(page.locator("[name='answer.name_part']")).to_have_value("a.paginaatje")

    with page.expect_navigation():
        page.click("button[value=back]")
    expect(page.locator("[data-field=manager]")).to_contain_text("Pieter")
    go_on(page)
    go_on(page)
    expect(page.locator(NOW)).to_contain_text("Access")
    go_on(page)

    answered = page.locator("details.answered")
    expect(answered).to_have_attribute("open", "")
    for text in ("Ann", "Paginaatje", "a.paginaatje@sample.test", "Pieter de Wit", "Rotterdam"):
        expect(answered).to_contain_text(text)
    with page.expect_navigation():
        answered.locator("a", has_text="Change").nth(1).click()
    expect(page.locator(NOW)).to_contain_text("The work")
    assert find_person(site, "a.paginaatje") is None


def test_pages_are_turned_with_the_keys_alone(open_page: OpenPage, site: Site) -> None:
    page = open_page(visitor=None)
    sign_in(page, site, "lead")
    open_form(page, site, FORM)
    first_page(page)
    with page.expect_navigation():
        page.locator("[name='answer.display_name']").press("Enter")
    expect(page.locator(NOW)).to_contain_text("The work")
    with page.expect_navigation():
        press_at(page, "button[value=back]")
    expect(page.locator("[name='answer.first_name']")).to_have_value("Ann")
