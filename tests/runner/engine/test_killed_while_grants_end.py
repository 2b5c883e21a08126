"""Nodes killed while they take back what was given until a day: all of it goes, none twice, and nothing silently."""

from collections import Counter
from datetime import timedelta

import pytest

from connectors.spi import Operation, Ref
from runner.engine.rounds import release_grants_in_lost_hands
from runner.store.grant_records import INTERRUPTED
from runner.store.schema import upgrade
from tests.runner.engine.killed_nodes import Load, kill_again_and_again
from tests.runner.pipeline.desks import TestDesk, open_desk
from tests.runner.pipeline.grants.test_access_until_a_day import ATLAS
from tests.runner.pipeline.grants.test_many_grants_at_once import crowd, give_everybody
from tests.runner.pipeline.small_company import NOW

__all__ = ["crowd"]
GIVEN_ANEW, AT_ONCE = "given.log", 3


def who(operation: Operation) -> str:
    user = operation.arguments["user"]
    assert isinstance(user, Ref)
    return user.id


def left(desk: TestDesk) -> object:
    return [one.error for one in desk.store.grants.running(states=("running", "ending"), limit=3)]


def look_after(desk: TestDesk) -> None:
    """Do what a node does about grants every few seconds, and give some that have ended anew."""
    release_grants_in_lost_hands(desk.services)
    give_anew(desk)


def give_anew(desk: TestDesk) -> None:
    """Give some of those whose access has ended the same once more, past the desk: nothing may take that away."""
    log = desk.folder / GIVEN_ANEW
    known = set(log.read_text().split()) if log.exists() else set()
    ended = [str(one.inverse["arguments"]["user"]) for one in desk.store.grants.running(states=("ended",), limit=500)]
    for user in [one.removeprefix("user:") for one in ended if one.removeprefix("user:") not in known][:AT_ONCE]:
        desk.do("directory.user.join_groups", user=Ref("user", user), groups=(Ref("group", ATLAS),))
        with log.open("a") as lines:
            lines.write(f"{user}\n")


LOAD = Load(NOW + timedelta(days=20), 20, who, left, look_after)


def campaign(desk: TestDesk, store_url: str, count: int, *, nodes: int, kills: int, seed: int) -> int:
    """Let everything end while nodes are killed; return how often nobody knew whether something was taken back."""
    folder, directory_url = desk.folder, f"sqlite:///{desk.folder / 'crowd.db'}"
    desk.close()
    begun = open_desk(folder, directory_url=directory_url, store_url=store_url)
    give_everybody(begun, count)
    begun.close()
    kill_again_and_again(folder, directory_url, store_url, nodes=nodes, kills=kills, seed=seed, load=LOAD)
    seen = open_desk(folder, directory_url=directory_url, store_url=store_url)
    try:
        return examine(seen, count + 1)
    finally:
        seen.close()


def examine(desk: TestDesk, count: int) -> int:
    """Check rows, records, calls and the directory against each other."""
    found = desk.store.grants.running(states=("ended", "gone", "running", "ending", "failed"), limit=count + 10)
    told = [one.body for one in desk.store.journal.search(limit=20_000) if one.body.get("grant")]
    ended = [one for one in told if one.get("outcome", {}).get("code") == "ended"]
    assert Counter(one["grant"] for one in ended) == {one.id: 1 for one in found if one.state == "ended"}
    loud = [one for one in found if one.state != "ended"]
    assert all(one.state == "failed" and one.error for one in loud), "something is left, and silent"
    assert (len(found), len(loud) < 5) == (count, True), [one.error for one in loud]
    unsure = [one for one in ended if not one["changes"]]
    assert all(one["outcome"]["detail"] == INTERRUPTED for one in unsure), "one that was taken back says nothing"
    begun = Counter(one["grant"] for one in told if "attempt" in one)
    asked = Counter((desk.folder / "asked.log").read_text().split())
    users = {one.id: str(one.inverse["arguments"]["user"]).removeprefix("user:") for one in found}
    assert set(asked) == set(users.values())
    assert all(asked[user] <= begun[id_] for id_, user in users.items()), "a change without an intent"
    members = {one for one in users.values() if ATLAS in desk.entry(one).groups} - {users[one.id] for one in loud}
    given = set((desk.folder / GIVEN_ANEW).read_text().split())
    assert given
    assert given <= members, "what was given anew was taken away"
    assert len(members - given) <= AT_ONCE, "something was not taken back"
    assert desk.store.journal.verify().ok
    return len(unsure)


@pytest.mark.parametrize("crowd", [60], indirect=True)
def test_one_node_on_sqlite_killed_while_grants_end(crowd: TestDesk) -> None:
    campaign(crowd, "", 60, nodes=1, kills=4, seed=1)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("crowd", [300], indirect=True)
def test_fifty_kills_on_sqlite_while_grants_end(crowd: TestDesk, seed: int) -> None:
    campaign(crowd, "", 300, nodes=1, kills=50, seed=seed)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("crowd", [300], indirect=True)
def test_fifty_kills_on_postgres_while_grants_end(crowd: TestDesk, postgres_cluster, seed: int) -> None:
    url = postgres_cluster.new_database()
    upgrade(url)
    campaign(crowd, url, 300, nodes=3, kills=50, seed=seed)
