"""Further accounts of one person on a real OpenLDAP, where a number keeps the spaces that another tool wrote around it."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.spi import Question, Ref
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.pages import Posted
from runner.pipeline.same_person import further_of
from tests.connectors.ldap.on_servers import entry, on_openldap
from tests.runner.pipeline import desks
from tests.runner.pipeline.small_company import ROOT
from tests.runner.pipeline.undoing import test_on_openldap as company
from tests.runner.pipeline.undoing.test_on_openldap import AGENT, PERSON, actor, id_of
from tests.servers.certificates import Certificates
from tests.servers.openldap import OpenLdap, Template

WRITTEN = {"behind": "00471 ", "in front": " 00471", "as it is": "00471"}


def numbered(number: str) -> str:
    """Return the company with this number at the person, and the plain one at the agent."""
    text = company.ldif()
    for login, written in ((AGENT, "00471"), (PERSON, number)):
        head = f"dn:: {encoded(company.dn_of(login))}\n"
        assert text.count(head) == 1
        text = text.replace(head, f"{head}employeeNumber:: {encoded(written)}\n")
    return text


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.fixture(params=WRITTEN)
def desk(
    request: pytest.FixtureRequest, certificates: Certificates, company_template: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[desks.TestDesk]:  # fmt: skip
    made = Template.made(certificates.good, numbered(WRITTEN[request.param]), suffix=ROOT)
    with made as template, OpenLdap.started(template) as server:
        desks.make_folder(tmp_path, company_template)
        with on_openldap(server, base=ROOT, user=f"cn=svc,{ROOT}") as directory:
            monkeypatch.setattr(desks, "LocalDirectory", lambda *_, **__: directory)
            opened = desks.open_desk(tmp_path)
            yield opened
            opened.store.close()


def test_nobody_changes_or_finds_a_further_account_of_their_own(desk: desks.TestDesk) -> None:
    me, further = (entry(desk.directory.inner, Ref("user", id_of(one))) for one in (AGENT, PERSON))
    assert [one.ref for one in further_of(desk.services, me)] == [further.ref]
    authority, now = desk.services.authority.current(), desk.services.now()
    decision = authority.decide(actor(desk), "user.profile.manage", further, form=None, now=now)
    scope = authority.scope(actor(desk), ["user.profile.manage"], "user", form=None, now=now)
    found = desk.directory.inner.read(Question("user", scope, limit=100)).entries
    assert (decision.code, further.ref in {one.ref for one in found}) == ("self", False)
    with pytest.raises((RefusedError, NotFoundError)):
        desk.desk.submit(actor(desk), desk.new(), "office", further.ref.id, Posted({"office": "MINE"}), "en")
