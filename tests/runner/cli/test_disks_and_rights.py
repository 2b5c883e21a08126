"""A folder that may not be read or written, a full disk, a locked database: said in a sentence, nothing half-done."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import runner.store.database
from tests.runner.cli.commands import deskhand, files_of_at_most, is_one_sentence, several
from tests.runner.cli.contents import contents
from tests.runner.cli.directories import AT_ONCE, person

PASSWORD = b"a long enough password\n"


def read_only(desk: Path) -> None:
    for entry in (*desk.rglob("*"), desk):
        entry.chmod(0o500 if entry.is_dir() else 0o400)


FORBIDDEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a read-only folder": (read_only, "deskhand.toml: [store] the database could not be opened: attempt to write a"),
    "a read-only store": (lambda desk: (desk / "deskhand.db").chmod(0o400), "(attempt to write a readonly database). See"),
    "a folder that may not be read": (lambda desk: desk.chmod(0), " cannot be read: Permission denied"),
    "settings": (lambda desk: (desk / "deskhand.toml").chmod(0), "deskhand.toml cannot be read: Permission denied"),
    "the forms": (lambda desk: (desk / "forms").chmod(0), "forms cannot be read: Permission denied"),
    "a form": (lambda desk: (desk / "forms/access.yaml").chmod(0), "access.yaml cannot be read: Permission denied"),
    "the key": (lambda desk: (desk / "secret.key").chmod(0), "secret.key: Permission denied. Without it nothing can be"),
}  # fmt: skip


def test_what_may_not_be_read_or_written_is_named_and_nothing_is_done(light_desk: Path, tmp_path: Path) -> None:
    desks = [Path(shutil.copytree(light_desk, tmp_path / name.replace(" ", "-"))) for name in FORBIDDEN]
    before = contents(light_desk)
    for desk, (forbid, _) in zip(desks, FORBIDDEN.values(), strict=True):
        forbid(desk)
    results = several(*(("accounts", "add", "bob", "--password-stdin", "--desk", desk) for desk in desks))
    for desk, refused, (name, (_, says)) in zip(desks, results, FORBIDDEN.items(), strict=True):
        assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), f"{name}: {refused.text}"
        assert says in refused.err
        subprocess.run(["chmod", "-R", "u+rwX", desk], check=True)
        assert contents(desk) == before


def test_a_desk_is_not_made_where_nothing_may_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    for refused in several(("init", closed), ("init", closed / "desk"), ("demo", closed / "desk", "--port", "0")):
        assert (refused.code, is_one_sentence(refused.err)) == (3, True), refused.text
        assert "cannot be made: Permission denied" in refused.err
    assert list(closed.iterdir()) == []


@pytest.mark.parametrize("octets", [0, 36_864, 49_152, 53_248, 57_344])
def test_an_account_is_made_whole_or_not_at_all_when_the_disk_is_full(desk: Path, octets: int) -> None:
    assert deskhand("accounts", "list", "--desk", desk).code == 0  # remembers the versions of the forms
    before = contents(desk)
    with files_of_at_most(octets):
        added = deskhand("accounts", "add", "bob", "--password-stdin", "--desk", desk, stdin=PASSWORD)
    if added.code == 0:
        assert octets > 50_000
        assert added.text == "bob may sign in.\n"
        assert deskhand("journal", "verify", "--desk", desk).code == 0
        assert "password_set" in deskhand("journal", "list", "--json", "--desk", desk).out
        return
    assert (added.code, added.out, is_one_sentence(added.err)) == (3, "", True), added.text
    assert "disk I/O error" in added.err
    assert "deskhand.toml" in added.err
    assert contents(desk) == before


@pytest.mark.parametrize("octets", [0, 2_000, 40_000])
def test_a_desk_is_not_half_made_on_a_full_disk(tmp_path: Path, octets: int) -> None:
    with files_of_at_most(octets):
        refused = deskhand("init", tmp_path / "desk")
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), refused.text
    assert f"{tmp_path / 'desk'} cannot be made: " in refused.err
    assert list(tmp_path.iterdir()) == []
    assert deskhand("init", tmp_path / "desk").code == 0


@pytest.mark.parametrize(("octets", "code", "office"), [(73_728, 3, None), (180_224, 5, "RDM-1")])
def test_a_run_on_a_full_disk_is_refused_or_unclear_and_never_said_to_be_done(
    company: Path, octets: int, code: int, office: str | None
) -> None:
    (company / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    asked = ("at-once", "--desk", company, "--as", "agent.rotterdam", "--target", "t.novak", "--set", "office=RDM-1")
    assert deskhand("plan", *asked).code == 0
    with files_of_at_most(octets):
        done = deskhand("run", *asked)
    assert (done.code, done.out, is_one_sentence(done.err)) == (code, "", True), done.text
    assert person(company, "t.novak").attributes.get("office") == office
    found = deskhand("doctor", "--desk", company).out
    assert ("it is unclear whether “At once” for Tomáš Novák" in found) == (code == 5)


def test_a_locked_store_is_waited_for_and_then_said(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner.store.database, "_PATIENCE_SECONDS", 0.2)
    before = contents(desk)
    with closing(sqlite3.connect(desk / "deskhand.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = deskhand("accounts", "add", "bob", "--password-stdin", "--desk", desk, stdin=PASSWORD)
        other.execute("ROLLBACK")
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), refused.text
    assert "nothing was done (database is locked). See [store] in deskhand.toml" in refused.err
    assert contents(desk) == before
