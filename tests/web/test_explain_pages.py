"""The pages that say why, who can and what they can; and the way to them from every refusal."""

import re
from html import unescape

import pytest

from tests.web.real_site import RealSite, Visit

PAGES = (
    "/access/explain?who=alice&permission=user.read&what=u.chef",
    "/access/who-can?permission=user.read&what=alice",
    "/access/what-can/alice",
)
REFUSALS = (
    "/people/u-r.admin",
    "/people/nobody-at-all",
    "/forms/office/for/u-alice",
    "/forms/no-such-form/for/u-alice",
    "/forms/office",
    "/nowhere",
    "/submissions/0123",
)


@pytest.fixture
def auditor(site: RealSite) -> Visit:
    return site.visit("auditor")


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def without_way_back(html: str) -> str:
    """Take out what differs between any two pages: the token, and the way back of the buttons for light and dark."""
    return re.sub(r'name="(?:back|csrf_token)" value="[^"]*"', "", html)


def why(html: str) -> str:
    found = re.search(r'href="(/access/explain\?[^"]*)"', html)
    return unescape(found[1]) if found else ""


def test_a_yes_names_the_binding(auditor: Visit) -> None:
    page = auditor.get("/access/explain?who=agent.rotterdam&permission=user.unlock&what=t.novak")
    said = text(page.text)
    assert page.status_code == 200
    assert "Yes Femke Agent · user.unlock on Tomáš Novák" in said
    assert 'user.unlock is given by the binding "desk-rotterdam/group:SD-Rotterdam/rotterdam".' in said


def test_a_no_names_the_nearest_miss_and_every_row_that_was_considered(auditor: Visit) -> None:
    said = text(auditor.get("/access/explain?who=agent.rotterdam&permission=user.unlock&what=u.bakker").text)
    assert "Would be allowed by desk-rotterdam, but the account is not in GG-Location-Rotterdam." in said
    assert "desk-utrecht/group:SD-Utrecht/utrecht" in said
    assert "The actor is not in the group SD-Utrecht" in said


def test_protection_is_explained_with_the_way_there(auditor: Visit) -> None:
    said = text(auditor.get("/access/explain?who=agent.rotterdam&permission=user.unlock&what=r.admin").text)
    assert 'the set "privileged-accounts": Ruud Admin is in Domain Admins through Tier0-Admins.' in said
    assert "Would give it, but protection comes first." in said


def test_without_a_permission_all_that_the_form_needs_is_explained(auditor: Visit) -> None:
    said = text(auditor.get("/access/explain?who=agent.rotterdam&what=t.novak&form=reset-password").text)
    for permission in ("user.password.reset", "user.read", "user.unlock"):
        assert f"{permission} on Tomáš Novák" in said
    other = text(auditor.get("/access/explain?who=agent.rotterdam&what=group:Audit&form=reset-password").text)
    assert "The form reset-password is for a user, and this is a group." in other


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("who=nobodyx&permission=user.read&what=alice", 'There is no account and no person "nobodyx".'),
        ("who=alice&permission=user.raed&what=alice", 'There is no permission "user.raed". Did you mean "user.read"?'),
        ("who=alice&permission=user.read&what=group:Nope", 'There is no group "Nope".'),
        ("who=alice&what=alice&form=reset-pasword", 'Did you mean "reset-password"?'),
        ("who=client:feed&permission=user.read&what=alice", 'No binding is for a client "feed".'),
        ("who=alice&what=target:u-x&form=reset-password", 'There is no person "u-x".'),
        ("who=alice&what=target:u-x", "Name the form that this is the target of"),
        ("who=alice", "Name a permission, or a form that needs some."),
        ("who=alice&permission=user.read&what=desk:directory:things:1", 'There is no "directory:things".'),
        ("who=alice&permission=user.read&what=desk:directory:groups:g-Audit:members", "means everybody in it"),
        ("who=<script>&permission=user.read&what=alice", 'no person "<script>"'),
        ("who=%00&permission=user.read&what=alice", "There is no account"),
    ],
)
def test_what_is_unknown_is_said_in_a_sentence(auditor: Visit, asked: str, said: str) -> None:
    page = auditor.get(f"/access/explain?{asked}")
    assert page.status_code == 422
    assert said in text(page.text)
    assert "<script>" not in page.text.partition("</head>")[2].replace('<script type="module"', "")


