"""A role on what belongs to its holder, here their own reports: whoever may decide on one row among many is told of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from runner.access.reading import read_access
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.requests.calling import SETTLED, call_for_bulks
from runner.pipeline.requests.desk import Requests
from runner.store.tables import submissions
from tests.runner.pipeline import desks
from tests.runner.pipeline.bulk.running_bulks import AGENT, prepared, started
from tests.runner.pipeline.requests.asking_for_a_yes import user

HEAD, OTHER_HEAD, NO_HEAD = "u.chef", "p.dewit", "alice"
IN_THE_MIDDLE = "n.mail"
ORDER = ("z.lindqvist", "second.rotterdam", "f.former", IN_THE_MIDDLE, "t.novak")
BINDING = b"""bindings:
  - id: heads
    principals: [{ group: GG-Location-Rotterdam }, { group: GG-Location-Utrecht }]
    role: head
    on: [my-reports]
"""
ROLE = b"""roles:
  - { id: head, title: Agrees for their own reports, permissions: [user.read] }
"""
FORM = b"""format: form/1
id: heads-yes
title: An office that the head agrees to
owner: Audit
target: { type: user }
fields:
  - { id: office, type: text, label: Office, required: true }
approval:
  approvers: [{ role: head }]
operations:
  - id: update
    do: directory.user.update
    with: { user: $(target), set: { office: $(office) } }
"""


@pytest.fixture(scope="module")
def definitions_with_heads():
    before = desks.definitions()
    access = before["access.yaml"].replace(b"bindings:\n", BINDING, 1).replace(b"roles:\n", ROLE, 1)
    policy, problems = read_access("access.yaml", access)
    assert problems == ()
    named = {**before, "access.yaml": access, "heads-yes.form.yaml": FORM}
    catalogue, _ = load_catalogue(named, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    return catalogue, (policy, access)


@pytest.fixture
def desk(definitions_with_heads, company_template, tmp_path, monkeypatch):
    catalogue, access = definitions_with_heads
    monkeypatch.setattr(desks, "catalogue", lambda: catalogue)
    monkeypatch.setattr(desks, "_access", lambda: access)
    desks.make_folder(tmp_path, company_template)
    opened = desks.open_desk(tmp_path)
    for login in ORDER:
        head = HEAD if login == IN_THE_MIDDLE else OTHER_HEAD
        opened.do("directory.user.update", user=user(login), set={"manager": user(head)})
    yield opened
    opened.close()


@pytest.fixture
def bulk(desk):
    """A bulk whose rows come in the order of the list: here the clock stands still, so it is set for each of them."""
    id_ = prepared(desk, ORDER, "heads-yes")
    started(desk, id_)
    desk.carried_out()
    for place, login in enumerate(ORDER):
        then = desk.clock() + timedelta(milliseconds=place)
        those = update(submissions).where(submissions.c.target_id == f"u-{login}").values(created_at=then)
        desk.database.write(lambda connection, those=those: connection.execute(those))
    return id_


def rows(desk, bulk, who):
    return [row.target for one in Requests(desk.services).rows(desk.actor(who), bulk, 1).alike for row in one.rows]


def test_whoever_may_decide_on_a_row_in_the_middle_is_told_of_it_and_finds_it(desk, bulk, monkeypatch):
    monkeypatch.setattr("runner.pipeline.requests.meant._FIRST_PART", 1)
    assert rows(desk, bulk, HEAD) == ["Nora Zonder"]
    assert [line.id for line in Requests(desk.services).inbox(desk.actor(HEAD)).bulks] == [bulk]
    desk.clock.forward(seconds=SETTLED.seconds + 1)
    call_for_bulks(desk.services)
    mails = {one.to[0]: one.body for one in desk.store.notifications.list(limit=20) if one.event == "asked"}
    assert sorted(mails) == ["p.dewit@sample.test", "u.chef@sample.test"]
    assert "For: 4 people" in mails["p.dewit@sample.test"]
    assert "For: 1 p" in mails["u.chef@sample.test"]


def test_nobody_else_who_holds_the_role_is_shown_anything_and_no_row_is_opened_for_them(desk, bulk, monkeypatch):
    opened = list[str]()
    monkeypatch.setattr("runner.pipeline.requests.meant.open_request", lambda _, one: opened.append(one.id))
    with pytest.raises(NotFoundError):
        rows(desk, bulk, NO_HEAD)
    assert Requests(desk.services).inbox(desk.actor(NO_HEAD)).bulks == ()
    assert opened == []


def test_while_the_form_is_gone_nobody_is_told_and_everybody_is_once_it_is_back(desk, bulk, monkeypatch):
    with monkeypatch.context() as gone:
        gone.delitem(desk.services.catalogue.forms, "heads-yes")
        desk.clock.forward(seconds=SETTLED.seconds + 1)
        assert call_for_bulks(desk.services) == 0
    assert call_for_bulks(desk.services) == 1
    assert len([one for one in desk.store.notifications.list(limit=20) if one.event == "asked"]) == 2


def test_who_sees_the_desk_as_somebody_else_is_shown_what_waits_for_them_and_may_answer_nothing(desk, bulk):
    seen = replace(desk.actor(HEAD), simulated_by="auditor")
    requests = Requests(desk.services)
    [some] = requests.rows(seen, bulk, 1).alike
    assert [row.target for row in some.rows] == ["Nora Zonder"]
    with pytest.raises(RefusedError):
        requests.say_to_rows(seen, bulk, some.digest, "yes")
    assert desk.journal("approval") == []


def test_a_request_whose_form_is_gone_leaves_the_rest_of_the_inbox_as_it_is(desk, monkeypatch):
    for form in ("heads-yes", "needs-a-yes-or-its-owner"):
        desk.confirm(AGENT, desk.planned(AGENT, form, f"u-{IN_THE_MIDDLE}", {"office": "A"}))
    requests, head = Requests(desk.services), desk.actor(HEAD)
    assert len(requests.inbox(head).groups) == 2
    monkeypatch.delitem(desk.services.catalogue.forms, "heads-yes")
    assert [group.form for group in requests.inbox(head).groups] == ["needs-a-yes-or-its-owner"]
