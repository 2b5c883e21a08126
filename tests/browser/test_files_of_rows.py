"""Files of rows in a browser: chosen, checked cell by cell, mended, pasted, with the keyboard, on a phone, without script."""

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person
from tests.browser.journeys import confirm, hand_in, open_form
from tests.browser.serving import Site

READ = "[data-read]"


def payload(text: str, name: str = "moves.csv") -> FilePayload:
    return FilePayload(name=name, mimeType="text/csv", buffer=text.encode())


def choose(page: Page, text: str) -> None:
    page.set_input_files("#q-moves", payload(text))


def test_a_file_is_checked_at_once_mended_and_done(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "office-file")
    page.fill("#q-note", "kept")
    choose(page, "Colleague,Office,From\nt.novak,R1,1/2/2030\nnobody.here,R2,\n")
    expect(page.locator("[data-sum]")).to_have_text("2 of 2 rows are wrong; nothing is taken over")
    expect(page.locator(f"{READ} td.wrong")).to_have_count(2)
    expect(page.locator(f"{READ} td.wrong").first).to_contain_text("With slashes this may mean two days.")
    choose(page, "Colleague,Office\nt.novak,File 1\n")
    expect(page.locator("[data-sum]")).to_have_text("1 row is good")
    assert page.input_value("#q-note") == "kept"
    assert page.evaluate("document.activeElement.matches('[data-read]')")
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text("File 1")
    confirm(page)
    assert read_person(site, "t.novak").attributes["office"] == "File 1"


def test_rows_are_pasted_and_removed_with_the_keyboard(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "office-file")
    page.focus("#q-moves")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("Colleague\tOffice\nt.novak\tPasted\n")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sum]")).to_have_text("1 row is good")
    assert page.input_value("#q-moves-paste") == ""
    page.focus("[data-drop]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sum]")).to_have_count(0)
    assert page.input_value("[data-carried]") == ""


def test_what_is_no_file_of_rows_says_so(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, "office-file")
    choose(page, "%PDF-1.7")
    expect(page.locator("#field-moves .error").first).to_contain_text("This is a PDF. Save it as CSV")
    page.set_input_files("#q-moves", payload("x" * 1_100_000))
    expect(page.locator(f"{READ} .error")).to_have_text("The file is larger than 1 MiB. Split it into smaller ones.")


def test_many_columns_stay_inside_a_phone(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=360)
    open_form(page, site, "office-file")
    choose(page, "Colleague,Office,From\nt.novak,R1,2030-02-01\nsomebody.with.a.long.name.nobody.has,R2,1/2/2030\n")
    expect(page.locator("[data-sum]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_file_is_checked_and_done_without_script(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.at("/forms/office-file"))
    choose(page, "Colleague,Office\nt.novak,\n")
    with page.expect_navigation():
        page.click("[data-check]")
    expect(page.locator("[data-summary]")).to_contain_text("Row 2, column Office")
    choose(page, "Colleague,Office\nt.novak,Plain 2\n")
    with page.expect_navigation():
        page.click("[data-check]")
    expect(page.locator("[data-sum]")).to_have_text("1 row is good")
    hand_in(page)
    confirm(page)
    assert read_person(site, "t.novak").attributes["office"] == "Plain 2"
