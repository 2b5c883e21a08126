"""While somebody is away their deputy decides, and nobody comes to a yes of their own that way."""

import pytest

from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.noticing import waiting_for
from runner.pipeline.requests.away import Leave
from runner.pipeline.requests.desk import Requests
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, PERSON, ask, say, user
from tests.runner.pipeline.small_company import NOW

TODAY = NOW.date().isoformat()


def away(desk, who, deputy, starts_on=TODAY, ends_on="2030-03-31"):
    Requests(desk.services).be_away(desk.actor(who), Leave(deputy, starts_on, ends_on))


def may(desk, who, id_):
    try:
        say(desk, who, id_, digest="0" * 64)
    except NotFoundError:
        return False
    except StaleError:
        return True
    except RefusedError as refused:
        return str(refused)
    raise AssertionError


def test_a_deputy_decides_for_somebody_who_is_away_and_it_is_recorded(desk):
    id_ = ask(desk)
    assert may(desk, "alice", id_) is False
    away(desk, MANAGER, "alice")
    assert waiting_for(desk.services, desk.actor("alice")) == 1
    assert say(desk, "alice", id_) == "queued"
    [said] = desk.store.approvals.of(id_)
    assert (said.person_id, said.instead_of) == ("u-alice", f"u-{MANAGER}")
    assert desk.journal("approval")[0]["instead_of"] == f"u-{MANAGER}"
    desk.carried_out()
    assert desk.state(id_) == "done"


def test_only_on_the_days_of_the_absence(desk):
    away(desk, MANAGER, "alice", "2030-03-05", "2030-03-06")
    id_ = ask(desk)
    assert may(desk, "alice", id_) is False
    desk.clock.forward(days=1)
    assert may(desk, "alice", id_) is True
    desk.clock.forward(days=2)
    assert may(desk, "alice", id_) is False


def test_who_is_away_can_still_decide(desk):
    away(desk, MANAGER, "alice")
    assert say(desk, MANAGER, ask(desk)) == "queued"


def test_a_deputy_is_told_by_mail_as_well(desk):
    away(desk, MANAGER, "alice")
    ask(desk)
    asked = sorted(one.to for one in desk.store.notifications.list(limit=50) if one.event == "asked")
    assert asked == [("alice@sample.test",), ("u.chef@sample.test",)]


@pytest.mark.parametrize("deputy", [AGENT, PERSON])
def test_a_deputy_who_asks_or_whom_it_is_about_does_not_count(desk, deputy):
    away(desk, MANAGER, deputy)
    id_ = ask(desk)
    assert "somebody else has to agree" in may(desk, deputy, id_)


def test_who_asks_cannot_name_a_deputy_for_their_own_request(desk):
    desk.do("directory.user.update", user=user(PERSON), set={"manager": user(AGENT)})
    away(desk, AGENT, "alice")
    id_ = ask(desk)
    assert may(desk, "alice", id_) is False


def test_deputies_of_deputies_count_while_all_of_them_are_away(desk):
    away(desk, MANAGER, "p.dewit")
    away(desk, "p.dewit", "alice")
    id_ = ask(desk)
    assert may(desk, "alice", id_) is True


def test_no_way_leads_through_the_one_who_asks(desk):
    away(desk, MANAGER, AGENT)
    away(desk, AGENT, "alice")
    id_ = ask(desk)
    assert may(desk, "alice", id_) is False


def test_deputies_in_a_circle_end(desk):
    away(desk, MANAGER, "p.dewit")
    away(desk, "p.dewit", "alice")
    away(desk, "alice", MANAGER)
    id_ = ask(desk)
    assert [who for who in (MANAGER, "p.dewit", "alice", "auditor") if may(desk, who, id_) is True] == [
        MANAGER,
        "p.dewit",
        "alice",
    ]


def test_two_seats_of_one_deputy_are_one_yes_and_a_seat_is_used_once(desk):
    for who in ("agent.utrecht", "u.bakker"):
        away(desk, who, "p.dewit")
    id_ = ask(desk, by="two")
    assert say(desk, "p.dewit", id_) == "awaiting_approval"
    with pytest.raises(RefusedError, match="already"):
        say(desk, "p.dewit", id_)
    taken = desk.store.approvals.of(id_)[0].instead_of.removeprefix("u-")
    with pytest.raises(RefusedError, match="already"):
        say(desk, taken, id_)
    assert say(desk, "alice", id_) == "queued"


def test_a_deputy_of_somebody_who_has_left_decides_nothing(desk):
    away(desk, MANAGER, "alice")
    id_ = ask(desk)
    desk.do("directory.user.disable", user=user(MANAGER))
    assert may(desk, "alice", id_) is False


def test_an_absence_is_recorded_and_one_takes_only_ones_own_back(desk):
    away(desk, MANAGER, "alice")
    [one] = desk.store.absences.of(f"u-{MANAGER}")
    with pytest.raises(NotFoundError):
        Requests(desk.services).be_back(desk.actor("alice"), one.id)
    Requests(desk.services).be_back(desk.actor(MANAGER), one.id)
    assert desk.store.absences.of(f"u-{MANAGER}") == []
    assert [body["operation"] for body in desk.journal("config")] == ["be away", "be back"]


def test_there_are_not_endlessly_many_absences(desk):
    for _ in range(20):
        away(desk, MANAGER, "alice")
    with pytest.raises(UnfitError, match="absences already"):
        away(desk, MANAGER, "alice")
