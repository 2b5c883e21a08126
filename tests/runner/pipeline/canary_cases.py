"""Submissions with canaries in them, by every way from a plan to an end, while something fails; and what is left of them."""

from datetime import timedelta

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Ref
from runner.engine.rounds import end_drafts, make_rounds
from runner.engine.workers import Workers
from runner.errors import RunnerError
from runner.store.settling import settle
from tests.runner.pipeline.canaries import canary, hits, left_behind
from tests.runner.pipeline.requests.asking_for_a_yes import MANAGER, say

AGENT, PERSON = "agent.rotterdam", "u-t.novak"
ENDS = {
    "at once": {},
    "later": {"later": True},
    "put off": {"later": True},
    "agreed": {"asks": True},
    "agreed, later": {"asks": True, "later": True},
    "refused": {"asks": True},
    "lapsed": {"asks": True},
    "taken back": {"later": True},
    "taken back while asked": {"asks": True},
    "dropped": {},
    "restored": {"later": True},
    "lost": {"later": True},
    "generated, seen": {"later": True},
    "generated, not seen": {"later": True},
    "generated, taken back": {"later": True},
}
FAULTS = ("none", "rejected", "away", "unknown", "garbage", "before", "intent", "outcome", "mail")
_SAID = {"rejected": RejectedError, "away": UnavailableError, "unknown": UnknownOutcomeError, "garbage": ValueError}


class Case:
    """One submission with canaries in it, by one way, with one fault."""

    def __init__(self, desk, way, fault, dice):
        self.desk, self.way, self.fault = desk, way, fault
        self.typed = canary(dice)
        self.texts = []
        self.is_generated = way.startswith("generated")
        self.id = ""

    def said(self, work):
        """Do something and keep everything that it gives, or says when it fails; what came is returned."""
        try:
            came = work()
        except RunnerError as error:
            self.texts += [str(error), repr(error), repr(error.__cause__)]
            return None
        self.texts.append(repr(came))
        return came

    def secrets(self):
        return [self.typed, *self.desk.passwords[-1:]]

    def go(self):
        desk, actor = self.desk, self.desk.actor(AGENT)
        at = desk.clock() + timedelta(hours=1)
        answers = {"at": at.isoformat()} if "later" in ENDS[self.way] else {}
        if not self.is_generated:
            answers |= {"password": self.typed} | ({"asks": "on"} if "asks" in ENDS[self.way] else {})
        plan = desk.planned(AGENT, "later-password" if self.is_generated else "typed-later", PERSON, answers)
        self.id = plan.head.submission
        self.texts += [repr(plan), repr(desk.desk.edit(actor, self.id, "en"))]
        self.break_things()
        if self.way != "dropped":
            self.said(lambda: desk.confirm(AGENT, plan))
        self.middle(actor)
        desk.clock.forward(hours=1, seconds=1)
        self.work()
        desk.directory.before = desk.directory.reading = None
        desk.database.writes_left = None
        self.settle_down(actor)

    def break_things(self):
        desk, kind = self.desk, self.fault

        def fail(_):
            if kind in _SAID:
                raise _SAID[kind](f"no: {', '.join(self.secrets())}")
            if kind == "outcome":
                desk.database.writes_left = 0

        desk.directory.before = fail
        desk.tells.is_on = kind == "mail"
        if kind in ("before", "intent"):
            desk.database.writes_left = 0 if kind == "before" else 1

    def middle(self, actor):
        desk, way = self.desk, self.way
        if desk.state(self.id) == "awaiting_approval" and way.startswith("agreed"):
            self.said(lambda: say(desk, MANAGER, self.id))
        elif way == "refused" and desk.state(self.id) == "awaiting_approval":
            self.said(lambda: say(desk, MANAGER, self.id, "no", "Not now."))
        elif way == "lapsed":
            desk.clock.forward(days=6)
            self.said(lambda: make_rounds(desk.services, 60))
        elif "taken back" in way:
            self.said(lambda: desk.desk.cancel(actor, self.id))
        elif way == "put off":
            desk.directory.reading = self.silent
            desk.clock.forward(hours=2)
            self.work()
            desk.directory.reading = None

    def silent(self):
        raise UnavailableError("The directory does not answer.")

    def work(self):
        desk = self.desk
        if self.way == "restored":
            desk.database.writes_left = None
            desk.clock.forward(minutes=1)
            settle(desk.database, desk.clock(), {"actor": {"id": "cli"}}, is_moved=False)
            return
        if self.way == "lost" and self.fault == "none":
            node = desk.services.node
            desk.directory.after = lambda _: desk.store.submissions.mark_lost([node], desk.clock())
        workers = Workers(desk.services, 0, self.texts.append)
        for _ in range(4):
            self.said(workers.step)
        desk.directory.after = None

    def settle_down(self, actor):
        """Let time go by with everything in order, look at every page, and check what is kept of it."""
        desk = self.desk
        for _ in range(4):
            desk.clock.forward(minutes=20)
            self.said(lambda: make_rounds(desk.services, 60))
            workers = Workers(desk.services, 0, self.texts.append)
            while self.said(workers.step):
                pass
        if desk.state(self.id) == "awaiting_approval":
            self.said(lambda: desk.desk.cancel(actor, self.id))
        if desk.state(self.id) == "draft":
            desk.clock.forward(days=8)
            end_drafts(desk.installation.services)
        self.texts += [repr(desk.desk.step(actor, self.id, "en")), repr(desk.store.submissions.get(self.id))]
        if self.way == "generated, seen":
            shown = desk.desk.reveal(actor, self.id, "en").shows
            done = desk.state(self.id) == "done"
            assert [one.secret.reveal() for one in shown] == (desk.passwords[-1:] if done else [])
            self.texts.append(repr(desk.desk.reveal(actor, self.id, "en")))
        elif self.is_generated:
            desk.clock.forward(days=8)
            make_rounds(desk.services, 3_600)
        row = desk.store.submissions.get(self.id)
        assert row.state in ("done", "partly_done", "failed", "unknown", "rejected", "expired", "cancelled"), row.state
        assert (row.sealed, row.shown_once) == (None, None), row.state
        assert not desk.services.halt.reason


def campaign(desk, log, cases):
    texts, secrets, ends = [], [], set()
    for case in cases:
        try:
            case.go()
        except AssertionError as wrong:
            raise AssertionError(f"{case.way}, {case.fault}: {wrong}") from wrong
        texts += case.texts
        secrets.append(case.typed)
        ends.add(desk.state(case.id))
        desk.do("directory.user.update", user=Ref("user", PERSON), set={"office": None})
    secrets += desk.passwords
    pictures = {case.typed for case in cases if "picture" in case.way}
    places = left_behind(desk, [*texts, log.getvalue(), repr(desk.doctor()), repr(desk.desk)])
    not_the_directory = {name: content for name, content in places.items() if "directory.db" not in name}
    found = hits(places, set(secrets) - pictures) + hits(not_the_directory, pictures)
    assert not found, found
    assert desk.store.journal.verify().ok
    return ends, len(set(secrets))
