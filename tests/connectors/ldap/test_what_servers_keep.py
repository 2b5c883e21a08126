"""What a directory says that it does not keep is never there, and how many members are not all told is not told at all."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Compare, Everything, Not, Question
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc

NOTHING = (None, False, (), "")


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module", params=["openldap", "samba"])
def directory(request: pytest.FixtureRequest) -> Iterator[LdapDirectory]:
    if request.param == "samba":
        with on_samba(request.getfixturevalue("samba")) as found:
            yield found
    else:
        with OpenLdap.started(request.getfixturevalue("openldap_sample")) as server, on_openldap(server) as found:
            yield found


def test_what_is_not_kept_is_never_there(directory: LdapDirectory) -> None:
    for kind, missing in directory.unkept().items():
        entries = list(directory.scan(kind, Everything()))
        assert entries
        for name, why in missing.items():
            values = {entry.attributes.get(name) for entry in entries}
            assert values <= ({True} if why.taken_for == "enabled" else set(NOTHING)), (kind, name)


def test_what_is_kept_is_there_for_somebody(directory: LdapDirectory) -> None:
    entries = list(directory.scan("user", Everything()))
    told = {name for entry in entries for name, value in entry.attributes.items() if value not in NOTHING}
    missing = set(directory.unkept()["user"])
    assert (
        told >= {"login", "enabled", "locked", "expires_on", "last_logon", "is_manager", "manager", "created"} - missing
    )


def empty(directory: LdapDirectory) -> set[str]:
    found = directory.read(Question("group", Compare("member_count", "==", 0), sort="name", limit=1_000)).entries
    return {str(entry.attributes["name"]) for entry in found}


def test_a_primary_group_is_not_empty_and_its_members_are_not_counted(samba: SambaDc) -> None:
    with on_samba(samba) as directory:
        names = empty(directory)
        assert "Empty" in names
        assert not names & {"Domain Users", "Domain Computers", "Domain Controllers", "Domain Guests"}
        everybody = Question("group", Compare("name", "==", "Domain Users"))
        (group,) = directory.read(everybody).entries
        assert group.attributes["member_count"] is None
        unknown = directory.read(Question("group", Compare("member_count", "absent"), sort="member_count")).entries
        assert "Domain Users" in {entry.attributes["name"] for entry in unknown}
        known = Not(Compare("member_count", "absent"))
        ordered = directory.read(Question("group", Everything(), sort="member_count", limit=1_000)).entries
        counts = [entry.attributes["member_count"] for entry in ordered]
        assert counts == sorted(counts, key=lambda count: (count is not None, count or 0))
        assert len(list(directory.scan("group", known))) == len([count for count in counts if count is not None])


def test_a_group_that_becomes_a_primary_one_is_found_within_a_minute(samba: SambaDc) -> None:
    clock = Clock()
    with on_samba(samba, clock=clock) as directory:
        assert "Empty" in empty(directory)
        found = samba.search("(sAMAccountName=Empty)", "objectSid")
        (group,), (sid,) = (
            re.findall("^dn: (.+)$", found, re.MULTILINE),
            re.findall("^objectSid:: (.+)$", found, re.MULTILINE),
        )
        (alice,) = re.findall("^dn: (.+)$", samba.search("(sAMAccountName=alice)", "1.1"), re.MULTILINE)
        rid = int.from_bytes(b64decode(sid)[-4:], "little")
        samba.modify(f"dn: {group}\nchangetype: modify\nadd: member\nmember: {alice}\n")
        samba.modify(f"dn: {alice}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: {rid}\n")
        assert "member:" not in samba.search("(sAMAccountName=Empty)", "member")
        clock.now += timedelta(seconds=61)
        assert "Empty" not in empty(directory)
        searches: list[str] = []
        search = directory.session.search
        directory.session.search = lambda wanted: searches.append(wanted.filter) or search(wanted)
        assert "Empty" not in empty(directory)
        assert not [one for one in searches if "primaryGroupID>=" in one]
        clock.now += timedelta(seconds=61)
        assert "Empty" not in empty(directory)
        assert len([one for one in searches if "primaryGroupID>=" in one]) == 2
