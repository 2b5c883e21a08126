"""Rights that are taken away count at the very next step: for an open form, a shown plan, and a plan under way."""

import os

import pytest

from connectors.spi import Ref
from runner.errors import NotDurableError, NotFoundError, NotReachableError, RefusedError
from tests.runner.pipeline.desks import TestDesk

AGENT = "agent.rotterdam"


def rewrite(desk: TestDesk, change) -> None:
    """Write the policy anew, as an editor does: beside the old one, and then in its place."""
    file = desk.folder / "forms" / "access.yaml"
    new = file.with_suffix(".new")
    new.write_text(change(file.read_text()))
    new.replace(file)


def without_binding(text: str) -> str:
    """Return a policy whose binding for Rotterdam is somebody else's."""
    assert "group: SD-Rotterdam" in text
    return text.replace("group: SD-Rotterdam", "group: SD-Nobody")


def take_away_the_membership(desk: TestDesk) -> None:
    desk.do(
        "directory.group.remove_members", group=Ref("group", "g-SD-Rotterdam"), members=(Ref("user", f"u-{AGENT}"),)
    )


def disable_the_agent(desk: TestDesk) -> None:
    desk.do("directory.user.disable", user=Ref("user", f"u-{AGENT}"))


WAYS = {
    "the binding is removed": lambda desk: rewrite(desk, without_binding),
    "the policy is broken": lambda desk: rewrite(desk, lambda text: text + "\n}{"),
    "the policy is gone": lambda desk: (desk.folder / "forms" / "access.yaml").unlink(),
    "the group is left": take_away_the_membership,
    "the agent is disabled": disable_the_agent,
}
REFUSED = (NotFoundError, RefusedError, NotReachableError)


@pytest.fixture(params=WAYS)
def take_away(request):
    return WAYS[request.param]


def test_a_form_that_is_open_is_not_submitted(desk, take_away):
    desk.desk.open(desk.actor(AGENT), "office", "u-t.novak", "", "en")
    take_away(desk)
    with pytest.raises(REFUSED):
        desk.fill(AGENT, "office", "u-t.novak", {"office": "A"})
    assert desk.performed == []


def test_a_plan_that_was_shown_is_not_confirmed(desk, take_away):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    take_away(desk)
    with pytest.raises(REFUSED):
        desk.confirm(AGENT, plan)
    assert desk.performed == []
    assert desk.value("u-t.novak", "office") is None


def test_a_plan_under_way_stops_before_its_next_step(desk, take_away):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})
    done = []

    def after_the_first(operation):
        done.append(operation.id)
        if len(done) == 1:
            take_away(desk)

    desk.directory.before = after_the_first
    page = desk.confirm(AGENT, plan)
    assert page.state == "partly_done"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "failed", "skipped"]
    assert len(done) == 1


def test_somebody_elses_pages_are_gone_with_the_binding(desk):
    desk.desk.person(desk.actor(AGENT), "u-t.novak", "en")
    rewrite(desk, without_binding)
    with pytest.raises(NotFoundError):
        desk.desk.person(desk.actor(AGENT), "u-t.novak", "en")
    assert desk.desk.find(desk.actor(AGENT), "novak", "en").people == ()


def test_a_policy_with_errors_allows_nothing_until_it_is_mended(desk):
    good = (desk.folder / "forms" / "access.yaml").read_text()
    rewrite(desk, lambda text: text.replace("role:", "roel:"))
    with pytest.raises(NotReachableError, match=r"access\.yaml has errors"):
        desk.desk.home(desk.actor(AGENT), "en")
    assert "roel" in " ".join(desk.installation.keeper.faults())
    rewrite(desk, lambda _: good)
    assert desk.desk.person(desk.actor(AGENT), "u-t.novak", "en")


def test_a_policy_that_is_no_file_allows_nothing_and_holds_nobody_up(desk):
    file = desk.folder / "forms" / "access.yaml"
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(NotReachableError):
        desk.desk.home(desk.actor(AGENT), "en")
    assert "it is no file" in " ".join(desk.installation.keeper.faults())


def test_each_change_of_the_policy_is_on_record_before_it_counts(desk):
    before = desk.services.authority.digest
    rewrite(desk, without_binding)
    desk.desk.home(desk.actor(AGENT), "en")
    (entry,) = desk.journal("config")
    assert entry["operation"] == "access policy changed"
    assert entry["policy"] == {"before": before, "after": desk.services.authority.digest, "errors": []}
    desk.desk.home(desk.actor(AGENT), "en")
    assert len(desk.journal("config")) == 1


def test_a_change_that_cannot_be_recorded_allows_nothing(desk):
    rewrite(desk, lambda text: f"{text}\n# a word more\n")
    desk.database.writes_left = 0
    with pytest.raises(NotDurableError):
        desk.desk.home(desk.actor(AGENT), "en")
    desk.database.writes_left = None
    desk.desk.home(desk.actor(AGENT), "en")
    assert len(desk.journal("config")) == 1


def test_a_file_written_twice_at_once_is_read_twice(desk):
    good = (desk.folder / "forms" / "access.yaml").read_text()
    for _ in range(20):
        rewrite(desk, lambda _: without_binding(good))
        with pytest.raises(NotFoundError):
            desk.desk.person(desk.actor(AGENT), "u-t.novak", "en")
        rewrite(desk, lambda _: good.replace("group: SD-Rotterdam", "group: SD-Rotterdam "))
        desk.desk.person(desk.actor(AGENT), "u-t.novak", "en")
