"""Tables by keyboard, without script, and as files; what is picked in them is what is done."""

import csv
import io
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person
from tests.browser.journeys import confirm, hand_in
from tests.browser.keyboard import leave_at, press_at
from tests.browser.serving import Site, person_id

LEAD = "p.dewit"
HAND_OVER = f"/forms/hand-over-reports/for/{person_id(LEAD)}"
ROWS = "#field-people tbody tr:visible"


def names(page: Page) -> list[str]:
    return page.locator("#field-people tbody tr:visible th").all_inner_texts()


def count(page: Page, field: str = "people") -> str:
    return page.inner_text(f"#field-{field} [data-count]")


def test_a_table_is_filtered_sorted_paged_and_picked_from_by_keyboard(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.goto(site.at(HAND_OVER))
    total = int(count(page).split()[0])
    assert total > 25
    assert len(names(page)) == 25
    expect(page.locator("[data-page]")).to_have_text(f"1 to 25 of {total}")
    press_at(page, "#field-people .table-pages button:last-of-type")
    expect(page.locator("[data-page]")).to_have_text(f"26 to {min(50, total)} of {total}")

    heading = page.locator("#field-people thead th", has_text="Login")
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    logins = page.locator("#field-people tbody tr:visible td:nth-of-type(1)").all_inner_texts()
    assert len(logins) == 25
    assert logins == sorted(logins)
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert page.locator("[aria-sort]").count() == 1

    name, login = names(page)[-1], page.locator("#field-people tbody tr:visible td:nth-of-type(1)").last.inner_text()
    page.focus("#q-people-find")
    page.keyboard.type(login)
    expect(page.locator("#field-people [data-count]")).to_have_text(f"1 of {total} accounts")
    assert names(page) == [name]
    page.locator("#field-people tbody tr:visible input").focus()
    page.keyboard.press("Space")
    expect(page.locator("#field-people .table-tools .chip")).to_have_text("1 picked")
    page.fill("#q-people-find", "zzzz")
    expect(page.locator("#field-people .table-empty")).to_be_visible()
    page.fill("#q-to", "lindqvist")
    page.click("#field-to [role=option]")
    leave_at(page, "form.fill .actions .btn-primary")
    expect(page.locator("table.plan")).to_contain_text(name)
    assert read_person(site, login).attributes["manager"] == read_person(site, LEAD).ref
    confirm(page)
    assert read_person(site, login).attributes["manager"] == read_person(site, "z.lindqvist").ref


def test_without_script_a_table_is_whole_and_picked_from(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.at(HAND_OVER))
    total = int(count(page).split()[0])
    assert page.locator(ROWS).count() == total
    page.locator("#field-people tbody input[type=checkbox]").nth(0).check()
    name = page.locator("#field-people tbody th").nth(0).inner_text()
    page.fill("#q-to", "z.lindqvist")
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text(name)


def test_a_row_picked_in_a_view_shows_the_next_table(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.goto(site.at("/forms/staff-list"))
    assert page.locator("form.fill .actions").count() == 0
    expect(page.locator("#field-reports")).to_have_count(0)
    page.fill("#q-leads-find", "pieter")
    page.get_by_role("radio", name="Pieter de Wit").check()
    expect(page.locator("#field-reports [data-count]")).to_contain_text("accounts")
    expect(page.locator("#field-said output")).to_contain_text("Pieter de Wit")
    page.fill("#q-title", "too long for this")
    page.evaluate("document.querySelector('#q-title').removeAttribute('maxlength')")
    page.fill("#q-title", "too long for this")
    with page.expect_navigation():
        page.click(".as-of button")
    expect(page.locator("#field-title .error")).to_have_text("Write at most 5 characters.")
    expect(page.locator("#field-leads tbody input:checked")).to_have_count(1)


def test_a_view_works_without_script(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.at("/forms/staff-list"))
    page.get_by_role("radio", name="Pieter de Wit").check()
    with page.expect_navigation():
        page.click(".as-of button")
    expect(page.locator("#field-reports [data-count]")).to_contain_text("accounts")


def test_a_long_table_is_searched_on_the_server_and_downloaded_whole(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.goto(site.at("/forms/report-not-logged-on"))
    page.fill("#q-days", "1")
    page.press("#q-days", "Tab")
    page.wait_for_selector(".table-more")
    assert count(page, "accounts") == "The first 100 accounts; there are more"
    with page.expect_download() as leaving:
        page.click("[data-download]")
    text = Path(leaving.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:2] == ["Display name", "Login"]
    assert len(rows) > 201  # more than a page has
    assert leaving.value.suggested_filename.startswith("report-not-logged-on-")

    login = rows[-1][1]
    page.focus("#q-accounts-find")
    page.keyboard.type(login)
    found = page.locator("#field-accounts tbody tr:visible")
    expect(found.filter(has=page.get_by_text(login, exact=True))).to_have_count(1)
    expect(page.locator("#q-accounts-find")).to_be_focused()
    expect(page.locator("#q-accounts-find")).to_have_value(login)
