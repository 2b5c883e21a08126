"""Signing in with the directory over HTTP: what the page says, what sessions are worth, what a visitor learns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connectors.errors import UnavailableError
from connectors.spi import AuthenticationResult, Operation, Ref, Secret, SecretRef
from runner.gate import AccountGate
from runner.identity.directory import DirectorySignIn
from runner.identity.identity import identity_on
from tests.web.real_site import PASSWORD, RealSite, Stage, Visit, quick_passwords

AGENT, COLLEAGUE = "t.novak", "p.dewit"
THEIRS = "Een-Lange-Zin-47"
HINT = "Use your usual work login and password."


@dataclass
class Directory:
    """The company's directory as sign-in asks it; ``down`` makes it silent."""

    inner: Any
    down: bool = False
    asked: int = 0

    def read(self, question: Any) -> Any:
        if self.down:
            raise UnavailableError("dc1.example.test does not answer")
        return self.inner.read(question)

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        self.asked += 1
        if self.down:
            raise UnavailableError("dc1.example.test does not answer")
        return self.inner.authenticate(login, secret)


@dataclass
class Company:
    site: RealSite
    stage: Stage
    directory: Directory

    def use(self, **settings: Any) -> None:
        asking = DirectorySignIn(self.directory, **settings)
        identity = identity_on(self.site.desk.store, passwords=quick_passwords(), directory=asking)
        self.site.desk.installation = replace(self.site.desk.installation, identity=identity)
        self.stage.gate.part = AccountGate(self.site.desk.installation)

    def perform(self, verb: str, login: str = AGENT, **more: Any) -> None:
        self.site.desk.do(f"directory.user.{verb}", user=Ref("user", f"u-{login}"), **more)

    def set_password(self, login: str = AGENT, password: str = THEIRS, *, must_change: bool = False) -> None:
        arguments = {"user": Ref("user", f"u-{login}"), "password": SecretRef("p"), "must_change": must_change}
        operation = Operation("set", "directory.user.set_password", arguments)
        self.site.desk.directory.inner.perform(operation, (), {"p": Secret(password)})

    def go_down(self) -> None:
        def silent() -> None:
            raise UnavailableError("dc1.example.test does not answer")

        self.directory.down, self.site.desk.directory.reading = True, silent

    def come_back(self) -> None:
        self.directory.down, self.site.desk.directory.reading = False, None

    def visit(self, login: str = AGENT, password: str = THEIRS) -> Visit:
        visit = self.site.visit()
        assert visit.sign_in(login, password).status_code == 303
        return visit

    def outcomes(self) -> list[tuple[str, str]]:
        found = [entry["outcome"] for entry in self.site.desk.journal("login")]
        return [(one["code"], one.get("detail", "")) for one in found]


