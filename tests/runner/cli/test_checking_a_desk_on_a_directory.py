"""`deskhand check` of a desk on Active Directory tells what is asked for there and not kept; the directory need not answer."""

from pathlib import Path

from click.testing import CliRunner

from connectors.ldap.connector import LdapDirectory
from runner.cli.main import cli
from runner.connecting import open_connectors
from runner.deskfolder import create, open_folder
from runner.sealing import new_key
from tests.runner.cli.commands import deskhand

DIRECTORY = """\
[connectors.directory]
use = "ldap"
servers = ["ldaps://127.0.0.1:1"]
dialect = "active_directory"
base = "dc=sample,dc=test"
user = "desk@sample.test"
password_file = "password"

"""
LOOKUP = """
  - id: disabled-lately
    title: Disabled lately
    find: user
    where: { disabled_at: { ">=": $(today() - 30d) } }
"""
FORM = """\
format: form/1
id: report-lately
title: Disabled lately
fields:
  - { id: rows, type: table, label: Accounts, source: { lookup: disabled-lately }, columns: [login, disabled_at] }
"""


def desk(folder: Path) -> Path:
    create(folder, demo=True, port=0, key=new_key())
    settings = folder / "deskhand.toml"
    before, _, rest = settings.read_text().partition("[connectors.directory]")
    settings.write_text(before + DIRECTORY + rest[rest.index("[connectors.mailbox]") :])
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("Kompas-Regen-88")
    return folder


def checked(folder: Path) -> list[str]:
    output = CliRunner().invoke(cli, ["check", str(folder)]).output
    return [line.removeprefix(f"{folder}/forms/") for line in output.splitlines() if "E166" in line or "W331" in line]


def test_the_library_asks_for_nothing_that_is_not_kept(tmp_path: Path) -> None:
    found = checked(desk(tmp_path / "desk"))
    assert not [line for line in found if "E166" in line]
    assert {line.partition(":")[0] for line in found} >= {"access.yaml"}


def test_a_report_over_it_is_refused_with_the_search_the_attribute_and_the_directory(tmp_path: Path) -> None:
    folder = desk(tmp_path / "desk")
    lookups = folder / "forms" / "lookups.yaml"
    lookups.write_text(lookups.read_text() + LOOKUP)
    (folder / "forms" / "report-lately.form.yaml").write_text(FORM)
    reason = "Active Directory does not keep “Disabled since” of a user"
    found = [line.split(": ", 1) for line in checked(folder) if "lately" in line or line.startswith("lookups")]
    assert [(where.partition(":")[0], said) for where, said in found] == [
        ("report-lately.form.yaml", f'warning W331: "disabled_at" tells nothing here: {reason}'),
        ("lookups.yaml", f'error E166: nothing can be asked by "disabled_at" here: {reason}'),
        ("report-lately.form.yaml", f'error E166: the search "disabled-lately" cannot be answered here: {reason}'),
    ]


def test_a_directory_takes_the_time_zone_of_the_desk_unless_it_is_given_another(tmp_path: Path) -> None:
    folder = desk(tmp_path / "desk")
    settings = folder / "deskhand.toml"
    for line, zone in (("", "Europe/Amsterdam"), ('time_zone = "Asia/Tokyo"\n', "Asia/Tokyo")):
        settings.write_text(settings.read_text().replace('dialect = "active', f'{line}dialect = "active', 1))
        directory = open_connectors(open_folder(folder)).for_kind("user")
        assert isinstance(directory, LdapDirectory)
        assert str(directory.layout.zone) == zone


def test_forms_that_others_extend_stay_and_nothing_is_moved(tmp_path: Path) -> None:
    folder = desk(tmp_path / "desk")
    (folder / "forms" / "own-mfa.form.yaml").write_text("format: form/1\nid: own-mfa\nextends: reset-mfa\ntitle: Own\n")
    before = sorted(file.name for file in (folder / "forms").iterdir())
    done = deskhand("connect", folder, "--set-aside")
    assert (done.code, "Nothing was set aside, since own-mfa.form.yaml builds on" in done.err) == (1, True), done.text
    assert sorted(file.name for file in (folder / "forms").iterdir()) == before
    assert not (folder / "set-aside").exists()
