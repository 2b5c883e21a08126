"""A desk of sample pages that remembers what it was asked to do, and a gate with one account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.spi import Content, File, Message, Secret
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, TooManyError
from runner.pipeline.pages import (
    ChoosePage,
    CsvTemplate,
    DeskPage,
    FillPage,
    FindPage,
    HistoryPage,
    PersonPage,
    PickPage,
    PlanPage,
    Posted,
    SubmissionPage,
    TableFile,
    VerifyPage,
)
from runner.web.ports import SessionLine, Visitor
from tests.pictures import png
from tests.web import samples, samples_of_questions
from tests.web.samples import NOW, Bend, straight

ALICE = Actor("a1", "agent.rotterdam", "Alice Tulpenburg", None)


@dataclass(slots=True)
class FakeDesk:
    """Answers with samples; ``done`` lists what would have changed something, ``fails`` is raised instead of any answer."""

    bend: Bend = straight
    done: list[tuple[str, object]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    fails: Exception | None = None
    plans: dict[str, object] = field(default_factory=dict)
    confirmed: bool = False
    passed: bool = False
    filled: bool = False

    def home(self, actor: Actor, language: str) -> DeskPage:
        self._fail()
        return samples.desk(self.bend)

    def find(self, actor: Actor, text: str, language: str) -> FindPage:
        self._fail()
        return samples.find(text, self.bend)

    def person(self, actor: Actor, person_id: str, language: str) -> PersonPage:
        self._fail()
        if person_id != "zoe":
            raise NotFoundError("There is nobody here by that name, or not among those you look after.")
        return samples.person(self.bend)

    def photo(self, actor: Actor, person_id: str) -> File:
        self._fail()
        if person_id != "zoe":
            raise NotFoundError("There is nobody here by that name, or not among those you look after.")
        picture = png(8, 8)
        return File("a.png", len(picture), "image/png", "", content=Content(picture))

    def open(
        self, actor: Actor, form_id: str, target_id: str | None, text: str, language: str
    ) -> ChoosePage | VerifyPage | FillPage:
        self._fail()
        if form_id not in samples.TILES:
            raise NotFoundError("There is no such form.")
        if target_id is None and form_id != "everything":
            return samples.choose(form_id, text, self.bend)
        if form_id == "reset-password" and not self.passed:
            return samples.verify(self.bend)
        return self._fill(form_id, {})

    def step(
        self, actor: Actor, submission_id: str, language: str
    ) -> VerifyPage | FillPage | PlanPage | SubmissionPage:
        self._fail()
        if submission_id != samples.SUBMISSION:
            return samples_of_questions.done(self.bend, secret=False, state="partly_done")
        if self.confirmed:
            return samples_of_questions.done(self.bend, secret=False)
        if self.filled:
            return samples_of_questions.plan(self.bend, **self.plans)
        return samples.fill_password(self.bend) if self.passed else samples.verify(self.bend, state="sent")

    def edit(self, actor: Actor, submission_id: str, language: str, page: int | None = None) -> FillPage | VerifyPage:
        self._fail()
        return samples.fill_groups({}, self.bend)

    def turn(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage:
        self._fail()
        self.posted.append(posted)
        return self._fill(form_id, posted.answers)

    def export(
        self, actor: Actor, form_id: str, target_id: str | None, table: str, posted: Posted, language: str
    ) -> TableFile:
        self._fail()
        raise NotFoundError("There is nothing here.")

    def evaluate(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        posted: Posted,
        language: str,
        *,
        checks: bool = False,
        submission: str = "",
    ) -> FillPage | VerifyPage:
        self._fail()
        self.posted.append(posted)
        return self._fill(form_id, posted.answers)

    def csv_template(self, actor: Actor, form_id: str, field_id: str, language: str) -> CsvTemplate:
        self._fail()
        return CsvTemplate(f"{form_id}-{field_id}", b"\xef\xbb\xbfName\r\n", {"fields": []})

    def pick(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        field: str,
        text: str,
        posted: Posted,
        language: str,
        *,
        submission: str = "",
    ) -> PickPage:
        self._fail()
        return samples_of_questions.pick(text, self.bend, groups=field == "groups")

    def check_start(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, method: str, language: str
    ) -> VerifyPage | FillPage:
        self._fail()
        self.done.append(("check_start", method))
        return samples.verify(self.bend, state="sent")

    def check_answer(
        self,
        actor: Actor,
        submission_id: str,
        form_id: str,
        target_id: str | None,
        method: str,
        answers: Mapping[str, str],
        language: str,
    ) -> VerifyPage | FillPage:
        self._fail()
        if method == "mail-code" and answers.get("code") != "123456":
            return samples.verify(self.bend, state="sent", error="That is not the code that was sent.")
        self.done.append(("check_answer", dict(answers)))
        self.passed = True
        return samples.fill_password(self.bend)

    def submit(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage | PlanPage | SubmissionPage:
        self._fail()
        self.posted.append(posted)
        if form_id == "everything":
            return samples_of_questions.everything(posted.answers, self.bend, wrong=True)
        if not posted.ticket.startswith("INC00"):
            return samples.fill_password(self.bend, wrong=True)
        self.done.append(("submit", posted))
        self.filled = True
        return samples_of_questions.plan(self.bend)

    def confirm(
        self, actor: Actor, submission_id: str, digest: str, typed: str, acknowledged: tuple[int, ...], language: str
    ) -> PlanPage | VerifyPage | SubmissionPage:
        self._fail()
        if digest != "d" * 64:
            return samples_of_questions.plan(self.bend, changed_meanwhile=True)
        fresh, self.confirmed = not self.confirmed, True
        self.done.append(("confirm", (typed, acknowledged)))
        return samples_of_questions.done(self.bend, secret=fresh)

    def cancel(self, actor: Actor, submission_id: str) -> SubmissionPage:
        self._fail()
        self.done.append(("cancel", submission_id))
        return samples_of_questions.done(self.bend, secret=False)

    def reveal(self, actor: Actor, submission_id: str, language: str) -> SubmissionPage:
        self._fail()
        return samples_of_questions.done(self.bend, secret=True)

    def history(self, actor: Actor, page: int, language: str) -> HistoryPage:
        self._fail()
        return samples_of_questions.history(page, self.bend)

    def refused(self, actor: Actor, what: str) -> None:
        self.refusals.append(what)

    def _fill(self, form_id: str, answers: Mapping[str, object]) -> FillPage:
        if form_id == "everything":
            return samples_of_questions.everything(answers, self.bend)
        if form_id == "manage-groups":
            return samples.fill_groups(answers, self.bend)
        return replace(samples.fill_password(self.bend))

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails


@dataclass(slots=True)
class FakeGate:
    """One account, ``agent.rotterdam`` with the password ``correct horse``; ``tokens`` are signed in."""

    tokens: dict[str, Visitor] = field(default_factory=dict)
    tries: int = 0
    uses_directory: bool = False

    def sign_in(self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime) -> str:
        self.tries += 1
        if self.tries > 5:
            raise TooManyError("Too many tries. Wait a little.", 30)
        if login != ALICE.login or password.reveal() != "correct horse":
            raise RefusedError("Login and password do not fit.")
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = Visitor(ALICE, f"session-{len(self.tokens)}")
        return token

    def lookup(self, token: str, now: datetime, *, is_use: bool = True) -> Visitor | None:
        return self.tokens.get(token)

    def leave(self, token: str, now: datetime) -> None:
        self.tokens.pop(token, None)

    def sessions(self, visitor: Visitor, now: datetime) -> Sequence[SessionLine]:
        chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
        phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
        hour = timedelta(hours=1)
        return [
            SessionLine(visitor.session, "192.0.2.17", chrome, NOW - hour, NOW, NOW + 9 * hour),
            SessionLine("session-phone", "198.51.100.4", phone, NOW - 30 * hour, NOW - 3 * hour, NOW + hour),
        ]

    def revoke(self, visitor: Visitor, session_id: str, now: datetime) -> bool:
        found = [token for token, one in self.tokens.items() if one.session == session_id]
        for token in found:
            del self.tokens[token]
        return bool(found)

    def revoke_all(self, visitor: Visitor, now: datetime) -> int:
        others = [token for token, one in self.tokens.items() if one.session != visitor.session]
        for token in others:
            del self.tokens[token]
        return len(others)


@dataclass(frozen=True, slots=True)
class FakeMail:
    to: tuple[str, ...]
    subject: str
    body: str
    sent_at: datetime | None


@dataclass(slots=True)
class FakeOutbox:
    bend: Bend = straight
    kept: list[Message] = field(default_factory=list)

    def messages(self, limit: int = 50) -> Sequence[FakeMail]:
        body = self.bend(
            "Your code is 123456. Read it to the agent who is on the phone with you.\nIt ends in ten minutes."
        )
        return [FakeMail(("z.lindqvist@sample.test",), self.bend("Your code for the service desk"), body, NOW)]
