"""Canaries in the settings, in answers and in what is made: no command prints or leaves one behind, but the one look at it."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from runner.pipeline.desk import Desk
from tests.runner.cli.commands import deskhand
from tests.runner.listening_hooks import Listener, listening
from tests.runner.pipeline.canaries import canary, hits

WHO = ("--as", "agent.rotterdam", "--target", "t.novak")
ANSWERS = {"taken": 200, "asked later": 503, "refused": 403, "sent elsewhere": 302, "cut off": 0}
FORM = """\
format: form/1
id: {id}
title: New password
target: {{ type: user }}
verify: {{ policy: none, because: an example without a caller }}
fields:
  - {{ id: password, type: password, label: Password, {how} }}
confirm: {{ plan: never }}
operations:
  - {{ id: reset, do: directory.user.set_password, with: {{ user: $(target), password: $(password) }} }}
notify:
  - {{ on: [done, failed], by: webhook, to: [tickets], subject: New password, body: Somebody has one. }}
  - {{ on: [done, failed], by: chat, to: [team], subject: New password }}
"""
SHOWN = "result: { show: [{ label: Temporary password, value: $(password), secret: once }] }\n"
SETTINGS = """
[webhooks.tickets]
url = "{url}"
secret_file = "tickets.secret"
[webhooks.team]
kind = "chat"
url = "{url}-{chat}"
"""
WHERE_THEY_BELONG = ("deskhand.toml", "tickets.secret")
EXPORTS = ("jsonl", "csv", "cef", "syslog", "ocsf")


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as opened:
        yield opened


class Told:
    """A desk with canaries in its settings, and all that its commands said."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        dice = random.Random(folder.name)
        self.folder, self.said = folder, dict[str, bytes]()
        self.typed, self.signing = canary(dice), canary(dice)
        self.token, self.chat = (f"tok{dice.randrange(10**20)}" for _ in range(2))
        self.made: list[str] = []
        settings = folder / "deskhand.toml"
        address = f"{listener.url}&key={self.token}"
        settings.write_text(settings.read_text("utf-8") + SETTINGS.format(url=address, chat=self.chat), "utf-8")
        (folder / "tickets.secret").write_text(self.signing, "utf-8")
        forms = {"made": ("generate: temporary", SHOWN), "typed": ("policy: strong, required: true", "")}
        for id_, (how, more) in forms.items():
            (folder / "forms" / f"{id_}.form.yaml").write_text(FORM.format(id=id_, how=how) + more, "utf-8")

    def run(self, *command: object, stdin: bytes = b"") -> str:
        """Run a command and keep what it said."""
        done = deskhand(*command, "--desk", self.folder, stdin=stdin)
        self.said[f"{len(self.said)} {' '.join(map(str, command[:3]))}"] = done.text.encode()
        return done.out

    def submit(self) -> None:
        shown = deskhand("run", "made", *WHO, "--json", "--desk", self.folder)
        page = shown.json
        self.made.append(page["shows"].pop("Temporary password"))
        self.said["run made"] = (json.dumps(page) + shown.err).encode()
        self.run("plan", "made", *WHO)
        answers = json.dumps({"password": self.typed}).encode()
        for command in ("plan", "run"):
            self.run(command, "typed", *WHO, "--set", f"password={self.typed}")
            self.run(command, "typed", *WHO, "--answers", "-", "--json", stdin=answers)
            self.run(command, "typed", *WHO, "--set", f"pasword={self.typed}", "--set", "password=short")
            self.run(command, "typed", *WHO, "--answers", "-", stdin=answers[:-1])

    def look_at_everything(self) -> None:
        for command in (
            ("notifications", "list", "--json"), ("notifications", "resend", "--all-failed"), ("doctor",),
            ("journal", "list", "--json"), ("journal", "verify"), ("accounts", "list"),
            ("access", "what-can", "agent.rotterdam"),
        ):  # fmt: skip
            self.run(*command)
        for format_ in EXPORTS:
            self.run("journal", "export", "--format", format_)

    def pack_everything(self) -> None:
        packed = self.folder.parent / "evidence.zip", self.folder.parent / "desk.backup"
        self.run("journal", "evidence", "--since", "2020-01-01", "--output", packed[0])
        self.run("backup", packed[1])
        for file in packed:
            with ZipFile(file) as archive:
                self.said |= {f"{file.name} {name}": archive.read(name) for name in archive.namelist()}

    def change_a_form(self) -> None:
        form = self.folder / "forms" / "typed.form.yaml"
        form.write_text(form.read_text("utf-8").replace("New password", "Another password"), "utf-8")
        self.run("diff", "typed")

    def found(self) -> list[tuple[str, str]]:
        left = {str(file): file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}
        elsewhere = {name: content for name, content in left.items() if not name.endswith(WHERE_THEY_BELONG)}
        return hits(self.said | elsewhere, {self.typed, self.signing, self.token, self.chat, *self.made})


@pytest.fixture
def told(company: Path, listener: Listener) -> Told:
    return Told(company, listener)


def test_a_canary_on_the_command_line_would_be_found(told: Told) -> None:
    told.said["x"] = f"before {told.chat} behind".encode()
    assert told.found() == [("x", told.chat)]


def test_the_commands_used_most_say_nothing_that_is_secret(told: Told, listener: Listener) -> None:
    listener.status = ANSWERS["refused"]
    told.run("run", "typed", *WHO, "--answers", "-", stdin=json.dumps({"password": told.typed}).encode())
    told.run("journal", "export", "--format", "csv")
    told.pack_everything()
    assert listener.given
    assert told.found() == []


@pytest.mark.torture
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_command_says_what_is_secret(told: Told, listener: Listener, answer: str) -> None:
    listener.status = ANSWERS[answer]
    listener.location = listener.url if answer == "sent elsewhere" else ""
    told.submit()
    told.change_a_form()
    told.look_at_everything()
    told.pack_everything()
    assert told.made
    assert listener.given
    assert told.found() == []


@pytest.mark.parametrize("command", [("run", "typed"), ("plan", "typed", "--json")])
def test_a_fault_of_deskhand_is_told_without_what_it_says(
    told: Told, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def break_down(*_: object) -> None:
        raise ValueError(f"not expected: {told.typed}") from KeyError(told.chat)

    for name in ("plan", "submit"):
        monkeypatch.setattr(Desk, name, break_down)
    done = deskhand(*command, *WHO, "--set", f"password={told.typed}", "--desk", told.folder)
    assert done.code == 5
    assert "fault of Deskhand" in done.text
    assert "ValueError at " in done.text
    assert ", after KeyError" in done.text
    told.said["fault"] = done.text.encode()
    assert told.found() == []
