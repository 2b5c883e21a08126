"""Pages of others: they cannot act for the agent, frame the desk or read from it; and proof that our ears are open."""

import pytest
from playwright.sync_api import Browser, Page, Route, StorageState

from tests.browser.conftest import OpenPage
from tests.browser.directory import read_person
from tests.browser.journeys import plan_of_a_reset
from tests.browser.listening import listen_to
from tests.browser.serving import Site

# The same host on another port shares the cookies of the desk; another site does not get them.
NEIGHBOURS = {"http://127.0.0.1:9/": 403, "http://elsewhere.example/": 401}


def show_foreign(page: Page, address: str, html: str) -> None:
    """Open a page of somebody else's."""

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    page.route(address, answer)
    page.goto(address)


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_a_foreign_page_cannot_confirm_what_the_agent_sees(open_page: OpenPage, site: Site, neighbour: str) -> None:
    page = open_page()
    plan_of_a_reset(page, site, "t.novak")
    before = read_person(site, "t.novak")
    names = ("csrf_token", "digest")
    inputs = "".join(
        f'<input name="{name}" value="{page.locator(f"form[data-once] input[name={name}]").input_value()}">'
        for name in names
    )
    foreign = page.context.new_page()
    show_foreign(
        foreign, neighbour, f'<form method="post" action="{page.url}/confirm">{inputs}<button>Win</button></form>'
    )
    with foreign.expect_response("**/confirm") as refused:
        foreign.click("button")
    assert refused.value.status == NEIGHBOURS[neighbour]
    assert "nothing was done" in foreign.inner_text("main").lower()
    assert read_person(site, "t.novak") == before
    assert site.installation.services.store.submissions.get(page.url.rpartition("/")[2]).state == "draft"


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_a_foreign_page_cannot_frame_the_desk_or_read_from_it(
    browser: Browser, site: Site, agent: StorageState, neighbour: str
) -> None:
    context = browser.new_context(storage_state=agent)
    page = context.new_page()
    show_foreign(page, neighbour, f'<iframe src="{site.at("/history")}"></iframe>')
    assert all("Deskhand" not in frame.content() for frame in page.frames)
    reading = (
        """(address) => fetch(address, {credentials: "include"}).then((answer) => answer.text(), () => "blocked")"""
    )
    assert page.evaluate(reading, site.at("/find/suggestions?q=lind")) == "blocked"
    context.close()


def test_a_violated_policy_a_failing_script_and_a_call_abroad_are_heard(
    browser: Browser, site: Site, agent: StorageState
) -> None:
    context = browser.new_context(storage_state=agent)
    page = context.new_page()
    heard = listen_to(page, site.address)
    page.goto(site.at("/"))
    assert (heard.complaints, heard.abroad) == ([], [])
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend",
            '<img src="https://elsewhere.example/x.png"><b id="b" onclick="window.hit = 1">x</b>');
          document.getElementById("b").click();
          setTimeout(() => { throw new Error("a slip"); });
          fetch("https://elsewhere.example/").catch(() => {});
        }"""
    )
    page.wait_for_timeout(300)
    told = "\n".join(heard.complaints)
    assert page.evaluate("window.hit") is None
    assert all(word in told for word in ("img-src", "script-src-attr", "connect-src", "a slip"))
    assert "https://elsewhere.example/x.png" in heard.abroad
    context.close()
