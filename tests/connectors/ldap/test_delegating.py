"""What doctor prints to give rights is run as it stands, gives what is missing, on the units that are reached and no other."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.examining.containers import Container, containers
from connectors.ldap.examining.delegating import sid_text
from connectors.ldap.examining.sampling import Reach, Sample
from connectors.spi import Compare, Not, Observation, Under, Usage
from tests.connectors.ldap import sample_active_directory, sample_openldap
from tests.connectors.ldap.delegations import (
    active_directory_accounts,
    openldap_access,
    openldap_account,
    openldap_accounts,
)
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.sample_cast import PASSWORD
from tests.servers import openldap, samba
from tests.servers.certificates import Certificates
from tests.servers.samba import program

ONE = ("directory.user.unlock",)
SETS = frozenset({"set", "title", "department"})


def place(directory: LdapDirectory, *units: str) -> tuple[str, ...]:
    return directory.place_of(",".join((*units, directory.layout.base)))


def usages(directory: LdapDirectory) -> list[Usage]:
    """Two forms for Sales, two for everything below People but Sales' managers' unit, one that makes people in Leavers."""
    sales = {"user": Under(place(directory, "OU=Sales", "OU=People"))}
    leavers = {"ou": Under(place(directory, "OU=Leavers"))}
    return [
        Usage("details", "directory.user.update", SETS, sales),
        Usage("titles", "directory.user.update", frozenset({"set", "title"}), sales),
        Usage("reset", "directory.user.set_password", frozenset(), sales),
        Usage("remove", "directory.user.delete", frozenset(), sales),
        Usage("make", "directory.user.create", frozenset(), leavers),
        Usage("nobody", "directory.group.delete", frozenset(), {"group": Compare("name", "==", "no such group")}),
    ]


def missing(directory: LdapDirectory, *more: Usage) -> list[Observation]:
    found = [one for one in directory.examine([*usages(directory), *more]) if one.what.startswith("right")]
    return [one for one in found if one.state != "ok"]


@pytest.fixture(scope="module")
def on_active_directory(samba_template: samba.Template) -> Iterator[tuple[samba.SambaDc, LdapDirectory]]:
    ldif, _ = active_directory_accounts(ONE, (), samba.SUFFIX, PASSWORD)
    sample = sample_active_directory.sample_ldif(datetime.now(UTC))
    with (
        samba_template.with_more(sample + ldif) as template,
        samba.SambaDc.started(template) as server,
        on_samba(server, user="svc-0@example.test") as directory,
    ):
        yield server, directory


def test_what_is_printed_for_samba_gives_what_is_missing_and_nothing_elsewhere(
    on_active_directory: tuple[samba.SambaDc, LdapDirectory],
) -> None:
    server, directory = on_active_directory
    before = missing(directory)
    said = "\n".join(one.detail for one in before)
    assert {one.state for one in before} == {"error"}
    assert "needed by: details, titles\n" in said
    assert "nobody" not in said
    assert "…" not in said
    commands = re.findall(r"^samba-tool .*", said, re.MULTILINE)
    assert {one.split("'")[1] for one in commands} == {
        f"OU=Sales,OU=People,{samba.SUFFIX}",
        f"OU=Leavers,{samba.SUFFIX}",
    }
    assert f'dsacls "OU=Leavers,{samba.SUFFIX}" /I:T /G "svc-0@example.test:CC;user"' in said
    database = server._folder / "private" / "sam.ldb"
    for command in commands:
        run = f"{command.replace('samba-tool', program('samba-tool'), 1)} -H {database} -s {server._folder}/smb.conf"
        subprocess.run(["/bin/sh", "-c", run], check=True, capture_output=True)
    assert missing(directory) == []
    elsewhere = Usage(
        "elsewhere", "directory.user.unlock", frozenset(), {"user": Not(usages(directory)[0].reaches["user"])}
    )
    assert [one.what for one in missing(directory, elsewhere)] == ["right to write lockoutTime of people"]
    titles = replace(elsewhere, form="other titles", verb="directory.user.update", sets=SETS)
    assert [one.what for one in missing(directory, titles)] == ["right to write department, title of people"]


@pytest.fixture
def on_plain_openldap(certificates: Certificates) -> Iterator[openldap.OpenLdap]:
    accounts = openldap_accounts(ONE, openldap.SUFFIX, openldap.PASSWORD)
    sample = sample_openldap.sample_ldif(datetime.now(UTC))
    with (
        openldap.Template.made(certificates.good, sample + accounts) as template,
        openldap.OpenLdap.started(template) as server,
    ):
        yield server


def give(server: openldap.OpenLdap, access: str) -> None:
    file = server._folder / "slapd.conf"
    text = file.read_text()
    start, end = re.search(r"^access to ", text, re.MULTILINE).start(), text.index("overlay sssvlv")
    file.write_text(text[:start] + access + "\n" + text[end:])
    server.stop()
    server.start()


def test_the_lines_printed_for_openldap_give_what_is_missing(on_plain_openldap: openldap.OpenLdap) -> None:
    nothing = openldap_access({}, openldap.SUFFIX)
    give(on_plain_openldap, nothing)
    with on_openldap(on_plain_openldap, user=openldap_account(0, openldap.SUFFIX)) as directory:
        before = missing(directory)
        lines = [line for one in before for line in one.detail.splitlines() if line.startswith("access to ")]
        assert lines
        assert all("ou=Sales" in line or "OU=Sales" in line for line in lines)
        give(on_plain_openldap, "\n".join([*lines, nothing]))
        directory.close()
        assert missing(directory) == []
        other = Usage("other", "directory.user.update", SETS, {})
        (found,) = missing(directory, other)
        assert (found.state, "needed by: other" in found.detail) == ("warning", True)


# --- which units ----------------------------------------------------------------------------------------------------

A, B, C = ("top", "a"), ("top", "b"), ("top", "a", "c")
D = ("top", "a", "d")


def reached(*places: tuple[str, ...], **more: frozenset) -> Reach:
    return Reach({one: Sample("", "") for one in places}, **more)


@pytest.mark.parametrize(
    ("missing_in", "reach", "given"),
    [
        ([A, C, D], reached(A, C, D), [Container(A)]),
        ([C, D], reached(C, D), [Container(A)]),
        ([C], reached(C), [Container(C)]),
        ([C, D], reached(A, C, D), [Container(C), Container(D)]),  # A is allowed already
        ([C], reached(C, barred=frozenset({D}), closed=frozenset({D})), [Container(C)]),
        ([A, C], reached(A, C, barred=frozenset({D})), [Container(A, is_whole=False), Container(C)]),
        ([A, C], reached(A, C, empty=frozenset({D})), [Container(A)]),
        ([A], reached(A, barred=frozenset({B})), [Container(A)]),
    ],
)
def test_the_fewest_units_are_named_that_hold_nothing_out_of_reach(
    missing_in: list[tuple[str, ...]], reach: Reach, given: list[Container]
) -> None:
    units = {A, B, C, D} if D in missing_in or reach.barred | reach.empty else {A, B, C}
    assert list(containers(missing_in, reach, units)) == given


def test_a_sid_is_written_as_commands_take_it() -> None:
    assert sid_text(bytes.fromhex("010500000000000515000000010000000200000003000000f4010000")) == "S-1-5-21-1-2-3-500"
    assert (sid_text(b""), sid_text(bytes(9))) == ("", "")
