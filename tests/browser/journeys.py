"""What an agent does in the pages, step by step; nothing here needs JavaScript."""

from playwright.sync_api import Page

from tests.browser.serving import AGENT, PASSWORD, Site, person_id


def sign_in(page: Page, site: Site, login: str = AGENT) -> None:
    """Come in by the door and stand at the desk."""
    page.goto(site.at("/sign-in"))
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(site.at("/"))


def open_form(page: Page, site: Site, form: str, login: str = "") -> None:
    """Open a form, for a person when it is for one."""
    page.goto(site.at(f"/forms/{form}/for/{person_id(login)}" if login else f"/forms/{form}"))


def pass_checks(page: Page) -> None:
    """Call back, look at the badge: two checks are enough for every form of the library."""
    for title in ("Called back on", "Here at the desk"):
        method = page.locator("form.method", has_text=title)
        if not method.count():
            return
        method.locator("input[type=checkbox]").check()
        with page.expect_navigation():
            method.locator("button").click()


def hand_in(page: Page) -> None:
    """Ask for the plan, or for what is wrong with the answers."""
    with page.expect_navigation():
        page.click("main .actions .btn-primary")


def confirm(page: Page) -> None:
    """Press the button of the plan."""
    page.click("main .actions .btn-primary")
    page.wait_for_selector(".panel.outcome")


def plan_of_a_reset(page: Page, site: Site, login: str) -> None:
    """Go all the way to the plan of a new password."""
    open_form(page, site, "reset-password", login)
    pass_checks(page)
    hand_in(page)
    page.wait_for_selector("table.plan")
