"""The tutorial, walked from its first line to its last: every command, every edit, and the agent's way through the form."""

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from connectors.local.connector import LocalDirectory
from connectors.spi import Compare, Entry, Question
from tests.docs.agent import lend_a_card
from tests.docs.page_steps import Typed, Written, steps, write
from tests.docs.terminal import Terminal, end, is_as_shown

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
STEPS = steps(PAGE)
TYPED = [step for step in STEPS if isinstance(step, Typed)]
PATIENCE_MS = 15_000
PICTURE = os.environ.get("TUTORIAL_PICTURE")  # where the picture of the page is put, when it is to be made anew


@dataclass(frozen=True, slots=True)
class Walked:
    """The folder in which the tutorial was walked, what each command printed, by line, and what the agent saw."""

    folder: Path
    printed: dict[int, str]
    seen: str


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("tutorial")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKHAND_")}
    terminal = Terminal(folder, {**kept, "PYTHONUNBUFFERED": "1"})
    try:
        yield walk(terminal, free_port(), browser)
    finally:
        for child in terminal.serving:
            end(child)


def walk(terminal: Terminal, port: int, browser: Browser) -> Walked:
    """Do what stands on the page from top to bottom; the agent comes as soon as the desk is left open."""
    printed, seen = {}, ""
    for step in STEPS:
        if isinstance(step, Written):
            write(step, terminal.folder)
            continue
        is_demo = step.command.startswith("deskhand demo ")
        out = terminal.type_in(step, *(["--port", str(port)] if is_demo else []))
        printed[step.line] = out.replace(f"127.0.0.1:{port}/", "127.0.0.1:8080/")
        if terminal.serving and not seen:
            seen = visited(browser, f"http://127.0.0.1:{port}/", terminal.folder)
    return Walked(terminal.folder, printed, seen)


def visited(browser: Browser, address: str, folder: Path) -> str:
    password = (folder / "cards" / "demo-password.txt").read_text(encoding="utf-8").strip()
    context = browser.new_context(viewport={"width": 1180, "height": 600}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return lend_a_card(page, address, password, Path(PICTURE) if PICTURE else None)
    finally:
        context.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("step", TYPED, ids=lambda step: f"line {step.line}: {step.command[:40]}")
def test_each_command_prints_what_the_page_shows(walked: Walked, step: Typed) -> None:
    printed = walked.printed[step.line]
    shown = "\n".join(step.seen)
    assert is_as_shown(printed, step.seen), f"line {step.line} shows\n{shown}\n\nbut this was seen\n{printed}"


def test_the_agent_sees_every_word_that_the_page_names(walked: Walked) -> None:
    named = re.findall(r"\*\*(.+?)\*\*", PAGE.partition("\n## 9. ")[2], re.DOTALL)
    assert len(named) > 5
    assert [words for words in map(_on_one_line, named) if words not in walked.seen] == []


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def test_in_the_end_the_person_has_the_card_and_is_in_the_group(walked: Walked) -> None:
    directory = LocalDirectory(f"sqlite:///{walked.folder / 'cards' / 'directory.db'}")
    try:
        person = found(directory, "user", "login", "z.lindqvist")
        assert person.attributes["description"] == "Parking card P-0417 until 2031-12-31"
        assert found(directory, "group", "name", "GG-Parking-Rotterdam").ref.id in person.groups
    finally:
        directory.close()


def found(directory: LocalDirectory, kind: str, attribute: str, value: str) -> Entry:
    (entry,) = directory.read(Question(kind, Compare(attribute, "==", value))).entries
    return entry


def test_the_page_is_short_enough_for_a_quarter_of_an_hour() -> None:
    assert len(TYPED) <= 16
    assert len(PAGE.split()) < 2500
    assert all(len(line) <= 160 for line in PAGE.splitlines())


def test_every_picture_and_page_that_is_linked_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE)
    assert targets
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
