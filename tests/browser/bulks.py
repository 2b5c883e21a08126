"""The pages of one form for many people, step by step; workers do what is due when a step waits for it."""

from playwright.sync_api import Page

from runner.engine.workers import Workers
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import Posted
from tests.browser.serving import AGENT, Site, person_id

FORM = "another-office"
FEW = 3
"""With more people than these somebody else has to start it; the sample's settings say so."""
_COLLEAGUES = ("t.novak", "z.lindqvist")


def work(site: Site) -> None:
    """Do everything that is due."""
    workers = Workers(site.installation.services, 0, print)
    while workers.step():
        pass


def answers(page: Page, site: Site, people: int = FEW) -> None:
    """Tick people and come to the questions for all of them."""
    page.goto(site.at(f"/bulks/new/{FORM}?q=an"))
    for number in range(people):
        page.locator("[name=chosen]").nth(number).check()
    page.click("button[value=chosen]")
    page.wait_for_selector("#q-office")


def preparing(page: Page, site: Site, people: int = FEW) -> None:
    answers(page, site, people)
    page.fill("#q-office", f"Room {people}")
    page.click("main .actions .btn-primary")
    page.wait_for_selector("[data-bulk-state=preparing]")


def check(page: Page, site: Site, people: int = FEW) -> None:
    preparing(page, site, people)
    work(site)
    page.goto(page.url)
    page.wait_for_selector(".deciding")


def starting(page: Page, site: Site) -> None:
    check(page, site)
    page.click(".deciding .btn-primary")
    page.wait_for_selector("[data-bulk-live]")


def ended(page: Page, site: Site) -> None:
    starting(page, site)
    work(site)
    end_what_is_done(site.installation.services)
    page.goto(page.url)
    page.wait_for_selector("[data-bulk-state=ended]")


def second_person(page: Page, site: Site) -> None:
    check(page, site, FEW + 1)
    page.click(".deciding .btn-primary")
    page.wait_for_selector("[data-bulk-state=asked]")


def a_yes_to_many(page: Page, site: Site) -> None:
    """Look, as who is asked, at what the agent asked for many people."""
    services = site.installation.services
    account = site.installation.identity.accounts.by_login(AGENT)
    assert account is not None
    actor = actor_of(services, account.id, account.login, account.display_name, account.person_id)
    bulks = Bulks(services)
    id_ = bulks.begin_chosen(actor, FORM, [person_id(login) for login in _COLLEAGUES], "en")
    assert bulks.answer(actor, id_, Posted({"office": "Room 7", "agreed": "on"})) is None
    work(site)
    bulks.start(actor, id_, Word(services.store.bulks.get(id_).digest))
    work(site)
    page.goto(site.at(f"/requests/bulk/{id_}"))
    page.wait_for_selector(".alike")
