"""Every page, visited once: whom it shuts out, what it complains about, how it fits, what it weighs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.conftest import PATIENCE_MS, OpenPage
from tests.browser.listening import Heard, listen_to
from tests.browser.serving import Site
from tests.browser.visits import EXPLORER, INSIDE, OUTSIDE

ALL_VISITS = {**OUTSIDE, **INSIDE, **EXPLORER}
WIDTHS = (1280, 390)
LIMIT_BYTES = 110_000
HEADERS_BYTES = 800
ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
RULES_OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# The browser knows how large an answer was on the wire, also when it has the answer from an earlier page.
_FETCHED = """
() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .map((entry) => [entry.name, entry.encodedBodySize])
"""
_LAYOUT = """
() => {
  const wide = document.scrollingElement.scrollWidth, room = window.innerWidth;
  const out = [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > room + 1);
  return wide <= room ? [] : [`${wide} > ${room}`, ...out.slice(0, 5).map((one) => one.outerHTML.slice(0, 100))];
}
"""


@dataclass(frozen=True, slots=True)
class Visited:
    """A page that is open, and what was heard on the way to it."""

    page: Page
    heard: Heard


@pytest.fixture(scope="module")
def doors(
    browser: Browser, site: Site, agent: StorageState, access_admin: StorageState
) -> Iterator[dict[str, Visited]]:
    """A page outside the door, and one of each who is inside; by the names of their visits."""
    opened = {}
    for visits, visitor in ((OUTSIDE, None), (INSIDE, agent), (EXPLORER, access_admin)):
        context = browser.new_context(storage_state=visitor, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        opened |= dict.fromkeys(visits, Visited(page, listen_to(page, site.address)))
    yield opened
    for one in {id(one): one for one in opened.values()}.values():
        one.page.context.close()


@pytest.fixture(scope="module", params=[*OUTSIDE, *INSIDE, *EXPLORER])
def visited(request: pytest.FixtureRequest, doors: dict[str, Visited], site: Site) -> Visited:
    name = str(request.param)
    there = doors[name]
    there.page.set_viewport_size({"width": 1280, "height": 800})
    ALL_VISITS[name](there.page, site)
    there.page.wait_for_load_state("load")
    return there


def test_its_first_load_is_light_and_asks_for_everything_once(visited: Visited) -> None:
    fetched = [(str(name), int(size)) for name, size in visited.page.evaluate(_FETCHED)]
    assets = [name for name, _ in fetched if "/assets/" in name]
    assert len(assets) == len(set(assets)) > 5
    assert all(size > 0 for name, size in fetched if name in assets)
    assert sum(size + HEADERS_BYTES for _, size in fetched) < LIMIT_BYTES


def test_it_fits_its_window(visited: Visited) -> None:
    for width in WIDTHS:
        visited.page.set_viewport_size({"width": width, "height": 800})
        assert visited.page.evaluate(_LAYOUT) == []


def violations(page: Page, rules: Mapping[str, object]) -> list[str]:
    found = page.evaluate("async (rules) => (await axe.run(document, rules)).violations", rules)
    return [f"{one['id']}: {node['html'][:100]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_it_can_be_used_by_everybody_in_both_themes_and_widths(visited: Visited) -> None:
    visited.page.evaluate(Axe().axe_script)
    found = []
    for width in WIDTHS:
        visited.page.set_viewport_size({"width": width, "height": 800})
        visited.page.emulate_media(color_scheme="light")
        found += violations(visited.page, ALL_RULES)
        visited.page.emulate_media(color_scheme="dark")  # changes colours and nothing else
        found += violations(visited.page, RULES_OF_COLOUR)
    assert found == []


def test_it_complains_about_nothing_and_calls_nobody_else(visited: Visited) -> None:
    assert visited.heard.complaints == []
    assert visited.heard.abroad == []


def test_a_page_made_worse_on_purpose_is_noticed(open_page: OpenPage, site: Site) -> None:
    page = open_page(390)
    page.goto(site.at("/"))
    page.evaluate(Axe().axe_script)
    assert violations(page, ALL_RULES) == []
    page.evaluate(
        """() => {
          const wide = document.createElement("p"), picture = new Image();
          Object.assign(wide.style, { width: "900px", color: "#bbb", background: "#ccc" });
          wide.textContent = "Too wide and too pale";
          picture.src = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
          document.querySelector("main").append(wide, picture);
        }"""
    )
    assert {text.partition(":")[0] for text in violations(page, ALL_RULES)} == {"color-contrast", "image-alt"}
    assert len(page.evaluate(_LAYOUT)) > 1
