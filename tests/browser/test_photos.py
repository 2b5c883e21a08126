"""A photo in a browser: chosen, named, removed, with the keyboard, on a phone, without script, and on the card."""

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.journeys import confirm, hand_in, open_form
from tests.browser.serving import Site, person_id
from tests.pictures import png

FORM, PERSON = "update-photo", "t.novak"


def choose(page: Page, content: bytes, name: str = "tomas.png") -> None:
    page.set_input_files("#q-photo", FilePayload(name=name, mimeType="image/png", buffer=content))


def test_a_photo_is_chosen_at_once_confirmed_and_shown_on_the_card(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    open_form(page, site, FORM, PERSON)
    choose(page, png(96, 96))
    expect(page.locator("[data-name]")).to_contain_text("tomas.png")
    assert page.evaluate("document.activeElement.matches('[data-read]')")
    hand_in(page)
    expect(page.locator("table.plan")).to_contain_text("no photo")
    confirm(page)
    page.goto(site.at(f"/people/{person_id(PERSON)}"))
    face = page.locator("img.face.big")
    expect(face).to_be_visible()
    assert face.evaluate("image => image.complete && image.naturalWidth") == 96
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert broken == []


def test_what_is_no_photo_says_so_and_leaves_what_was_chosen(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, FORM, PERSON)
    choose(page, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg.png")
    expect(page.locator("#field-photo > .error")).to_contain_text("This file is not a JPEG picture or a PNG picture.")
    choose(page, png(8, 8) + bytes(110_000))
    expect(page.locator("[data-read] .error")).to_have_text("The file is too large. It may have at most 100 KB.")
    choose(page, png(8, 8))
    expect(page.locator("[data-name]")).to_contain_text("tomas.png")
    choose(page, b"GIF89a", "b.gif")
    expect(page.locator("#field-photo > .error")).to_be_visible()
    expect(page.locator("[data-name]")).to_contain_text("tomas.png")


def test_a_photo_is_removed_again_with_the_keyboard(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    open_form(page, site, FORM, PERSON)
    choose(page, png(8, 8))
    expect(page.locator("[data-read]")).to_be_focused()
    expect(page.locator("[data-name]")).to_contain_text("tomas.png")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-drop]')")
    page.keyboard.press("Enter")
    expect(page.locator("[data-name]")).to_have_count(0)
    assert page.input_value("input[name='answer.photo']") == ""
    page.focus("[data-read]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q-photo"


def test_a_long_name_stays_inside_a_phone_and_is_only_text(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=390)
    open_form(page, site, FORM, PERSON)
    choose(page, png(8, 8), f"<img src=x onerror=alert(1)>{'a' * 90}.png")
    expect(page.locator("[data-name] bdi")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_photo_is_handed_in_and_removed_without_script(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site.at(f"/forms/{FORM}/for/{person_id('z.lindqvist')}"))
    choose(page, png(24, 24))
    page.locator("button[value='more']").click()
    expect(page.locator("[data-name]")).to_contain_text("tomas.png")
    page.locator("[data-drop]").click()
    expect(page.locator("[data-name]")).to_have_count(0)
    choose(page, png(24, 24))
    page.locator("form.fill button.btn-primary").click()
    expect(page.locator("table.plan")).to_contain_text("no photo")
    page.locator("form button.btn-primary").click()
    page.goto(site.at(f"/people/{person_id('z.lindqvist')}"))
    expect(page.locator("img.face.big")).to_be_visible()
