"""Random days at the desk: whatever is tried in whatever order, a second, simpler judge agrees with every change."""

from contextlib import suppress
from random import Random

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Ref
from forms.answering.wire import stored
from runner.errors import RunnerError
from runner.pipeline.pages import PlanPage, SubmissionPage

AGENTS = {"agent.rotterdam": "Rotterdam", "second.rotterdam": "Rotterdam", "agent.utrecht": "Utrecht"}
PEOPLE = ("t.novak", "z.lindqvist", "p.dewit", "u.bakker", "u.chef", "r.admin", "svc", "agent.rotterdam", "auditor")
FORMS = ("office", "three-steps", "at-once", "typed-password", "unlock-account", "reset-password")
NAMES = {
    "u-u.bakker": "Ursula",
    "u-u.chef": "Ulrich",
    "u-r.admin": "Ruud",
    "u-t.novak": "Novák",
    "u-z.lindqvist": "Lindqvist",
}


class Day:
    """One desk with agents who try everything while people come, go and are promoted."""

    def __init__(self, desk, seed):
        self.desk = desk
        self.random = Random(seed)
        self.plans = []
        self.actor, self.submission = "", ""
        self.wrong, self.judged = [], 0
        desk.directory.before = self.judge

    def groups(self, id_):
        return {ref.id for ref in self.desk.value(id_, "groups") or ()}

    def may_touch(self, actor, target):
        """Say by direct memberships only, with no policy, filter or scope, whether an agent may change a person."""
        mine, theirs = self.groups(f"u-{actor}"), self.groups(target)
        towns = [town for town in ("Rotterdam", "Utrecht") if f"g-SD-{town}" in mine]
        protected = {"g-Tier0-Admins", "g-Domain Admins"} & theirs or target == "u-svc"
        return (
            target != f"u-{actor}"
            and not protected
            and any(f"g-GG-Location-{town}" in theirs for town in towns)
            and self.desk.value(f"u-{actor}", "enabled")
        )

    def judge(self, operation):
        """Note what should not be done; raising here would only look like a connector that fails."""
        target = operation.arguments["user"].id
        intents = [
            body
            for body in self.desk.journal("intent")
            if (body["operation"]["id"], body["operation"]["verb"]) == (operation.id, operation.verb)
            and (body["actor"]["login"], body["target"]["id"]) == (self.actor, target)
            and (body["submission"], body["decision"]["effect"]) == (self.submission, "permit")
        ]
        if not self.may_touch(self.actor, target):
            self.wrong.append(("out of scope", self.actor, operation))
        taken_back = [body["takes_back"]["arguments"] for body in intents if "takes_back" in body]
        begun = len(intents) - len(taken_back)
        wanted = {name: stored(value) for name, value in operation.arguments.items()}
        if begun != 1 or taken_back not in ([], [wanted]) or self.desk.state(self.submission) != "running":
            self.wrong.append(("without an intent", self.actor, operation))
        self.judged += 1

    def step(self):
        self.random.choice((self.submit, self.submit, self.submit, self.confirm, self.confirm, self.shake))()

    def submit(self):
        random, desk = self.random, self.desk
        self.actor, form = random.choice(list(AGENTS)), random.choice(FORMS)
        target, self.submission = f"u-{random.choice(PEOPLE)}", desk.new()
        colleague = random.choice(["", "", "u-u.chef", "u-p.dewit", "u-r.admin"])
        answers = {
            "office": {"office": f"O{random.random()}", "colleague": colleague},
            "at-once": {"office": f"O{random.random()}"},
            "three-steps": {"office": f"O{random.random()}", "rule": random.choice(["stop", "undo", "continue"])},
            "typed-password": {"password": "Kanarie-Zeegroen!7" + str(random.randrange(10**9))},
        }.get(form, {})
        if random.random() < 0.7 and form in ("unlock-account", "reset-password"):
            with suppress(RunnerError):
                desk.verified(self.actor, form, target, self.submission)
        with suppress(RunnerError):
            page = desk.fill(self.actor, form, target, answers, submission=self.submission)
            self.look(page)
            if isinstance(page, PlanPage):
                self.plans.append((self.actor, target, page))

    def confirm(self):
        if not self.plans:
            return
        owner, target, plan = self.random.choice(self.plans[-12:])
        self.actor = self.random.choice([owner, owner, owner, *AGENTS])
        self.submission = plan.head.submission
        with suppress(RunnerError):
            page = self.desk.confirm(self.actor, plan)
            assert self.actor == owner or not isinstance(page, SubmissionPage)
            self.look(page)
            if isinstance(page, PlanPage):
                self.plans.append((owner, target, page))

    def shake(self):
        """Change who belongs where behind the desk's back, or let the directory fail for a while."""
        random, desk = self.random, self.desk
        person = Ref("user", f"u-{random.choice([*PEOPLE[:6], *AGENTS])}")
        town = random.choice(["Rotterdam", "Utrecht"])
        group = random.choice([f"g-GG-Location-{town}", f"g-GG-Location-{town}", "g-Tier0-Admins", f"g-SD-{town}"])
        verb = random.choice(["join_groups", "leave_groups"])
        with suppress(RejectedError):
            desk.do(f"directory.user.{verb}", user=person, groups=(Ref("group", group),))
        fault = random.choice([None, None, None, RejectedError("no"), UnavailableError("away"), ValueError("bug")])

        def fail(operation):
            if fault is not None and random.random() < 0.5:
                raise fault

        desk.directory.after = fail
        if random.random() < 0.3:
            desk.clock.forward(minutes=random.choice([1, 11, 61]))
            desk.services.authority.expire()

    def look(self, page):
        """Nobody is named to whom the agent has no way, on whatever page."""
        seen = repr(page)
        for id_, name in NAMES.items():
            if name in seen:
                assert self.readable(id_), (self.actor, id_, seen)

    def readable(self, id_):
        return self.may_touch(self.actor, id_) or id_ == f"u-{self.actor}"


def walk(desk, seed, steps):
    day = Day(desk, seed)
    for _ in range(steps):
        day.step()
    assert day.wrong == []
    assert desk.store.journal.verify().ok
    assert desk.store.submissions.list(states=["running"]) == []
    assert day.judged == len(desk.performed)
    return day.judged


def test_a_random_day_changes_only_what_a_second_judge_allows(desk):
    assert walk(desk, 7, 120) > 3


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20))
def test_random_days_change_only_what_a_second_judge_allows(desk, seed):
    assert walk(desk, seed, 250) > 3