@pytest.fixture
def company(site: RealSite, stage: Stage) -> Iterator[Company]:
    made = Company(site, stage, Directory(site.desk.directory.inner))
    made.use()
    made.set_password()
    made.perform("join_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    yield made
    stage.gate.part = AccountGate(site.desk.installation)


def is_in(visit: Visit) -> bool:
    return visit.get("/sessions").status_code == 200


def body(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"|value="[^"]*" autocomplete="username"', "", answer.text)


def test_the_page_says_that_the_usual_login_is_meant_only_where_it_is(company: Company) -> None:
    assert HINT in company.site.visit().get("/sign-in").text
    company.stage.gate.part = AccountGate(
        replace(company.site.desk.installation, identity=identity_on(company.site.desk.store))
    )
    assert HINT not in company.site.visit().get("/sign-in").text


def test_groups_of_the_directory_give_the_rights_and_take_them_at_the_next_request(company: Company) -> None:
    visit = company.visit()
    assert visit.get("/people/u-z.lindqvist").status_code == 200
    assert visit.get("/forms/office/for/u-z.lindqvist").status_code == 200
    company.perform("leave_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    assert visit.get("/people/u-z.lindqvist").status_code == 404
    assert is_in(visit)
    company.perform("join_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    assert visit.get("/people/u-z.lindqvist").status_code == 200


def test_what_is_done_is_recorded_with_the_account_and_the_person(company: Company) -> None:
    visit = company.visit("t.novak@sample.test")
    visit.get("/people/u-nobody")
    denied = company.site.desk.journal("deny")[-1]["actor"]
    account = company.site.desk.installation.identity.accounts.by_login(AGENT)
    assert account is not None
    assert (denied["id"], denied["login"], denied["subject"]) == (account.id, AGENT, f"u-{AGENT}")


def test_somebody_without_any_right_gets_the_empty_desk(company: Company) -> None:
    company.set_password("f.former")
    company.perform("enable", "f.former")
    visit = company.visit("f.former")
    assert set(re.findall('href="/forms/([^"/]+)', visit.get("/").text)) <= {
        "update-contact-details",
        "request-software",
    }
    assert visit.get("/people/u-t.novak").status_code == 404
    policy = company.site.desk.folder / "forms" / "access.yaml"
    policy.write_text(policy.read_text().replace("principals: [everyone]", "principals: [{ group: Back-Door }]"))
    home = visit.get("/").text
    assert "No tasks for you yet" in home
    assert "/forms/" not in home.split("<main", 1)[1]


ENDS = {
    "disabled": lambda company: company.perform("disable"),
    "expired": lambda company: company.perform("set_expiry", on=(company.site.desk.clock() - timedelta(days=1)).date()),
    "gone": lambda company: company.perform("delete"),
    "locked": lambda company: [company.directory.inner.authenticate(AGENT, Secret("wrong")) for _ in range(10)],
    "must_change": lambda company: company.perform("expire_password"),
    "new password": lambda company: (
        company.site.desk.clock.forward(seconds=1),
        company.set_password(password="Een-Ander-Woord-48"),
    ),
}


@pytest.mark.parametrize("why", ENDS)
def test_a_session_is_over_at_the_next_request(company: Company, why: str) -> None:
    visit, other = company.visit(), company.visit()
    ENDS[why](company)
    answer = visit.post("/forms/office/submit", {"submission": "a" * 32, "target": "u-z.lindqvist"})
    assert answer.status_code == 401
    assert not is_in(visit)
    assert other.get("/").headers["Location"] == "/sign-in"
    assert company.outcomes().count(("session_ended", why)) == 2
    assert company.site.desk.performed == []
    assert company.site.visit().sign_in(AGENT, THEIRS).status_code == 403


def test_every_refusal_is_the_same_bytes(company: Company) -> None:
    company.set_password(COLLEAGUE, must_change=True)
    company.set_password("f.former")
    company.set_password("u.chef")
    company.perform("set_expiry", "u.chef", on=(company.site.desk.clock() - timedelta(days=1)).date())
    company.set_password("z.lindqvist")
    tries = [(AGENT, "wrong"), ("nobody", THEIRS), (COLLEAGUE, THEIRS), ("f.former", THEIRS), ("u.chef", THEIRS)]
    tries += [("z.lindqvist", THEIRS), ("agent.utrecht", "wrong"), (AGENT, "x\x00"), ("no\x00body", THEIRS)]
    answers = [company.site.visit().sign_in(*one) for one in tries]
    assert {answer.status_code for answer in answers} == {403}
    assert len({body(answer) for answer in answers}) == 1
    assert [detail for _, detail in company.outcomes()] == [
        *("wrong", "wrong", "must_change", "disabled", "expired", "locked"),
        *("wrong password", "unknown login", "unknown login"),
    ]
    assert all(answer.headers.get("Set-Cookie", "").find("deskhand=") == -1 for answer in answers)


@pytest.mark.parametrize("password", ["", "x" * 10_000, "\x00", "\udcff"])
def test_what_is_no_password_never_reaches_the_directory(company: Company, password: str) -> None:
    answer = company.site.visit().post("/sign-in", {"login": AGENT, "password": password.encode("utf-8", "replace")})
    assert answer.status_code == 403
    assert company.directory.asked == (password == "\udcff")


def test_a_directory_that_is_down_is_a_sentence_and_accounts_of_deskhand_come_in(company: Company) -> None:
    signed_in = company.visit()
    company.go_down()
    answer = company.site.visit().sign_in(AGENT, THEIRS)
    assert answer.status_code == 503
    assert "The directory does not answer. Try again, or sign in with an account of Deskhand." in answer.text
    assert "dc1" not in answer.text
    assert signed_in.get("/").status_code == 503
    assert HINT in signed_in.get("/sign-in").text
    assert signed_in.sign_in("kiosk", PASSWORD).status_code == 303
    assert is_in(signed_in)
    company.come_back()
    assert ("unreachable", "the directory does not answer") in company.outcomes()


def test_a_session_outlives_a_directory_that_was_down(company: Company) -> None:
    visit = company.visit()
    company.go_down()
    answers = [visit.get("/"), visit.post("/forms/office/submit", {"target": "u-z.lindqvist"})]
    assert [answer.status_code for answer in answers] == [503, 503]
    company.come_back()
    assert visit.get("/").status_code == 200
    assert company.site.desk.performed == []


def test_one_can_sign_out_while_the_directory_is_down(company: Company) -> None:
    visit = company.visit()
    cookie = visit.client.get_cookie("deskhand")
    company.go_down()
    visit.token = ""
    assert visit.post("/sign-out").status_code == 303
    company.come_back()
    assert cookie is not None
    visit.client.set_cookie("deskhand", cookie.value)
    assert not is_in(visit)
    stranger = company.site.visit()
    company.go_down()
    assert stranger.post("/sign-out").status_code == 401


def test_members_of_a_group_only(company: Company) -> None:
    company.use(members_of=lambda: "g-SD-Rotterdam")
    visit = company.visit()
    company.set_password("u.chef")
    assert company.site.visit().sign_in("u.chef", THEIRS).status_code == 403
    company.perform("leave_groups", groups=(Ref("group", "g-SD-Rotterdam"),))
    assert not is_in(visit)
    assert ("session_ended", "not a member") in company.outcomes()


def test_an_account_shut_out_here_is_out_at_once_and_stays_out(company: Company) -> None:
    visit = company.visit()
    accounts = company.site.desk.installation.identity.accounts
    account = accounts.by_login(AGENT)
    assert account is not None
    accounts.disable(account.id, by="test", now=company.site.desk.clock())
    assert not is_in(visit)
    assert company.site.visit().sign_in(AGENT, THEIRS).status_code == 403
    assert company.site.visit().sign_in(f"{AGENT}@sample.test", THEIRS).status_code == 403


def test_no_file_of_the_desk_holds_the_password(company: Company, tmp_path: Path) -> None:
    company.visit()
    company.site.visit().sign_in("Hunter2-login", "Hunter2-password")
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        content = file.read_bytes()
        assert THEIRS.encode() not in content
        assert b"unter2" not in content
