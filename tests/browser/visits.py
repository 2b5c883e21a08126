"""Every page by name, and how a browser gets there: outside the door, and inside, where it must be signed in."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page, Route

from tests.browser import bulks
from tests.browser.journeys import confirm, hand_in, open_form, pass_checks, plan_of_a_reset
from tests.browser.serving import Site, person_id

Visit = Callable[[Page, Site], None]
CALLER = "z.lindqvist"
COLLEAGUE = "t.novak"
LEAD = "p.dewit"


def at(path: str) -> Visit:
    """Return the visit that types an address."""

    def visit(page: Page, site: Site) -> None:
        page.goto(site.at(path))

    return visit


def verify_code(page: Page, site: Site) -> None:
    open_form(page, site, "reset-password", CALLER)
    page.locator("form.method", has_text="Code to the mail").locator("button").click()
    page.wait_for_selector("input[name='check.code']")


def fill_contact(page: Page, site: Site) -> None:
    open_form(page, site, "update-contact-details", COLLEAGUE)
    pass_checks(page)
    page.wait_for_selector("#q-phone")


def fill_contact_wrong(page: Page, site: Site) -> None:
    fill_contact(page, site)
    page.fill("#q-phone", "12")
    hand_in(page)
    page.wait_for_selector("[data-summary]")


def dual_list(page: Page, site: Site) -> None:
    open_form(page, site, "manage-groups", CALLER)
    page.fill("#q-groups", "app-a")
    page.locator("[data-dual] [aria-label^='Add ']").first.click()
    page.locator("[data-dual] .have [aria-label^='Remove ']").first.click()


def mailbox_rows(page: Page, site: Site) -> None:
    open_form(page, site, "create-shared-mailbox")
    page.fill("#q-name", "Sales North")
    page.click("[data-add-row]")
    page.fill("#q-owner", "lindqvist")
    page.click("#field-owner [role=option]")


def picking(page: Page, site: Site) -> None:
    open_form(page, site, "create-shared-mailbox")
    page.fill("#q-owner", "lind")
    page.wait_for_selector("#field-owner [role=option]")


def view_of_many(page: Page, site: Site) -> None:
    page.goto(site.at("/forms/report-not-logged-on"))
    page.fill("#q-days", "1")
    page.press("#q-days", "Tab")
    page.wait_for_selector(".table-more")


def plan(page: Page, site: Site) -> None:
    plan_of_a_reset(page, site, CALLER)


def plan_groups(page: Page, site: Site) -> None:
    dual_list(page, site)
    page.fill("#q-reason", "Helps out in another team")
    hand_in(page)
    page.wait_for_selector("table.plan")


def result(page: Page, site: Site) -> None:
    plan(page, site)
    confirm(page)
    page.wait_for_selector("[data-secret]")


def submission(page: Page, site: Site) -> None:
    page.goto(site.at("/history"))
    page.locator(".lines a", has_text="done").first.click()
    page.wait_for_selector(".panel.outcome")


def suggestions(page: Page, site: Site) -> None:
    page.goto(site.at("/"))
    page.fill("[data-find] input", "lind")
    page.wait_for_selector("[data-find] [role=option]")


def not_allowed(page: Page, site: Site) -> None:
    """Sign out by a request that says it comes from another site; it is refused, so the session stays."""
    page.goto(site.at("/sessions"))

    def from_elsewhere(route: Route) -> None:
        claimed = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
        route.fulfill(response=route.fetch(headers={**route.request.headers, **claimed}))

    page.route("**/sign-out", from_elsewhere)
    page.click("form[action='/sign-out'] button")
    page.wait_for_selector("section.failure")
    page.unroute("**/sign-out")


def sign_in_refused(page: Page, site: Site) -> None:
    page.goto(site.at("/sign-in"))
    page.fill("#login", "agent.rotterdam")
    page.fill("#password", "not this one, surely")
    page.click("main button.btn-primary")
    page.wait_for_selector(".summary")


def review(page: Page, site: Site) -> None:
    """Begin a review and keep its first binding."""
    page.goto(site.at("/access/reviews"))
    page.click("details summary")
    page.fill("#review-title", "Spring review")
    page.click("form[action='/access/reviews'] .btn-primary")
    page.fill("#reason-1", "The work of the first line")
    page.locator("#item-1 [value=keep]").click()
    page.wait_for_selector("#item-1 .chip.ok")


def review_wrong(page: Page, site: Site) -> None:
    page.goto(site.at("/access/reviews"))
    page.click("details summary")
    page.fill("#review-title", "Autumn review")
    page.fill("#review-reviewers", "nobody.here")
    page.click("form[action='/access/reviews'] .btn-primary")
    page.wait_for_selector("details .summary")


OUTSIDE: Mapping[str, Visit] = {"sign-in": at("/sign-in"), "sign-in-refused": sign_in_refused}

# The result comes before what shows it later.
INSIDE: Mapping[str, Visit] = {
    "desk": at("/"),
    "suggestions": suggestions,
    "find": at("/find?q=lind"),
    "find-nothing": at("/find?q=zzzz"),
    "choose": at("/forms/reset-password"),
    "choose-found": at("/forms/reset-password?q=lind"),
    "person": at(f"/people/{person_id(CALLER)}"),
    "verify": at(f"/forms/reset-password/for/{person_id(CALLER)}"),
    "verify-code": verify_code,
    "fill-contact": fill_contact,
    "fill-contact-wrong": fill_contact_wrong,
    "fill-dual-list": dual_list,
    "fill-mailbox": mailbox_rows,
    "fill-picking": picking,
    "tables": at(f"/forms/hand-over-reports/for/{person_id(LEAD)}"),
    "view": at(f"/forms/person-details/for/{person_id(LEAD)}"),
    "view-of-many": view_of_many,
    "plan": plan,
    "plan-groups": plan_groups,
    "result": result,
    "history": at("/history"),
    "grants": at("/grants"),
    "submission": submission,
    "sessions": at("/sessions"),
    "outbox": at("/outbox"),
    "bulk-choose": at(f"/bulks/new/{bulks.FORM}?q=an"),
    "bulk-answers": bulks.answers,
    "bulk-preparing": bulks.preparing,
    "bulk-check": bulks.check,
    "bulk-starting": bulks.starting,
    "bulk-ended": bulks.ended,
    "bulk-second-person": bulks.second_person,
    "bulks": at("/bulks"),
    "404": at("/people/nobody"),
    "403": not_allowed,
}

# Of somebody else: who may see and decide who may do what.
EXPLORER: Mapping[str, Visit] = {
    "requests-all": at("/requests/all"),
    "evidence": at("/evidence?agent=agent.rotterdam"),
    "access": at("/access"),
    "access-find": at("/access/find?q=rotterdam"),
    "access-people": at("/access/people"),
    "access-person": at(f"/access/people/{person_id('keyuser.sales')}"),
    "access-roles": at("/access/roles"),
    "access-role": at("/access/roles/identity-lead"),
    "access-sets": at("/access/sets"),
    "access-set": at("/access/sets/rotterdam"),
    "access-forms": at("/access/forms"),
    "access-form": at("/access/forms/reset-password"),
    "access-bindings": at("/access/bindings"),
    "access-binding": at("/access/bindings/desk-rotterdam"),
    "access-explain": at("/access/explain"),
    "access-explain-no": at("/access/explain?who=agent.rotterdam&permission=user.unlock&what=keyuser.sales"),
    "access-explain-form": at("/access/explain?who=keyuser.sales&what=t.novak&form=reset-password"),
    "access-explain-wrong": at("/access/explain?who=nobody.at.all&permission=user.read"),
    "access-who-can": at("/access/who-can?permission=user.read&what=z.lindqvist"),
    "access-what-can": at("/access/what-can/agent.rotterdam"),
    "access-simulate": at("/access/simulate?who=agent.rotterdam"),
    "access-refused": at("/people/not-there"),
    "access-matrix": at("/access/matrix"),
    "access-paths": at("/access/paths?from=agent.rotterdam&to=group:GG-Board"),
    "access-no-path": at("/access/paths"),
    "access-review": review,
    "access-reviews": at("/access/reviews"),
    "access-review-wrong": review_wrong,
    "request-bulk": bulks.a_yes_to_many,
    "requests": at("/requests"),
}
