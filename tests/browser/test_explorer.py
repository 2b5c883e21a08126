"""The explorer by hand and by keys: from the first page to a binding, the matrix in a small window, a review to its end."""

from playwright.sync_api import StorageState, expect

from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_at, stops, tab_to
from tests.browser.serving import Site, person_id


def test_from_the_first_page_to_a_binding_with_keys_alone(
    open_page: OpenPage, site: Site, access_admin: StorageState
) -> None:
    page = open_page(visitor=access_admin)
    page.goto(site.at("/"))
    press_at(page, "a.item[href='/access']")
    page.wait_for_url(site.at("/access"))
    tab_to(page, "main input[name=q]")
    page.keyboard.type("strandvoogd")
    page.keyboard.press("Enter")
    page.wait_for_url(site.at("/access/find?q=strandvoogd"))
    press_at(page, f"a[href='/access/people/{person_id('keyuser.sales')}']")
    expect(page.locator("h1")).to_have_text("Milan Strandvoogd")
    press_at(page, "a[href='/access/bindings/key-users']")
    expect(page.locator("h1")).to_have_text("key-users")


def test_every_stop_of_the_matrix_shows_where_one_is(
    open_page: OpenPage, site: Site, access_admin: StorageState
) -> None:
    page = open_page(visitor=access_admin)
    page.goto(site.at("/access/matrix?q=utrecht"))
    found = stops(page)
    assert any("matrix-scroll" in stop["what"] for stop in found)
    assert [stop["what"] for stop in found if not stop["shown"]] == []


def test_the_matrix_keeps_its_heads_in_sight_and_is_a_list_in_a_small_window(
    open_page: OpenPage, site: Site, access_admin: StorageState
) -> None:
    page = open_page(visitor=access_admin)
    page.goto(site.at("/access/matrix"))
    box = page.locator(".matrix-scroll")
    expect(page.locator(".matrix-list")).to_be_hidden()
    box.evaluate("(one) => one.scrollTo(one.scrollWidth, one.scrollHeight)")
    assert box.evaluate("(one) => one.scrollLeft") > 0
    edges = "(one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().top]"
    left, top = box.evaluate(edges)
    assert page.locator("table.matrix tbody tr").last.locator("th").evaluate(edges)[0] == left
    assert page.locator("table.matrix thead th").last.evaluate(edges)[1] == top
    page.set_viewport_size({"width": 390, "height": 844})
    expect(box).to_be_hidden()
    expect(page.locator(".matrix-list section").first).to_be_visible()


def test_a_tab_that_is_far_to_the_right_is_in_sight_on_a_phone(
    open_page: OpenPage, site: Site, access_admin: StorageState
) -> None:
    page = open_page(390, visitor=access_admin)
    page.goto(site.at("/access/reviews"))
    expect(page.locator(".sub a[aria-current]")).to_be_in_viewport(ratio=1)


def test_a_path_is_drawn_across_or_down_as_the_window_has_room(
    open_page: OpenPage, site: Site, access_admin: StorageState
) -> None:
    page = open_page(visitor=access_admin)
    page.goto(site.at("/access/paths"))
    page.fill("#path-from", "agent.rotterdam")
    page.fill("#path-to", "group:GG-Board")
    page.locator(".paths-box button").click()
    expect(page.locator("svg.path.across")).to_be_visible()
    expect(page.locator("svg.path.down")).to_be_hidden()
    for group in page.locator("svg.path.across .stop").all():
        inside = "(one) => { const [box, ...texts] = [...one.children].map((part) => part.getBoundingClientRect());"
        inside += " return texts.every((text) => text.left >= box.left && text.right <= box.right); }"
        assert group.evaluate(inside)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("svg.path.across")).to_be_hidden()
    expect(page.locator("svg.path.down")).to_be_visible()


def test_a_review_is_begun_decided_and_closed(open_page: OpenPage, site: Site, access_admin: StorageState) -> None:
    page = open_page(390, visitor=access_admin)
    page.goto(site.at("/access/reviews"))
    page.click("details summary")
    page.fill("#review-title", "Key users")
    page.fill("#review-bindings", "key-users")
    page.locator("form[action='/access/reviews'] .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Key users")
    page.fill("#reason-1", "They keep the details up to date")
    page.locator("#item-1 [value=keep]").click()
    expect(page.locator("#item-1 .chip.ok")).to_have_text("kept")
    page.locator("details.closing summary").click()
    page.locator("form[action$='/close'] button").click()
    expect(page.locator(".heading .chip")).to_have_text("closed")
    expect(page.locator("[name=verdict]")).to_have_count(0)
