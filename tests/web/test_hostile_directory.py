"""Names and values of a directory are text in every page, whatever they hold: no element, attribute or address is theirs."""

import json
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from connectors.local.loading import load_entries
from connectors.spi import Ref
from tests.runner.pipeline.small_company import NOW, group, person
from tests.web.fake_desk import FakeDesk
from tests.web.real_site import RealSite, Visit
from tests.web.samples import SUBMISSION
from tests.web.serving import Browser, Site

PAYLOADS = (
    "<script>alert(1)</script>",
    "</title></textarea></bdi><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    '" autofocus onfocus="alert(1)',
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}${7*7}",
    "<!--",
    "&lt;b&gt;&#60;i&#62;&quot;",
    "**strong** [link](https://evil.example) `code`",
    "\u202egnp.exe\u2066\u200f",
    "🧑‍💻🇳🇱" + "👩‍👩‍👧" * 5,
    "z̷̢͓a̸͎͝l̶͔̈g̵̘͐o̷",
    "x" * 900,
)
NEVER = {"img", "iframe", "object", "embed", "base", "meta http-equiv", "comment", "style", "math", "em"}


class Shape(HTMLParser):
    """What a page is made of: elements with the names of their attributes; texts and values left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", ()))


def shape_of(answer: TestResponse) -> Shape:
    shape = Shape()
    shape.feed(answer.get_data(as_text=True))
    shape.close()
    return shape


def assert_no_controls(text: str) -> None:
    assert [letter for letter in text if letter in "\u202e\u202a\u2066\u2067\u2068\u200e\u200f\ufeff\x00\x1b\x85"] == []


# --- every page of samples: bent names give the same elements as straight ones -----------------------------------------

HOPS: Sequence[tuple[str, str, Mapping[str, object]]] = (
    ("GET", "/", {}),
    ("GET", "/find?q=zo%C3%AB", {}),
    ("GET", "/people/zoe", {}),
    ("GET", "/forms/manage-groups", {}),
    ("GET", "/forms/reset-password/for/zoe", {}),
    ("GET", "/forms/manage-groups/for/zoe", {}),
    ("GET", "/forms/everything", {}),
    ("GET", "/submissions/other", {}),
    ("GET", "/history?page=2", {}),
    ("GET", "/sessions", {}),
    ("GET", "/outbox", {}),
    ("POST", "/forms/everything/submit", {"answer.given": "x"}),
    ("POST", "/forms/manage-groups/submit", {"go": "find.groups", "typed.groups": "a", "target": "zoe"}),
    ("POST", "/forms/reset-password/submit", {"ticket": "wrong", "target": "zoe"}),
    ("POST", f"/submissions/{SUBMISSION}/confirm", {"digest": "0" * 64}),
    ("POST", f"/submissions/{SUBMISSION}/confirm", {"digest": "d" * 64}),
)


def walk_through(suffix: str) -> list[TestResponse]:
    site = Site(desk=FakeDesk(), bend=lambda text: f"{text}{suffix}")
    browser = Browser(site.app().test_client())
    browser.sign_in()
    token = browser.token()
    return [
        browser.get(path) if method == "GET" else browser.post(path, {"csrf_token": token, **form})
        for method, path, form in HOPS
    ]


@pytest.fixture(scope="module")
def straight_pages() -> list[TestResponse]:
    return walk_through(" plain")


def test_bent_names_change_texts_and_nothing_else(straight_pages: list[TestResponse]) -> None:
    everything = " ".join(PAYLOADS)
    for straight, bent in zip(straight_pages, walk_through(everything), strict=True):
        assert bent.status_code == straight.status_code, bent.request.path
        before, after = shape_of(straight), shape_of(bent)
        assert after.elements == before.elements, bent.request.path
        assert after.addresses == before.addresses, bent.request.path
        assert_no_controls(bent.get_data(as_text=True))


# --- a real directory with such people ----------------------------------------------------------------------------------


@pytest.fixture
def hostile(site: RealSite) -> RealSite:
    """Add one person and one group for each payload, in every attribute that takes it."""
    texts = [payload[:64] for payload in PAYLOADS]
    persons = [
        person(
            f"mallory{number}",
            f"Mallory {number:02d}",
            "Rotterdam",
            display_name=f"Mallory {number:02d} {text}",
            **dict.fromkeys(("title", "department", "office", "company"), text),
            description=PAYLOADS[number],
            manager=f"mallory{number - 1}" if number else None,
        )
        for number, text in enumerate(texts)
    ]
    unit = "OU=Requestable,OU=Groups,DC=sample,DC=test"
    groups = [
        group(f"Hostile{number}", f"mallory{number}", unit=unit, description=payload)
        for number, payload in enumerate(PAYLOADS)
    ]
    report = load_entries(site.desk.directory.inner.engine, (*persons, *groups), now=NOW)  # type: ignore[attr-defined]
    assert [problem.reason for problem in report.problems] == []
    for number in range(len(PAYLOADS)):
        groups_of_agents = (Ref("group", "g-GG-Location-Rotterdam"),)
        site.desk.do("directory.user.join_groups", user=Ref("user", f"u-mallory{number}"), groups=groups_of_agents)
    return site


def assert_inert(answer: TestResponse) -> str:
    """Check that a page holds only what our templates write; return its text."""
    shape = shape_of(answer)
    assert NEVER & {tag for tag, _ in shape.elements} == set()
    scripts = [names for tag, names in shape.elements if tag == "script"]
    assert scripts[0] == ("type", "src")
    assert scripts[1:] in ([], [("type", "id")])  # what a page works out by itself, as JSON: never run
    assert [name for _, names in shape.elements for name in names if name.startswith("on") or name == "style"] == []
    assert [address for address in shape.addresses if not address.startswith(("/", "#")) or address[1:2] == "/"] == []
    assert_no_controls(answer.get_data(as_text=True))
    return "".join(shape.texts)


def journey(visit: Visit, number: int, payload: str) -> list[TestResponse]:
    """Go the whole way for one of them, with the payload as answer, ticket and reason."""
    who, id_ = f"u-mallory{number}", f"{number:032x}"
    office = payload[:60] if payload.isprintable() else "A"  # a text with controls is not taken as an answer
    form = {
        "submission": id_,
        "target": who,
        "answer.office": office,
        "answer.note": office,
        "ticket": office,
    }
    wrong = visit.post("/forms/office/submit", form | {"answer.office": payload[:60] * 2 + "!" * 64})
    groups = {"submission": f"{number + 99:032x}", "target": who, "go": "find.groups", "typed.groups": "Hostile"}
    visit.post("/forms/office/submit", form)
    shown = visit.get(f"/submissions/{id_}")
    digest = shown.get_data(as_text=True).split('name="digest" value="', 1)[1].split('"', 1)[0]
    return [
        visit.get(f"/people/{who}"),
        visit.get(f"/forms/office/for/{who}"),
        visit.get(f"/forms/reset-password/for/{who}"),
        visit.get(f"/forms/manage-groups/for/{who}"),
        visit.post("/forms/manage-groups/submit", groups),
        wrong,
        shown,
        visit.get(f"/submissions/{id_}/edit"),
        visit.post(f"/submissions/{id_}/confirm", {"digest": "no"}),
        visit.post(f"/submissions/{id_}/confirm", {"digest": digest}),
        visit.get(f"/submissions/{id_}"),
    ]


def test_people_with_hostile_names_are_text_on_the_whole_way(hostile: RealSite) -> None:
    visit = hostile.visit("agent.rotterdam")
    for number, payload in enumerate(PAYLOADS):
        answers = journey(visit, number, payload)
        for answer in answers:
            text = assert_inert(answer)
            assert f"Mallory {number:02d}" in text, answer.request.path
        assert "Done" in text
    for path in (
        "/",
        "/find?q=mallory",
        "/forms/office?q=mallory",
        "/forms/manage-groups?q=mallory",
        "/history",
        "/outbox",
    ):
        text = assert_inert(visit.get(path))
        assert "<script>alert(1)</script>" in text, path
    assert len(hostile.desk.performed) == len(PAYLOADS)


def test_scripts_are_given_names_without_controls(hostile: RealSite) -> None:
    visit = hostile.visit("agent.rotterdam")
    suggested = visit.get("/find/suggestions?q=mallory")
    picked = visit.post("/forms/office/pick", {"target": "u-t.novak", "field": "colleague", "text": "mallory"})
    for answer in (suggested, picked):
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert_no_controls(json.dumps(answer.get_json(), ensure_ascii=False))
    assert len(suggested.get_json()["people"]) == 8
    assert all(one["address"].startswith("/people/u-mallory") for one in suggested.get_json()["people"])


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_typed_into_an_address_comes_back_as_text(site: RealSite, payload: str) -> None:
    visit = site.visit("agent.rotterdam")
    for path in ("/find", "/forms/office"):
        assert_inert(visit.get(path, query_string={"q": payload}))
    for path in (
        f"/people/{quote(payload, safe='')}",
        f"/forms/{quote(payload, safe='')}",
        f"/{quote(payload, safe='')}",
    ):
        assert_inert(visit.get(path))
    door = site.visit()
    assert_inert(door.get("/sign-in", query_string={"as": payload, "next": f"/{payload}"}))
    assert_inert(door.sign_in(payload, "wrong"))
    assert site.desk.performed == []
