"""Ask for something that needs a yes, and say it: what the tests of requests share."""

from connectors.spi import Ref
from runner.pipeline.pages import SubmissionPage
from runner.pipeline.requests.desk import Requests
from runner.pipeline.requests.opened import open_request

AGENT, SECOND, PERSON, MANAGER = "agent.rotterdam", "second.rotterdam", "t.novak", "u.chef"
FORM = "needs-a-yes"


def user(login):
    return Ref("user", f"u-{login}")


def ask(desk, by="manager", person=PERSON, who=AGENT, **answers):
    """Hand a request in and return its id."""
    plan = desk.planned(who, FORM, f"u-{person}", {"office": "A", "by": by, **answers})
    page = desk.confirm(who, plan)
    assert isinstance(page, SubmissionPage), page
    assert page.state == "awaiting_approval"
    return page.head.submission


def digest(desk, id_):
    return open_request(desk.services, desk.store.submissions.get(id_)).digest


def say(desk, who, id_, decision="yes", comment="", **more):
    """Say something to a request as it is now, and return the state that follows."""
    actor = desk.actor(who)
    wanted = more.get("digest") or digest(desk, id_)
    return Requests(desk.services).say(actor, id_, wanted, decision, comment)


def note(desk, id_):
    return desk.store.submissions.get(id_).note
