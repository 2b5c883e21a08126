"""Every route and every kind of visitor: what the answer is, and that only the listed ones do anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape

import pytest

from connectors.spi import Content, File, Ref
from tests.pictures import png
from tests.web.real_site import PASSWORD, RealSite, Visit

DRAFT, NEW, MISSING = "d" * 32, "e" * 32, "f" * 32
OFFICE = {"submission": DRAFT, "target": "u-t.novak", "answer.office": "A"}
CHECK = {"submission": NEW, "target": "u-t.novak", "method": "in_person", "check.ask-0": "true"}
VISITORS = ("nobody", "revoked", "kiosk", "agent.rotterdam", "agent.utrecht", "keyuser.sales", "auditor")
SIGNED_IN = VISITORS[2:]


@dataclass(frozen=True)
class Row:
    """One request, and its status: for nobody and revoked, then for each visitor who is signed in."""

    path: str
    out: int
    statuses: tuple[int, ...]
    form: Mapping[str, str] | None = None
    changes: tuple[str, ...] = ()

    def expected(self, visitor: str) -> int:
        return self.statuses[SIGNED_IN.index(visitor)] if visitor in SIGNED_IN else self.out


def all_(status: int) -> tuple[int, ...]:
    return (status,) * len(SIGNED_IN)


READERS = (404, 404, 404, 404, 200)
"""Who may see who may do what: of these visitors the auditor."""


@pytest.fixture(autouse=True)
def _with_photo(site: RealSite) -> None:
    content = png()
    file = File("a.png", len(content), "image/png", sha256(content).hexdigest(), content=Content(content))
    site.desk.do("directory.user.set_photo", user=Ref("user", "u-t.novak"), photo=file)


AUDITED = (404, 404, 404, 404, 200)
# The columns: kiosk (no person, no rights), agent.rotterdam, agent.utrecht, keyuser.sales, auditor.
TABLE: Mapping[tuple[str, str], Row] = {
    ("GET", "/health"): Row("/health", 200, all_(200)),
    ("GET", "/health/ready"): Row("/health/ready", 200, all_(200)),
    ("GET", "/assets/<name>"): Row("/assets/nothing.css", 404, all_(404)),
    ("GET", "/schema/<name>"): Row("/schema/form-1.json", 200, all_(200)),
    ("GET", "/sign-in"): Row("/sign-in", 200, all_(302)),
    ("GET", "/"): Row("/", 302, all_(200)),
    ("GET", "/find"): Row("/find?q=novak", 302, all_(200)),
    ("GET", "/find/suggestions"): Row("/find/suggestions?q=novak", 302, all_(200)),
    ("GET", "/people/<person_id>"): Row("/people/u-t.novak", 302, (404, 200, 404, 404, 200)),
    ("GET", "/people/<person_id>/photo"): Row("/people/u-t.novak/photo", 302, (404, 200, 404, 404, 200)),
    ("GET", "/forms/<form_id>"): Row("/forms/office", 302, (404, 200, 200, 404, 404)),
    ("GET", "/forms/<form_id>/for/<target>"): Row("/forms/office/for/u-t.novak", 302, (404, 200, 404, 404, 404)),
    ("GET", "/forms/<form_id>/files/<question>.csv"): Row(
        "/forms/offices-from-file/files/moves.csv", 302, (404, 200, 200, 404, 404)
    ),
    ("GET", "/forms/<form_id>/files/<question>.schema.json"): Row(
        "/forms/offices-from-file/files/moves.schema.json", 302, (404, 200, 200, 404, 404)
    ),
    ("GET", "/submissions/<submission_id>"): Row(f"/submissions/{DRAFT}", 302, (404, 200, 404, 404, 404)),
    ("GET", "/submissions/<submission_id>/edit"): Row(f"/submissions/{DRAFT}/edit", 302, (404, 200, 404, 404, 404)),
    ("GET", "/history"): Row("/history", 302, all_(200)),
    ("GET", "/news"): Row("/news", 302, all_(200)),
    ("GET", "/sessions"): Row("/sessions", 302, all_(200)),
    ("GET", "/access/explain"): Row("/access/explain?who=alice&permission=user.read&what=u.chef", 302, AUDITED),
    ("GET", "/access/who-can"): Row("/access/who-can?permission=user.read&what=alice", 302, AUDITED),
    ("GET", "/access/what-can/<path:who>"): Row("/access/what-can/alice", 302, AUDITED),
    ("GET", "/access/simulate"): Row("/access/simulate", 302, all_(404)),
    ("GET", "/outbox"): Row("/outbox", 302, all_(200)),
    ("GET", "/access"): Row("/access", 302, READERS),
    ("GET", "/access/find"): Row("/access/find?q=desk", 302, READERS),
    ("GET", "/access/people"): Row("/access/people", 302, READERS),
    ("GET", "/access/people/<person_id>"): Row("/access/people/u-agent.rotterdam", 302, READERS),
    ("GET", "/access/groups/<group_id>"): Row("/access/groups/g-SD-Rotterdam", 302, READERS),
    ("GET", "/access/clients/<path:name>"): Row("/access/clients/nothing", 302, all_(404)),
    ("GET", "/access/everyone"): Row("/access/everyone", 302, READERS),
    ("GET", "/access/roles"): Row("/access/roles", 302, READERS),
    ("GET", "/access/roles/<role_id>"): Row("/access/roles/branch-desk", 302, READERS),
    ("GET", "/access/sets"): Row("/access/sets", 302, READERS),
    ("GET", "/access/sets/<path:set_id>"): Row("/access/sets/rotterdam", 302, READERS),
    ("GET", "/access/forms"): Row("/access/forms", 302, READERS),
    ("GET", "/access/forms/<form_id>"): Row("/access/forms/reset-password", 302, READERS),
    ("GET", "/access/bindings"): Row("/access/bindings", 302, READERS),
    ("GET", "/access/bindings/<binding_id>"): Row("/access/bindings/desk-rotterdam", 302, READERS),
    ("GET", "/access/matrix"): Row("/access/matrix", 302, READERS),
    ("GET", "/access/paths"): Row("/access/paths", 302, READERS),
    ("GET", "/access/reviews"): Row("/access/reviews", 302, READERS),
    ("GET", "/access/reviews/<campaign_id>"): Row(f"/access/reviews/{MISSING}", 302, all_(404)),
    ("POST", "/access/reviews"): Row(
        "/access/reviews", 401, (404, 404, 404, 404, 403),
        {"title": "All", "reviewers": "auditor", "due_on": "2030-01-31", "roles": "", "bindings": ""},
    ),
    ("POST", "/access/reviews/<campaign_id>/export"): Row(
        f"/access/reviews/{MISSING}/export", 401, all_(404), {"format": "csv"}
    ),
    ("POST", "/access/reviews/<campaign_id>/close"): Row(f"/access/reviews/{MISSING}/close", 401, all_(404), {}),
    ("POST", "/access/reviews/<campaign_id>/items/<int:position>"): Row(
        f"/access/reviews/{MISSING}/items/1", 401, all_(404), {"verdict": "keep", "reason": "needed"}
    ),
    ("POST", "/access/reviews/<campaign_id>/items/<int:position>/restore"): Row(
        f"/access/reviews/{MISSING}/items/1/restore", 401, all_(404), {"reason": "needed"}
    ),
    ("GET", "/notifications"): Row("/notifications", 302, READERS),
    ("GET", "/queue"): Row("/queue", 302, READERS),
    ("GET", "/evidence"): Row("/evidence?agent=auditor", 302, READERS),
    # A pack is made in tests/web/test_evidence_over_http.py, forms are published in tests/web/test_publishing_over_http.py.
    ("POST", "/evidence"): Row("/evidence", 401, (404, 404, 404, 404, 422), {"agent": "auditor", "reason": ""}),
    ("GET", "/publishing"): Row("/publishing", 302, all_(404)),
    ("POST", "/publishing/<form_id>"): Row(
        "/publishing/office", 401, all_(404), {"digest": "0" * 64, "decision": "publish", "comment": ""}
    ),
    ("GET", "/grants"): Row("/grants", 302, all_(200)),
    ("POST", "/grants/<grant_id>/again"): Row(f"/grants/{MISSING}/again", 401, all_(404), {}),
    ("POST", "/notifications/<id>/send-again"): Row(f"/notifications/{MISSING}/send-again", 401, all_(404), {}),
    ("POST", "/notifications/<id>/give-up"): Row(f"/notifications/{MISSING}/give-up", 401, all_(404), {}),
    ("GET", "/requests"): Row("/requests", 302, all_(200)),
    ("GET", "/requests/all"): Row("/requests/all", 302, READERS),
    ("GET", "/requests/<submission_id>"): Row(f"/requests/{MISSING}", 302, all_(404)),
    ("GET", "/requests/away"): Row("/requests/away", 302, all_(200)),
    # What waits for a yes, and whose, is in tests/web/test_requests_over_http.py.
    ("POST", "/requests/<submission_id>"): Row(
        f"/requests/{MISSING}", 401, all_(404), {"digest": "0" * 64, "decision": "yes", "comment": ""}
    ),
    ("GET", "/requests/bulk/<bulk_id>"): Row(f"/requests/bulk/{MISSING}", 302, all_(404)),
    ("POST", "/requests/bulk/<bulk_id>"): Row(
        f"/requests/bulk/{MISSING}", 401, all_(404), {"digest": "0" * 64, "decision": "yes", "comment": ""}
    ),
    ("POST", "/requests/several"): Row("/requests/several", 401, all_(422), {"decision": "yes", "comment": ""}),
    ("POST", "/requests/away"): Row(
        "/requests/away", 401, (403, 422, 422, 422, 422), {"deputy": "", "starts_on": "", "ends_on": ""}
    ),
    ("POST", "/requests/away/<absence_id>/end"): Row(
        f"/requests/away/{MISSING}/end", 401, (403, 404, 404, 404, 404), {}
    ),
    ("POST", "/theme"): Row("/theme", 303, all_(303), {"theme": "dark", "back": "/"}),
    ("POST", "/forms/<form_id>/evaluate"): Row("/forms/office/evaluate", 401, (404, 200, 404, 404, 404), OFFICE),
    ("POST", "/forms/<form_id>/pick"): Row(
        "/forms/office/pick", 401, (404, 200, 404, 404, 404), OFFICE | {"field": "colleague", "text": "a"}
    ),
    ("POST", "/forms/<form_id>/export"): Row(
        "/forms/report-not-logged-on/export", 401, (404, 200, 200, 404, 200), {"field": "accounts"}
    ),
    ("POST", "/forms/<form_id>/submit"): Row(
        "/forms/office/submit", 401, (404, 303, 404, 404, 404), OFFICE | {"submission": NEW}, ("submissions",)
    ),
    ("POST", "/forms/<form_id>/check"): Row(
        "/forms/reset-password/check", 401, (404, 303, 404, 404, 404), CHECK | {"submission": MISSING},
        ("submissions", "verifications"),
    ),
    ("POST", "/submissions/<submission_id>/reveal"): Row(
        f"/submissions/{DRAFT}/reveal", 401, (404, 200, 404, 404, 404), {}
    ),
    # What never ran is not taken back, goes on or is closed; tests/web/test_undo_over_http.py has what ran.
    ("GET", "/submissions/<submission_id>/undo"): Row(f"/submissions/{DRAFT}/undo", 302, all_(404)),
    ("GET", "/submissions/<submission_id>/continue"): Row(f"/submissions/{DRAFT}/continue", 302, all_(404)),
    ("POST", "/submissions/<submission_id>/undo"): Row(f"/submissions/{DRAFT}/undo", 401, all_(404), {"digest": "…"}),
    ("POST", "/submissions/<submission_id>/continue"): Row(
        f"/submissions/{MISSING}/continue", 401, all_(404), {"digest": "…"}
    ),
    ("POST", "/submissions/<submission_id>/close"): Row(
        f"/submissions/{MISSING}/close", 401, all_(404), {"operation": "update", "was": "done", "comment": "seen"}
    ),
    ("POST", "/submissions/<submission_id>/confirm"): Row(
        f"/submissions/{DRAFT}/confirm", 401, (404, 200, 404, 404, 404), {"digest": "…"},
        ("operations", "performed", "notifications", "mails"),
    ),
    ("POST", "/submissions/<submission_id>/cancel"): Row(  # it was confirmed by then
        f"/submissions/{DRAFT}/cancel", 401, (404, 403, 404, 404, 404), {}
    ),
    # Bulks are their owner's; tests/web/test_bulks_over_http.py has those that are there.
    ("GET", "/bulks"): Row("/bulks", 302, all_(200)),
    ("GET", "/bulks/new/<form_id>"): Row("/bulks/new/office?q=novak", 302, (404, 200, 200, 404, 404)),
    ("GET", "/bulks/<bulk_id>"): Row(f"/bulks/{MISSING}", 302, all_(404)),
    ("GET", "/bulks/<bulk_id>/progress"): Row(f"/bulks/{MISSING}/progress", 302, all_(404)),
    ("POST", "/bulks/new/<form_id>"): Row(
        "/bulks/new/office", 401, (404, 303, 422, 404, 404), {"how": "chosen", "chosen": "u-t.novak"}
    ),
    ("POST", "/bulks/new/<form_id>/file"): Row("/bulks/new/office/file", 401, (404, 422, 422, 404, 404), {}),
    ("POST", "/bulks/<bulk_id>/answers"): Row(f"/bulks/{MISSING}/answers", 401, all_(404), {"answer.office": "A"}),
    ("POST", "/bulks/<bulk_id>/evaluate"): Row(f"/bulks/{MISSING}/evaluate", 401, all_(404), {"answer.office": "A"}),
    ("POST", "/bulks/<bulk_id>/start"): Row(f"/bulks/{MISSING}/start", 401, all_(404), {"digest": "…"}),
    ("POST", "/bulks/<bulk_id>/stop"): Row(f"/bulks/{MISSING}/stop", 401, all_(404), {}),
    ("POST", "/bulks/<bulk_id>/retry"): Row(f"/bulks/{MISSING}/retry", 401, all_(404), {}),
    ("POST", "/bulks/<bulk_id>/go-on"): Row(f"/bulks/{MISSING}/go-on", 401, all_(404), {}),
    ("POST", "/bulks/<bulk_id>/result"): Row(f"/bulks/{MISSING}/result", 401, all_(404), {}),
    ("POST", "/access/simulate"): Row("/access/simulate", 401, all_(404), {"who": "alice", "reason": "INC-1"}),
    ("POST", "/simulation/end"): Row("/simulation/end", 401, all_(303), {}),
    ("POST", "/sessions/<session_id>/end"): Row("/sessions/0123456789/end", 401, all_(404), {}),
    ("POST", "/sessions/end-others"): Row("/sessions/end-others", 401, all_(303), {}, ("sessions",)),
    ("POST", "/sign-in"): Row("/sign-in", 403, all_(403), {"login": "alice", "password": "not this one"}),
    ("POST", "/sign-out"): Row("/sign-out", 401, all_(303), {}, ("sessions",)),
}  # fmt: skip
POSTS = [key for key in TABLE if key[0] == "POST"]
GETS = [key for key in TABLE if key[0] == "GET"]


def routes(site: RealSite) -> set[tuple[str, str]]:
    rules = site.app.url_map.iter_rules()
    return {(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def digest_of_draft(site: RealSite, owner: Visit) -> str:
    """Submit the draft that the table speaks of, and return the digest of its plan."""
    assert owner.post("/forms/office/submit", OFFICE).status_code == 303
    digest = site.desk.store.submissions.get(DRAFT).plan_digest
    assert digest is not None
    return digest


def visitor_of(site: RealSite, kind: str, owner: Visit) -> Visit:
    if kind == "revoked":
        visit = site.visit("agent.rotterdam")
        assert owner.post("/sessions/end-others").status_code == 303
        return visit
    return owner if kind == "agent.rotterdam" else site.visit("" if kind == "nobody" else kind)


def ask(visit: Visit, method: str, row: Row, digest: str) -> int:
    if method == "GET":
        return visit.get(row.path).status_code
    form = {name: digest if value == "…" else value for name, value in (row.form or {}).items()}
    return visit.post(row.path, form).status_code


def test_every_route_stands_in_the_table_and_nothing_else_does(site: RealSite) -> None:
    assert routes(site) == set(TABLE)


@pytest.mark.parametrize("kind", VISITORS)
def test_each_visitor_gets_what_the_table_says_and_changes_nothing_else(site: RealSite, kind: str) -> None:
    owner = site.visit("agent.rotterdam")
    digest = digest_of_draft(site, owner)
    visit = visitor_of(site, kind, owner)
    site.visit("agent.rotterdam")  # another session of the owner, for end-others to end
    wrong = []
    for (method, rule), row in TABLE.items():
        before = site.counts()
        status = ask(visit, method, row, digest)
        after = site.counts()
        changed = {name for name in after if after[name] != before[name]}
        allowed = set(row.changes) if status in (200, 303) else set()
        if status != row.expected(kind) or not changed <= allowed:
            wrong.append((method, rule, status, row.expected(kind), changed))
    assert wrong == []
    assert site.desk.performed == (["directory.user.update"] if kind == "agent.rotterdam" else [])


@pytest.mark.parametrize("kind", ["kiosk", "agent.utrecht", "keyuser.sales", "auditor"])
def test_each_refusal_to_somebody_who_is_signed_in_is_journalled(site: RealSite, kind: str) -> None:
    digest = digest_of_draft(site, site.visit("agent.rotterdam"))
    visit = site.visit(kind)
    refused = [(key, row) for key, row in TABLE.items() if row.expected(kind) == 404 and "assets" not in row.path]
    for (method, _), row in refused:
        before = site.denials()
        ask(visit, method, row, digest)
        assert site.denials() == before + 1, row.path
    assert len(refused) >= 8
    assert site.desk.performed == []


DOORS: Mapping[str, tuple[Callable[[Visit, Row, Mapping[str, str]], int], int]] = {
    "no token": (lambda visit, row, form: bare(visit, row, form, {"Sec-Fetch-Site": "same-origin"}), 400),
    "another token": (lambda visit, row, form: visit.post(row.path, {**form, "csrf_token": "no"}).status_code, 400),
    "another origin": (lambda visit, row, form: posted(visit, row, form, {"Origin": "https://evil.example"}), 403),
    "another scheme": (lambda visit, row, form: posted(visit, row, form, {"Origin": "https://localhost"}), 403),
    "another port": (lambda visit, row, form: posted(visit, row, form, {"Origin": "http://localhost:81"}), 403),
    "cross-site": (lambda visit, row, form: posted(visit, row, form, {"Sec-Fetch-Site": "cross-site"}), 403),
    "same-site": (lambda visit, row, form: posted(visit, row, form, {"Sec-Fetch-Site": "same-site"}), 403),
    "nothing": (lambda visit, row, form: bare(visit, row, {**form, "csrf_token": visit.token}, {}), 403),
    "null": (lambda visit, row, form: bare(visit, row, {**form, "csrf_token": visit.token}, {"Origin": "null"}), 403),
}


def posted(visit: Visit, row: Row, form: Mapping[str, str], headers: Mapping[str, str]) -> int:
    return visit.post(row.path, form, headers=headers).status_code


def bare(visit: Visit, row: Row, form: Mapping[str, str], headers: Mapping[str, str]) -> int:
    return visit.client.post(row.path, data=form, headers=headers).status_code


def test_a_post_that_no_page_of_ours_sent_is_refused_and_journalled(site: RealSite) -> None:
    owner = site.visit("agent.rotterdam")
    digest = digest_of_draft(site, owner)
    owner.get("/")
    before = site.counts()
    for door, (knock, status) in DOORS.items():
        for key in POSTS:
            form = {name: digest if value == "…" else value for name, value in (TABLE[key].form or {}).items()}
            denied = site.denials()
            assert knock(owner, TABLE[key], form) == status, (door, key)
            assert site.denials() == denied + 1, (door, key)
    assert site.counts() == before
    assert site.desk.performed == []


def kept(site: RealSite) -> int:
    """Return how many records there are, but for refusals: some of the pages are not the reader's to see."""
    return len([one for one in site.desk.journal() if one["kind"] != "deny"])


