"""All open requests: who sees them, who can answer each, and which nobody can."""

from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from runner.access.reading import read_access
from runner.errors import NotFoundError
from runner.pipeline.requests import every
from runner.pipeline.requests.desk import Requests
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline.bulk.running_bulks import prepared, started
from tests.runner.pipeline.desks import definitions
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, FORM, MANAGER, ask, say, user

LEAD = "  - {{ id: lead, principals: [{{ user: p.dewit }}], role: seer{more} }}\n"
SEER = "  - { id: seer, title: Sees requests, permissions: [request.read] }\n"


def lines(desk, who="auditor", page=1, services=None):
    return Requests(services or desk.services).open_ones(desk.actor(who), page).lines


def with_a_lead(desk, more=""):
    """Return the services under a policy by which Pieter de Wit sees requests of others."""
    text = definitions()["access.yaml"].decode()
    text = text.replace("\nbindings:\n", f"\nbindings:\n{LEAD.format(more=more)}", 1)
    text = text.replace("\nroles:\n", f"\nroles:\n{SEER}", 1)
    policy, problems = read_access("access.yaml", text.encode())
    assert problems == ()
    return replace(desk.services, authority=PolicyKeeper(policy, text.encode(), desk.services.connectors))


def test_it_names_who_can_say_yes_since_when_and_until_when(desk):
    id_ = ask(desk)
    (found,) = lines(desk)
    assert (found.line.id, found.line.target, found.lack, found.why) == (id_, "Tomáš Novák", "", "")
    assert found.who == "the manager of Tomáš Novák: Ulrich Chef"
    submission = desk.store.submissions.get(id_)
    assert (found.line.asked_at, found.line.expires_at) == (submission.asked_at, submission.expires_at)


def test_what_is_answered_is_gone_from_it(desk):
    id_ = ask(desk)
    say(desk, MANAGER, id_, "no", "Not now.")
    assert lines(desk) == ()


@pytest.mark.parametrize("who", [AGENT, "alice", MANAGER])
def test_who_sees_no_requests_of_others_finds_no_such_page_and_it_is_recorded(desk, who):
    ask(desk)
    with pytest.raises(NotFoundError):
        lines(desk, who)
    assert desk.journal("deny")[-1]["operation"] == "open all requests"


def test_one_with_too_few_left_is_marked(desk):
    desk.do("directory.user.update", user=user("t.novak"), set={"manager": None})
    ask(desk)
    (found,) = lines(desk)
    assert found.lack == "few"
    assert "nobody" in found.who


def test_one_that_nobody_at_all_can_answer_is_marked(desk):
    desk.do("directory.group.remove_members", group=Ref("group", "g-Audit"), members=(user("auditor"),))
    ask(desk, by="nobody")
    (found,) = lines(desk, "p.dewit", services=with_a_lead(desk))
    assert (found.lack, found.why) == ("nobody", "Nobody is left who may answer it.")


def test_one_whose_form_is_gone_is_marked(desk):
    ask(desk)
    known = desk.services.catalogue
    services = replace(desk.services, catalogue=replace(known, forms={}))
    (found,) = lines(desk, services=services)
    assert (found.lack, "no longer known" in found.why) == ("nobody", True)
    started(desk, prepared(desk, ("t.novak", "z.lindqvist"), FORM, {"office": "A"}))
    desk.carried_out()
    (found,) = [one for one in lines(desk, services=services) if one.bulk]
    assert (found.lack, found.why) == ("nobody", "2 of them can be answered by nobody.")


def test_the_list_is_there_while_a_directory_does_not_answer(desk):
    id_ = ask(desk)
    actor = desk.actor("auditor")

    def silent():
        raise UnavailableError("the directory does not answer")

    desk.directory.reading = silent
    page = every.open_page(desk.services, actor, 1)
    desk.directory.reading = None
    assert [(one.line.id, one.lack, one.line.requester) for one in page.lines] == [(id_, "unknown", AGENT)]


def test_a_permission_in_one_form_shows_the_requests_of_that_form_only(desk):
    ask(desk)
    other = desk.planned(AGENT, "needs-a-yes-or-its-owner", "u-t.novak", {"office": "A"})
    desk.confirm(AGENT, other)
    services = with_a_lead(desk, ", forms: [needs-a-yes]")
    assert [one.line.title for one in lines(desk, "p.dewit", services=services)] == [
        "An office that somebody agrees to"
    ]
    assert len(lines(desk, "p.dewit", services=with_a_lead(desk))) == 2


def test_it_comes_in_pages(desk, monkeypatch):
    monkeypatch.setattr(every, "PAGE", 2)
    ids = {ask(desk, office=office) for office in "ABC"}
    first, second = (Requests(desk.services).open_ones(desk.actor("auditor"), number) for number in (1, 2))
    assert ([len(first.lines), first.more], [len(second.lines), second.more]) == ([2, True], [1, False])
    assert {one.line.id for one in (*first.lines, *second.lines)} == ids


def test_the_rows_of_a_bulk_stand_together_and_each_on_a_page_of_the_bulk(desk):
    single = ask(desk)
    id_ = prepared(desk, ("t.novak", "z.lindqvist", "p.dewit"), FORM, {"office": "A", "by": "nobody"})
    started(desk, id_)
    desk.carried_out()
    found = {one.bulk: one for one in lines(desk)}
    assert set(found) == {"", id_}
    assert (found[""].line.id, found[id_].rows, found[id_].line.target) == (single, 3, "3 people")
    assert (found[id_].lack, found[id_].why) == ("few", "3 of them have too few people left who may answer.")
    desk.do("directory.group.remove_members", group=Ref("group", "g-Audit"), members=(user("auditor"),))
    (worse,) = [one for one in lines(desk, "p.dewit", services=with_a_lead(desk)) if one.bulk]
    assert (worse.lack, worse.why) == ("nobody", "3 of them can be answered by nobody.")
    desk.do("directory.group.add_members", group=Ref("group", "g-Audit"), members=(user("auditor"),))
    requests = Requests(desk.services)
    assert requests.bulk_named(desk.actor("auditor"), id_[:8].upper()) == id_
    for who, start in (("auditor", id_[:7]), ("auditor", "00000000"), (AGENT, id_)):
        with pytest.raises(NotFoundError):
            requests.bulk_named(desk.actor(who), start)
    rows = requests.open_ones(desk.actor("auditor"), 1, id_).lines
    assert {one.line.target for one in rows} == {"Tomáš Novák", "Zoë Lindqvist", "Pieter de Wit"}
    assert {(one.lack, one.bulk) for one in rows} == {("few", "")}
    assert Requests(desk.services).open_ones(desk.actor("auditor"), 1, "no such").lines == ()
