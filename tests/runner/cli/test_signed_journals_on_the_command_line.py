"""`journal key`, `checkpoints`, `verify --offline`, `break`; checkpoints of a desk that is served."""

import json
import shlex
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.cli.options import installation_at
from runner.journal.records import Record
from runner.witnessing.checkpointing import Checkpointer
from runner.witnessing.keeping import keeping_of, open_for
from tests.runner.cli.commands import Result, deskhand, environment, is_one_sentence, served
from tests.runner.cli.contents import change
from tests.runner.cli.test_documented_commands import lines as documented
from tests.runner.journal.second_verifier import complaint

PASSWORD = b"a long enough password\n"
_NO_HEAD = "UPDATE journal_head SET seq = 0, hash = '" + "0" * 64 + "'"


def exported(desk: Path) -> tuple[Path, Path, str]:
    files = desk / "journal.jsonl", desk / "notes.txt"
    assert deskhand("journal", "export", "--desk", desk, "--output", files[0]).code == 0
    assert deskhand("journal", "checkpoints", "--desk", desk, "--output", files[1]).code == 0
    return (*files, deskhand("journal", "key", "--desk", desk).out.strip())


def offline(desk: Path) -> Result:
    journal, notes, key = exported(desk)
    return deskhand("journal", "verify", "--offline", journal, "--checkpoints", notes, "--key", key)


@pytest.fixture
def signed(desk: Path) -> Path:
    """A desk whose journal was kept once, with an account, and with a witness beside it."""
    settings = desk / "deskhand.toml"
    settings.write_text(settings.read_text() + '\n[journal]\nwitness_file = "../witness.txt"\n')
    assert deskhand("accounts", "add", "alice", "--password-stdin", "--desk", desk, stdin=PASSWORD).code == 0
    assert kept(desk) == []
    return desk


def kept(desk: Path) -> list[str]:
    """Keep the journal of a desk as serving it does, from start to end; return what the operator is told."""
    told: list[str] = []
    with installation_at(desk) as installation:
        keeping = keeping_of(installation, told.append)
        keeping.start()
        keeping.round()
        keeping.stop()
    return told


def test_a_desk_that_is_served_makes_a_last_checkpoint_when_it_is_stopped(desk: Path) -> None:
    assert deskhand("accounts", "add", "alice", "--password-stdin", "--desk", desk, stdin=PASSWORD).code == 0
    with served("serve", "--desk", desk, "--port", "0") as child:
        child.stop()
    head = deskhand("journal", "verify", "--desk", desk, "--json").json["head"]
    assert deskhand("journal", "checkpoints", "--desk", desk).out.split("\n")[1] == str(head[0])


def test_a_desk_that_is_served_signs_its_journal_and_a_second_verifier_agrees(signed: Path) -> None:
    said = offline(signed)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Verified: 3 records; 2 are under signed checkpoints, the newest of ")
    journal, notes, key = exported(signed)
    assert (signed.parent / "witness.txt").read_text() == notes.read_text()
    assert complaint(journal.read_bytes(), notes.read_text(), key) == ""
    verified = deskhand("journal", "verify", "--desk", signed).out.splitlines()
    assert verified[1] == "2 of them are under 1 signed checkpoint."
    doctor = deskhand("doctor", "--desk", signed).out
    assert "records, and the chain holds; 1 checkpoint over 2 of them" in doctor
    assert f"file {signed}/../witness.txt: reached " in doctor
    journal.write_bytes(journal.read_bytes().replace(b"alice", b"malle"))
    edited = deskhand("journal", "verify", "--offline", journal, "--checkpoints", notes, "--key", key)
    assert (edited.code, edited.out) == (1, "")
    assert edited.err.startswith("NOT VERIFIED: record 2 was expected in line 2 and is not there")


