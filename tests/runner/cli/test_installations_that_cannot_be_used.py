"""A desk folder that is broken: one sentence that names the file or the fix, and nothing is changed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.local.tables import SCHEMA_VERSION
from runner.store.schema import expected_version
from tests.runner.cli.commands import deskhand, is_one_sentence
from tests.runner.cli.contents import change, contents

Break = Callable[[Path], object]
SETTINGS, STORE, KEY = "deskhand.toml", "deskhand.db", "secret.key"
GARBAGE = b"\x00\xffgarbage" * 1_000


def replaced(file: str, old: str, new: str) -> Break:
    def work(desk: Path) -> None:
        text = (desk / file).read_text(encoding="utf-8")
        assert old in text
        (desk / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return work


def written(file: str, content: bytes) -> Break:
    return lambda desk: (desk / file).write_bytes(content)


def removed(file: str) -> Break:
    return lambda desk: shutil.rmtree(desk / file) if (desk / file).is_dir() else (desk / file).unlink()


def store_with(*statements: str) -> Break:
    return lambda desk: change(desk / STORE, *statements)


LOCAL = 'use = "local"\nurl = "sqlite:///directory.db"\n'
BROKEN: dict[str, tuple[Break, str]] = {
    "broken TOML": (replaced(SETTINGS, "[web]", "[web"), "at the end of a table declaration (at line 20, column 5)"),
    "not UTF-8": (written(SETTINGS, b"\xff\xfe"), f"{SETTINGS} is not UTF-8. Save it again"),
    "an empty file": (written(SETTINGS, b""), f"{SETTINGS}: the first line must be: format = 1"),
    "an unknown setting": (replaced(SETTINGS, "threads", "threds"), '[web] has no setting "threds". Known are: address, host,'),
    "an unknown table": (replaced(SETTINGS, "[web]", "[wbe]"), 'has no setting "wbe". Known are: bulk, connectors,'),
    "a setting of another type": (replaced(SETTINGS, "8080", '"8080"'), "[web] port must be a whole number."),
    "a port that is none": (replaced(SETTINGS, "8080", "80800"), "[web] port must be a number from 0 to 65535."),
    "no threads": (replaced(SETTINGS, "threads = 32", "threads = 0"), "[web] threads must be a number from 1 to"),
    "sign-in without the directory": (
        replaced(SETTINGS, "[mail]", "[sign_in]\ntries = 3\n[mail]"),
        "[sign_in] is about signing in with the directory, so it needs directory = true.",
    ),
    "sign-in for members of nothing": (
        replaced(SETTINGS, "[mail]", '[sign_in]\ndirectory = true\nonly_members_of = " "\n[mail]'),
        "[sign_in] only_members_of names no group. Name one, or remove the line.",
    ),
    "too many tries": (
        replaced(SETTINGS, "[mail]", "[sign_in]\ndirectory = true\ntries = 101\n[mail]"),
        "[sign_in] tries must be a number from 1 to 100.",
    ),
    "tries counted for too long": (
        replaced(SETTINGS, "[mail]", "[sign_in]\ndirectory = true\nwithin_minutes = 61\n[mail]"),
        "[sign_in] within_minutes must be a number from 1 to 60.",
    ),
    "sign-in said by a number": (
        replaced(SETTINGS, "[mail]", "[sign_in]\ndirectory = 1\n[mail]"),
        "[sign_in] directory must be true or false.",
    ),
    "two ways for mail": (replaced(SETTINGS, "outbox =", 'host = "h.test"\noutbox ='), "[mail] has both outbox and"),
    "a missing password file": (
        replaced(SETTINGS, 'outbox = "outbox"', 'host = "h.test"\nsender = "d@h.test"\npassword_file = "none"'),
        "[mail] password_file: none cannot be read: No such file",
    ),
    "mail without a sender": (replaced(SETTINGS, 'outbox = "outbox"', 'host = "h.test"'), '[mail] needs sender = "…".'),
    "an unknown connector": (
        replaced(SETTINGS, 'use = "mailbox"', 'use = "pigeons"'),
        '[connectors.mailbox] There is no connector "pigeons". Known are: ',
    ),
    "a connector without its name": (replaced(SETTINGS, 'use = "local"', ""), '[connectors.directory] needs use = "…"'),
    "an option a connector does not take": (
        replaced(SETTINGS, 'use = "mailbox"', 'use = "mailbox"\ncolour = "red"'),
        '[connectors.mailbox] mailbox does not take the option "colour". Known are: url.',
    ),
    "a needed option left out": (replaced(SETTINGS, 'url = "sqlite:///mailbox.db"', ""), 'needs the option url = "…".'),
    "no directory": (
        replaced(SETTINGS, f"{LOCAL}password_days = 365", LOCAL.replace("local", "mailbox")),
        f"{SETTINGS}: Two connectors",
    ),
    "a password age that is none": (
        replaced(SETTINGS, "password_days = 365", "password_days = 0"),
        "[connectors.directory] cannot be opened: password_days must be a number of days from 1 to 36,500.",
    ),
    "an address that is none": (replaced(SETTINGS, "sqlite:///directory.db", "?"), "[connectors.directory] cannot be"),
    "a newer folder": (replaced(SETTINGS, "format = 1", "format = 2"), "made by a newer release of Deskhand (format 2"),
    "no forms": (removed("forms"), "forms is missing: a desk folder keeps its forms there."),
    "no access.yaml": (removed("forms/access.yaml"), "forms/access.yaml is missing: without it nobody may do anything."),
    "no key": (removed(KEY), f"{KEY}: No such file or directory. Without it nothing can be signed; put it there"),
    "a key that others may read": (lambda desk: (desk / KEY).chmod(0o640), "may be read by others. Run: chmod 600 "),
    "garbage for a key": (written(KEY, GARBAGE), f"{KEY} cannot be used: it does not hold a key that Deskhand made."),
    "an empty key": (written(KEY, b"\n"), f"{KEY} cannot be used: it is empty. Restore it from a backup."),
    "a newer store": (store_with("UPDATE meta SET version_num = '9999'"), "[store] the database was made by a newer"),
    "an older store": (
        store_with("UPDATE meta SET version_num = '0000'"),
        f"this release needs {expected_version()}: run deskhand upgrade",
    ),
    "no store": (removed(STORE), f"{STORE} is missing: restore it from a backup; for an empty one run deskhand upgrade"),
    "garbage for a store": (written(STORE, GARBAGE), "[store] the database could not be opened: file is not a database"),
    "a store of another maker": (replaced(SETTINGS, "sqlite:///deskhand.db", "mysql://x/y"), "[store] the database has"),
    "a store that is no address": (replaced(SETTINGS, "sqlite:///deskhand.db", "?"), "[store] the database has to be"),
    "a store nobody answers at": (
        replaced(SETTINGS, "sqlite:///deskhand.db", "postgresql://u:hush@127.0.0.1:1/desk"),
        "[store] the database could not be opened: ",
    ),
    "garbage for names": (written("access-names.json", b"{}"), "access-names.json cannot be read: it is not what Deskh"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_said_in_one_sentence_and_left_as_it_is(desk: Path, case: str) -> None:
    breaks, says = BROKEN[case]
    breaks(desk)
    before = contents(desk)
    refused = deskhand("accounts", "list", "--desk", desk)
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), refused.text
    assert says in refused.err
    assert str(desk) in refused.err or "access.yaml" in refused.err
    assert "hush" not in refused.err
    assert contents(desk) == before


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("doctor",), ("journal", "verify"), ("upgrade",)])
def test_every_command_refuses_a_store_of_a_newer_release(desk: Path, command: tuple[str, ...]) -> None:
    change(desk / STORE, "UPDATE meta SET version_num = '9999'")
    before = contents(desk)
    refused = deskhand(*command, "--desk", desk)
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (3, "", True), refused.text
    assert "made by a newer release of Deskhand; install that release or restore a backup" in refused.err
    assert contents(desk) == before


def test_a_store_that_was_not_upgraded_is_usable_after_the_command_that_is_named(desk: Path) -> None:
    (desk / STORE).unlink()
    assert "run deskhand upgrade" in deskhand("accounts", "list", "--desk", desk).err
    assert deskhand("upgrade", "--desk", desk).out == "The store is up to date.\n"
    assert deskhand("accounts", "list", "--desk", desk).code == 0


@pytest.mark.parametrize("breaks", ["newer", "garbage"])
def test_a_directory_that_cannot_be_read_is_not_imported_into_and_doctor_says_so(company: Path, breaks: str) -> None:
    directory, file = company / "directory.db", company.parent / "people.ldif"
    file.write_text("dn: OU=More,DC=sample,DC=test\nobjectClass: organizationalUnit\n", encoding="utf-8")
    says = "does not answer"
    if breaks == "newer":
        change(directory, "UPDATE directory_schema SET version = 99")
        says = f"has schema 99, this release knows {SCHEMA_VERSION}: update Deskhand."
    else:
        directory.write_bytes(GARBAGE)
    before = contents(company)["directory.db"]
    refused = deskhand("import", file, "--desk", company)
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (4, "", True), refused.text
    assert f"{company / SETTINGS}: [connectors.directory] " in refused.err
    assert says in refused.err
    found = deskhand("doctor", "--desk", company)
    assert (found.code, found.err) == (1, "")
    assert "ERROR    connector directory: " in found.out
    assert contents(company)["directory.db"] == before
