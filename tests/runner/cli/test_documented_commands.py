"""Every command in a ``console`` block of the documentation does what stands there, in the order it stands there."""

import re
import shlex
import signal
import subprocess
from pathlib import Path

import click
import click.termui
import pytest

from runner.cli.main import cli
from tests.runner.cli.commands import ROOT, deskhand, served

PASSWORD = "a password for tests"
DOCUMENTS = (
    "README.md",
    "docs/operating.md",
    "docs/connectors.md",
    "docs/editors.md",
    "docs/backup.md",
    "CONTRIBUTING.md",
)
# What these do is what sets up and runs the tests themselves.
NOT_RUN_HERE = {
    "make demo",
    "make demo-ad",
    "make demo-ldap",
    "make test",
    "make fmt",
    "make bench",
    "make torture",
    "make shots",
    "python3 -m venv .venv && .venv/bin/pip install .",
}
MEASURING = ".venv/bin/python -m bench"  # takes minutes; tests/bench runs its parts on next to nothing
PEOPLE = """\
dn: CN=Alice Example,OU=People,DC=example,DC=org
objectClass: user
cn: Alice Example
sAMAccountName: alice

dn: CN=SD-Rotterdam,OU=Groups,DC=example,DC=org
objectClass: group
cn: SD-Rotterdam
member: CN=Alice Example,OU=People,DC=example,DC=org

dn: CN=Domain Admins,OU=Groups,DC=example,DC=org
objectClass: group
cn: Domain Admins

dn: CN=Tier0-Admins,OU=Groups,DC=example,DC=org
objectClass: group
cn: Tier0-Admins
"""


def lines(document: str) -> list[str]:
    """Return what is typed in the console blocks of a document, without comments."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    typed = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in typed), "only what is typed is shown"
    return [re.sub(r"\s+#.*$", "", line.removeprefix("$ ")) for line in typed]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of people, in which commands are typed; passwords are given when they are asked for."""
    (tmp_path / "people.ldif").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _prompt: PASSWORD)
    return tmp_path


def type_in(line: str) -> str:
    """Run one line and return what it printed; what serves is ended again, and a file stands in for a directory."""
    words = shlex.split(line)
    if words[1:2] == ["connect"]:  # with a directory: test_connecting_to_a_directory
        words[1:] = ["import", "--desk", words[2], "people.ldif"]
    if words[0].removeprefix(".venv/bin/") != "deskhand":
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout
    if words[1] in ("serve", "demo"):
        with served(*words[1:], "--port", "0") as desk:
            desk.stop(signal.SIGTERM)
            assert desk.child.returncode == 0
        return desk.printed
    done = deskhand(*words[1:])
    is_warned = words[1] == "restore" and done.err.startswith("ROLLED BACK: ")
    assert (done.code, is_warned or not done.err) == (0, True), f"{line}: {done.text}"
    return done.out


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_work_as_they_are_written(place: Path, document: str) -> None:
    head = "NUMBER:HASH"
    for line in lines(document):
        if line in NOT_RUN_HERE or line.startswith(MEASURING):
            continue
        printed = type_in(line.replace("NUMBER:HASH", head))
        if found := re.search(r"Head: (\S+)", printed):
            head = found[1]
    made = {file.name for file in place.iterdir()} - {"people.ldif"}
    assert ("my-desk" in made) == (document in ("README.md", "docs/operating.md", "docs/backup.md"))


def test_what_is_not_run_here_is_documented_and_known_to_make() -> None:
    documented = {line for document in DOCUMENTS for line in lines(document)}
    assert documented >= NOT_RUN_HERE
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {line.removeprefix("make ") for line in NOT_RUN_HERE if line.startswith("make ")} <= targets


def test_the_table_of_the_readme_has_every_command_and_only_options_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`deskhand .*?) \| ", text, re.MULTILINE)
    documented = set()
    for row in rows:
        (_, *first), *others = [words.split() for words in re.findall(r"`([^`]+)`", row)]
        names = [word for word in first if re.fullmatch("[a-z]+(-[a-z]+)*", word)]
        documented.add(names[0])
        for command in (names, *([names[0], *other] for other in others)):
            shown = deskhand(*command, "--help")
            assert (shown.code, shown.err) == (0, ""), command
            assert shown.out.startswith(f"Usage: deskhand {' '.join(command)} [OPTIONS]")
            assert all(word in shown.out for word in first if word.startswith("--"))
    assert documented == set(cli.list_commands(click.Context(cli)))
