"""What the tutorial tells an agent to do in the browser, with what is seen on the way."""

from pathlib import Path

from playwright.sync_api import Page

AGENT = "keyuser.sales"


def lend_a_card(page: Page, address: str, password: str, picture: Path | None = None) -> str:
    """Lend a card to somebody as section 9 of the tutorial says; return all texts that were seen on the way.

    ``picture`` is where the picture of the tutorial is put.
    """
    page.goto(f"{address}sign-in")
    page.get_by_label("Login").fill(AGENT)
    page.get_by_label("Password", exact=True).fill(password)
    page.click("main button.btn-primary")
    seen = []
    task = page.get_by_role("link", name="Lend a parking card")
    task.wait_for()
    seen.append(page.inner_text("main"))
    task.click()
    page.get_by_role("heading", name="Lend a parking card").wait_for()
    page.get_by_role("searchbox", name="Which person?").fill("lindqvist")
    page.click("main .with-button button")
    page.get_by_role("link", name="Zoë Lindqvist").click()
    page.get_by_label("Number of the card").fill("417")
    page.get_by_label("Back on").fill("2031-12-31")
    page.get_by_label("Why longer than a month?").fill("Night shifts")
    seen.append(page.inner_text("main"))
    page.click("main .actions .btn-primary")
    page.get_by_text("A P, a dash and four digits, as printed on the card.").last.wait_for()
    page.get_by_label("Number of the card").fill("P-0417")
    seen.append(page.inner_text("main"))
    page.click("main .actions .btn-primary")
    page.wait_for_selector("table.plan")
    seen.append(page.inner_text("main"))
    if picture is not None:
        page.screenshot(path=picture)
    page.click("main .actions .btn-primary")
    page.wait_for_selector(".panel.outcome")
    seen.append(page.inner_text("main"))
    page.get_by_role("link", name="Outbox").click()
    page.get_by_text("Your parking card").first.wait_for()
    seen.append(page.inner_text("main"))
    return "\n".join(seen)