def test_things_are_named_in_every_way(auditor: Visit) -> None:
    for what in ("user:u.bakker", "person:u.bakker", "desk:directory:users:u-u.bakker", "u-u.bakker"):
        page = auditor.get("/access/explain", query_string={"who": "alice", "permission": "user.read", "what": what})
        assert "on Ursula Bakker" in text(page.text), what
    for what in ("mail_domain:sample.test", "mailbox:sales@sample.test", "group:APP-Visio", "form:office", "desk"):
        page = auditor.get("/access/explain", query_string={"who": "alice", "permission": "group.read", "what": what})
        assert page.status_code == 200, what


def test_who_can_names_everybody_with_the_binding_that_gives_it(auditor: Visit) -> None:
    said = text(auditor.get("/access/who-can?permission=user.read&what=t.novak").text)
    assert "Femke Agent agent.rotterdam desk-rotterdam/group:SD-Rotterdam/rotterdam" in said
    assert "Ada Audit auditor READ_ONLY_ADMIN/group:Audit/everything" in said
    assert "Utrecht Agent" not in said
    nobody = text(auditor.get("/access/who-can?permission=user.delete&what=t.novak").text)
    assert "No binding gives this to anybody here today." in nobody
    assert auditor.get("/access/who-can?permission=user.raed").status_code == 422
    assert auditor.get("/access/who-can").status_code == 200


def test_what_can_counts_the_things(auditor: Visit) -> None:
    said = text(auditor.get("/access/what-can/agent.rotterdam").text)
    assert "Unlock accounts user.unlock" in said
    assert "3 groups, such as APP-Atlas, APP-Payroll, APP-Visio" in said
    assert "only in update-contact-details" in said
    assert auditor.get("/access/what-can/nobodyx").status_code == 422


@pytest.mark.parametrize("who", ["kiosk", "agent.rotterdam", "keyuser.sales"])
def test_for_others_these_pages_are_missing_addresses(site: RealSite, who: str) -> None:
    visit = site.visit(who)
    missing = without_way_back(visit.get("/nowhere").text)
    for path in (*PAGES, "/access/simulate"):
        before = site.denials()
        page = visit.get(path)
        assert page.status_code == 404
        assert without_way_back(page.text) == missing
        assert site.denials() == before + 1


def test_refusals_offer_nothing_to_who_may_not_read_access(site: RealSite) -> None:
    visit = site.visit("keyuser.sales")
    pages = {path: without_way_back(visit.get(path).text) for path in REFUSALS}
    assert set(pages.values()) == {pages["/nowhere"]}
    assert "Why?" not in pages["/nowhere"]


def test_refusals_lead_who_may_read_access_to_the_explanation(site: RealSite, auditor: Visit) -> None:
    links = {path: why(auditor.get(path).text) for path in REFUSALS}
    assert links["/people/u-r.admin"] == "/access/explain?who=auditor&permission=user.read&what=user%3Au-r.admin"
    assert links["/forms/office/for/u-alice"] == "/access/explain?who=auditor&what=target%3Au-alice&form=office"
    assert links["/nowhere"] == links["/submissions/0123"] == "/access/explain?who=auditor"
    said = text(auditor.get(links["/forms/office/for/u-alice"]).text)
    assert "No Ada Audit on Alice Alleen in office" in said
    assert "would be allowed by desk-utrecht" in said.lower() or "Would be allowed by own-contact-details" in said
    posted = auditor.post("/forms/office/submit", {"submission": "e" * 32, "target": "u-alice", "answer.office": "A"})
    assert why(posted.text) == links["/forms/office/for/u-alice"]


def test_a_missing_thing_and_a_forbidden_one_lead_to_one_shape_of_address(auditor: Visit) -> None:
    pages = {}
    for target in ("u-r.admin", "u-nobody"):
        page = auditor.get(f"/forms/office/for/{target}").text
        pages[target] = without_way_back(page).replace(target, "…")
    assert pages["u-r.admin"] == pages["u-nobody"]


def test_scripts_are_told_no_address(auditor: Visit) -> None:
    page = auditor.get("/people/u-r.admin", headers={"Accept": "application/json"})
    assert page.get_json() == {"error": "There is nothing here, or it is not yours to see.", "title": "Not found"}


def test_a_directory_that_does_not_answer_is_said_and_nothing_is_guessed(site: RealSite, auditor: Visit) -> None:
    site.desk.directory.inner.engine.dispose()  # type: ignore[attr-defined]
    (site.desk.folder / "directory.db").unlink()
    (site.desk.folder / "directory.db").mkdir()
    assert auditor.get(PAGES[0]).status_code in (500, 503)
