"""`serve` and `demo` as processes: they open, answer, keep what was changed, and end cleanly."""

import re
import signal
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from connectors.spi import Secret
from runner.identity.identity import identity_on
from runner.store.store import Store
from tests.runner.cli.commands import Served, deskhand, is_one_sentence, process, served
from tests.runner.cli.contents import contents
from tests.runner.cli.directories import AT_ONCE, person

LAST_LINE = "Press Ctrl+C to stop.\n"
QUICKLY_SECONDS = 10  # twice what requests under way are waited for


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo after its first start, and what that printed."""

    folder: Path
    printed: str
    password: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "desk"
    with served("demo", folder, "--port", "0", until=LAST_LINE) as desk:
        answers(desk)
        ends(desk, signal.SIGINT)
    password = re.search(r"Sign in with the password  (\S+)\n", desk.printed)
    assert password
    return Demo(folder, desk.printed, password[1])


def answers(desk: Served) -> None:
    with urlopen(f"{desk.address}health", timeout=30) as health:
        assert (health.status, health.read()) == (200, b'{"status":"ok"}\n')
    with urlopen(f"{desk.address}sign-in", timeout=30) as page:
        assert page.status == 200
        assert b'type="password"' in page.read()


def ends(desk: Served, by: signal.Signals) -> None:
    assert desk.stop(by) < QUICKLY_SECONDS
    assert (desk.child.returncode, desk.rest) == (0, "")


def is_password(folder: Path, login: str, password: str) -> bool:
    with Store.open(f"sqlite:///{folder / 'deskhand.db'}") as store:
        return identity_on(store).accounts.has_password(login, Secret(password))


def test_the_first_start_of_the_demo_makes_a_company_and_says_how_to_sign_in(demo: Demo) -> None:
    assert demo.printed.startswith(f"Making the sample company in {demo.folder} …\n")
    assert "  agent.rotterdam    Helps everybody in Rotterdam" in demo.printed
    for login in ("agent.rotterdam", "auditor", "bob"):
        assert is_password(demo.folder, login, demo.password)
    kept = demo.folder / "demo-password.txt"
    assert (kept.read_text(encoding="utf-8"), stat.S_IMODE(kept.stat().st_mode)) == (f"{demo.password}\n", 0o600)
    found = deskhand("doctor", "--desk", demo.folder)
    assert (found.code, found.out.count("ok  "), found.err) == (0, 9, ""), found.text


def test_a_later_start_of_the_demo_keeps_what_was_changed_and_takes_a_given_password(demo: Demo) -> None:
    assert deskhand("accounts", "disable", "bob", "--desk", demo.folder).code == 0
    person_of_before = contents(demo.folder)["directory.db"]
    given = {"DESKHAND_DEMO_PASSWORD": "another password"}
    with served("demo", demo.folder, "--port", "0", variables=given, until=LAST_LINE) as desk:
        answers(desk)
        ends(desk, signal.SIGTERM)
    assert "Making the sample company" not in desk.printed
    assert "Sign in with the password  another password\n" in desk.printed
    assert contents(demo.folder)["directory.db"] == person_of_before
    assert "bob" in [row["login"] for row in accounts(demo.folder) if row["disabled"]]
    assert is_password(demo.folder, "agent.rotterdam", "another password")
    assert not is_password(demo.folder, "agent.rotterdam", demo.password)
    assert demo.password in (demo.folder / "demo-password.txt").read_text(encoding="utf-8")


def accounts(folder: Path) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = deskhand("accounts", "list", "--json", "--desk", folder).json
    return listed


def test_a_desk_is_served_beside_a_broken_form_and_names_it_and_what_is_unclear(company: Path) -> None:
    (company / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    (company / "forms" / "broken.form.yaml").write_text("format: form/1\n id: x\n", encoding="utf-8")
    asked = ("at-once", "--desk", company, "--as", "agent.rotterdam", "--target", "t.novak", "--set", "office=RDM-1")
    assert deskhand("plan", *asked).code == 0
    assert process("run", *asked, before=("prlimit", "--fsize=180224")).code == 5
    with served("serve", "--port", "0", "--desk", company) as desk:
        answers(desk)
        ends(desk, signal.SIGTERM)
    assert desk.printed.startswith("broken.form.yaml:2:")
    assert "\ndeskhand: UNCLEAR: “At once” for Tomáš Novák by agent.rotterdam (submission " in desk.printed
    assert desk.printed.endswith(f"\nThe desk is open: {desk.address}\n")
    assert running_processes(company) == []
    found = deskhand("doctor", "--desk", company)
    assert found.code == 1
    assert "ERROR    forms: broken.form.yaml:2:" in found.out
    assert "warning  submission: " in found.out
    assert person(company, "t.novak").attributes["office"] == "RDM-1"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def running_processes(desk: Path) -> list[str]:
    with Store.open(f"sqlite:///{desk / 'deskhand.db'}") as store:
        return [node.id for node in store.nodes.all()]


def test_a_port_in_use_is_said_and_nothing_is_left_running(desk: Path, demo: Demo, taken_port: int) -> None:
    port = ("--port", taken_port)
    for refused in (deskhand("serve", "--desk", desk, *port), deskhand("demo", demo.folder, *port)):
        assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), refused.text
        says = f"127.0.0.1:{taken_port} cannot be listened on: Address already in use. Choose another port with --port"
        assert says in refused.err
    assert running_processes(desk) == running_processes(demo.folder) == []


def test_a_desk_is_never_turned_into_a_demo(desk: Path) -> None:
    before = contents(desk)
    refused = deskhand("demo", desk, "--port", "0")
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True)
    assert "is a desk folder, but no demo. Choose another folder." in refused.err
    assert contents(desk) == before


def test_a_weak_password_for_the_demo_makes_no_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHAND_DEMO_PASSWORD", "short")
    refused = deskhand("demo", tmp_path / "desk", "--port", "0")
    assert (refused.code, refused.out) == (2, "")
    assert "DESKHAND_DEMO_PASSWORD: a password has 8 to 1024 characters" in refused.err
    assert list(tmp_path.iterdir()) == []
