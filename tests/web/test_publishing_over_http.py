"""Forms that wait for a second person: what would change, publishing and turning down through the page; and who may not."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import Form
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.operators import operators_of
from runner.pipeline.services import Channels
from runner.store.candidates import Candidate
from runner.versions.keeping import remember_versions
from runner.versions.publishing import Publishing, Unpublished
from tests.runner.pipeline import desks
from tests.web.real_site import RealSite, Stage, Visit

BINDINGS = """
bindings:
  - { id: both-publish, principals: [{ user: alice }, { user: agent.rotterdam }], role: form-author }
  - { id: one-form, principals: [{ user: agent.utrecht }], role: form-author, forms: [office] }
"""
FILE = "office.form.yaml"


def policy() -> tuple[Policy, bytes]:
    text = desks.definitions()["access.yaml"].decode().replace("\nbindings:\n", BINDINGS, 1)
    found, problems = read_access("access.yaml", text.encode())
    assert [one for one in problems if one.level == "error"] == []
    return found, text.encode()


@pytest.fixture
def site(stage: Stage, web_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealSite]:
    monkeypatch.setattr(desks, "_access", policy)
    folder = tmp_path / "desk"
    shutil.copytree(web_template, folder)
    opened = stage.open(folder)
    used = opened.desk.services.catalogue
    remember_versions(opened.desk.store, replace(used, forms={"office": used.forms["office"]}), desks.definitions())
    needing_two(stage, opened)
    yield opened
    opened.desk.close()


def needing_two(stage: Stage, site: RealSite, *unpublished: Unpublished) -> None:
    folder = replace(site.desk.installation.folder, needs_two=True)
    stage.operators.part = operators_of(replace(site.desk.installation, folder=folder, unpublished=unpublished))


@cache
def changed(length: int = 10) -> tuple[Form, dict[str, bytes]]:
    files = dict(desks.definitions())
    text = files[FILE].decode().replace("max_length: 64", f"max_length: {length}")
    files[FILE] = f"{text}\nversion: 2\n".encode()
    return load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})[0].forms["office"], files


def hand_in(site: RealSite, login: str = "alice", length: int = 10) -> Candidate:
    return Publishing(site.desk.services).hand_in(site.desk.actor(login), *changed(length))


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def decision(waiting: Candidate, which: str = "publish", comment: str = "") -> dict[str, str]:
    return {"digest": waiting.digest, "decision": which, "comment": comment}


def versions(site: RealSite) -> list[str]:
    return [one.version for one in site.desk.store.form_versions.versions("office")]


@pytest.fixture
def publisher(site: RealSite) -> Visit:
    return site.visit("agent.rotterdam")


def test_the_second_person_sees_what_would_change_and_publishes_it(site: RealSite, publisher: Visit) -> None:
    waiting = own(site)
    shown = said(publisher.get("/publishing").text)
    assert "office version 2, in use is version 1 · handed in by alice" in shown
    assert re.search(r"What would change .*“?10.*64|What would change .*64.*10", shown)
    answer = publisher.post("/publishing/office", decision(waiting, comment="Seen  with Bob"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/publishing")
    assert versions(site) == ["1", "2"]
    record = [one for one in site.desk.journal("config") if one.get("operation") == "form published"][-1]
    assert (record["actor"]["login"], record["author"], record["reason"]) == (
        "agent.rotterdam",
        "alice",
        "Seen with Bob",
    )
    after = said(publisher.get("/publishing").text)
    assert "No form waits" in after
    assert "used when the desk is started again: office (version 2)" in after


def own(site: RealSite) -> Candidate:
    """Hand in as the account that alice signs in with."""
    found = site.desk.store.accounts.by_login("alice")
    assert found is not None
    actor = replace(site.desk.actor("alice"), id=found[0].id)
    return Publishing(site.desk.services).hand_in(actor, *changed())


def test_who_handed_it_in_may_take_it_back_and_not_publish_it(site: RealSite) -> None:
    waiting, author = own(site), site.visit("alice")
    html = author.get("/publishing").text
    assert 'value="publish"' not in html
    assert "somebody else has to publish it" in said(html)
    refused = author.post("/publishing/office", decision(waiting))
    assert (refused.status_code, "somebody else has to publish it" in said(refused.text)) == (403, True)
    assert versions(site) == ["1"]
    assert site.desk.journal("deny")[-1]["operation"] == "publish form"
    assert author.post("/publishing/office", decision(waiting, "turn_down", "A slip")).status_code == 303
    assert site.desk.store.candidates.all() == []


def test_turning_down_needs_a_comment_and_is_journalled(site: RealSite, publisher: Visit) -> None:
    waiting = own(site)
    without = publisher.post("/publishing/office", decision(waiting, "turn_down", "  "))
    assert (without.status_code, "Write why office is not published" in said(without.text)) == (422, True)
    assert len(site.desk.store.candidates.all()) == 1
    assert publisher.post("/publishing/office", decision(waiting, "turn_down", "Too short")).status_code == 303
    assert site.desk.store.candidates.all() == []
    assert versions(site) == ["1"]
    record = [one for one in site.desk.journal("config") if one.get("operation") == "form turned down"][-1]
    assert (record["actor"]["login"], record["reason"]) == ("agent.rotterdam", "Too short")


@pytest.mark.parametrize("which", ["publish", "turn_down"])
def test_only_what_was_looked_at_is_decided_on(site: RealSite, publisher: Visit, which: str) -> None:
    looked_at = own(site)
    hand_in(site, "alice", 11)
    answer = publisher.post("/publishing/office", decision(looked_at, which, "fine"))
    assert (answer.status_code, "handed in anew meanwhile" in said(answer.text)) == (409, True)
    assert ">fine</textarea>" in answer.text
    assert versions(site) == ["1"]
    assert len(site.desk.store.candidates.all()) == 1


def test_a_form_is_decided_on_by_those_with_the_right_to_it_only(site: RealSite) -> None:
    waiting, before = own(site), versions(site)
    for login, status in (("keyuser.sales", 404), ("auditor", 404)):
        visit = site.visit(login)
        denied = site.denials()
        for which in ("publish", "turn_down"):
            assert visit.post("/publishing/office", decision(waiting, which, "x")).status_code == status, login
        assert site.denials() == denied + 2, login
    assert versions(site) == before
    only_there = site.visit("agent.utrecht")
    assert 'href="/publishing"' in only_there.get("/").text
    assert "office" in said(only_there.get("/publishing").text)
    assert only_there.post("/publishing/office", decision(waiting)).status_code == 303
    assert versions(site) == ["1", "2"]


def test_who_reads_the_journal_sees_all_and_has_no_buttons(site: RealSite) -> None:
    own(site)
    html = site.visit("auditor").get("/publishing").text
    assert "needs form.publish on this form" in said(html)
    assert 'action="/publishing/' not in html
    assert site.visit("keyuser.sales").get("/publishing").status_code == 404


def test_the_way_to_the_page_is_there_for_those_it_is_for(stage: Stage, site: RealSite) -> None:
    own(site)
    for login, is_there in (("agent.rotterdam", True), ("keyuser.sales", False)):
        assert ('href="/publishing"' in site.visit(login).get("/").text) == is_there, login
    assert 'href="/publishing"' in site.visit("auditor").get("/queue").text
    stage.operators.part = operators_of(site.desk.installation)
    assert 'href="/publishing"' not in site.visit("auditor").get("/queue").text
    assert 'href="/publishing"' not in site.visit("agent.rotterdam").get("/").text


def test_where_nobody_has_to_publish_there_is_no_such_page(stage: Stage, site: RealSite, publisher: Visit) -> None:
    waiting = own(site)
    stage.operators.part = operators_of(site.desk.installation)
    assert publisher.get("/publishing").status_code == 404
    assert publisher.post("/publishing/office", decision(waiting)).status_code == 404
    assert versions(site) == ["1"]


def test_a_changed_file_that_nobody_handed_in_is_named_until_somebody_does(
    stage: Stage, site: RealSite, publisher: Visit
) -> None:
    needing_two(stage, site, Unpublished("office", "2", changed()[0].digest, "1"))
    assert "deskhand hand-in office --as LOGIN" in said(publisher.get("/publishing").text)
    waiting = own(site)
    assert "hand-in" not in said(publisher.get("/publishing").text)
    assert publisher.post("/publishing/office", decision(waiting)).status_code == 303
    assert "hand-in" not in said(publisher.get("/publishing").text)


def test_what_the_page_does_not_send_and_what_does_not_wait_is_refused(site: RealSite, publisher: Visit) -> None:
    waiting = own(site)
    for form in ({"decision": "both"}, {"decision": ["publish", "turn_down"]}, {"as": "alice"}):
        assert publisher.post("/publishing/office", decision(waiting) | form).status_code == 400
    assert publisher.post("/publishing/reset-password", decision(waiting)).status_code == 404
    assert publisher.get("/publishing/office").status_code == 405
    assert versions(site) == ["1"]


def test_nothing_is_published_while_the_journal_does_not_verify(site: RealSite, publisher: Visit) -> None:
    waiting = own(site)
    site.desk.services.halt.reason = "The journal does not verify."
    assert publisher.post("/publishing/office", decision(waiting)).status_code == 503
    assert versions(site) == ["1"]


def mails(site: RealSite, event: str) -> list[tuple[tuple[str, ...], str, str]]:
    kept = site.desk.store.notifications.list(limit=100)
    return [(tuple(one.to), one.subject, one.body) for one in kept if one.event == event]


def test_who_else_may_publish_it_is_told_that_something_waits(site: RealSite) -> None:
    own(site)
    told = sorted(mails(site, "handed_in"))
    assert [to for to, _, _ in told] == [("agent.rotterdam@sample.test",), ("agent.utrecht@sample.test",)]
    assert {subject for _, subject, _ in told} == {"Waits to be published: office@2"}
    assert all("By: Alice Alleen" in body for _, _, body in told)


@pytest.mark.parametrize(
    ("which", "event", "subject"),
    [
        ("publish", "published", "Published: office@2"),
        ("turn_down", "turned_down", "Not published: office@2"),
    ],
)
def test_who_handed_it_in_is_told_what_became_of_it_with_the_comment(
    site: RealSite, publisher: Visit, which: str, event: str, subject: str
) -> None:
    waiting = own(site)
    assert publisher.post("/publishing/office", decision(waiting, which, "Ten is too short.")).status_code == 303
    ((to, title, body),) = mails(site, event)
    assert (to, title) == (("alice@sample.test",), subject)
    assert "Comment: Ten is too short." in body
    assert "By: Femke Agent" in body


def test_who_takes_it_back_is_told_nothing_and_what_is_refused_tells_nobody(site: RealSite) -> None:
    waiting, author = own(site), site.visit("alice")
    assert author.post("/publishing/office", decision(waiting)).status_code == 403
    assert author.post("/publishing/office", decision(waiting, "turn_down", "A mistake.")).status_code == 303
    assert mails(site, "published") + mails(site, "turned_down") == []


def test_it_is_decided_on_while_the_directory_cannot_say_who_is_to_be_told(site: RealSite) -> None:
    publishing, by = Publishing(site.desk.services), site.desk.actor("agent.rotterdam")
    waiting = own(site)

    def silent() -> None:
        raise UnavailableError("the directory does not answer")

    site.desk.directory.reading = silent
    publishing.publish(by, "office", waiting.digest)
    site.desk.directory.reading = None
    (lost,) = site.desk.store.notifications.list(states=("failed",), limit=10)
    assert (lost.event, lost.to, "could not be worked out" in lost.error) == ("published", (), True)
    assert versions(site) == ["1", "2"]


@pytest.mark.parametrize("others", ["disabled", "further accounts of the author"])
def test_where_nobody_else_can_be_told_the_operator_is_called(site: RealSite, others: str) -> None:
    for login in ("alice", "agent.rotterdam", "agent.utrecht"):
        person = Ref("user", f"u-{login}")
        if others != "disabled":
            site.desk.do("directory.user.update", user=person, set={"employee_id": "E-471"})
        elif login != "alice":
            site.desk.do("directory.user.disable", user=person)
    services = replace(site.desk.services, channels=Channels(operator="operator@sample.test"))
    Publishing(services).hand_in(site.desk.actor("alice"), *changed())
    assert mails(site, "handed_in") == []
    ((to, subject, _),) = mails(site, "alarm")
    assert (to, "office@2 was handed in, and nobody else" in subject) == (("operator@sample.test",), True)


def test_who_handed_it_in_and_is_no_longer_here_is_told_nothing(site: RealSite) -> None:
    waiting = own(site)
    site.desk.do("directory.user.disable", user=Ref("user", "u-alice"))
    Publishing(site.desk.services).publish(site.desk.actor("agent.rotterdam"), "office", waiting.digest)
    assert mails(site, "published") == []
