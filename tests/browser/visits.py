"""Every page of the site, by name: how to get there from a browser that is signed in."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.browser.serving import sign_in
from tests.web.fake_desk import FakeDesk
from tests.web.samples import SUBMISSION

Visit = Callable[[Page, str, FakeDesk], None]


def at(path: str) -> Visit:
    def visit(page: Page, address: str, desk: FakeDesk) -> None:
        page.goto(address + path)

    return visit


def signed_out(page: Page, address: str, desk: FakeDesk) -> None:
    page.context.clear_cookies(name="deskhand")
    page.goto(f"{address}/sign-in")


def wrong_password(page: Page, address: str, desk: FakeDesk) -> None:
    page.context.clear_cookies(name="deskhand")
    page.goto(f"{address}/sign-in")
    page.fill("#login", "agent.rotterdam")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary")


def suggestions(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/")
    page.fill("[data-find] input", "re")
    page.fill("[data-find] input", "o")
    page.fill("[data-find] input", "od")
    page.fill("[data-find] input", "in")
    page.wait_for_selector("[data-find] [role=option]")


def code_sent(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/submissions/{SUBMISSION}")


def code_wrong(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/submissions/{SUBMISSION}")
    page.fill("#c-mail-code", "000000")
    page.click("text=Check the code")
    page.wait_for_selector(".summary")


def fill(page: Page, address: str, desk: FakeDesk) -> None:
    desk.passed = True
    page.goto(f"{address}/forms/reset-password/for/zoe")


def fill_wrong(page: Page, address: str, desk: FakeDesk) -> None:
    fill(page, address, desk)
    page.fill("[name=ticket]", "INC-4421")
    page.click(".actions .btn-primary")
    page.wait_for_selector(".summary")


def everything_wrong(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/forms/everything")
    page.fill("#q-given", "Eva")
    page.click(".actions .btn-primary")
    page.wait_for_selector(".summary")


def everything_guest(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/forms/everything")
    page.click("text=Guest")
    page.wait_for_selector("#q-sponsor")
    page.fill("#q-sponsor", "nov")
    page.wait_for_selector("#field-sponsor [role=option]")


def dual_list(page: Page, address: str, desk: FakeDesk) -> None:
    page.goto(f"{address}/forms/manage-groups/for/zoe")
    page.fill("#q-groups", "app")
    page.click("[aria-label='Add APP-Visio']")
    page.click("[aria-label='Remove GG-Old-Intranet']")


def plan(page: Page, address: str, desk: FakeDesk) -> None:
    desk.passed = desk.filled = True
    page.goto(f"{address}/submissions/{SUBMISSION}")


def plan_strict(page: Page, address: str, desk: FakeDesk) -> None:
    desk.plans = {
        "acknowledge": ("I have spoken to the manager", "The mailbox is kept for a year"),
        "type_to_confirm": "z.lindqvist",
        "can_undo": False,
        "changed_meanwhile": True,
        "message": "This closes the account **today**.",
    }
    plan(page, address, desk)


def plan_refused(page: Page, address: str, desk: FakeDesk) -> None:
    desk.plans = {"refused": "The group GG-Sales-Leads is outside what you may change."}
    plan(page, address, desk)


def done(page: Page, address: str, desk: FakeDesk) -> None:
    plan(page, address, desk)
    page.click(".actions .btn-primary")
    page.wait_for_selector("[data-secret]")


def failure(page: Page, address: str, desk: FakeDesk) -> None:
    desk.fails = ValueError("boom")
    page.goto(f"{address}/")


VISITS: Mapping[str, Visit] = {
    "sign-in": signed_out,
    "sign-in-wrong": wrong_password,
    "desk": at("/"),
    "suggestions": suggestions,
    "find": at("/find?q=o"),
    "find-nothing": at("/find?q=zzz"),
    "person": at("/people/zoe"),
    "choose": at("/forms/reset-password"),
    "choose-found": at("/forms/reset-password?q=o"),
    "verify": at("/forms/reset-password/for/zoe"),
    "verify-code": code_sent,
    "verify-wrong": code_wrong,
    "fill": fill,
    "fill-wrong": fill_wrong,
    "everything": at("/forms/everything"),
    "everything-wrong": everything_wrong,
    "everything-guest": everything_guest,
    "dual-list": dual_list,
    "plan": plan,
    "plan-strict": plan_strict,
    "plan-refused": plan_refused,
    "done": done,
    "submission": at("/submissions/5f0c3a5e9d7b4c1fa2b3c4d5e6f70811"),
    "history": at("/history?page=2"),
    "sessions": at("/sessions"),
    "outbox": at("/outbox"),
    "not-found": at("/people/nobody"),
    "failure": failure,
}


def fresh(page: Page, address: str, desk: FakeDesk) -> None:
    """Forget what earlier visits did, and be signed in."""
    desk.passed = desk.filled = desk.confirmed = False
    desk.plans, desk.fails = {}, None
    if not any(cookie.get("name") == "deskhand" for cookie in page.context.cookies()):
        sign_in(page, address)
