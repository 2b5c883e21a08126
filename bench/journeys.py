"""What an agent does over HTTP, from sign-in to result: the journeys that are measured."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.browsers import Answer, Browser
from bench.desks import PASSWORD


@contextmanager
def served(desk: Path) -> Iterator[int]:
    """Serve a desk as ``deskhand serve`` does, in a process of its own; gives the port."""
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-u", "-m", "runner.cli.main", "serve", "--desk", str(desk), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        line = server.stdout.readline() if server.stdout else ""
        port = re.search(r":(\d+)/", line)
        if port is None:
            raise SystemExit(f"the server that was to be measured said {line!r}")
        yield int(port[1])
    finally:
        server.terminate()
        server.wait(timeout=30)
        if server.stdout:
            server.stdout.close()


def sign_in(browser: Browser) -> None:
    """Come in."""
    page = browser.get("/sign-in", "sign-in page")
    fields = {"login": browser.login, "password": PASSWORD}
    _expect(browser.send(page.form("/sign-in"), fields, "sign-in"), "Sign out")


def change_office(browser: Browser, words: str, target: str, office: str) -> None:
    """Find a person, open their card and the form, send it, confirm what it would change."""
    browser.get(f"/find?q={words}", "find").link(f"/people/{target}")
    browser.get(f"/people/{target}", "person").link(f"/forms/set-office/for/{target}")
    submit_office(browser, target, office)


def submit_office(browser: Browser, target: str, office: str) -> None:
    """Open the form for a person, send it, confirm what it would change, see the result."""
    page = browser.get(f"/forms/set-office/for/{target}", "form")
    page = browser.send(page.form("/forms/set-office/submit"), {"answer.office": office}, "answers")
    _expect(browser.send(page.form("/submissions/*/confirm"), {}, "confirm"), "Done")


def reset_password(browser: Browser, target: str) -> None:
    """Open the form, say that the caller stands at the desk, have a password made, confirm, read it."""
    page = browser.get(f"/forms/new-password/for/{target}", "caller check page")
    check = page.form("/forms/new-password/check")
    fields = {"method": "in_person", "check.ask-0": "true", "go": "answer"}
    page = browser.send(check, fields, "caller check")
    page = browser.send(page.form("/forms/new-password/submit"), {}, "answers of a reset")
    _expect(browser.send(page.form("/submissions/*/confirm"), {}, "confirm of a reset"), "data-secret")


def _expect(answer: Answer, text: str) -> None:
    if answer.status != 200 or text not in answer.html:
        raise SystemExit(f"{answer.path} answered {answer.status} and not “{text}”")
