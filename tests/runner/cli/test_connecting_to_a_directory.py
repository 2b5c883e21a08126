"""`deskhand connect` on a real OpenLDAP and a real Active Directory domain: what it writes, and when it writes nothing."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.connectors.ldap import sample_active_directory as active_directory
from tests.connectors.ldap.sample_cast import PASSWORD as EVERYBODYS
from tests.runner.cli.commands import Result, deskhand
from tests.servers import samba as samba_server
from tests.servers.openldap import PASSWORD, READER, SERVICE, SUFFIX, OpenLdap, Template


@pytest.fixture(scope="module")
def openldap(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


@pytest.fixture
def desk(new_desk: Path, tmp_path: Path) -> Path:
    """A desk of its own with the whole library."""
    return Path(shutil.copytree(new_desk, tmp_path / "desk"))


def settings(desk: Path) -> dict:
    return tomllib.loads((desk / "deskhand.toml").read_text("utf-8"))


def connected(desk: Path, server: OpenLdap, *more: object, typed: str = f"{PASSWORD}\n") -> Result:
    given = ("--server", server.tls_url, "--user", SERVICE, "--base", SUFFIX, "--ca-file", server.authority)
    return deskhand("connect", desk, *given, *more, stdin=typed.encode())


def files(desk: Path) -> dict[str, bytes]:
    return {str(file.relative_to(desk)): file.read_bytes() for file in desk.rglob("*") if file.is_file()}


def test_the_section_is_written_with_what_was_found(desk: Path, openldap: OpenLdap) -> None:
    before = (desk / "deskhand.toml").read_text("utf-8")
    result = connected(desk, openldap, "--yes")
    assert result.code == 0, result.text
    assert settings(desk)["connectors"]["directory"] == {
        "use": "ldap",
        "servers": [openldap.tls_url],
        "dialect": "openldap",
        "base": SUFFIX,
        "user": SERVICE,
        "password_file": "directory.password",
        "ca_file": str(openldap.authority),
        "password_days": 90,
    }
    after = (desk / "deskhand.toml").read_text("utf-8")
    assert before.partition("[connectors.directory]")[0] == after.partition("[connectors.directory]")[0]
    assert before.partition("[connectors.mailbox]")[2] == after.partition("[connectors.mailbox]")[2]
    assert (desk / "deskhand.toml.bak").read_text("utf-8") == before
    assert "person: " in result.out
    assert "not locked)" in result.out


def test_the_password_is_in_a_file_of_its_owners_and_nowhere_else(desk: Path, openldap: OpenLdap) -> None:
    result = connected(desk, openldap, "--yes")
    assert PASSWORD not in result.text
    secret = desk / "directory.password"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.read_text() == f"{PASSWORD}\n"
    assert [name for name, content in files(desk).items() if PASSWORD.encode() in content] == ["directory.password"]
    assert [file.name for file in desk.iterdir() if file.name.startswith(".")] == []


def test_the_desk_works_with_what_was_written_from_any_folder(
    desk: Path, openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert connected(desk, openldap, "--yes").code == 0
    monkeypatch.chdir(tmp_path)
    found = deskhand("doctor", "--desk", desk, "--json").json
    states = {(one["what"], one["state"]) for one in found}
    assert ("connector directory", "ok") in states
    assert ("directory memberships", "ok") in states
    assert ("directory rights", "ok") in states
    assert not [one for one in found if one["state"] == "error" and one["what"].startswith("directory ")]


def test_everything_can_be_asked_for_the_authority_too(desk: Path, openldap: OpenLdap) -> None:
    typed = ["n", "x", str(openldap.authority), SERVICE, PASSWORD, ""]
    typed[0] = openldap.tls_url
    result = deskhand("connect", desk, stdin="\n".join([*typed, ""]).encode())
    assert result.code == 0, result.text
    assert "It was signed by" in result.err
    assert "SHA-256 fingerprint" in result.err
    assert "There is no file x." in result.err
    assert settings(desk)["connectors"]["directory"]["base"].lower() == SUFFIX.lower()
    for word in ("skip", "insecure", "without checking"):
        assert word not in result.text


@pytest.mark.parametrize(
    ("more", "typed", "code", "said"),
    [
        (("--yes",), "wrong\n", 4, "does not let the account in"),
        (("--base", "DC=elsewhere,DC=test", "--yes"), f"{PASSWORD}\n", 1, "nothing was written"),
        (("--user", "svc", "--yes"), f"{PASSWORD}\n", 4, "write svc as name@domain or as a DN"),
        (
            ("--writer", "cn=nobody-at-all", "--writer-password-env", "MISSING_PASSWORD", "--yes"),
            f"{PASSWORD}\n",
            1,
            "MISS",
        ),
        (("--server", "ldaps://127.0.0.1:1", "--ca-file", "/nowhere", "--yes"), f"{PASSWORD}\n", 4, "ca_file /nowhere"),
        (("--as", "No Name"), "", 2, "--as"),
        (("--user", "x", "--password-file", "a", "--password-env", "B"), "", 2, "either"),
    ],
)
def test_nothing_is_written_when_it_does_not_work(
    desk: Path, openldap: OpenLdap, more: tuple[str, ...], typed: str, code: int, said: str
) -> None:
    before = files(desk)
    result = connected(desk, openldap, *more, typed=typed)
    assert (result.code, files(desk)) == (code, before), result.text
    assert said in result.text


def test_what_is_replaced_is_asked_for_until_there_is_an_answer(desk: Path, openldap: OpenLdap) -> None:
    assert "Replace [" not in connected(desk, openldap).err  # a local directory in which nothing is
    before = files(desk)
    asked = connected(desk, openldap, typed=f"{PASSWORD}\n\nperhaps\nno\n")
    assert asked.err.count("Replace [connectors.directory], which uses ldap (yes/no): ") == 3
    assert (asked.code, files(desk)) == (1, before)
    assert "Nothing was written" in asked.err
    assert connected(desk, openldap).code == 2
    assert files(desk) == before


def test_people_who_were_imported_are_not_left_behind_unasked(desk: Path, openldap: OpenLdap, tmp_path: Path) -> None:
    people = tmp_path / "people.ldif"
    people.write_text("dn: CN=Eve,DC=example,DC=org\nobjectClass: user\ncn: Eve\nsAMAccountName: eve\n")
    assert deskhand("import", "--desk", desk, people).code == 0
    asked = connected(desk, openldap, typed=f"{PASSWORD}\nno\n")
    assert (asked.code, "Replace [connectors.directory], which uses local" in asked.err) == (1, True)


def test_a_base_that_is_not_there_is_said_once_with_the_bases_that_are(desk: Path, openldap: OpenLdap) -> None:
    result = connected(desk, openldap, "--base", "DC=elsewhere,DC=test", "--yes")
    (error,) = [line for line in result.out.splitlines() if line.startswith("ERROR")]
    assert f"does not see DC=elsewhere,DC=test. The server holds {SUFFIX}".lower() in error.lower()
    assert result.out.splitlines()[-1] == error


def test_an_authority_in_der_form_is_taken_and_kept_in_pem_form(desk: Path, openldap: OpenLdap, tmp_path: Path) -> None:
    der = tmp_path / "ca.cer"
    pem = x509.load_pem_x509_certificate(openldap.authority.read_bytes())
    der.write_bytes(pem.public_bytes(Encoding.DER))
    before = files(desk)
    assert connected(desk, openldap, "--ca-file", der, "--yes", typed="wrong\n").code == 4
    assert files(desk) == before
    result = connected(desk, openldap, "--ca-file", der, "--yes")
    assert result.code == 0, result.text
    assert settings(desk)["connectors"]["directory"]["ca_file"] == "directory-ca.pem"
    assert x509.load_pem_x509_certificate((desk / "directory-ca.pem").read_bytes()) == pem
    assert "ok       connector directory" in deskhand("doctor", "--desk", desk).out


def test_what_settings_yaml_names_and_the_directory_does_not_have_is_listed_with_what_could_be(
    desk: Path, openldap: OpenLdap
) -> None:
    told = connected(desk, openldap, "--yes").out.partition("\nNext:\n")[2]
    listed = re.findall(r"^     (\w+): .*\((.*)\)$", told, re.MULTILINE)
    assert [key for key, _ in listed] == [
        "mail_domain", "upn_suffix", "domain_dn", "people_ou", "groups_ou", "leavers_ou",
    ]  # fmt: skip
    assert "could be  example.test" in told
    assert re.search(rf"leavers_ou: OU=Leavers,.*\n +could be  ou=Leavers,{SUFFIX}\n", told, re.IGNORECASE), told
    file = desk / "forms" / "settings.yaml"
    errors = [one for one in deskhand("doctor", "--desk", desk, "--json").json if one["what"] == "settings.yaml"]
    assert {one["state"] for one in errors} == {"error"}
    assert "org.leavers_ou: the directory has no unit OU=Leavers,DC=sample,DC=test" in errors[-1]["detail"]
    mended = file.read_text("utf-8").replace("DC=sample,DC=test", SUFFIX).replace("sample.test", "example.test")
    file.write_text(mended, "utf-8")
    again = connected(desk, openldap, "--yes").out.partition("\nNext:\n")[2]
    assert "under org:" not in again, again
    assert not [one for one in deskhand("doctor", "--desk", desk, "--json").json if one["what"] == "settings.yaml"]


@pytest.mark.parametrize("way", ["--set-aside", "asked", "later"])
def test_forms_that_the_directory_cannot_do_are_set_aside(desk: Path, openldap: OpenLdap, way: str) -> None:
    forms = {"activate-account", "clear-sessions", "reset-mfa", "update-group", "disable-computer", "enable-computer"}
    (desk / "forms" / "reset-mfa.nl.texts.yaml").write_text("format: texts/1\ntitle: Tweede factor\n", "utf-8")
    given = {"--set-aside": ("--yes", way), "asked": (), "later": ("--yes",)}[way]
    result = connected(desk, openldap, *given, typed=f"{PASSWORD}\nyes\n")
    assert result.code == 0, result.text
    assert "6 forms cannot be used with this directory:" in result.out
    assert "  reset-mfa: OpenLDAP keeps no second factor" in result.out
    if way == "later":
        assert deskhand("check", desk).code == 1
        assert f"deskhand connect {desk} --set-aside" in result.out
        later = deskhand("connect", desk, "--set-aside")
        assert (later.code, "Moved 7 files" in later.out) == (0, True), later.text
    moved = {file.name for file in (desk / "set-aside").iterdir()}
    assert moved == {"reset-mfa.nl.texts.yaml", *(f"{form}.form.yaml" for form in forms)}
    checked = deskhand("check", desk)
    assert checked.code == 0, checked.out
    assert not [one for one in deskhand("doctor", "--desk", desk, "--json").json if one["what"] == "forms"][1:]


def test_a_second_connection_keeps_what_was_written_by_hand(desk: Path, openldap: OpenLdap) -> None:
    assert connected(desk, openldap, "--yes").code == 0
    file = desk / "deskhand.toml"
    by_hand = 'time_zone = "Europe/Amsterdam"  # where we are\n'
    text = file.read_text("utf-8").replace('dialect = "openldap"\n', f'dialect = "openldap"\n{by_hand}')
    file.write_text(text, "utf-8")
    (desk / "writing").write_text(PASSWORD)
    (desk / "writing").chmod(0o600)
    result = connected(
        desk, openldap, "--user", READER, "--writer", SERVICE, "--writer-password-file", desk / "writing", "--yes"
    )
    assert result.code == 0, result.text
    assert by_hand in file.read_text("utf-8")
    directory = settings(desk)["connectors"]["directory"]
    assert directory["user"] == READER
    assert directory["writer"] == {"user": SERVICE, "password_file": "writing"}
    assert "writing account: it signs in" in result.out
    assert "directory writing account" in deskhand("doctor", "--desk", desk).out


def test_one_of_several_directories_gets_a_section_of_its_own(desk: Path, openldap: OpenLdap) -> None:
    refused = connected(desk, openldap, "--as", "corp", "--yes", "--server", "ldaps://127.0.0.1:1")
    assert (refused.code, refused.out) == (3, "")
    assert 'is one directory, use = "local". To join several write use = "directories" there' in refused.err
    file = desk / "deskhand.toml"
    text = file.read_text("utf-8")
    start, end = text.index("[connectors.directory]"), text.index("[connectors.mailbox]")
    file.write_text(text[:start] + '[connectors.directory]\nuse = "directories"\n\n' + text[end:], "utf-8")
    result = connected(desk, openldap, "--as", "corp", "--yes")
    assert result.code == 0, result.text
    assert settings(desk)["connectors"]["directory"]["of"]["corp"]["password_file"] == "corp-directory.password"
    assert "directory corp: memberships" in deskhand("doctor", "--desk", desk).out


def test_a_desk_is_connected_to_active_directory(
    desk: Path, samba_sample: samba_server.Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", EVERYBODYS)
    with samba_server.SambaDc.started(samba_sample) as server:
        given = ("--server", server.tls_url, "--ca-file", server.authority, "--password-env", "DIRECTORY_PASSWORD")
        bare = deskhand("connect", desk, *given, "--user", "svc-deskhand", "--yes", stdin=b"\n")
        assert (bare.code, "write svc-deskhand as name@domain" in bare.err) == (4, True), bare.text
        as_user = ("--user", active_directory.SERVICE, "--set-aside", "--yes")
        result = deskhand("connect", desk, *given, *as_user, stdin=b"\n")
        assert result.code == 0, result.text
        assert re.search(r"upn_suffix: sample.test .*\n +could be  example.test\n", result.out), result.out
        assert deskhand("check", desk).code == 0
        directory = settings(desk)["connectors"]["directory"]
        assert (directory["dialect"], directory["base"]) == ("active_directory", samba_server.SUFFIX)
        assert directory["password_env"] == "DIRECTORY_PASSWORD"
        assert "This is Active Directory." in result.out
        assert not (desk / "directory.password").exists()
        found = deskhand("doctor", "--desk", desk, "--json").json
    assert [one["detail"] for one in found if one["what"].startswith("directory ") and one["state"] == "error"] == []
    named = [(one["state"], one["detail"]) for one in found if one["what"] == "settings.yaml"]
    assert ("warning", "org.upn_suffix: the directory has no suffix sample.test. Write the one that is meant.") in named
