"""Named searches on a real directory: what each comparison and relation finds, and never beyond the actor's scope."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import UnavailableError
from connectors.local.connector import LocalDirectory
from connectors.registry import Connectors
from connectors.spi import AllOf, Compare, Not, Ref, Unkept
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.facts import Search
from runner.access.reading import read_access
from runner.deskfolder import library
from runner.pipeline.named_searches import compared_in_time
from runner.pipeline.reading import Reader
from runner.store.store import Store
from runner.testing.fixtures import read_fixture
from runner.testing.world import open_world
from tests.runner.migrated import migrated

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2030, 3, 4, 9, tzinfo=ZONE)
FIXTURE = "fixtures/sample-company.yaml"
EXTRA = """
  - { id: of-department, find: user, takes: { names: { type: list of text } }, where: { department: { in: $(names) } } }
  - { id: mine, find: user, where: { manager: $(actor) }, sort: -login }
  - { id: like-me, find: user, where: { department: $(actor.department) } }
  - { id: in-town, find: user, where: { mail: { contains: $(org.mail_domain) } }, sort: login }
  - { id: reports, find: user, takes: { boss: { type: user } }, where: { manager: $(boss) } }
  - { id: others, find: user, takes: { boss: { type: user } }, where: { manager: { "!=": $(boss) } }, sort: login }
  - { id: without, find: user, takes: { d: { type: text } }, where: { not: { department: $(d) } }, sort: login }
  - id: without-deeper
    find: user
    takes: { d: { type: text }, e: { type: text } }
    where: { not: { any: [{ title: Nobody }, { not: { not: { department: { in: [$(d), $(e)] } } } }] } }
    sort: login
  - { id: any-of-two, find: user, takes: { d: { type: text } }, where: { any: [{ department: $(d) }, { manager: $(actor) }] } }
  - { id: outside, find: user, takes: { unit: { type: ou } }, where: { not: { under: $(unit) } } }
  - { id: these, find: user, takes: { who: { type: list of user } }, where: { id: $(who) } }
  - { id: but-these, find: user, takes: { who: { type: list of user } }, where: { id: { "!=": $(who) } }, sort: login }
  - { id: below, find: user, takes: { unit: { type: ou } }, where: { under: $(unit) } }
  - { id: below-named, find: user, where: { under: "OU=Rotterdam,OU=People,DC=sample,DC=test" } }
  - { id: visio, find: user, where: { groups: { contains: APP-Visio } } }
  - { id: nobody-knows, find: user, where: { in_group: "No such group" } }
  - id: some
    find: user
    where: { any: [{ login: z.lindqvist }, { title: Stock controller, not: { enabled: false } }] }
    sort: -login
  - { id: two, find: user, sort: login, limit: 2 }
  - { id: owned, find: mailbox, takes: { who: { type: list of user } }, where: { owner: { in: $(who) } }, sort: -name }
