"""``make demo-ldap`` and ``make demo-ad``: agents sign in with the directory's password, and what they do happens there."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page

from runner.sample.exporting import Server
from tests.browser.journeys import confirm, plan_of_a_reset
from tests.servers.slapd import program

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30
DN = {
    "openldap": "uid=t.novak,OU=Rotterdam,OU=People,DC=sample,DC=test",
    "active_directory": "CN=Tomáš Novák,OU=Rotterdam,OU=People,DC=sample,DC=test",
}


@dataclass
class Demo:
    """A demo that runs, and what it printed."""

    child: "subprocess.Popen[str]"
    printed: str

    def told(self, pattern: str) -> str:
        found = re.search(pattern, self.printed)
        assert found, self.printed
        return found[1]

    @property
    def folder(self) -> Path:
        return Path(self.told(r"the password in (\S+)/directory-password\)"))

    def lets_in(self, dn: str, password: str) -> bool:
        """Bind with OpenLDAP's own program; 773: right, and must be changed first."""
        settings = (self.folder / "deskhand.toml").read_text(encoding="utf-8")
        authority = re.search(r'ca_file = "([^"]+)"', settings)
        assert authority
        bind = ("-x", "-H", self.told(r" at (ldaps://\S+)\n"), "-D", dn, "-w", password)
        done = subprocess.run(
            [program("ldapsearch"), *bind, "-b", "", "-s", "base", "1.1"],
            env={**os.environ, "LDAPTLS_CACERT": authority[1]},
            capture_output=True,
            check=False,
        )
        return done.returncode == 0 or b"data 773" in done.stderr


@contextmanager
def started(server: Server) -> Iterator[Demo]:
    command = [sys.executable, "-u", "-m", "tools.demo_desk", server, "--port", "0"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert child.stdout is not None
    demo = Demo(child, "")
    try:
        while "Press Ctrl+C" not in demo.printed:
            line = child.stdout.readline()
            assert line, f"it ended with {child.wait()} and printed: {demo.printed}"
            demo.printed += line
        yield demo
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait(PATIENCE_SECONDS)
        child.stdout.close()


def signed_in(page: Page, address: str, login: str, password: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button.btn-primary")
    page.wait_for_selector("[data-find]")


@pytest.mark.parametrize(
    "server", ["openldap", pytest.param("active_directory", marks=pytest.mark.torture, id="active_directory")]
)
def test_an_agent_signs_in_with_the_directory_and_the_new_password_opens_it(server: Server, browser: Browser) -> None:
    with started(server) as demo:
        address = demo.told(r"The desk is open:\s+(http://\S+)/\n")
        page = browser.new_context().new_page()
        signed_in(page, address, "agent.rotterdam", demo.told(r"password of the directory\s+(\S+)\n"))
        plan_of_a_reset(page, SimpleNamespace(at=lambda path: address + path), "t.novak")  # type: ignore[arg-type]
        confirm(page)
        password = page.inner_text("[data-secret]").splitlines()[1]
        assert demo.lets_in(DN[server], password)
        assert not demo.lets_in(DN[server], f"{password}x")
        page.context.clear_cookies()
        signed_in(page, address, "break-glass", demo.told(r"as break-glass with\s+(\S+)\n"))
        page.goto(f"{address}/access")
        assert page.get_by_role("heading", level=1).is_visible()
        page.context.clear_cookies()
        signed_in(page, address, "lead", demo.told(r"password of the directory\s+(\S+)\n"))
        assert (demo.folder / "directory-password").stat().st_mode & 0o077 == 0
        assert "Left out: reset-mfa: " in demo.printed
        page.context.close()
        folder, begun = demo.folder, time.monotonic()
        demo.child.send_signal(signal.SIGTERM)
        assert demo.child.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - begun < PATIENCE_SECONDS
        assert not folder.exists()