def test_reading_changes_nothing(site: RealSite) -> None:
    owner = site.visit("agent.rotterdam")
    digest_of_draft(site, owner)
    site.desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"office": "B"})  # the plan is stale now
    before, seen = site.counts(), kept(site)
    for key in GETS:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert owner.client.open(TABLE[key].path, method=method).status_code < 500
    assert site.counts() == before
    assert kept(site) == seen
    assert site.desk.performed == []


def test_without_a_session_a_page_leads_to_the_door_and_back(site: RealSite) -> None:
    for path in [TABLE[key].path for key in GETS if TABLE[key].out == 302]:
        answer = site.visit().get(path)
        wanted = path.replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
        assert answer.headers["Location"] == ("/sign-in" if path == "/" else f"/sign-in?next={wanted}")
        visit = site.visit()
        assert f'name="next" value="{escape(path)}"' in visit.get(answer.headers["Location"]).get_data(as_text=True)
        came = visit.post("/sign-in", {"login": "alice", "password": PASSWORD, "next": path})
        assert (came.status_code, came.headers["Location"]) == (303, path)


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "\t//evil.example",
    "/\t/evil.example", "http:/evil.example", "/%0d%0aSet-Cookie:a=b\r\n", "x" * 600, "///evil.example", "\\\\evil", "",
)  # fmt: skip


def test_the_way_back_is_never_to_another_site(site: RealSite) -> None:
    for address in ELSEWHERE:
        form = {"login": "alice", "password": PASSWORD, "next": address}
        assert site.visit().post("/sign-in", form).headers["Location"] == "/"
        page = site.visit().get("/sign-in", query_string={"next": address}).get_data(as_text=True)
        assert 'name="next" value="/"' in page
        assert site.visit().post("/theme", {"theme": "dark", "back": address}).headers["Location"] == "/"
