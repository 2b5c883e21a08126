"""Use a page with the keys alone."""

from typing import Any

from playwright.sync_api import Page

_MOST_STOPS = 80
_WHERE = """
() => {
  const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  const isRinged = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return {
    isPage: here === document.body,
    what: here.outerHTML.slice(0, 120),
    shown: (isRinged || style.boxShadow !== "none") && box.width > 1 && box.height > 1,
  };
}
"""


def has_focus(page: Page, selector: str) -> bool:
    """Say whether what has the focus matches a selector."""
    return bool(page.evaluate("(selector) => document.activeElement.matches(selector)", selector))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(_MOST_STOPS):
        if has_focus(page, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}; it is at {page.evaluate(_WHERE)['what']}")


def press_at(page: Page, selector: str, key: str = "Enter") -> None:
    """Go somewhere with Tab and press a key there."""
    tab_to(page, selector)
    page.keyboard.press(key)


def leave_at(page: Page, selector: str) -> None:
    """Go somewhere with Tab and press Enter there, which leads to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def stops(page: Page) -> list[dict[str, Any]]:
    """Return every place Tab comes to on the way once around the page, from its top."""
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    found: list[dict[str, Any]] = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_WHERE)
        if stop["isPage"]:
            break
        found.append(stop)
    return found
