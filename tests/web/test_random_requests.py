"""Whatever is sent, the answer is never an error of ours, nothing is performed, and nothing sent comes back as markup."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.real_site import OWN, RealSite, Stage, Visit

AGENT, SUBMISSION, MARK = "agent.rotterdam", "a" * 32, '"><script>x</script>'
FORMS = ("office", "at-once", "reset-password", "manage-groups", "create-shared-mailbox", "three-steps", "typed-password",
         "update-contact-details")  # fmt: skip
TARGETS = ("u-t.novak", "u-z.lindqvist", "u-u.bakker", "g-APP-Visio", "", "\0", "%00", "../..")
NAMES = ("submission", "target", "ticket", "reason", "go", "field", "text", "method", "digest", "typed", "acknowledged",
         "login", "password", "next", "theme", "back", "check.code", "check.ask-0", "answer.office", "answer.colleague",
         "list.colleague", "flag.moved", "add.groups", "remove.groups", "row.access.0.answer.user", "repeat.password",
         "row.access.9999.list.rights", "answer.access", "row.access.0.typed.user", "row.access.1.default.user",
         "typed.colleague", "default.office", "answer.rule", "answer.name",
         "answer.password", "answer.phone", "answer.department", "flag.must_change")  # fmt: skip
VALUES = ("", "A", "true", "false", "start", "more", "find.colleague", "find.groups",
          "find.access.0.user", "find.access.9999.x", "in_person", "code_to_mail",
          "call_back", "colleague", "groups", "access.user", "u-t.novak", "u-u.bakker", "g-APP-Visio", SUBMISSION, MARK,
          "stop", "undo", "+31105550100", "0", "-1", "9" * 400, "\0", "\r\n", "\u202eevil", "é" * 300, "٣", "$(actor)",
          "{{7*7}}", "%s", "' or 1=1 --")  # fmt: skip
ROUTES = ("/forms/{form}/evaluate", "/forms/{form}/pick", "/forms/{form}/submit", "/forms/{form}/check",
          "/submissions/{id}/confirm", "/sessions/{id}/end", "/theme", "/sign-in")  # fmt: skip
PATHS = ("/people/{id}", "/forms/{id}", "/forms/office/for/{id}", "/submissions/{id}", "/submissions/{id}/edit",
         "/assets/{id}", "/find?q={id}", "/find/suggestions?q={id}", "/history?page={id}", "/forms/office?q={id}",
         "/sign-in?next={id}", "/sign-in?as={id}")  # fmt: skip

odd_bytes = st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
questions = st.sampled_from(
    [name.encode() for name in NAMES if "." in name or name in ("go", "field", "text", "method")]
)
names = st.sampled_from(NAMES).map(str.encode) | odd_bytes
values = st.sampled_from(VALUES).map(str.encode) | odd_bytes
ids = (
    st.sampled_from((*FORMS, *TARGETS, SUBMISSION, MARK, "0" * 32, "9" * 5_000, "1" + "0" * 8)).map(str.encode)
    | odd_bytes
)
URLENCODED = "application/x-www-form-urlencoded"
ODD_KINDS = (
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "text/plain",
    f"{URLENCODED}; charset=x",
)
kinds = st.sampled_from((URLENCODED,) * 6 + ODD_KINDS)


@dataclass(frozen=True)
class Sent:
    """A request that a browser would never send."""

    path: str
    body: bytes
    kind: str


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    """Half of them get past the door: the right person, and only names that forms have."""
    is_plausible = draw(st.booleans())
    route = draw(st.sampled_from(ROUTES[:4] if is_plausible else ROUTES))
    path = route.format(form=draw(st.sampled_from(FORMS)), id=draw(st.sampled_from((SUBMISSION, "b" * 32, "x"))))
    pairs = draw(
        st.lists(st.tuples(questions if is_plausible else names, values), max_size=8, unique_by=lambda pair: pair[0])
    )
    if is_plausible:
        given_ones = {b"submission": draw(st.uuids()).hex.encode(), b"target": b"u-t.novak"}
        pairs = [*given_ones.items(), *(pair for pair in pairs if pair[0] not in given_ones)]
    body = "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs)
    return Sent(path, body.encode(), URLENCODED if is_plausible else draw(kinds))


@pytest.fixture(scope="module")
def long_site(stage: Stage, web_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    folder = tmp_path_factory.mktemp("random") / "desk"
    shutil.copytree(web_template, folder)
    opened = stage.open(folder)
    yield opened
    opened.desk.close()


@pytest.fixture(scope="module")
def visit(long_site: RealSite) -> Visit:
    made = long_site.visit(AGENT)
    made.get("/")
    return made


def send(visit: Visit, sent: Sent) -> None:
    token = f"csrf_token={quote_plus(visit.token)}&".encode()
    headers = {**OWN, "X-CSRFToken": visit.token}
    body = token + sent.body if "urlencoded" in sent.kind and sent.body else sent.body
    answer = visit.client.post(sent.path, data=body, content_type=sent.kind, headers=headers)
    assert answer.status_code < 500, sent
    assert MARK not in answer.get_data(as_text=True)


NOT_BY_ITSELF = {
    "directory.user.set_password",
    "directory.user.unlock",
    "directory.user.join_groups",
    "mailbox.create_shared",
}


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=requests())
def test_whatever_is_posted_is_answered(long_site: RealSite, visit: Visit, sent: Sent) -> None:
    send(visit, sent)
    assert not NOT_BY_ITSELF & set(long_site.desk.performed)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), id_=ids)
def test_whatever_stands_in_an_address_is_answered(long_site: RealSite, visit: Visit, path: str, id_: bytes) -> None:
    before = long_site.counts()
    answer = visit.client.get(path.format(id=quote_from_bytes(id_, safe="")))
    assert answer.status_code < 500, (path, id_)
    assert MARK not in answer.get_data(as_text=True)
    assert long_site.counts() == before


@pytest.mark.torture
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=requests())
def test_whatever_is_posted_for_a_long_time_is_answered(long_site: RealSite, visit: Visit, sent: Sent) -> None:
    send(visit, sent)
    assert not NOT_BY_ITSELF & set(long_site.desk.performed)


@pytest.mark.parametrize("cookie", ["", "x", "\u00e9", "=" * 50, "a" * 5_000, "null", "%00", "deskhand", '"; x=y'])
def test_whatever_token_is_sent_is_nobodys(long_site: RealSite, cookie: str) -> None:
    client = long_site.app.test_client()
    headers = {"Cookie": f"deskhand={cookie}; deskhand-forms={cookie}; deskhand-theme={cookie}"}
    assert client.get("/", headers=headers).status_code == 302
    assert client.get("/sign-in", headers=headers).status_code == 200
