"""What reports ask a local directory: who was disabled when, whose password expires, which groups are empty."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import inspect, text

from connectors.errors import RejectedError
from connectors.local.connector import LocalDirectory
from connectors.local.tables import create_tables
from connectors.spi import AllOf, AnyOf, Compare, Everything, Filter, Not, Operation, Question, Ref
from tests.connectors.local.sample_directory import NOW, PASSWORD_DAYS, QUICK, clock, fill


@pytest.fixture
def directory(tmp_path):
    directory = LocalDirectory(
        f"sqlite:///{tmp_path}/directory.db", clock=clock, policy=QUICK, password_days=PASSWORD_DAYS
    )
    create_tables(directory.engine)
    fill(directory.engine)
    yield directory
    directory.close()


def found(directory: LocalDirectory, wanted: Filter, kind: str = "user", sort: str = "") -> list[str]:
    page = directory.read(Question(kind, wanted, sort=sort))
    return [str(entry.attributes.get("login") or entry.attributes.get("name")) for entry in page.entries]


def run(directory: LocalDirectory, verb: str, **arguments: Ref) -> None:
    operation = Operation("step", verb, arguments)
    directory.perform(operation, directory.prepare(operation).guards, {})


def test_accounts_disabled_in_the_past_month_are_found(directory):
    recent = Compare("disabled_at", ">=", NOW - timedelta(days=30))
    assert found(directory, recent) == ["gone"]
    assert found(directory, Compare("disabled_at", "absent"), "computer") == ["PC-001"]


@pytest.mark.parametrize(("kind", "ref"), [("user", Ref("user", "u-alice")), ("computer", Ref("computer", "c-1"))])
def test_disabling_remembers_when_and_enabling_forgets_it(directory, kind, ref):
    run(directory, f"directory.{kind}.disable", **{kind: ref})
    recent = Compare("disabled_at", "==", NOW)
    assert ref in [entry.ref for entry in directory.read(Question(kind, recent)).entries]
    run(directory, f"directory.{kind}.enable", **{kind: ref})
    assert ref not in [entry.ref for entry in directory.read(Question(kind, recent)).entries]


def test_a_password_expires_so_many_days_after_it_was_set(directory):
    soon = AllOf((
        Compare("password_expires_on", ">=", NOW),
        Compare("password_expires_on", "<", NOW + timedelta(days=14)),
    ))  # fmt: skip
    assert found(directory, soon) == ["alice"]
    assert found(directory, Compare("password_expires_on", "<", NOW)) == ["bob"]
    assert found(directory, Compare("password_expires_on", "==", date(2026, 9, 11))) == ["alice"]
    order = found(directory, Compare("password_expires_on", "present"), sort="-password_expires_on")
    assert order == ["charlie", "alice", "bob"]


def test_without_a_password_age_nothing_expires(directory):
    endless = LocalDirectory(str(directory.engine.url), clock=clock, policy=QUICK)
    everybody = found(endless, Everything())
    assert found(endless, Compare("password_expires_on", "present")) == []
    assert found(endless, Compare("password_expires_on", "absent")) == everybody
    assert found(endless, Compare("password_expires_on", "<", NOW)) == []
    assert found(endless, Compare("password_expires_on", "!=", NOW)) == everybody
    assert found(endless, Compare("password_expires_on", "!=")) == []
    assert found(endless, Not(Compare("password_expires_on", "<", NOW))) == everybody
    with pytest.raises(RejectedError):
        endless.read(Question("user", Compare("password_expires_on", "contains", "x")))
    endless.close()


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("attribute", ["password_expires_on", "last_logon"])
def test_the_first_and_the_last_day_there_are_can_be_asked_about(directory, attribute, op):
    for day in (date.min, date.max, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        directory.read(Question("user", Compare(attribute, op, day)))


@pytest.mark.parametrize("days", [0, -1, 40_000, True])
def test_a_password_age_that_makes_no_sense_is_refused(days):
    with pytest.raises(RejectedError, match="password_days"):
        LocalDirectory("sqlite://", password_days=days)


def test_groups_without_members_are_found(directory):
    assert found(directory, Compare("member_count", "==", 0), "group") == ["Empty"]


def test_a_thousand_alternatives_are_one_condition(directory):
    titles = [Compare("title", "==", f"title {number}") for number in range(2_000)]
    managers = [Compare("manager", "==", Ref("user", f"nobody-{number}")) for number in range(2_000)]
    assert found(directory, AnyOf((*titles, *managers, Compare("title", "==", " DIRECTOR ")))) == ["charlie"]
    assert found(directory, AnyOf((Compare("manager", "==", Ref("user", "u-charlie")), *managers))) == ["alice", "bob"]
    assert found(directory, AnyOf((Compare("title", "==", " "), Compare("title", "==", "")))) == []


def test_a_directory_of_the_first_schema_is_brought_up_to_date(directory):
    check_upgrade(directory)


def test_so_is_one_on_postgres(postgres_cluster):
    directory = LocalDirectory(postgres_cluster.new_database(), clock=clock, policy=QUICK)
    create_tables(directory.engine)
    fill(directory.engine)
    check_upgrade(directory)
    directory.close()


def check_upgrade(directory):
    before = found(directory, Everything())
    with directory.engine.begin() as connection:
        for table in ("directory_people", "directory_computers"):
            connection.execute(text(f"DROP INDEX ix_{table}_disabled_at"))
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN disabled_at"))
        connection.execute(text("DROP INDEX ix_directory_objects_changed"))
        connection.execute(text("UPDATE directory_schema SET version = 1"))
    url = directory.engine.url.render_as_string(hide_password=False)
    upgraded = LocalDirectory(url, clock=clock, policy=QUICK)
    assert found(upgraded, Everything()) == before
    assert found(upgraded, Compare("disabled_at", "present")) == []
    run(upgraded, "directory.user.disable", user=Ref("user", "u-alice"))
    assert found(upgraded, Compare("disabled_at", "present")) == ["alice"]
    there = inspect(upgraded.engine)
    assert "ix_directory_objects_changed" in {index["name"] for index in there.get_indexes("directory_objects")}
    create_tables(upgraded.engine)
    upgraded.close()
