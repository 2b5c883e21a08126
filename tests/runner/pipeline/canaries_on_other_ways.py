"""Canaries on the ways that begin where others end: undone, continued, closed, for many people, opened late, and in files."""

import zlib
from datetime import timedelta

from connectors.errors import RejectedError, UnknownOutcomeError
from connectors.spi import Ref
from runner.engine.rounds import end_drafts, forget_files, make_rounds
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.pages import Posted
from tests.pictures import png
from tests.runner.pipeline.bulk import running_bulks
from tests.runner.pipeline.canary_cases import AGENT, PERSON, Case

THREE = ("t.novak", "z.lindqvist", "p.dewit")
FAULTY = {"continued": RejectedError, "continued, made": RejectedError, "closed": UnknownOutcomeError}


def picture(text: str) -> bytes:
    """Return a picture with a text in it."""
    content = b"tEXt" + b"Comment\0" + text.encode()
    whole = png(40, 40)
    chunk = (len(content) - 4).to_bytes(4, "big") + content + zlib.crc32(content).to_bytes(4, "big")
    return whole[:-12] + chunk + whole[-12:]


class OtherCase(Case):
    """One submission or bulk; the fault comes when the other way is gone, not before."""

    def go(self):
        actor = self.desk.actor(AGENT)
        self.handed, self.made = [], len(self.desk.passwords)
        {
            "undone": self.undone,
            "continued": self.continued,
            "continued, made": self.continued,
            "closed": self.continued,
            "opened late": self.opened_late,
            "many chosen": self.for_many,
            "many from a file": self.for_many,
            "a picture": self.with_a_picture,
            "a picture left": self.with_a_picture,
            "a column too many": self.with_a_column_too_many,
        }[self.way](actor)
        self.mend()
        self.rest(actor)

    def secrets(self):
        """Return what the directory was handed by what is under way, and so could repeat."""
        return [*self.handed, *self.desk.passwords[self.made :][-1:]]

    def mend(self):
        self.desk.directory.before = self.desk.directory.after = self.desk.directory.reading = None
        self.desk.database.writes_left = None
        self.desk.tells.is_on = False

    def stopped_at(self, operation, error):
        """Let one operation fail in an answer that repeats the passwords."""

        def fail(asked):
            if asked.id == operation:
                raise error(f"no: {', '.join(self.secrets())}")

        self.desk.directory.before = fail

    def begun(self, form, answers):
        plan = self.desk.planned(AGENT, form, PERSON, answers)
        self.id = plan.head.submission
        self.texts.append(repr(plan))
        self.said(lambda: self.desk.confirm(AGENT, plan))
        self.mend()

    def undone(self, actor):
        self.begun("typed-later", {"password": self.typed})
        ways = self.desk.desk.ways
        self.break_things()
        page = self.said(lambda: ways.undo_plan(actor, self.id, "en"))
        self.said(lambda: ways.undo(actor, self.id, page.digest, "Wrong person.", "en"))

    def continued(self, actor):
        is_made = self.way == "continued, made"
        form, answers = "typed-later", {"password": self.typed}
        if is_made:
            form, answers = "office-then-password", {"office": f"R{self.desk.clock():%H%M}{len(self.desk.passwords)}"}
        self.handed = [] if is_made else [self.typed]
        self.stopped_at("reset" if is_made or self.way == "closed" else "unlock", FAULTY[self.way])
        self.begun(form, answers)
        ways = self.desk.desk.ways
        if self.way == "closed":
            self.said(lambda: ways.close_unknown(actor, self.id, "reset", "I looked.", was_done=True))
        self.break_things()
        self.handed, self.made = [], len(self.desk.passwords)
        page = self.said(lambda: ways.continue_plan(actor, self.id, "en"))
        if page is not None:
            self.said(lambda: ways.resume(actor, self.id, page.digest, "en"))

    def opened_late(self, actor):
        desk = self.desk
        self.begun("later-password", {"at": self.moment()})
        self.break_things()
        desk.clock.forward(hours=1, seconds=1)
        self.work()
        self.mend()
        self.settle()
        desk.clock.forward(days=8)
        make_rounds(desk.services, 3_600)
        assert desk.desk.reveal(actor, self.id, "en").shows == ()
        self.texts.append(repr(desk.desk.reveal(actor, self.id, "en")))

    def moment(self):
        return (self.desk.clock() + timedelta(hours=1)).isoformat()

    def for_many(self, actor):
        desk, at = self.desk, self.moment()
        bulks = Bulks(desk.services)
        if self.way == "many chosen":
            id_ = running_bulks.prepared(desk, THREE, "later-password", {"at": at})
        else:
            lines = "".join(f"{one},{at}\n" for one in THREE)
            id_ = running_bulks.listed(desk, f"login,at\n{lines}", "later-password")
        self.texts.append(repr(running_bulks.page(desk, id_)))
        self.said(lambda: running_bulks.started(desk, id_))
        self.break_things()
        desk.clock.forward(hours=1, seconds=1)
        self.work()
        self.mend()
        self.settle()
        end_what_is_done(desk.services)
        seen = running_bulks.page(desk, id_)
        self.texts += [repr(seen), bulks.result(actor, id_).decode()]
        for row in seen.rows:
            if row.submission:
                self.id = row.submission
                shown = desk.desk.reveal(actor, row.submission, "en").shows
                assert len(shown) == (desk.state(self.id) == "done")

    def settle(self):
        for _ in range(4):
            self.desk.clock.forward(minutes=20)
            self.said(lambda: make_rounds(self.desk.services, 60))
            for _ in range(12):
                self.work()

    def with_a_picture(self, actor):
        desk, submission = self.desk, self.desk.new()
        posted = Posted({}, uploads={"photo": picture(self.typed)}, names={"photo": "me.png"})
        self.texts.append(repr(desk.desk.evaluate(actor, "update-photo", PERSON, posted, "en", submission=submission)))
        plan = desk.planned(
            AGENT, "update-photo", PERSON, {}, submission=submission, uploads=posted.uploads, names=posted.names
        )
        self.id = submission
        self.texts.append(repr(plan))
        self.break_things()
        if self.way == "a picture":
            self.said(lambda: desk.confirm(AGENT, plan))
        self.mend()
        desk.clock.forward(days=8)
        forget_files(desk.services)

    def with_a_column_too_many(self, actor):
        desk, bulks = self.desk, Bulks(self.desk.services)
        self.break_things()
        text = f"login,office,password\nt.novak,A,{self.typed}\n"
        self.said(lambda: bulks.begin_listed(actor, "office", text.encode(), "en"))
        self.mend()
        posted = Posted({}, uploads={"moves": f"who,office,password\nt.novak,A,{self.typed}\n".encode()})
        self.said(lambda: desk.desk.submit(actor, desk.new(), "offices-from-file", None, posted, "en"))
        self.begun("office", {"office": f"C{desk.clock():%H%M%S}"})

    def rest(self, actor):
        desk = self.desk
        desk.clock.forward(minutes=20)
        self.said(lambda: make_rounds(desk.services, 60))
        if desk.state(self.id) == "draft":
            desk.clock.forward(days=8)
            end_drafts(desk.installation.services)
        self.texts += [repr(desk.desk.step(actor, self.id, "en")), repr(desk.store.submissions.get(self.id))]
        row = desk.store.submissions.get(self.id)
        assert row.state in ("done", "partly_done", "failed", "unknown", "expired", "cancelled"), row.state
        assert (row.sealed, row.shown_once) == (None, None), row.state
        assert not desk.services.halt.reason
        desk.do("directory.user.update", user=Ref("user", PERSON), set={"office": None})


OTHER_WAYS = (
    "undone", "continued", "continued, made", "closed", "opened late", "many chosen", "many from a file", "a picture",
    "a picture left", "a column too many",
)  # fmt: skip
