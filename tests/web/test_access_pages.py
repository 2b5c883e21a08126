"""The explorer on a real installation: what each page says, to whom, and how it stands hostile names and many rows."""

import re
from html import unescape

import pytest

from connectors.spi import Ref
from tests.web.policies import decide_by
from tests.web.real_site import RealSite, Stage, Visit

PAGES = {
    "/access": "Who may do what to whom",
    "/access/find?q=rotterdam": "desk-rotterdam",
    "/access/people": "Femke Agent",
    "/access/people?q=femke": "branch-desk",
    "/access/people/u-agent.rotterdam": "Everything a branch's own desk does",
    "/access/groups/g-SD-Rotterdam": "Sem Agent",
    "/access/everyone": "software-requester",
    "/access/roles": "identity-lead",
    "/access/roles?q=second+line": "identity-lead",
    "/access/roles/branch-desk": "Reset passwords",
    "/access/roles/HELP_DESK_ADMIN": "No binding uses this role.",
    "/access/sets": "privileged-accounts",
    "/access/sets/rotterdam": "people in the group “GG-Location-Rotterdam” (through other groups too)",
    "/access/sets/my-department": "Depends on who is at the keyboard.",
    "/access/sets/privileged-accounts": "Protected: no binding reaches it",
    "/access/sets/everything": "Part of a standard role",
    "/access/forms": "move-account",
    "/access/forms/reset-password": "user.password.reset",
    "/access/bindings": "desk-everywhere",
    "/access/bindings/desk-rotterdam": "Add and remove members",
    "/access/bindings/READ_ONLY_ADMIN": "Audit",
    "/access/matrix": "SD-FirstLine",
    "/access/matrix?by=roles&q=key": "key-users".replace("key-users", "KeyUsers"),
    "/access/matrix?permission=user.password.reset": "branch-desk",
    "/access/paths": "There is no way",
    "/access/reviews": "No review yet",
}
MISSING = (
    "/access/people/nobody",
    "/access/groups/nothing",
    "/access/clients/nothing",
    "/access/roles/nothing",
    "/access/sets/nothing/at/all",
    "/access/forms/nothing",
    "/access/bindings/nothing",
    "/access/matrix?permission=nothing",
    "/access/matrix?page=9",
    "/access/roles?page=99",
    "/access/sets?page=0",
    "/access/bindings?page=-1",
    "/access/reviews/nothing",
)
HOSTILE = "<script>alert(1)</script>\"'><b>&lt;"


def without_way_back(html: str) -> str:
    return re.sub(r'name="(?:back|csrf_token)" value="[^"]*"', "", html)


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def admin(site: RealSite) -> Visit:
    return site.visit("access.admin")


@pytest.mark.parametrize("login", ["access.admin", "auditor"])
def test_every_page_is_there_for_who_may_see_who_may_do_what(site: RealSite, login: str) -> None:
    visit = site.visit(login)
    for path, words in PAGES.items():
        page = visit.get(path)
        assert page.status_code == 200, path
        assert words in text(page.text), path
        assert '<a class="item" href="/access" aria-current="page">' in page.text


@pytest.mark.parametrize("login", ["agent.rotterdam", "kiosk"])
def test_for_others_they_are_missing_addresses(site: RealSite, login: str) -> None:
    visit = site.visit(login)
    missing = without_way_back(visit.get("/nowhere").text)
    assert "/access" not in missing
    for path in (*PAGES, *MISSING[:7]):
        before = site.denials()
        page = visit.get(path)
        assert page.status_code == 404
        assert without_way_back(page.text) == missing
        assert site.denials() == before + 1


def test_what_is_not_there_is_not_found(admin: Visit) -> None:
    for path in MISSING:
        assert admin.get(path).status_code == 404, path


def test_an_auditor_is_offered_no_button_that_changes_anything(site: RealSite) -> None:
    visit = site.visit("auditor")
    for path in PAGES:
        actions = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', visit.get(path).text)
        assert set(actions) <= {"/theme", "/sign-out"}, path


def test_the_way_through_groups_is_told(site: RealSite, admin: Visit) -> None:
    site.desk.do("directory.group.create", ou=Ref("ou", rotterdam_unit(site)), name="Night-Shift")
    night = site.desk.directory.inner.locate("Night-Shift", "group")
    assert night
    site.desk.do("directory.group.add_members", group=Ref("group", "g-SD-Rotterdam"), members=(night,))
    site.desk.do("directory.user.join_groups", user=Ref("user", "u-alice"), groups=(night,))
    page = admin.get("/access/people/u-alice").text
    assert "Night-Shift → in SD-Rotterdam binding desk-rotterdam" in text(page)
    assert "It holds rights by “desk-rotterdam”: only who holds as much may change it." in text(page)
    assert "Femke Agent" not in page
    assert "through" not in text(admin.get("/access/people/u-agent.rotterdam").text)


def rotterdam_unit(site: RealSite) -> str:
    found = site.desk.directory.inner.locate("OU=Groups,DC=sample,DC=test", "ou")
    assert found
    return found.id


