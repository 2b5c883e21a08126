"""Two joined directories answer like one directory that holds what stands in both, to the entry and its order."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import RejectedError
from connectors.joined.connector import JoinedDirectories
from connectors.local.connector import LocalDirectory
from connectors.spi import Compare, Entry, Everything, Filter, Not, Page, Question
from connectors.verbs import ATTRIBUTES
from tests.connectors.contract import _filters, _typed
from tests.connectors.joined.sample_directories import BASE, OTHER_BASE, OTHERS, SAMPLE, filled, joined, opened
from tests.connectors.oracle import matches

SEARCHED = ("display_name", "login", "mail", "department", "company")
SORTED = {
    kind: [name for name, one in known.items() if not one.type.startswith("list:") and name != "dn"]
    for kind, known in ATTRIBUTES.items()
}
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "contains", "starts_with")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDirectory]:
    """One directory with everything; ids are those that joining gives."""
    entries = [replace(entry, id=f"corp~{entry.id}") for entry in SAMPLE]
    entries += [replace(entry, id=f"lab~{entry.id}") for entry in OTHERS]
    directory = opened(filled(tmp_path_factory.mktemp("one") / "one.db", tuple(entries)))
    yield directory
    directory.close()


@pytest.fixture(scope="module")
def both(both_files: dict[str, Path]) -> Iterator[JoinedDirectories]:
    directories = joined({"corp": (both_files[BASE], BASE), "lab": (both_files[OTHER_BASE], OTHER_BASE)})
    yield directories
    directories.close()


def as_seen(page: Page) -> tuple[list[Entry], bool]:
    return [replace(entry, version="") for entry in page.entries], page.more


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_page_is_the_same_in_order_and_at_its_limit(
    both: JoinedDirectories, one: LocalDirectory, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from([kind for kind in one.kinds if kind != "ou"]))
    entries = one.read(Question(kind, Everything(), limit=1000)).entries
    groups = [entry.ref.id for entry in one.read(Question("group", Everything(), limit=1000)).entries] + ["lab~", "x"]
    texts = [str(entry.attributes.get(name)) for entry in entries for name in SEARCHED]
    question = Question(
        kind,
        data.draw(_filters(kind, entries, groups)),
        text=data.draw(_typed(texts)) if kind == "user" else "",
        search=SEARCHED if kind == "user" else (),
        sort=data.draw(st.sampled_from(["", "-"])) + data.draw(st.sampled_from(["", *SORTED[kind]])),
        limit=data.draw(st.integers(-1, len(entries) + 2)),
    )
    assert as_seen(both.read(question)) == as_seen(one.read(question))


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_ids_are_compared_as_they_are_written(
    both: JoinedDirectories, one: LocalDirectory, data: st.DataObject
) -> None:
    ids = [entry.ref.id for entry in one.read(Question("user", Everything(), limit=1000)).entries]
    id_ = data.draw(st.sampled_from([*ids, "corp~", "lab~", "kapp~x", "lab~v-aenne~b", "~", "lab", "zz"]))
    first, last = data.draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    value = data.draw(st.sampled_from([id_, id_[first : len(id_) - last], ""]))
    wanted: Filter = Compare("id", data.draw(st.sampled_from(OPERATORS)), value)
    question = Question("user", data.draw(st.sampled_from([wanted, Not(wanted)])), limit=1000)
    assert as_seen(both.read(question)) == as_seen(one.read(question))


def test_a_scan_gives_what_one_directory_gives_in_the_same_order(both: JoinedDirectories, one: LocalDirectory) -> None:
    for kind in one.kinds:
        expected = [entry.dn for entry in one.scan(kind, Everything())]
        found = [entry.dn for entry in both.scan(kind, Everything())]
        assert sorted(found) == sorted(expected)
        assert kind == "ou" or found == expected


def test_groups_managers_and_owners_are_found_among_the_objects_read(both: JoinedDirectories) -> None:
    known = {entry.ref for kind in both.kinds for entry in both.scan(kind, Everything())}
    for ref in known:
        (entry,) = both.read(Question(ref.kind, Compare("id", "==", ref.id))).entries
        assert entry.attributes["id"] == ref.id
        assert set(entry.groups) <= {ref.id for ref in known if ref.kind == "group"}
        for name in ("manager", "owner", "groups"):
            value = entry.attributes.get(name) or ()
            assert set(value if isinstance(value, tuple) else (value,)) <= known


def test_references_are_compared_and_such_to_the_other_directory_match_nothing(both: JoinedDirectories) -> None:
    everybody = both.read(Question("user", Everything())).entries
    for entry in everybody:
        for op in ("==", "!="):
            wanted = Compare("manager", op, entry.ref)
            found = {other.ref for other in both.read(Question("user", wanted)).entries}
            assert found == {other.ref for other in everybody if matches(other, wanted)}
    with pytest.raises(RejectedError, match="cannot be compared"):
        both.read(Question("user", Compare("display_name", "!=", everybody[0].ref)))
