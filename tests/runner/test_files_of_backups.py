"""What stands in a backup and what does not; a damaged or forged one is refused before anything is written."""

import json
import stat
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.backup.manifest import MANIFEST
from runner.backup.restoring import Wanted, opened, restore
from runner.backup.settings_text import with_store
from runner.errors import SetUpError
from runner.settings.webhooks import read_hooks
from tests.runner.backed_up_desks import KEY, NOON, backed_up, everything_in, remade, small_desk, with_manifest
from tests.runner.cli.commands import deskhand, is_one_sentence

HUSH = "hush-hush"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "directory.db").touch()
    return small_desk(folder, f"sqlite:///{folder / 'desk.db'}")


@pytest.fixture
def backup(desk: Path, tmp_path: Path) -> Path:
    """A backup of a desk whose store lies in its folder."""
    settings = desk / "deskhand.toml"
    settings.write_text(settings.read_text("utf-8").replace(f"sqlite:///{desk}/", "sqlite:///"), "utf-8")
    backed_up(desk, tmp_path / "a.backup")
    return tmp_path / "a.backup"


def test_without_keys_no_key_is_in_a_backup_and_each_is_named(desk: Path, tmp_path: Path) -> None:
    (desk / "journal.key").write_text(HUSH, "utf-8")
    (desk / "archive").mkdir()
    (desk / "archive" / "journal-1.jsonl").write_text("a part of the journal\n", "utf-8")
    manifest = backed_up(desk, tmp_path / "a.backup")
    found = everything_in(tmp_path / "a.backup")
    assert KEY.encode() not in found
    assert HUSH.encode() not in found
    named = [name.partition(" ")[0] for name in manifest.missing]
    assert named == ["secret.key", "mail-password.txt", "journal.key", "outbox/"]
    assert manifest.part("desk/forms/notes.md") is None
    assert manifest.part("desk/directory.db") is not None
    assert manifest.part("desk/archive/journal-1.jsonl") is not None


