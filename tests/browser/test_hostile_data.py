"""A directory full of attacks: in the pages they are texts, nothing more."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.conftest import PATIENCE_MS, OpenPage
from tests.browser.listening import Heard, listen_to
from tests.browser.serving import Site, person_id
from tests.browser.visits import CALLER, COLLEAGUE, INSIDE

ATTACKS = (
    "<script>window.hit=1</script>",
    '"><img src=x onerror="window.hit=2">',
    "'><svg/onload=window.hit=3>",
    "</textarea></title></style><script>window.hit=4</script>",
    "{{ 7*7 }}${7*7}#{7*7}<%= 7*7 %>$(actor.login)",
    "[click](javascript:window.hit=5) ![x](https://elsewhere.example/x.png) <https://elsewhere.example>",
    '" autofocus onfocus="window.hit=6" x="',
    "<link rel=stylesheet href=https://elsewhere.example/x.css><base href=https://elsewhere.example/>",
    "</template><template><form action=https://elsewhere.example/><input name=csrf_token>",
    "\u202egnp.exe\u2066 \u200f\x1b[31m",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example/'>",
    "__n__ __proto__ constructor",
)
PEOPLE = (
    "display_name",
    "title",
    "department",
    "office",
    "initials",
    "first_name",
    "last_name",
    "company",
    "description",
)
GROUPS = ("display_name", "description", "department")
SEEN = ("suggestions", "find", "choose-found", "person", "verify", "fill-contact-wrong", "fill-mailbox",
        "plan-groups", "result", "history", "submission", "outbox", "desk")  # fmt: skip


@pytest.fixture(scope="module")
def hostile_site(site: Site) -> Site:
    """The desk, with attacks in every text of everybody and of every group."""
    attacks = cycle(ATTACKS)
    with closing(sqlite3.connect(site.installation.folder.path / "directory.db")) as directory, directory:
        for table, columns in (("directory_people", PEOPLE), ("directory_groups", GROUPS)):
            for (row,) in directory.execute(f"SELECT id FROM {table} ORDER BY id").fetchall():
                texts = [next(attacks) for _ in columns]
                next(attacks)
                assignments = ", ".join(f"{column} = ?" for column in columns)
                directory.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", [*texts, row])
        for login in (CALLER, COLLEAGUE):
            directory.execute(
                "UPDATE directory_people SET display_name = ? WHERE id = ?", [ATTACKS[1], person_id(login)]
            )
    return site


@pytest.fixture(scope="module")
def tab(browser: Browser, hostile_site: Site, agent: StorageState) -> Iterator[tuple[Page, Heard]]:
    context = browser.new_context(storage_state=agent, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    yield page, listen_to(page, hostile_site.address)
    context.close()


@pytest.mark.parametrize("name", SEEN)
def test_texts_of_the_directory_do_nothing_in_a_page(tab: tuple[Page, Heard], hostile_site: Site, name: str) -> None:
    page, heard = tab
    INSIDE[name](page, hostile_site)
    page.wait_for_load_state("load")
    assert page.evaluate("window.hit") is None
    assert "49" not in page.inner_text("main").split()
    assert not any(letter in page.content() for letter in "\u202e\u2066\u200f\x1b")
    assert page.locator("main script, main link, main meta, main base, main iframe, main img").count() == 0
    assert heard.complaints == []
    assert heard.abroad == []


def test_an_attack_is_shown_letter_by_letter(open_page: OpenPage, hostile_site: Site) -> None:
    page = open_page()
    page.goto(hostile_site.at(f"/people/{person_id(CALLER)}"))
    expect(page.locator("main h1")).to_have_text(ATTACKS[1])
    assert page.title().startswith(ATTACKS[1])
    page.goto(hostile_site.at("/"))
    page.fill("[data-find] input", "lindqvist")
    expect(page.locator("[data-find] [role=option] bdi").first).to_have_text(ATTACKS[1])