"""


def files():
    found = dict(library())
    lookups = found["lookups.yaml"].decode() + EXTRA
    return {**found, "lookups.yaml": lookups.encode()}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    definitions = files()
    catalogue, problems = load_catalogue(definitions, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    assert [problem for problem in problems if problem.level == "error"] == []
    policy, _ = read_access("access.yaml", definitions["access.yaml"])
    fixture, _ = read_fixture(FIXTURE, definitions[FIXTURE])
    folder = tmp_path_factory.mktemp("world")
    url = f"sqlite:///{folder / 'store.db'}"
    migrated(url)
    with Store.open(url) as store:
        world = open_world(replace(fixture, actor="p.dewit"), catalogue, policy, store, folder / "systems")
        assert world.trouble == ()
        yield world
        world.close()


@pytest.fixture
def reader(world):
    """A reader that may read everything which is not protected."""
    services = world.services_for(next(iter(world.services.catalogue.forms.values())), "SUPER_ADMIN")
    return Reader(services, world.actor(world.person("p.dewit")), None, NOW)


def found(reader, lookup, *, arguments=(), **more):
    kind = reader.services.catalogue.lookups[lookup].kind
    rows = reader.search(Search(kind, lookup, arguments=tuple(arguments), **more))
    return [str(entry.attributes.get("login") or entry.attributes["name"]) for entry in rows.entries]


def ref(world, login):
    return world.person(login).ref


REPORTS = {
    "disabled-and-changed-since": ["f.former"],
    "with-an-empty-attribute": ["agent.rotterdam", "p.dewit"],
    "never-logged-on": ["p.dewit"],
    "not-signed-in-since": ["t.novak"],
    "password-expires-until": ["z.lindqvist"],
    "changed-since": ["z.lindqvist", "f.former"],
    "created-since": ["p.dewit"],
    "sent-on-behalf": ["Sales Rotterdam"],
    "groups-without-members": None,
}
ARGUMENTS = {
    "with-an-empty-attribute": [("attribute", "mobile")],
    "not-signed-in-since": [("day", date(2029, 11, 4))],
    "password-expires-until": [("day", date(2030, 3, 18))],
    "changed-since": [("day", date(2030, 2, 25))],
    "disabled-and-changed-since": [("day", date(2030, 2, 2))],
    "created-since": [("day", date(2030, 2, 2))],
}


@pytest.mark.parametrize("lookup", REPORTS)
def test_every_report_of_the_library_finds_some_and_not_all(reader, lookup):
    names = found(reader, lookup, arguments=ARGUMENTS.get(lookup, ()))
    kind = reader.services.catalogue.lookups[lookup].kind
    everything = reader.search(Search(kind)).entries
    assert 0 < len(names) < len(everything)
    if REPORTS[lookup] is not None:
        assert names == REPORTS[lookup]
    else:
        assert "APP-Empty" in names
        assert "APP-Visio" not in names


def test_members_of_a_group_are_found_through_other_groups(world, reader):
    group = world.named("group", "KeyUsers").ref
    assert found(reader, "everybody-in-group", arguments=[("group", group)]) == ["p.dewit"]
    assert found(reader, "visio") == ["z.lindqvist"]


def test_a_report_shows_an_agent_only_what_that_agent_may_read(world, reader):
    helper = Reader(world.services, world.actor(world.person("agent.rotterdam")), None, NOW)
    scope = {entry.ref for entry in helper.search(Search("user")).entries}
    for lookup, wanted in REPORTS.items():
        if world.services.catalogue.lookups[lookup].kind == "user" and wanted:
            rows = helper.search(Search("user", lookup, arguments=tuple(ARGUMENTS.get(lookup, ())))).entries
            assert {entry.ref for entry in rows} <= scope
    nobody = Reader(
        world.services_without_bindings(next(iter(world.services.catalogue.forms.values()))),
        world.actor(world.person("z.lindqvist")), None, NOW,
    )  # fmt: skip
    assert [name for lookup in REPORTS for name in found(nobody, lookup, arguments=ARGUMENTS.get(lookup, ()))] == []


def test_values_come_from_arguments_the_actor_and_the_organisation(world, reader):
    assert found(reader, "mine") == ["z.lindqvist", "t.novak", "e.ended"]
    assert sorted(found(reader, "like-me")) == ["p.dewit", "z.lindqvist"]
    assert found(reader, "in-town") == ["agent.rotterdam", "n.starter", "p.dewit", "t.novak", "z.lindqvist"]
    assert found(reader, "of-department", arguments=[("names", ("finance", "IT"))]) == ["agent.rotterdam", "f.former"]
    assert found(reader, "of-department", arguments=[("names", ())]) == []
    assert found(reader, "of-department") == []


def test_an_argument_that_was_not_given_matches_nothing_even_when_it_is_turned_round(world, reader):
    assert found(reader, "reports") == []
    assert found(reader, "others") == []
    others = found(reader, "others", arguments=[("boss", ref(world, "p.dewit"))])
    assert others == ["agent.rotterdam", "f.former", "l.left", "n.starter", "p.dewit"]


def test_what_is_empty_finds_nothing_inside_not_and_only_its_own_branch_of_any(world, reader):
    everybody = found(reader, "without", arguments=[("d", "no such department")])
    assert len(everybody) == 8
    some = found(reader, "without", arguments=[("d", "IT")])
    assert 0 < len(some) < len(everybody)
    assert found(reader, "without") == found(reader, "without", arguments=[("d", "")]) == []
    assert found(reader, "without-deeper", arguments=[("d", "IT"), ("e", "IT")]) == some
    assert found(reader, "without-deeper") == found(reader, "without-deeper", arguments=[("d", "IT")]) == []
    assert sorted(found(reader, "any-of-two")) == sorted(found(reader, "mine"))
    assert found(reader, "outside") == []
    assert len(found(reader, "outside", arguments=[("unit", world.named("ou", "Utrecht").ref)])) == 8


def test_a_list_without_entries_takes_nothing_away_and_one_that_was_not_given_finds_nothing(world, reader):
    assert len(found(reader, "but-these", arguments=[("who", ())])) == 8
    assert found(reader, "but-these") == []
    assert found(reader, "but-these", arguments=[("who", ("u1", ref(world, "z.lindqvist")))]) == []


def test_objects_of_a_list_are_found_and_left_out(world, reader):
    who = (ref(world, "z.lindqvist"), ref(world, "t.novak"), Ref("group", "g1"))
    assert sorted(found(reader, "these", arguments=[("who", who)])) == ["t.novak", "z.lindqvist"]
    assert found(reader, "these", arguments=[("who", ())]) == []
    left = found(reader, "but-these", arguments=[("who", who)])
    assert left == ["agent.rotterdam", "e.ended", "f.former", "l.left", "n.starter", "p.dewit"]
    assert found(reader, "owned", arguments=[("who", (ref(world, "t.novak"),))]) == ["Tomáš Novák"]


def test_a_text_that_is_filled_in_names_no_object(world, reader):
    assert found(reader, "reports", arguments=[("boss", "p.dewit")]) == []
    assert found(reader, "these", arguments=[("who", ("u1", "z.lindqvist"))]) == []
    assert found(reader, "below", arguments=[("unit", "OU=Rotterdam,OU=People,DC=sample,DC=test")]) == []


def test_units_are_found_by_reference_or_by_the_name_the_author_wrote(world, reader):
    unit = world.named("ou", "Rotterdam").ref
    below = found(reader, "below", arguments=[("unit", unit)])
    assert below == found(reader, "below-named")
    assert len(below) == 7
    empty = world.named("ou", "Utrecht").ref
    assert found(reader, "below", arguments=[("unit", empty)]) == []


def test_alternatives_and_opposites_are_joined(reader):
    assert found(reader, "some") == ["z.lindqvist", "t.novak"]


def test_what_the_author_names_and_is_not_there_stops_the_search(reader):
    with pytest.raises(Exception, match="nobody-knows") as stopped:
        found(reader, "nobody-knows")
    assert type(stopped.value).__name__ == "UnavailableError"


def test_too_many_values_stop_the_search(reader):
    with pytest.raises(Exception, match="too many things at once"):
        found(reader, "of-department", arguments=[("names", tuple(f"d{number}" for number in range(1_001)))])


def test_a_limit_cuts_and_says_so(reader):
    rows = reader.search(Search("user", "two"))
    assert ([entry.attributes["login"] for entry in rows.entries], rows.more) == (["agent.rotterdam", "e.ended"], True)


# --- days and moments -----------------------------------------------------------------------------------------------

DAY = date(2030, 3, 4)
START, NEXT = datetime(2030, 3, 4, tzinfo=ZONE), datetime(2030, 3, 5, tzinfo=ZONE)
INSIDE = AllOf((Compare("x", ">=", START), Compare("x", "<", NEXT)))


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("<", Compare("x", "<", START)),
        ("<=", Compare("x", "<=", START)),
        (">", Compare("x", ">", START)),
        (">=", Compare("x", ">=", START)),
        ("==", INSIDE),
        ("!=", Not(INSIDE)),
    ],
)
def test_a_day_beside_a_moment_is_its_first_moment_in_the_zone_of_the_organisation(op, expected):
    assert compared_in_time("x", "datetime", op, DAY, NOW) == expected


def test_the_last_day_there_is_has_no_next():
    assert compared_in_time("x", "datetime", "==", date.max, NOW) == Compare(
        "x", ">=", datetime(9999, 12, 31, tzinfo=ZONE)
    )


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("moment", [START, START + timedelta(hours=9), NEXT, datetime(2030, 3, 4, 23, 30, tzinfo=UTC)])
def test_a_moment_beside_a_day_agrees_with_the_first_moment_of_that_day(op, moment):
    asked = compared_in_time("x", "date", op, moment, NOW)
    assert isinstance(asked, Compare)
    for day in (date(2030, 3, 3), DAY, date(2030, 3, 5), date(2030, 3, 6)):
        first = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        orders = {"<": first < moment, "<=": first <= moment, ">": first > moment, ">=": first >= moment}
        same = day == moment.astimezone(ZONE).date()
        expected = {**orders, "==": same, "!=": not same}[op]
        days = {"<": day < asked.value, "<=": day <= asked.value, ">": day > asked.value, ">=": day >= asked.value,
                "==": day == asked.value, "!=": day != asked.value}  # fmt: skip
        assert days[asked.op] == expected


def test_a_moment_beside_a_moment_stays_as_it_is():
    assert compared_in_time("x", "datetime", "<", NOW, NOW) == Compare("x", "<", NOW)
    assert compared_in_time("x", "date", "<", DAY, NOW) == Compare("x", "<", DAY)


class Forgetful(LocalDirectory):
    """A directory that does not keep since when an account is used."""

    def unkept(self):
        return {"user": {"last_logon": Unkept("this directory does not keep “Last sign-in” of a user")}}


def test_a_search_for_what_is_not_kept_says_so_and_gives_no_list(world, reader):
    connectors = Connectors(
        {"directory": Forgetful("sqlite://"), "mailbox": world.services.connectors.for_kind("mailbox")}
    )
    forgetful = replace(reader, services=replace(reader.services, connectors=connectors))
    for lookup in ("never-logged-on", "not-signed-in-since"):
        with pytest.raises(UnavailableError) as raised:
            found(forgetful, lookup, arguments=ARGUMENTS.get(lookup, ()))
        reason = "this directory does not keep “Last sign-in” of a user"
        assert str(raised.value) == f"The search “{lookup}” cannot be answered: {reason}. Tell its owner."