def test_with_keys_they_are_in_it_and_come_back_for_their_owner_only(desk: Path, tmp_path: Path) -> None:
    backed_up(desk, tmp_path / "a.backup", with_keys=True)
    found = restore(tmp_path / "a.backup", tmp_path / "again", Wanted(f"sqlite:///{tmp_path / 'other.db'}"), NOON)
    again = tmp_path / "again"
    assert found.lacking == ()
    assert (again / "secret.key").read_text("utf-8") == KEY
    assert (again / "mail-password.txt").read_text("utf-8") == HUSH
    for file in (again, again / "secret.key", again / "mail-password.txt", again / "directory.db"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert f'url = "sqlite:///{tmp_path / "other.db"}"' in (again / "deskhand.toml").read_text("utf-8")


def test_a_key_that_was_kept_apart_is_put_in_place(backup: Path, tmp_path: Path) -> None:
    key = tmp_path / "apart.key"
    key.write_text("no key at all", "utf-8")
    with pytest.raises(SetUpError, match="is no key of a desk"):
        restore(backup, tmp_path / "again", Wanted(key=key), NOON)
    assert not (tmp_path / "again").exists()
    key.write_text(KEY, "utf-8")
    assert restore(backup, tmp_path / "again", Wanted(key=key), NOON).lacking == ()
    file = tmp_path / "again" / "secret.key"
    assert (file.read_text("utf-8"), stat.S_IMODE(file.stat().st_mode)) == (KEY, 0o600)


def test_the_password_of_a_database_stands_in_a_backup_only_with_keys(
    postgres_database_url: str, tmp_path: Path
) -> None:
    desk = small_desk(tmp_path / "desk", postgres_database_url)
    password = b"only-for-tests"
    assert password in postgres_database_url.encode()
    manifest = backed_up(desk, tmp_path / "a.backup")
    assert password not in everything_in(tmp_path / "a.backup")
    assert "passwords of databases in deskhand.toml (--with-keys takes them in)" in manifest.missing
    with pytest.raises(SetUpError, match="without the password of its store"):
        restore(tmp_path / "a.backup", tmp_path / "again", Wanted(), NOON)
    assert password in (desk / "deskhand.toml").read_bytes()
    backed_up(desk, tmp_path / "b.backup", with_keys=True)
    assert password in everything_in(tmp_path / "b.backup")


def test_a_desk_put_back_has_its_files_as_they_were_and_nothing_else(backup: Path, desk: Path, tmp_path: Path) -> None:
    restore(backup, tmp_path / "again", Wanted(), NOON)
    names = {file.relative_to(tmp_path / "again").as_posix() for file in (tmp_path / "again").rglob("*")}
    assert names == {"deskhand.toml", "forms", "forms/access.yaml", "desk.db", "directory.db"}
    for name in ("deskhand.toml", "forms/access.yaml"):
        assert (tmp_path / "again" / name).read_bytes() == (desk / name).read_bytes()


def drop(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__delitem__(name)


def put(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__setitem__(name, content)


def listed(name: str) -> Callable[[dict[str, bytes]], None]:
    """Let the manifest list one more part, which is there."""

    def change(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts[MANIFEST])
        manifest["parts"].append({"name": name, "bytes": 0, "sha256": "e3b0c442" + "0" * 56})
        parts[MANIFEST], parts[name] = json.dumps(manifest).encode(), b""

    return change


@pytest.mark.parametrize(
    "change",
    [
        drop(MANIFEST),
        drop("desk/forms/access.yaml"),
        put("desk/forms/access.yaml", b"format: access/2\n"),
        put("desk/forms/more.yaml"),
        put("store/desk.db", b"SQLite format 3\0"),
        put(MANIFEST, b"[]"),
        put(MANIFEST, b"{"),
        put(MANIFEST, b"[" * 100_000),
        listed("desk/../../outside.yaml"),
        listed("/desk/outside.yaml"),
        listed("desk/..\\outside.yaml"),
        listed("store/second.db"),
        listed("elsewhere/x.yaml"),
    ],
)
def test_a_backup_that_was_changed_is_refused(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    before = {file for file in tmp_path.rglob("*") if "changed" not in file.name}
    with pytest.raises(SetUpError, match="Nothing was changed"):
        restore(remade(backup, change), tmp_path / "again", Wanted(), NOON)
    assert {file for file in tmp_path.rglob("*") if "changed" not in file.name} == before


def test_every_byte_of_a_backup_counts(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    damaged = tmp_path / "changed.backup"
    with zipfile.ZipFile(backup) as archive:
        directory = archive.start_dir
    found = 0
    for place in range(0, directory, 97):
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            with opened(damaged) as (_, manifest), opened(backup) as (_, whole):
                assert manifest == whole  # a byte that says nothing, such as the time of a part
        except SetUpError:
            found += 1
    assert found > directory // 97 * 0.8
    for length in (0, 10, len(content) // 2, len(content) - 1):
        damaged.write_bytes(content[:length])
        with pytest.raises(SetUpError, match="Nothing was changed"), opened(damaged):
            pass


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 9_999}, "newer release"),
        ({"format": "deskhand-backup/2"}, "Install a newer release"),
        ({"journal_seq": 7}, "ends at 1, and its manifest says 7"),
        ({"journal_hash": "f" * 64}, "ends at 1"),
        ({"journal_hash": "no hash"}, "manifest is damaged"),
        ({"store": "postgresql"}, "store is postgresql, and"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    backup: Path, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(SetUpError, match=words):
        restore(with_manifest(backup, **changes), tmp_path / "again", Wanted(), NOON)
    assert not (tmp_path / "again").exists()


def test_the_store_in_settings_is_replaced_only_where_that_is_sure() -> None:
    text = '[store]  # here\nurl = "sqlite:///a.db"\n[connectors]\n'
    assert with_store(text, "sqlite:///b.db") == text.replace("a.db", "b.db")
    for unsure in (
        text + '[connectors.x]\nurl = "sqlite:///a.db"\n',
        text.replace('"sqlite:///a.db"', '"sqlite:///\\u0061.db"'),
    ):
        with pytest.raises(SetUpError, match="cannot be changed by itself"):
            with_store(unsure, "sqlite:///b.db")


def test_the_commands_make_and_put_back_a_desk_and_refuse_in_a_sentence(desk: Path, tmp_path: Path) -> None:
    file, again = tmp_path / "a.backup", tmp_path / "again"
    (desk / "journal.key").write_text(HUSH, "utf-8")
    made = deskhand("backup", file, "--desk", desk)
    assert (made.code, made.err) == (0, "")
    assert "Head of the journal: 1:" in made.out
    assert "Not in it: secret.key (a key; --with-keys takes it in)" in made.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    twice = deskhand("backup", file, "--desk", desk)
    assert (twice.code, is_one_sentence(twice.text)) == (3, True)
    assert deskhand("restore", file, "--check").code == 0
    back = deskhand("restore", file, "--desk", again, "--store", f"sqlite:///{tmp_path / 'other.db'}")
    assert back.code == 0
    assert "ROLLED BACK: what was done after" in back.err
    assert f"Put secret.key and journal.key into {again}" in back.out
    assert f"chmod 600 {again / 'secret.key'} {again / 'journal.key'}" in back.out
    for target in (again, desk, tmp_path):
        refused = deskhand("restore", file, "--desk", target)
        assert (refused.code, is_one_sentence(refused.text)) == (3, True), refused.text
    nothing = deskhand("backup", tmp_path / "b.backup", "--desk", tmp_path / "nowhere")
    assert (nothing.code, is_one_sentence(nothing.text)) == (3, True)
    assert not (tmp_path / "b.backup").exists()


def test_the_addresses_of_webhooks_and_of_a_witness_stand_in_a_backup_only_with_keys(
    desk: Path, tmp_path: Path
) -> None:
    url = "https://chat.example/hooks/7f3a-9c2e"
    settings = desk / "deskhand.toml"
    hooks = (
        f'# was {url}\n[webhooks.team]\nkind = "chat"\nurl = "{url}"\n[webhooks.more]\nkind = "chat"\nurl = "{url}/b"\n'
    )
    text = settings.read_text("utf-8").replace(f"sqlite:///{desk}/", "sqlite:///")
    witness = f'[journal]\nwitness_url = "{url}/notes?token=4d1b-77aa"\n'
    settings.write_text(text + witness + hooks, "utf-8")
    manifest = backed_up(desk, tmp_path / "bare.backup")
    assert b"4d1b-77aa" not in everything_in(tmp_path / "bare.backup")
    assert b"7f3a-9c2e" not in everything_in(tmp_path / "bare.backup")
    assert "addresses of webhooks and of a witness in deskhand.toml (--with-keys takes them in)" in manifest.missing
    restore(tmp_path / "bare.backup", tmp_path / "bare", Wanted(), NOON)
    again = tmp_path / "bare" / "deskhand.toml"
    content = tomllib.loads(again.read_text("utf-8"))
    assert set(read_hooks(again, content["webhooks"])) == {"team", "more"}
    assert content["journal"]["witness_url"].endswith(".invalid/")
    backed_up(desk, tmp_path / "whole.backup", with_keys=True)
    assert url.encode() in everything_in(tmp_path / "whole.backup")


def test_a_password_that_cannot_be_taken_out_of_the_settings_is_in_no_backup(desk: Path, tmp_path: Path) -> None:
    settings = desk / "deskhand.toml"
    other = '[connectors.other]\nuse = "local"\nurl = "postgresql://desk:it\'s/odd@db.example/people"\n'
    settings.write_text(settings.read_text("utf-8") + other, "utf-8")
    with pytest.raises(SetUpError, match="--with-keys"):
        backed_up(desk, tmp_path / "bare.backup")