def test_what_protects_somebody_is_told(admin: Visit) -> None:
    said = text(admin.get("/access/people/u-r.admin").text)
    assert 'No binding reaches it. It is protected by the set "privileged-accounts": ' in said
    assert "Ruud Admin is in Domain Admins through Tier0-Admins" in said


def test_counts_are_those_of_the_directory(admin: Visit) -> None:
    said = text(admin.get("/access/sets/rotterdam").text)
    assert "People 9 " in said
    assert "Zoë Lindqvist" in said
    assert text(admin.get("/access/groups/g-SD-Rotterdam").text).count("Who is in it 2 people") == 1


def test_who_may_run_a_form_is_who_holds_all_that_it_needs(site: RealSite, admin: Visit) -> None:
    said = text(admin.get("/access/forms/reset-password").text).partition("Bindings that give")[0]
    assert "May run it 3 people" in said
    assert "Ada Audit" not in said  # she may see people, and nothing else
    assert "Everyone who signs in." in text(admin.get("/access/forms/update-contact-details").text)


def test_words_in_a_row_and_a_permission_narrow_the_matrix(admin: Visit) -> None:
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>', admin.get("/access/matrix?q=utrecht").text)
    assert [text(row) for row in rows] == ["SD-Utrecht"]
    said = text(admin.get("/access/matrix?permission=access.manage").text)
    assert "Access-Admins" in said
    assert "SD-Utrecht" not in said


def test_a_path_is_drawn_and_told(admin: Visit) -> None:
    html = admin.get("/access/paths?from=agent.rotterdam&to=t.novak").text
    assert html.count('<svg class="path') == 2
    assert "is a member of the group SD-Rotterdam" in text(html)
    assert "can reset the password of Tomáš Novák" in text(html)
    assert 'There is nothing called "nobody-here"' in text(admin.get("/access/paths?from=nobody-here").text)


def test_hostile_names_and_titles_are_inert_on_every_page(site: RealSite, stage: Stage) -> None:
    site.desk.do("directory.group.create", ou=Ref("ou", rotterdam_unit(site)), name="Evil <img src=x onerror=alert(2)>")
    group = site.desk.directory.inner.locate("Evil <img src=x onerror=alert(2)>", "group")
    assert group
    site.desk.do("directory.user.join_groups", user=Ref("user", "u-alice"), groups=(group,))
    title = HOSTILE.replace("'", "''")
    decide_by(
        site,
        stage,
        f"""
format: access/1
roles:
  - {{ id: evil, title: '{title}', permissions: [user.read] }}
  - {{ id: reader, title: Reader, permissions: [access.read] }}
resource_sets:
  - {{ id: evil-set, title: '{title}', resources: [ {{ users: {{ match: {{ title: '{title}' }} }} }} ] }}
bindings:
  - {{ id: evil, principals: [ {{ group: "Evil <img src=x onerror=alert(2)>" }}, {{ client: '{title}' }} ],
      role: evil, on: [evil-set] }}
  - {{ id: lost, principals: [ {{ user: '{title}' }}, {{ user: auditor }} ], role: reader }}
""",
    )
    visit = site.visit("auditor")
    paths = ["/access", "/access/people", "/access/people/u-alice", f"/access/groups/{group.id}", "/access/roles"]
    paths += [
        "/access/roles/evil",
        "/access/sets",
        "/access/sets/evil-set",
        "/access/bindings",
        "/access/bindings/evil",
    ]
    paths += ["/access/bindings/lost", "/access/matrix", "/access/matrix?by=roles", "/access/find?q=evil"]
    paths += [f"/access/paths?from={HOSTILE}", "/access/paths?from=alice&to=rights"]
    for path in paths:
        page = visit.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert "<b>&lt;" not in page.text, path
    assert HOSTILE in text_of_title(visit.get("/access/roles/evil").text)


def text_of_title(html: str) -> str:
    found = re.search(r"<h1[^>]*><bdi>(.*?)</bdi></h1>", html)
    assert found
    return unescape(found[1])


def test_a_thousand_bindings_come_by_the_page(site: RealSite, stage: Stage) -> None:
    bindings = "\n".join(
        f"  - {{ id: b{n}, principals: [ {{ client: c{n} }} ], role: reader, on: [all] }}" for n in range(1_000)
    )
    decide_by(
        site,
        stage,
        f"""
format: access/1
roles:
  - {{ id: reader, permissions: [user.read] }}
  - {{ id: looker, permissions: [access.read] }}
resource_sets:
  - {{ id: all, resources: [ {{ users: all }} ] }}
bindings:
  - {{ id: auditors, principals: [ {{ user: auditor }} ], role: looker }}
{bindings}
""",
    )
    visit = site.visit("auditor")
    for path, most in (("/access/bindings", 50), ("/access/matrix", 40), ("/access/roles/reader", 100)):
        page = visit.get(path).text
        assert 0 < len(re.findall(r'href="/access/bindings/b|<th scope="row">', page)) <= 2 * most
    assert "and 900 more" in visit.get("/access/roles/reader").text
    assert "/access/bindings/b999" in visit.get("/access/bindings?page=21").text
    assert visit.get("/access/bindings?page=22").status_code == 404
