"""What docs/directories.md says of settings, rights, OpenLDAP's access lists and what a directory cannot do is true."""

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.dialects import DIALECTS
from connectors.ldap.examining.rights import Right, as_attributes, as_dsacls, everything_for
from connectors.ldap.kept import unkept
from connectors.ldap.layout import _RESERVED, _RESERVED_BEGINNINGS, layout
from connectors.spi import Everything, Question, Usage
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS
from tests.connectors.ldap import sample_openldap
from tests.connectors.ldap.delegations import CHARLIE, SALES, ref
from tests.connectors.ldap.on_servers import on_openldap, perform
from tests.runner.cli.commands import ROOT
from tests.servers.certificates import Certificates
from tests.servers.openldap import READER, SERVICE, OpenLdap, Template

TEXT = (ROOT / "docs/directories.md").read_text("utf-8")
NOT_SETTINGS = {"clock"}


def section(heading: str) -> str:
    return TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    found = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_setting_of_the_connector_is_in_the_table_and_no_other() -> None:
    settings = [named(row[0])[0] for row in rows(section('Settings of `use = "ldap"`'))]
    assert sorted(settings) == sorted(set(inspect.signature(LdapDirectory).parameters) - NOT_SETTINGS)


def test_every_attribute_that_no_form_may_write_is_listed() -> None:
    listed = TEXT.split("\n### Attributes that cannot be opened to forms\n", 1)[1].split("\n## ", 1)[0]
    names, beginnings = listed.split("The same holds for every attribute that begins with")
    lower = {name.lower() for name in named(names)} - {"attributes", "custom", ";lang-nl"}
    assert lower == _RESERVED
    assert named(beginnings.split(". And ")[0]) == list(_RESERVED_BEGINNINGS)


def test_the_defaults_in_the_table_are_those_of_the_connector() -> None:
    parameters = inspect.signature(LdapDirectory).parameters
    for setting, _, default in rows(section('Settings of `use = "ldap"`')):
        if default.isdigit():
            assert float(default) == parameters[named(setting)[0]].default


@pytest.mark.parametrize(
    ("dialect", "column", "written"), [("active_directory", 1, as_dsacls), ("openldap", 2, as_attributes)]
)
def test_the_rights_of_each_verb_are_those_that_are_tested(
    dialect: str, column: int, written: Callable[[Right], tuple[str, ...]]
) -> None:
    base = layout(dialect, "DC=example,DC=org")
    said = {
        f"directory.{verb}": set(named(row[column]))
        for row in rows(section("Rights, verb by verb"))
        for verb in named(row[0])
    }
    needed = {
        verb: {name for right in everything_for(base, verb) for name in written(right)} for verb in DIRECTORY_VERBS
    }
    assert {verb: rights for verb, rights in said.items() if rights} == {
        verb: rights for verb, rights in needed.items() if rights
    }


def test_what_a_directory_cannot_do_is_what_its_dialect_says() -> None:
    said = {f"directory.{named(row[0])[0]}": row[1:] for row in rows(section("What a directory cannot do"))}
    columns = list(DIALECTS.values())
    assert said == {
        verb: ["no" if verb in dialect.cannot else "yes" for dialect in columns]
        for verb in DIRECTORY_VERBS
        if any(verb in dialect.cannot for dialect in columns)
    }


def test_what_a_directory_does_not_keep_is_what_it_says_itself() -> None:
    said = {named(row[0])[0]: row[1:] for row in rows(section("What a directory does not keep"))}
    columns = [unkept(layout(name, "dc=example,dc=test")) for name in DIALECTS]
    assert said == {
        f"{kind}.{name}": ["no" if name in each[kind] else "yes" for each in columns]
        for kind, known in ATTRIBUTES.items()
        for name in known
        if any(name in each.get(kind, {}) for each in columns)
    }


@pytest.fixture(scope="module")
def as_documented(certificates: Certificates) -> Iterator[OpenLdap]:
    """An OpenLDAP with the limits and access lists of the page in place of its own."""
    (printed,) = re.findall(r"```\n(limits .*?)```", section("OpenLDAP"), re.DOTALL)
    limits, _, access = printed.partition("access to")
    sample = sample_openldap.sample_ldif(datetime.now(UTC))
    with Template.made(certificates.good, sample) as template, OpenLdap.started(template, sizelimit=3) as server:
        file = server._folder / "slapd.conf"
        text = re.sub(r"^limits .*\n", "", file.read_text(), flags=re.MULTILINE)
        start, end = text.index("access to attrs=userPassword"), text.index("overlay sssvlv")
        file.write_text(f"{text[:start]}{limits}access to{access}\n{text[end:]}")
        server.stop()
        server.start()
        yield server


def test_openldap_with_the_access_lists_of_the_page_serves_two_accounts(as_documented: OpenLdap) -> None:
    with on_openldap(as_documented, user=READER) as reading, on_openldap(as_documented, user=SERVICE) as writing:
        assert len(list(reading.scan("user", Everything()))) == len(list(writing.scan("user", Everything()))) == 8
        verbs = ("directory.user.update", "directory.user.set_password", "directory.group.add_members")
        usages = [Usage(verb, verb, frozenset({"set", "title"})) for verb in verbs]
        ours = {one.what: one.state for one in writing.examine(usages) if "password_days" not in one.detail}
        assert "error" not in ours.values()
        said = "\n".join(one.detail for one in reading.examine(usages) if one.state == "error")
        assert [verb for verb in verbs if not re.search(rf"^needed by: .*{verb}", said, re.MULTILINE)] == []
        for directory, came in ((reading, "refused"), (writing, "changed")):
            for verb, given in (
                ("user.update", {"user": CHARLIE, "set": {"title": "New"}}),
                ("group.add_members", {"group": SALES, "members": (ref("user", "u-hanna"),)}),
                ("user.expire_password", {"user": CHARLIE}),
                ("user.delete", {"user": ref("user", "u-alice")}),
            ):
                assert outcome(directory, verb, given) == came, verb
        everything = reading.read(Question("user", Everything())).entries
    assert "userPassword" not in as_documented.search("(uid=*)", "userPassword", "pwdHistory", user=SERVICE)
    assert len(everything) == 7


def outcome(directory: LdapDirectory, verb: str, given: dict) -> str:
    try:
        return perform(directory, verb, **given).state
    except RejectedError as error:
        assert "has not the right" in str(error)  # noqa: PT017
        return "refused"
