"""`[sign_in]` in the settings: from the file to who comes in, what the doctor says, and the commands for such accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.local.connector import LocalDirectory
from connectors.registry import Connectors
from connectors.spi import Operation, Ref, Secret, SecretRef
from runner.deskfolder import open_folder
from runner.directory_sign_in import NamedGroup, open_directory_sign_in
from runner.errors import RefusedError, SetUpError
from runner.policy.names import AccessNames
from runner.store.records import Account
from runner.wiring import Installation, open_installation
from tests.runner.cli.commands import deskhand, is_one_sentence
from tests.runner.cli.contents import change as rows_changed
from tests.runner.pipeline.recording_connector import RecordingConnector
from tests.runner.pipeline.small_company import QUICK

THEIRS = "Een-Lange-Zin-47"
PERSON = "t.novak"


def settings(desk: Path, *lines: str) -> None:
    file = desk / "deskhand.toml"
    file.write_text(file.read_text() + "\n[sign_in]\n" + "\n".join(lines) + "\n")


@contextmanager
def opened(desk: Path) -> Iterator[Installation]:
    installation = open_installation(open_folder(desk))
    try:
        yield installation
    finally:
        installation.close()


def come_in(desk: Path, login: str = PERSON, password: str = THEIRS) -> Account:
    with opened(desk) as installation:
        signing_in = installation.identity.signing_in
        now = datetime.now(UTC)
        session, _ = signing_in.sign_in(login, Secret(password), address="192.0.2.1", user_agent="", now=now)
        return installation.identity.accounts.get(session.account_id)


def change(desk: Path, verb: str, login: str = PERSON, secret: Secret | None = None, **arguments: object) -> None:
    directory = LocalDirectory(f"sqlite:///{desk / 'directory.db'}", policy=QUICK)
    given = {"user": Ref("user", f"u-{login}"), **arguments}
    secrets = {"p": secret} if secret is not None else {}
    directory.perform(Operation("set", f"directory.{verb}", given), (), secrets)
    directory.close()


@pytest.fixture
def using(company: Path) -> Path:
    """A desk whose people sign in with the directory, one of them with a password there."""
    change(company, "user.set_password", secret=Secret(THEIRS), password=SecretRef("p"), must_change=False)
    settings(company, "directory = true")
    return company


def test_people_come_in_by_the_setting_and_not_without_it(company: Path, using: Path) -> None:
    account = come_in(using)
    assert (account.login, account.kind, account.person_id) == (PERSON, "directory", f"u-{PERSON}")
    file = using / "deskhand.toml"
    file.write_text(file.read_text().replace("directory = true", "directory = false"))
    with pytest.raises(RefusedError):
        come_in(using)


def test_a_list_tells_accounts_of_the_directory_from_those_kept_here(using: Path) -> None:
    come_in(using)
    listed = deskhand("accounts", "list", "--desk", using)
    kinds = {line.split()[0]: line.split()[-1] for line in listed.out.splitlines()}
    assert kinds == {"agent.rotterdam": "local", "alice": "local", PERSON: "directory"}
    rows = deskhand("accounts", "list", "--json", "--desk", using).json
    assert {row["login"]: row["kind"] for row in rows} == kinds


def test_a_password_for_an_account_of_the_directory_is_refused_before_it_is_asked_for(using: Path) -> None:
    come_in(using)
    for command in (("password", PERSON), ("add", PERSON)):
        refused = deskhand("accounts", *command, "--password-stdin", "--desk", using, stdin=b"a new password\n")
        assert (refused.code, is_one_sentence(refused.err)) == (1, True)
        assert (
            f"{PERSON} signs in with the directory. Its password is changed there; nothing was changed" in refused.err
        )
    assert come_in(using).login == PERSON


def test_disabling_an_account_of_the_directory_keeps_the_person_out_until_it_is_enabled(using: Path) -> None:
    come_in(using)
    assert deskhand("accounts", "disable", PERSON, "--desk", using).code == 0
    with pytest.raises(RefusedError):
        come_in(using)
    with pytest.raises(RefusedError):
        come_in(using, f"{PERSON}@sample.test")
    assert deskhand("accounts", "enable", PERSON, "--desk", using).code == 0
    assert come_in(using).login == PERSON


def test_an_account_is_handed_to_the_directory(using: Path) -> None:
    change(using, "user.set_password", "alice", Secret(THEIRS), password=SecretRef("p"), must_change=False)
    with pytest.raises(RefusedError):
        come_in(using, "alice")
    given = deskhand("accounts", "use-directory", "alice", "--desk", using)
    assert (given.code, given.out) == (
        0, "alice signs in with the directory from now on; the password kept here is gone.\n"
    )  # fmt: skip
    assert come_in(using, "alice").kind == "directory"
    again = deskhand("accounts", "use-directory", "alice", "--desk", using)
    assert (again.code, is_one_sentence(again.err)) == (1, True)


def test_no_account_is_handed_over_where_the_directory_is_not_used(company: Path) -> None:
    refused = deskhand("accounts", "use-directory", "alice", "--desk", company)
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert "Set directory = true under [sign_in]." in refused.err
    assert deskhand("accounts", "list", "--json", "--desk", company).json[1]["kind"] == "local"


def test_nothing_is_done_on_the_command_line_as_somebody_who_would_not_be_let_in(using: Path) -> None:
    come_in(using)
    change(using, "user.expire_password")
    refused = deskhand("plan", "unlock-account", "--as", PERSON, "--target", "z.lindqvist", "--desk", using)
    assert refused.code == 1
    assert "must change the password in the directory first, so nothing is done as t.novak." in refused.err


def said(desk: Path) -> list[tuple[str, str]]:
    rows = deskhand("doctor", "--json", "--desk", desk).json
    return [(row["state"], row["detail"]) for row in rows if row["what"] == "sign-in"]


def test_the_doctor_says_who_signs_in(using: Path, tmp_path: Path) -> None:
    assert said(using) == [
        ("ok", "with the directory, for everybody in it, who get what access.yaml gives to everyone")
    ]
    file = using / "deskhand.toml"
    file.write_text(file.read_text() + 'only_members_of = "SD-Rotterdam"\n')
    assert said(using) == [("ok", "with the directory, for members of SD-Rotterdam")]
    with pytest.raises(RefusedError):
        come_in(using)
    change(using, "user.join_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    assert come_in(using).login == PERSON


def test_a_group_that_is_made_later_under_the_name_gives_nobody_a_way_in(using: Path) -> None:
    file = using / "deskhand.toml"
    file.write_text(file.read_text() + 'only_members_of = "Desk-People"\n')
    assert said(using)[0][0] == "error"
    directory = LocalDirectory(f"sqlite:///{using / 'directory.db'}", policy=QUICK)
    unit = Ref("ou", directory.locate("OU=Groups,DC=sample,DC=test", "ou").id)  # type: ignore[union-attr]
    made = directory.perform(
        Operation("make", "directory.group.create", {"name": "Desk-People", "ou": unit}), (), {}
    ).outputs["group"]
    directory.close()
    change(using, "user.join_groups", groups=(made,))
    with pytest.raises(RefusedError):
        come_in(using)
    assert 'deskhand access rebind "Desk-People"' in said(using)[0][1]
    assert deskhand("access", "rebind", "Desk-People", "--desk", using).code == 0
    assert come_in(using).login == PERSON


def test_a_group_that_was_renamed_still_counts(using: Path) -> None:
    file = using / "deskhand.toml"
    file.write_text(file.read_text() + 'only_members_of = "SD-Rotterdam"\n')
    assert said(using)[0][0] == "ok"
    change(using, "user.join_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    rows_changed(
        using / "directory.db",
        "UPDATE directory_groups SET name = 'Maas', name_key = 'maas' WHERE id = 'g-SD-Rotterdam'",
    )
    assert come_in(using).login == PERSON


def test_a_connector_that_verifies_no_passwords_is_refused(company: Path) -> None:
    settings(company, "directory = true")
    folder = open_folder(company)
    inner = LocalDirectory(f"sqlite:///{company / 'directory.db'}", policy=QUICK)
    connectors = Connectors({"directory": RecordingConnector(inner)})
    with pytest.raises(
        SetUpError, match=r"\[sign_in\] directory = true: the connector directory cannot verify passwords\."
    ):
        open_directory_sign_in(folder, connectors, AccessNames())
    inner.close()


def test_the_group_is_looked_up_once(company: Path) -> None:
    inner = RecordingConnector(LocalDirectory(f"sqlite:///{company / 'directory.db'}", policy=QUICK))
    asked: list[None] = []
    inner.reading = lambda: asked.append(None)
    group = NamedGroup("SD-Rotterdam", Connectors({"directory": inner}), AccessNames())
    assert [group() for _ in range(3)] == ["g-SD-Rotterdam"] * 3
    assert len(asked) == 1
    inner.inner.close()  # type: ignore[attr-defined]
