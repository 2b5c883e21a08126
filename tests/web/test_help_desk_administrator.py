"""What a help desk administrator of one group can and cannot do, sentence by sentence, through the pages.

One person holds the standard role HELP_DESK_ADMIN on one group and nothing else.  Whatever is refused to that person is
tried by an administrator of everything too, who succeeds: so the door exists, and only the role is missing.
"""

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connectors.local.loading import NewEntry, load_entries
from connectors.local.transactions import open_engine
from connectors.spi import Entry, Everything, Question, Ref, Secret
from runner.access.reading import read_access
from runner.access.standard import STANDARD_ROLES
from runner.delegation.delegation import Delegation
from runner.gate import AccountGate
from runner.pipeline.desk import Desk
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline.desks import definitions
from tests.runner.pipeline.small_company import NOW, REQUESTABLE, group, person
from tests.web.real_site import RealSite, Stage, Visit, hidden

HELPER, ADMIN = "agent.rotterdam", "agent.utrecht"
ASSIGNED = ("z.lindqvist", "t.novak", "f.former", "m.factor", "s.starter")
OUTSIDE = ("p.dewit", "u.bakker", "n.mail", "alice", "agent.utrecht")
OUTSIDERS_ARE_CALLED = (
    "Pieter",
    "de Wit",
    "Ursula",
    "Bakker",
    "Nora",
    "Zonder",
    "Alleen",
    "Utrecht Agent",
    "Ruud Admin",
)
BINDINGS = f"""
standard_roles:
  - {{ role: HELP_DESK_ADMIN, principals: [{{ user: {HELPER} }}], targets: [{{ group: GG-Branch }}] }}
  - {{ role: SUPER_ADMIN, principals: [{{ user: {ADMIN} }}], targets: everything }}
"""
BOTH = ("in_person", "call_back")
CAN = {"reset-password", "unlock-account", "reset-mfa", "clear-sessions"}


