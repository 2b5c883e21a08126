"""Random named searches for several actors: what is found is what holds and may be read, no more and no less."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import AllOf, Everything, Question
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.companions.comparing import comparisons_of
from forms.definition import Condition, Either, Lookup, Opposite, Relation
from forms.expressions import Environment, type_named
from forms.facts import Facts, Search
from runner.access.reading import read_access
from runner.deskfolder import library
from runner.pipeline.named_searches import Narrowing
from runner.pipeline.reading import READ_PERMISSIONS, Reader
from runner.store.store import Store
from runner.testing.fixtures import read_fixture
from runner.testing.world import open_world
from tests.runner.migrated import migrated

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2030, 3, 4, 9, tzinfo=ZONE)
FIXTURE = "fixtures/sample-company.yaml"
WHO = ("agent.rotterdam", "p.dewit", "z.lindqvist")
KINDS = ("user", "group", "computer", "mailbox")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    files = library()
    catalogue, _ = load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    policy, _ = read_access("access.yaml", files["access.yaml"])
    fixture, _ = read_fixture(FIXTURE, files[FIXTURE])
    folder = tmp_path_factory.mktemp("world")
    url = f"sqlite:///{folder / 'store.db'}"
    migrated(url)
    with Store.open(url) as store:
        world = open_world(fixture, catalogue, policy, store, folder / "systems")
        yield world
        world.close()


def everything(world, kind):
    return world.services.connectors.for_kind(kind).read(Question(kind, Everything(), limit=1000)).entries


def items(value):
    return value if isinstance(value, tuple) else () if value is None else (value,)


@st.composite
def conditions(draw, kind, entries):
    name = draw(st.sampled_from(sorted(set(ATTRIBUTES[kind]) - {"id", "dn"})))
    type_ = type_named(ATTRIBUTES[kind][name].type)
    op = draw(st.sampled_from(comparisons_of(name, type_)))
    values = [item for entry in entries for item in items(entry.attributes.get(name))]
    if op in ("present", "absent"):
        return Condition(name, op, None)
    if not values or draw(st.integers(0, 9)) == 0:
        return Condition(name, op, () if op == "in" else None)
    near = [draw(nearby(draw(st.sampled_from(values)))) for _ in range(draw(st.integers(0, 3)) if op == "in" else 1)]
    return Condition(name, op, tuple(near) if op == "in" else near[0])


@st.composite
def nearby(draw, value):
    """Return a value, or one beside it: a part of a text, the day of a moment, the next day."""
    if isinstance(value, str):
        return draw(st.sampled_from([value, value.upper(), value[: len(value) // 2] or value]))
    if isinstance(value, datetime):
        moment = value.astimezone(ZONE)
        return draw(st.sampled_from([moment, moment.date(), moment.date() + timedelta(days=1)]))
    if isinstance(value, date):
        return draw(st.sampled_from([value, datetime(value.year, value.month, value.day, 12, tzinfo=ZONE)]))
    return value


def wheres(kind, entries, groups, units):
    people = st.lists(st.sampled_from([entry.ref for entry in entries]), max_size=3).map(tuple)
    leaves = [conditions(kind, entries), conditions(kind, entries), people.map(lambda refs: Relation("id", refs))]
    if kind != "mailbox":
        leaves += [st.builds(Relation, st.just("in_group"), st.sampled_from(groups), st.booleans()),
                   st.sampled_from(units).map(lambda ref: Relation("under", ref))]  # fmt: skip
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.lists(st.lists(inner, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(
                lambda branches: Either(tuple(branches))
            ),
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: Opposite(tuple(parts))),
        ),
        max_leaves=5,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                                  HealthCheck.too_slow])  # fmt: skip
@given(data=st.data())
def test_a_search_finds_exactly_what_holds_and_may_be_read(world, data):
    kind = data.draw(st.sampled_from(KINDS))
    entries = everything(world, kind)
    groups = [entry.ref for entry in everything(world, "group")]
    units = [entry.ref for entry in everything(world, "ou")]
    parts = data.draw(st.lists(wheres(kind, entries, groups, units), min_size=1, max_size=3))
    lookup = Lookup("random", kind, where=tuple(parts), limit=1000)
    actor = world.actor(world.person(data.draw(st.sampled_from(WHO))))
    catalogue = replace(world.services.catalogue, lookups={"random": lookup})
    reader = Reader(replace(world.services, catalogue=catalogue), actor, None, NOW)
    found = {entry.ref for entry in reader.search(Search(kind, "random")).entries}

    objects = {ref: world.entry(ref) for ref in (*groups, *units)}
    names = {"actor": actor.person.ref, "org": {}}
    filters = AllOf(Narrowing(lookup, Environment(names, Facts(entries=objects), NOW)).filters())
    authority = world.services.authority.current()
    permission = READ_PERMISSIONS[kind]
    readable = [
        entry
        for entry in map(reader.entry, [one.ref for one in entries])
        if authority.decide(actor, permission, entry, form=None, now=NOW).allowed
    ]
    assert found == {entry.ref for entry in readable if matches(filters, entry)}
