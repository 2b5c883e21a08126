"""Members that a server gives in parts are asked for until all are there (MS-ADTS 3.1.1.3.1.3.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from connectors.errors import UnavailableError
from connectors.ldap.reading.ranges import completed
from connectors.ldap.requests import Row, Search

MEMBERS = tuple(f"CN=member {number},DC=example,DC=test".encode() for number in range(4_321))


@dataclass
class InParts:
    """Answers as AD does: at most ``step`` values of an attribute, and the range in its name."""

    step: int = 1_500
    asked: list[str] = field(default_factory=list)
    stops_at: int = 10**9

    def row(self, first: int = 0) -> Row:
        if first >= self.stops_at:
            return Row("CN=G", {})
        last = first + self.step
        name = f"member;range={first}-{'*' if last >= len(MEMBERS) else last - 1}"
        return Row("CN=G", {"cn": (b"G",), name: MEMBERS[first:last]})

    def rows(self, wanted: Search) -> Iterator[Row]:
        self.asked += wanted.attributes
        match = re.fullmatch(r"member;range=(\d+)-\*", wanted.attributes[0])
        assert match is not None
        yield self.row(int(match[1]))


def test_all_members_are_there_in_their_order() -> None:
    server = InParts()
    row = completed(server, server.row())  # type: ignore[arg-type]
    assert row.values == {"cn": (b"G",), "member": MEMBERS}
    assert server.asked == ["member;range=1500-*", "member;range=3000-*"]


def test_what_was_not_cut_is_not_asked_for() -> None:
    server = InParts()
    whole = Row("CN=G", {"member": MEMBERS[:3], "cn": (b"G",)})
    assert completed(server, whole) is whole  # type: ignore[arg-type]
    assert server.asked == []


@pytest.mark.parametrize("stops_at", [1_500, 3_000])
def test_a_server_that_stops_in_between_is_no_whole_answer(stops_at: int) -> None:
    server = InParts(stops_at=stops_at)
    with pytest.raises(UnavailableError):
        completed(server, server.row())  # type: ignore[arg-type]