@pytest.fixture(scope="module")
def branch_template(web_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company with one more branch: somebody locked out, disabled, enrolled, waiting for the first day."""
    folder = tmp_path_factory.mktemp("branch") / "desk"
    shutil.copytree(web_template, folder)
    engine = open_engine(f"sqlite:///{folder / 'directory.db'}")
    more: tuple[NewEntry, ...] = (
        person("m.factor", "Mina Factor", "Rotterdam", mfa_enrolled=True, manager=ADMIN),
        person("s.starter", "Sanne Starter", "Rotterdam", enabled=False, pending=True),
        group("GG-Branch", *ASSIGNED, unit=REQUESTABLE),
    )
    report = load_entries(engine, more, now=NOW)
    engine.dispose()
    assert not report.problems
    return folder


@pytest.fixture
def site(stage: Stage, branch_template: Path, tmp_path: Path) -> Iterator[RealSite]:
    folder = tmp_path / "desk"
    shutil.copytree(branch_template, folder)
    opened = stage.open(folder)
    _put_under(opened, stage, definitions()["access.yaml"].decode().partition("\nbindings:")[0] + BINDINGS)
    yield opened
    opened.desk.close()


def _put_under(site: RealSite, stage: Stage, access: str) -> None:
    """Let another access file decide on this desk."""
    policy, problems = read_access("access.yaml", access.encode())
    assert problems == ()
    keeper = PolicyKeeper(policy, access.encode(), site.desk.services.connectors)
    services = replace(site.desk.services, authority=keeper)
    parts: dict[str, Any] = {"desk": Desk(services), "services": services, "keeper": keeper}
    site.desk.installation = replace(site.desk.installation, **parts, delegation=Delegation(services))
    stage.desk.part, stage.gate.part = site.desk.desk, AccountGate(site.desk.installation)
    stage.delegation.part = site.desk.installation.delegation


# --- what is done ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A form as it is filled in; ``target`` is a login, empty for a form without a target."""

    form: str
    target: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()

    @property
    def target_id(self) -> str:
        return self.target if self.target.startswith("g-") else f"u-{self.target}"


def ask(visit: Visit, task: Task, submission: str) -> list[TestResponse]:
    """Open a form, pass its checks and send it in; return every answer."""
    head = {"submission": submission, **({"target": task.target_id} if task.target else {})}
    where = f"/forms/{task.form}" + (f"/for/{task.target_id}" if task.target else "")
    checks = [{**head, "method": method, "check.ask-0": "true"} for method in task.checks]
    return [
        visit.get(where),
        *(visit.post(f"/forms/{task.form}/check", check) for check in checks),
        visit.post(f"/forms/{task.form}/submit", {**head, **task.answers}),
    ]


def carry_out(site: RealSite, task: Task) -> str:
    """Do all of a task as the help desk administrator; return the last page."""
    visit, submission = site.visit(HELPER), uuid.uuid4().hex
    answers = ask(visit, task, submission)
    assert [answer.status_code for answer in answers] == [200, *(303 for _ in task.checks), 303]
    page = visit.get(f"/submissions/{submission}").get_data(as_text=True)
    done = visit.post(f"/submissions/{submission}/confirm", hidden(page))
    assert done.status_code == 200
    return done.get_data(as_text=True)


def everything(site: RealSite) -> list[Entry]:
    """Return the whole directory."""
    return [entry for kind in ("user", "group", "ou", "computer") for entry in
            site.desk.directory.inner.read(Question(kind, Everything(), limit=1_000)).entries]  # fmt: skip


def assert_cannot(site: RealSite, task: Task) -> None:
    """Say that the help desk administrator meets nothing at a door that opens for an administrator of everything."""
    before, counts = everything(site), site.counts()
    visit, submission = site.visit(HELPER), uuid.uuid4().hex
    for answer in ask(visit, task, submission):
        assert answer.status_code == 404, (task, answer.request.path)
        assert "There is nothing here, or it is not yours to see." in answer.get_data(as_text=True)
        assert_names_no_outsider(answer)
    assert visit.get(f"/submissions/{submission}").status_code == 404
    assert visit.post(f"/submissions/{submission}/confirm", {"digest": "0" * 64}).status_code in (400, 404)
    assert site.desk.performed == []
    assert everything(site) == before
    assert {name: site.counts()[name] for name in ("submissions", "mails")} == {
        name: counts[name] for name in ("submissions", "mails")
    }
    assert f'href="/forms/{task.form}"' not in visit.get("/").get_data(as_text=True)
    opened = ask(site.visit(ADMIN), task, uuid.uuid4().hex)
    assert opened[0].status_code == 200, "the door is there"
    assert opened[-1].status_code != 404


def assert_names_no_outsider(answer: TestResponse) -> None:
    text = answer.get_data(as_text=True)
    assert [name for name in OUTSIDERS_ARE_CALLED if name in text] == []


# --- can ------------------------------------------------------------------------------------------------------------


def test_can_reset_a_password(site: RealSite) -> None:
    page = carry_out(site, Task("reset-password", "t.novak", {"flag.must_change": "true"}, BOTH))
    (secret,) = site.desk.passwords
    assert secret in page
    assert site.desk.performed == ["directory.user.set_password"]
    assert site.desk.directory.inner.authenticate("t.novak", Secret(secret)).state == "must_change"  # type: ignore[attr-defined]


def test_can_make_a_temporary_password_for_somebody_who_has_not_started(site: RealSite) -> None:
    page = carry_out(site, Task("reset-password", "s.starter", {"flag.must_change": "true"}, BOTH))
    (secret,) = site.desk.passwords
    assert secret in page
    assert site.desk.performed == ["directory.user.set_password"]
    assert site.desk.value("u-s.starter", "must_change") is True
    assert site.desk.value("u-s.starter", "pending") is True, "activating is for somebody else"


def test_can_reset_the_second_factor(site: RealSite) -> None:
    carry_out(site, Task("reset-mfa", "m.factor", {"reason": "A new phone"}, BOTH))
    assert site.desk.value("u-m.factor", "mfa_enrolled") is False


def test_can_unlock(site: RealSite) -> None:
    assert site.desk.value("u-z.lindqvist", "locked") is True
    carry_out(site, Task("unlock-account", "z.lindqvist", checks=("in_person",)))
    assert site.desk.value("u-z.lindqvist", "locked") is False


def test_can_clear_sessions(site: RealSite) -> None:
    carry_out(site, Task("clear-sessions", "t.novak"))
    (done,) = site.desk.directory.changed
    assert (done.verb, done.arguments["user"]) == ("directory.user.clear_sessions", Ref("user", "u-t.novak"))


@pytest.mark.parametrize("login", ASSIGNED)
def test_can_view_the_profiles_of_people_in_the_group(site: RealSite, login: str) -> None:
    visit, name = site.visit(HELPER), site.desk.value(f"u-{login}", "display_name")
    card = visit.get(f"/people/u-{login}")
    assert card.status_code == 200
    assert name in card.get_data(as_text=True)
    assert f"u-{login}" in visit.get(f"/find?q={login}").get_data(as_text=True)


def test_is_offered_exactly_the_forms_that_need_no_more(site: RealSite) -> None:
    held = STANDARD_ROLES["HELP_DESK_ADMIN"].permissions
    forms = site.desk.services.catalogue.forms.values()
    fitting = {form.id for form in forms if {need.permission for need in form.needs} <= held}
    page = site.visit(HELPER).get("/").get_data(as_text=True)
    offered = set(re.findall(r'href="/forms/([a-z-]+)"', page))
    assert offered == fitting
    assert offered >= CAN


# --- cannot ---------------------------------------------------------------------------------------------------------


def test_cannot_create(site: RealSite) -> None:
    assert_cannot(site, Task("create-employee", answers={"answer.first_name": "New", "answer.last_name": "Person"}))


def test_cannot_create_from_a_file(site: RealSite) -> None:
    assert_cannot(site, Task("create-employees-from-csv"))


def test_cannot_activate(site: RealSite) -> None:
    assert_cannot(site, Task("activate-account", "s.starter"))


def test_cannot_enable(site: RealSite) -> None:
    assert_cannot(site, Task("enable-account", "f.former"))


def test_cannot_suspend(site: RealSite) -> None:
    assert_cannot(site, Task("disable-account", "t.novak"))


def test_cannot_delete(site: RealSite) -> None:
    assert_cannot(site, Task("delete-account", "f.former"))


def test_cannot_assign_to_groups(site: RealSite) -> None:
    assert_cannot(site, Task("manage-groups", "t.novak", {"add.groups": "g-APP-Atlas"}))


def test_cannot_change_the_members_of_a_group_even_of_the_one_it_is_assigned(site: RealSite) -> None:
    assert_cannot(site, Task("manage-group-members", "g-GG-Branch", {"add.members": "u-t.novak"}))


def test_cannot_assign_to_applications(site: RealSite) -> None:
    assert_cannot(site, Task("request-software", "m.factor", {"answer.product": "visio", "answer.months": "6"}))


@pytest.mark.parametrize("form", ["move-account", "set-account-expiry", "rename-account", "force-password-change"])
def test_cannot_start_other_actions_of_the_directory(site: RealSite, form: str) -> None:
    assert_cannot(site, Task(form, "t.novak"))


def test_cannot_change_the_profile_it_sees(site: RealSite) -> None:
    assert_cannot(site, Task("update-contact-details", "t.novak", {"answer.office": "Elsewhere"}))


@pytest.mark.parametrize("login", OUTSIDE)
def test_cannot_view_anybody_outside(site: RealSite, login: str) -> None:
    visit = site.visit(HELPER)
    unknown = visit.get("/people/u-nobody.here")
    card = visit.get(f"/people/u-{login}")
    assert (card.status_code, unknown.status_code) == (404, 404)
    assert_names_no_outsider(card)
    name = str(site.desk.value(f"u-{login}", "display_name"))
    for words in (login, name, name.split()[-1]):
        for where in ("/find?q=", "/find/suggestions?q=", "/forms/reset-password?q="):
            assert f"u-{login}" not in visit.get(f"{where}{words}").get_data(as_text=True), where
    assert site.visit(ADMIN).get(f"/people/u-{login}").status_code == 200


@pytest.mark.parametrize("form", sorted(CAN))
@pytest.mark.parametrize("login", ["p.dewit", "u.bakker"])
def test_cannot_change_anybody_outside(site: RealSite, login: str, form: str) -> None:
    before, visit = everything(site), site.visit(HELPER)
    checks = () if form == "clear-sessions" else ("in_person",)
    for answer in ask(visit, Task(form, login, checks=checks), uuid.uuid4().hex):
        assert answer.status_code == 404
        assert_names_no_outsider(answer)
    assert everything(site) == before
    assert site.desk.performed == []
    assert site.counts()["submissions"] == 0


def test_cannot_reach_whoever_leaves_the_group_not_even_with_a_plan_in_hand(site: RealSite) -> None:
    visit, submission = site.visit(HELPER), uuid.uuid4().hex
    assert ask(visit, Task("clear-sessions", "t.novak"), submission)[-1].status_code == 303
    sent = hidden(visit.get(f"/submissions/{submission}").get_data(as_text=True))
    group_, left = Ref("group", "g-GG-Branch"), (Ref("user", "u-t.novak"),)
    site.desk.do("directory.group.remove_members", group=group_, members=left)
    assert visit.post(f"/submissions/{submission}/confirm", sent).status_code in (403, 404)
    assert site.desk.performed == []
    assert visit.get("/people/u-t.novak").status_code == 404


def test_cannot_see_outsiders_anywhere_on_its_pages(site: RealSite) -> None:
    visit = site.visit(HELPER)
    pages = ["/", "/history", "/sessions", "/find?q=a", "/find?q=e", "/find/suggestions?q=sales",
             *(f"/forms/{form}" for form in sorted(CAN)), *(f"/people/u-{login}" for login in ASSIGNED)]  # fmt: skip
    for page in pages:
        answer = visit.get(page)
        assert answer.status_code == 200, page
        assert_names_no_outsider(answer)


def test_a_form_that_cannot_be_worked_out_leaves_the_rest_of_a_card(site: RealSite) -> None:
    assert not [one for one in everything(site) if one.attributes.get("name") == "Leavers"], "offboard-user moves there"
    card = site.visit(ADMIN).get("/people/u-t.novak")
    assert card.status_code == 200
    assert "This form cannot be worked out; tell its owner" in card.get_data(as_text=True)
    assert "/forms/reset-password/for/u-t.novak" in card.get_data(as_text=True)


def test_cannot_make_a_key_for_programs(site: RealSite) -> None:
    writing = [rule.rule for rule in site.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert [rule for rule in writing if re.search(r"token|api|key|client", rule)] == []
    visit = site.visit(HELPER)
    for path in ("/api/tokens", "/tokens", "/keys", "/clients"):
        assert visit.post(path, {"name": "mine"}).status_code in (404, 405), path


def test_cannot_see_who_may_do_what(site: RealSite) -> None:
    rules = (rule for rule in site.app.url_map.iter_rules() if rule.rule.startswith("/access"))
    paths = {re.sub(r"<[^>]+>", "x", rule.rule) for rule in rules if "GET" in (rule.methods or ())}
    visit = site.visit(HELPER)
    for path in paths:
        answer = visit.get(path)
        assert answer.status_code == 404, path
        assert_names_no_outsider(answer)


def test_cannot_do_any_of_it_to_itself(site: RealSite) -> None:
    helper, members = Ref("user", f"u-{HELPER}"), Ref("group", "g-GG-Branch")
    site.desk.do("directory.group.add_members", group=members, members=(helper,))
    visit = site.visit(HELPER)
    assert visit.get(f"/people/{helper.id}").status_code == 200
    assert visit.get(f"/forms/clear-sessions/for/{helper.id}").status_code == 404
    assert site.desk.performed == []