def test_the_commands_of_the_page_on_the_journal_work_as_they_are_written(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed.rename(tmp_path / "my-desk")
    monkeypatch.chdir(tmp_path)
    for line in documented("docs/journal.md"):
        words = shlex.split(line)
        if words[:3] == ["deskhand", "journal", "break"]:
            change(tmp_path / "my-desk" / "deskhand.db", "DELETE FROM journal WHERE seq = 1")
        if words[0] == "python":
            done = process_of(words[1:])
            assert done.startswith("Verified: ")
            continue
        result = deskhand(*words[1:])
        assert (result.code, result.err) == (0, ""), line
        if words[:3] == ["deskhand", "journal", "key"]:
            (tmp_path / "public.txt").write_text(result.out)


def process_of(words: list[str]) -> str:
    done = subprocess.run([sys.executable, *words], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_broken_journal_is_read_only_until_an_administrator_declares_it(signed: Path) -> None:
    change(signed / "deskhand.db", "UPDATE journal SET line = replace(line, 'alice', 'malle') WHERE seq = 1")
    (told,) = kept(signed)
    assert told.startswith("THE JOURNAL DOES NOT VERIFY: record 1 was edited")
    found = deskhand("doctor", "--desk", signed)
    assert found.code == 1
    assert "It is read-only. Compare it with a backup and the witness; then: deskhand journal break" in found.out
    unreasoned = deskhand("journal", "break", "--desk", signed, "--as", "alice", "--reason", " ")
    assert (unreasoned.code, "Say what happened" in unreasoned.err) == (2, True)
    declared = deskhand("journal", "break", "--desk", signed, "--as", "alice", "--reason", "The disk failed")
    assert (declared.code, declared.err) == (0, "")
    assert declared.out == "Declared and signed: part 2 of the journal begins behind record 2.\n"
    assert "ERROR    journal" not in deskhand("doctor", "--desk", signed).out
    assert offline(signed).code == 0
    again = deskhand("journal", "break", "--desk", signed, "--as", "alice", "--reason", "Once more")
    assert (again.code, is_one_sentence(again.err)) == (1, True)
    assert "verifies, so there is no break to declare" in again.err


def test_a_journal_whose_front_was_archived_is_verified_from_where_it_begins(signed: Path, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=1_000)
    change(signed / "deskhand.db", "DELETE FROM journal", "DELETE FROM checkpoints", _NO_HEAD)
    with installation_at(signed) as installation:
        store = installation.services.store
        for _ in range(2):
            store.journal.append([Record("config", long_ago, {"operation": "old"}) for _ in range(11)])
            Checkpointer(store, open_for(store, signed)).make(long_ago)
        store.journal.append([Record("config", datetime.now(UTC), {"operation": "new"}) for _ in range(3)])
        Checkpointer(store, open_for(store, signed)).make(datetime.now(UTC))
    settings = signed / "deskhand.toml"
    settings.write_text(settings.read_text() + 'keep = "1y"\n')
    assert deskhand("journal", "archive", "--desk", signed).code == 0
    assert "ERROR    journal" not in deskhand("doctor", "--desk", signed).out
    journal, notes, key = exported(signed)
    start = tmp_path / "start.json"
    written = deskhand("journal", "checkpoints", "--start", "--output", start, "--desk", signed)
    assert (written.code, json.loads(start.read_text())["size"]) == (0, 22)
    command = ("journal", "verify", "--offline", journal, "--checkpoints", notes, "--key", key)
    assert deskhand(*command).code == 1
    verified = deskhand(*command, "--start", start)
    assert (verified.code, verified.err) == (0, "")
    assert "25 are under signed checkpoints" in verified.out
    packed = deskhand("journal", "evidence", "--since", "2020-01-01", "--output", tmp_path / "p.zip", "--desk", signed)
    assert (packed.code, packed.err) == (0, "")
    start.write_text(start.read_text().replace('"seq": 22', '"seq": 21'))
    assert deskhand(*command, "--start", start).code == 1


def test_a_lost_key_is_named_and_replaced_on_purpose_only(signed: Path) -> None:
    former = deskhand("journal", "key", "--desk", signed).out.strip()
    (signed / "journal.key").unlink()
    for command in (("journal", "key"), ("serve", "--port", "0")):
        refused = deskhand(*command, "--desk", signed)
        assert (refused.code, refused.out, "journal.key is missing" in refused.err) == (3, "", True)
    assert not (signed / "journal.key").exists()
    declared = deskhand("journal", "break", "--desk", signed, "--as", "alice", "--reason", "Key lost", "--new-key")
    assert declared.code == 0
    assert stat.S_IMODE((signed / "journal.key").stat().st_mode) == 0o600
    journal, notes, key = exported(signed)
    assert declared.out.endswith(f"for your witnesses and verifiers: {key}\n")
    command = ("journal", "verify", "--offline", journal, "--checkpoints", notes, "--key", key)
    assert deskhand(*command).code == 1
    assert deskhand(*command, "--key", former).code == 0
    assert "ERROR    journal" not in deskhand("doctor", "--desk", signed).out


def test_a_missing_key_is_no_tampering_and_all_is_well_once_it_is_back(signed: Path) -> None:
    file = signed / "journal.key"
    text = file.read_bytes()
    file.unlink()
    for command in ("doctor",), ("journal", "verify"):
        found = deskhand(*command, "--desk", signed)
        assert found.code != 0
        assert f"{file} is missing" in found.text
        assert "Put it there from where it is kept" in found.text
        assert "Only when no copy is left: deskhand journal break --new-key" in found.text
        assert "tampered" not in found.text
    assert not file.exists()
    file.write_bytes(text)
    file.chmod(0o600)
    assert "ERROR    journal" not in deskhand("doctor", "--desk", signed).out


def test_a_key_that_others_may_read_or_that_was_damaged_is_not_used(signed: Path) -> None:
    file = signed / "journal.key"
    text = file.read_text()
    file.chmod(0o644)
    open_to_all = deskhand("journal", "key", "--desk", signed)
    assert (open_to_all.code, "chmod 600" in open_to_all.err) == (3, True)
    file.chmod(0o600)
    for spoilt in ("", text[:-9], text.replace("+", "-"), "PRIVATE+KEY+x+00000000+AAAA"):
        file.write_text(spoilt)
        damaged = deskhand("journal", "key", "--desk", signed)
        assert (damaged.code, "cannot be used" in damaged.err) == (3, True)
        assert text.split("+", 4)[4].strip() not in damaged.err
        found = deskhand("doctor", "--desk", signed)
        assert "journal.key cannot be used" in found.out


def test_offline_needs_the_checkpoints_and_the_key(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("")
    refused = deskhand("journal", "verify", "--offline", tmp_path / "journal.jsonl")
    assert (refused.code, "needs --checkpoints" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('witness_file = ""', "[journal] witness_file is empty"),
        ("witness_file = 3", "[journal] witness_file must be a text"),
        ('witnes = "x"', '[journal] has no setting "witnes"'),
        ('witness_url = "http://witness.example.org/"', "[journal] witness_url has to be https://"),
        ('witness_syslog = "udp://logs.example.org:514"', "[journal] “udp://logs.example.org:514” cannot be used"),
    ],
)
def test_settings_of_the_journal_that_cannot_be_used_are_named(desk: Path, line: str, says: str) -> None:
    settings = desk / "deskhand.toml"
    settings.write_text(settings.read_text() + f"\n[journal]\n{line}\n")
    refused = deskhand("serve", "--desk", desk, "--port", "0")
    assert (refused.code, says in refused.err) == (3, True)
