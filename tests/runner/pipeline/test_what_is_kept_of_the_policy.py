"""How long what was looked up for the policy counts: names for half a minute at most, who somebody is not at all."""

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError
from runner.policy import keeping

AGENT = "agent.rotterdam"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock of the processor that stands still until it is moved."""
    now = [1_000.0]
    monkeypatch.setattr(keeping.time, "monotonic", lambda: now[0])
    return now


def test_names_are_looked_up_again_after_half_a_minute_and_not_before(desk, clock):
    keeper = desk.services.authority
    keeper.expire()
    first = keeper.current()
    clock[0] += keeping.LIFETIME_SECONDS - 0.01
    assert keeper.current() is first
    clock[0] += 0.01
    second = keeper.current()
    assert second is not first
    assert keeper.current() is second
    assert keeping.LIFETIME_SECONDS == 30.0, "as docs/access.md says"


def test_who_becomes_protected_is_so_at_the_next_question(desk, clock):
    actor = desk.actor(AGENT)
    assert desk.desk.person(actor, "u-t.novak", "en")
    protected = next(iter(desk.services.authority.current().resolved.sets["privileged-accounts"].resources)).group
    desk.do("directory.group.add_members", group=Ref("group", protected), members=(Ref("user", "u-t.novak"),))
    assert clock == [1_000.0]
    with pytest.raises(NotFoundError):
        desk.desk.person(actor, "u-t.novak", "en")
    assert desk.desk.find(actor, "novak", "en").people == ()


def test_who_comes_to_hold_more_is_out_of_reach_at_the_next_question(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.group.add_members", group=Ref("group", "g-SD-Utrecht"), members=(Ref("user", "u-t.novak"),))
    with pytest.raises(NotFoundError):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert desk.desk.person(desk.actor(AGENT), "u-t.novak", "en"), "seeing goes on"
