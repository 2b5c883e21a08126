"""Undo, and Continue after the server was down, on a real OpenLDAP."""

import uuid
from collections.abc import Iterator

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Ref
from runner.errors import NotReachableError
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import Posted
from tests.connectors.ldap.on_servers import entry, on_openldap, perform
from tests.runner.pipeline import desks
from tests.runner.pipeline.small_company import PEOPLE, ROOT
from tests.servers.ldif import record
from tests.servers.openldap import OpenLdap, Template

_SPACE = uuid.UUID("6f0c9a1e-52a4-4f5e-9d55-0b8b7a5f6f10")
UNITS = (PEOPLE, f"OU=Rotterdam,{PEOPLE}", f"OU=Groups,{ROOT}", f"OU=Requestable,OU=Groups,{ROOT}")
UNITS += (f"OU=Leavers,{ROOT}", f"OU=Service Accounts,{ROOT}", f"OU=Contacts,{ROOT}", f"OU=Computers,{ROOT}")
UNITS += (f"OU=Roles,OU=Groups,{ROOT}", f"OU=Lists,OU=Groups,{ROOT}")
AGENT, PERSON, CHIEF = "agent.rotterdam", "t.novak", "r.admin"
GROUPS = {
    "SD-Rotterdam": (AGENT,),
    "GG-Location-Rotterdam": (AGENT, PERSON),
    "Domain Admins": (CHIEF,),
    "Tier0-Admins": (CHIEF,),
    "APP-Visio": (CHIEF,),
}


def id_of(name: str) -> str:
    return str(uuid.uuid5(_SPACE, name))


def dn_of(login: str) -> str:
    return f"uid={login},OU=Rotterdam,{PEOPLE}"


def ldif() -> str:
    units = (record(dn, {"objectClass": ["organizationalUnit"], "ou": [dn[3:].partition(",")[0]]}) for dn in UNITS)
    return "".join((*units, *map(_person, (AGENT, PERSON, CHIEF)), *(_group(name) for name in GROUPS)))


def _person(login: str) -> str:
    held = [f"cn={name},OU=Groups,{ROOT}" for name, members in GROUPS.items() if login in members]
    texts = {"uid": login, "cn": login, "sn": login, "displayName": login, "title": "Stock controller"}
    mail = {"mail": [f"{login}@sample.test"], "memberOf": held, "entryUUID": [id_of(login)]}
    return record(dn_of(login), {"objectClass": ["inetOrgPerson"], **{k: [v] for k, v in texts.items()}, **mail})


def _group(name: str) -> str:
    members = [dn_of(login) for login in GROUPS[name]]
    shape = {"objectClass": ["groupOfNames"], "cn": [name], "member": members, "entryUUID": [id_of(name)]}
    return record(f"cn={name},OU=Groups,{ROOT}", shape)


@pytest.fixture(scope="module")
def server(certificates) -> Iterator[OpenLdap]:
    with Template.made(certificates.good, ldif(), suffix=ROOT) as template, OpenLdap.started(template) as started:
        yield started


@pytest.fixture
def desk(server, company_template, tmp_path, monkeypatch) -> Iterator[desks.TestDesk]:
    server.reset()
    desks.make_folder(tmp_path, company_template)
    with on_openldap(server, base=ROOT, user=f"cn=svc,{ROOT}") as directory:
        monkeypatch.setattr(desks, "LocalDirectory", lambda *_, **__: directory)
        opened = desks.open_desk(tmp_path)
        yield opened
        opened.store.close()


def actor(desk):
    return actor_of(desk.services, f"acc-{AGENT}", AGENT, AGENT, id_of(AGENT))


def begun(desk):
    submission = desk.new()
    posted = Posted({"rule": "stop", "office": "A"})
    plan = desk.desk.submit(actor(desk), submission, "three-steps", id_of(PERSON), posted, "en")
    return submission, desk.desk.confirm(actor(desk), submission, plan.digest, "", (), "en").state


def values(desk):
    found = entry(desk.directory.inner, Ref("user", id_of(PERSON))).attributes
    return tuple(found.get(name) for name in ("office", "company", "title"))


def test_what_was_done_is_undone_unless_it_was_changed_since(desk):
    submission, state = begun(desk)
    assert (state, values(desk)) == ("done", ("A", "A", "A"))
    perform(desk.directory.inner, "user.update", user=Ref("user", id_of(PERSON)), set={"company": "B"})
    plan = desk.desk.ways.undo_plan(actor(desk), submission, "en")
    assert ([one.id for one in plan.operations], len(plan.stays)) == (["third", "first"], 1)
    assert desk.desk.ways.undo(actor(desk), submission, plan.digest, "", "en").state == "done"
    assert values(desk) == (None, "B", "Stock controller")
    assert desk.store.journal.verify().ok


def test_it_goes_on_after_the_server_was_down(desk, server):
    def stop_before_the_second(operation):
        if operation.id == "second":
            server.stop()

    desk.directory.before = stop_before_the_second
    try:
        submission, state = begun(desk)
        desk.directory.before = None
        assert state in ("partly_done", "unknown")
        with pytest.raises((NotReachableError, UnavailableError)):
            desk.desk.ways.continue_plan(actor(desk), submission, "en")
    finally:
        server.start()
    plan = desk.desk.ways.continue_plan(actor(desk), submission, "en")
    assert [one.id for one in plan.operations] == ["second", "third"]
    assert desk.desk.ways.resume(actor(desk), submission, plan.digest, "en").state == "done"
    assert values(desk) == ("A", "A", "A")
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]
