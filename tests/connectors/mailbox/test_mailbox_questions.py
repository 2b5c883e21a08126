"""Answers to questions, compared with a plain reading of what each filter says."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from connectors.errors import RejectedError
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Entry,
    Everything,
    Filter,
    Ids,
    InGroup,
    Not,
    Nothing,
    Operation,
    Question,
    Ref,
    Under,
    Value,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = ["alice", "bob", "charlie", "dora"]
NAMES = [
    "Sales",
    "sales benelux",
    "Vertrieb Süd",
    "Größe 100%",
    "under_score",
    "Øst",
    "日本 desk",
    "Zoë",
    "A\\B",
    "Straße",
]


def rows() -> list[MailboxRow]:
    pick = random.Random(11)
    return [
        MailboxRow(
            pick.choice(NAMES),
            f"Box{number}@{pick.choice(['company', 'branch'])}.test",
            pick.choice(["personal", "shared", "room", "list"]),
            pick.choice([None, *PEOPLE]),
            {right: pick.sample(PEOPLE, pick.randint(0, 3)) for right in ("full_access", "send_as")},
            [f"alias{number}.{n}@company.test" for n in range(pick.randint(0, 2))],
            hidden=pick.random() < 0.3,
            auto_reply=pick.choice([None, "Away until Monday", "Abwesend"]),
            auto_reply_until=pick.choice([None, date(2026, 3, 1), date(2026, 3, 8)]),
            archive=pick.random() < 0.5,
            capacity=pick.choice([None, 4, 12]),
            id=f"id-{number:03}",
        )
        for number in range(80)
    ]


@pytest.fixture(scope="module")
def stub(shared_url: str) -> Iterator[MailboxStub]:
    engine = create_engine(shared_url)
    load_mailboxes(engine, rows(), now=NOW)
    engine.dispose()
    stub = MailboxStub(shared_url)
    yield stub
    stub.close()


def ids(stub: MailboxStub, filter: Filter, kind: str = "mailbox", **more: object) -> list[str]:
    question = Question(kind, filter, sort="id", limit=1000, **more)  # type: ignore[arg-type]
    return [entry.ref.id for entry in stub.read(question).entries]


def folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def compared(left: Value, op: str, right: Value) -> bool:
    """What a comparison of one present value says."""
    if isinstance(left, datetime) and not isinstance(right, datetime):
        left = left.date()
    left, right = folded(left), folded(right)
    match op:
        case "==":
            return left == right
        case "contains":
            return right in left
        case "starts_with":
            return left.startswith(right)
        case _:
            return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def holds(filter: Filter, entry: Entry) -> bool:
    match filter:
        case Everything():
            return True
        case Nothing() | Under() | InGroup():
            return False
        case Ids(wanted):
            return entry.ref.id in wanted
        case AllOf(parts):
            return all(holds(part, entry) for part in parts)
        case AnyOf(parts):
            return any(holds(part, entry) for part in parts)
        case Not(part):
            return not holds(part, entry)
        case Compare():
            return compare_holds(filter, entry)


def compare_holds(compare: Compare, entry: Entry) -> bool:
    own = entry.attributes.get(compare.attribute)
    is_empty = compare.value in (None, "", ())
    if compare.op in ("present", "absent") or (compare.op == "!=" and is_empty):
        return (own is None) == (compare.op == "absent")
    if compare.op == "!=":
        return not compare_holds(Compare(compare.attribute, "==", compare.value), entry)
    if own is None or is_empty:
        return False
    if isinstance(own, tuple):
        op = "==" if compare.op == "contains" else compare.op
        return any(compared(one, op, compare.value) for one in own)
    return compared(own, compare.op, compare.value)


TEXT_OPS = ["==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "present", "absent"]
ORDER_OPS = ["==", "!=", "<", "<=", ">", ">=", "present", "absent"]


def random_compare(pick: random.Random) -> Compare:
    person = Ref("user", pick.choice([*PEOPLE, "nobody"]))
    day = date(2026, 3, pick.randint(1, 9))
    moment = NOW + timedelta(hours=pick.randint(-1, 1))
    table: list[tuple[list[str], list[str], list[Value]]] = [
        (["name", "display_name"], TEXT_OPS, [*NAMES, "SALES", "s", "%", "_", "ß", "", None]),
        (["address", "kind"], TEXT_OPS, ["box1@company.test", "BOX", "shared", "company", ""]),
        (["auto_reply"], TEXT_OPS, ["away", "Away until Monday", "AB", None]),
        (["addresses"], ["==", "!=", "contains", "starts_with", "present"], ["Alias", "ALIAS3.0@company.test", "b"]),
        (["owner"], ["==", "!=", "present", "absent"], [person, None]),
        (["full_access", "send_as", "send_on_behalf"], ["==", "!=", "contains", "present", "absent"], [person]),
        (["hidden", "archive"], ["==", "!=", "present"], [True, False]),
        (["auto_reply_until"], ORDER_OPS, [day]),
        (["created", "changed"], ORDER_OPS, [day, moment, NOW]),
        (["capacity"], ORDER_OPS, [4, 5, 12]),
    ]
    names, ops, values = pick.choice(table)
    return Compare(pick.choice(names), pick.choice(ops), pick.choice(values))  # type: ignore[arg-type]


def random_filter(pick: random.Random, depth: int) -> Filter:
    kind = pick.randrange(8 if depth else 5)
    if kind < 4:
        return random_compare(pick)
    if kind == 4:
        wanted = frozenset(f"id-{pick.randint(0, 90):03}" for _ in range(pick.randint(0, 20)))
        return pick.choice([Everything(), Nothing(), Ids(wanted), Under(("staff",)), InGroup("g")])
    parts = tuple(random_filter(pick, depth - 1) for _ in range(pick.randint(0, 4)))
    return Not(random_filter(pick, depth - 1)) if kind == 5 else AllOf(parts) if kind == 6 else AnyOf(parts)


def test_hundreds_of_random_filters_mean_what_they_say(stub: MailboxStub) -> None:
    pick = random.Random(5)
    everything = stub.read(Question("mailbox", Everything(), sort="id", limit=1000)).entries
    matched = 0
    for _ in range(300):
        asked = random_filter(pick, 3)
        wanted = [entry.ref.id for entry in everything if holds(asked, entry)]
        assert ids(stub, asked) == wanted, asked
        matched += 0 < len(wanted) < len(everything)
    assert matched > 90


def test_lists_and_mailboxes_are_never_mixed(stub: MailboxStub) -> None:
    lists = stub.read(Question("mail_list", Everything(), limit=1000)).entries
    assert {entry.ref.kind for entry in lists} == {"mail_list"}
    assert not {entry.ref.id for entry in lists} & set(ids(stub, Everything()))
    assert ids(stub, Ids(frozenset({lists[0].ref.id}))) == []


def test_mailboxes_of_thousands_of_owners_are_one_question(stub: MailboxStub) -> None:
    owners = AnyOf(tuple(Compare("owner", "==", Ref("user", f"u{n}")) for n in range(5000)))
    everybody = AnyOf((*owners.parts, Compare("owner", "==", Ref("user", "alice"))))
    assert ids(stub, owners) == []
    assert ids(stub, everybody) == ids(stub, Compare("owner", "==", Ref("user", "alice")))
    assert ids(stub, Ids(frozenset(f"u{n}" for n in range(50_000)))) == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("sud vert", {"Vertrieb Süd"}),
        ("GROSSE", {"Größe 100%"}),
        ("ost", {"Øst"}),
        ("strasse", {"Straße"}),
        ("100%", {"Größe 100%"}),
        ("r_s", {"under_score"}),
        ("\\", {"A\\B"}),
        ("sales bene", {"sales benelux"}),
        ("本", {"日本 desk"}),
        ("nothing of this kind", set()),
        ("a\0b", set()),
        ("\ud800", set()),
        ("x" * 5000, set()),
    ],
)
def test_typed_words_find_names_whatever_their_case_and_accents(stub: MailboxStub, words: str, names: set[str]) -> None:
    page = stub.read(Question("mailbox", Everything(), text=words, search=("name",), limit=1000))
    assert {entry.attributes["name"] for entry in page.entries} == names


def test_words_are_searched_in_the_attributes_asked_for_and_inside_the_scope(stub: MailboxStub) -> None:
    scope = Compare("kind", "==", "shared")
    assert ids(stub, scope, text="alias") == []
    found = ids(stub, scope, text="alias box", search=("address", "addresses"))
    assert found
    assert set(found) <= set(ids(stub, scope))


def test_a_limit_cuts_and_says_so(stub: MailboxStub) -> None:
    count = len(ids(stub, Everything()))
    cut = stub.read(Question("mailbox", Everything(), limit=5))
    assert (len(cut.entries), cut.more) == (5, True)
    exact = stub.read(Question("mailbox", Everything(), limit=count))
    assert (len(exact.entries), exact.more) == (count, False)


def test_answers_are_sorted(stub: MailboxStub) -> None:
    for attribute in ("name", "address", "created", "auto_reply_until"):
        entries = stub.read(Question("mailbox", Everything(), sort=attribute, limit=1000)).entries
        given = [entry.attributes.get(attribute) for entry in entries]
        present = [folded(value) for value in given if value is not None]
        assert present == sorted(present)
        assert given[: given.count(None)] == [None] * given.count(None)


DEEP: Filter = Everything()
for _ in range(100):
    DEEP = Not(DEEP)


@pytest.mark.parametrize(
    "question",
    [
        Question("user", Everything()),
        Question("mailbox", Compare("password", "==", "x")),
        Question("mail_list", Compare("archive", "==", True)),
        Question("mailbox", Not(Compare("hidden", "==", "yes"))),
        Question("mailbox", Not(Compare("owner", "==", "alice"))),
        Question("mailbox", Compare("hidden", "<", True)),
        Question("mailbox", Compare("created", "==", datetime(2026, 1, 1))),  # noqa: DTZ001 - a moment without a zone
        Question("mailbox", AnyOf((Compare("name", "==", Ref("user", "alice")),))),
        Question("mailbox", Everything(), text="x", search=("owner",)),
        Question("mailbox", Everything(), sort="addresses"),
        Question("mailbox", Everything(), sort="nothing"),
        Question("mailbox", DEEP),
        Question("mailbox", Compare("capacity", "<", Decimal("NaN"))),
        Question("mailbox", Compare("created", "<", datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))),
    ],
)
def test_what_cannot_be_asked_is_refused(stub: MailboxStub, question: Question) -> None:
    with pytest.raises(RejectedError):
        stub.read(question)


@pytest.mark.parametrize(
    ("asked", "matches_rooms"),
    [
        (Compare("capacity", "<", 10**30), True),
        (Compare("capacity", "==", 10**30), False),
        (Compare("capacity", ">", -(10**30)), True),
        (Compare("capacity", "<=", Decimal("12.0")), True),
        (Compare("capacity", "<", Decimal("3.5")), False),
        (Compare("created", "<=", date.max), True),
        (Compare("created", ">", date.max), False),
        (Compare("created", ">=", date.min), True),
    ],
)
def test_numbers_and_days_out_of_reach_are_compared_too(stub: MailboxStub, asked: Compare, matches_rooms: bool) -> None:
    rooms = ids(stub, Compare("capacity", "present"))
    assert ids(stub, AllOf((asked, Compare("capacity", "present")))) == (rooms if matches_rooms else [])


def test_people_of_another_kind_hold_nothing(stub: MailboxStub) -> None:
    assert ids(stub, Compare("owner", "==", Ref("group", "alice"))) == []
    assert ids(stub, AnyOf((Compare("owner", "==", Ref("group", "alice")),))) == []


def test_asking_two_hundred_mailboxes_takes_three_statements(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mail.db"
    engine = create_engine(url)
    load_mailboxes(engine, [MailboxRow(f"N{n}", f"n{n}@company.test") for n in range(300)], now=NOW)
    engine.dispose()
    stub = MailboxStub(url)
    stub.check()
    statements: list[str] = []
    with stub._database.reading() as connection:
        connection.connection.driver_connection.set_trace_callback(statements.append)
    stub.read(Question("mailbox", Everything(), limit=200))
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 3
    stub.close()


def test_a_mailbox_changes_its_version_with_every_change(tmp_path: Path) -> None:
    stub = MailboxStub(f"sqlite:///{tmp_path}/mail.db")
    create = Operation("s", "mailbox.create_shared", {"name": "Sales", "address": "sales@example.org"})
    mailbox = stub.perform(create, (), {}).outputs["mailbox"]
    seen = set()
    for verb in ("hide", "show", "hide"):
        stub.perform(Operation("s", f"mailbox.{verb}", {"mailbox": mailbox}), (), {})
        (entry,) = stub.read(Question("mailbox", Everything())).entries
        seen.add(entry.version)
    assert len(seen) == 3
    stub.close()
