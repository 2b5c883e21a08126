"""Files and photos over HTTP: multipart, hostile names, two of one, too large, and the photo for those who see the card."""

import io
import re
from hashlib import sha256
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from connectors.spi import Content, File, Ref
from tests.pictures import png
from tests.web.real_site import OWN, RealSite, Visit

AGENT, FORM, TARGET = "agent.rotterdam", "/forms/update-photo", "u-t.novak"
SUBMISSION = "b" * 32


def send(visit: Visit, to: str, content: bytes | None = None, name: str = "a.png", **more: Any) -> TestResponse:
    form: dict[str, Any] = {"submission": SUBMISSION, "target": TARGET, "answer.photo": "", **more}
    if content is not None:
        form["file.photo"] = FileStorage(io.BytesIO(content), name, content_type="text/html")
    if not visit.token:
        visit.get("/sign-in", follow_redirects=True)
    boundary, body = encode_multipart({**form, "csrf_token": visit.token})
    kind = f"multipart/form-data; boundary={boundary}"
    return visit.client.post(f"{FORM}/{to}", data=body, content_type=kind, headers=OWN, base_url=visit.base)


def give_photo(site: RealSite, content: bytes) -> None:
    file = File("a.png", len(content), "image/png", sha256(content).hexdigest(), content=Content(content))
    site.desk.do("directory.user.set_photo", user=Ref("user", TARGET), photo=file)


def shown(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(next(one for one in answer.json["fields"] if one["id"] == "photo")["html"])


def test_a_photo_comes_with_the_form_and_its_plan_is_shown(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert send(visit, "submit", png()).status_code == 303
    plan = visit.get(f"/submissions/{SUBMISSION}").get_data(as_text=True)
    assert "no photo" in plan
    assert "a.png" in visit.get(f"/submissions/{SUBMISSION}/edit").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("..\\..\\evil.png", "evil.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("<script>.png", "&lt;script&gt;.png"),
        ("a" * 300 + ".png", "a" * 96 + ".png"),
    ],
    ids=["backslashes", "slashes", "bidi", "markup", "long"],
)
def test_hostile_names_are_cleaned_and_only_text(site: RealSite, name: str, wanted: str) -> None:
    html = shown(send(site.visit(AGENT), "evaluate", png(), name))
    assert f"<bdi>{wanted}</bdi>" in html
    assert "<script>" not in html


def test_what_is_too_large_is_refused_and_nothing_is_kept(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert "at most 100 KB" in shown(send(visit, "evaluate", png() + bytes(200_000)))
    assert send(visit, "evaluate", bytes(5_000_000)).status_code == 413
    assert send(visit, "evaluate", b"<svg onload='alert(1)'>").status_code == 200
    assert site.desk.store.uploads.waiting(site_actor(site), "update-photo", SUBMISSION, long_ago(site)) == []


def site_actor(site: RealSite) -> str:
    found = site.desk.store.accounts.by_login(AGENT)
    assert found is not None
    return found[0].id


def without_token(text: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def long_ago(site: RealSite) -> Any:
    return site.desk.services.now().replace(year=2000)


def test_a_file_for_a_question_the_form_does_not_have_is_refused(site: RealSite) -> None:
    visit = site.visit(AGENT)
    answer = send(visit, "submit", **{"file.other": FileStorage(io.BytesIO(png()), "a.png")})
    assert answer.status_code == 422
    assert "This form does not ask for one of the files." in answer.get_data(as_text=True)


def test_a_photo_is_served_as_a_picture_and_as_nothing_else(site: RealSite) -> None:
    give_photo(site, png(20, 20))
    answer = site.visit(AGENT).get(f"/people/{TARGET}/photo")
    assert (answer.status_code, answer.data, answer.content_type) == (200, png(20, 20), "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    head = site.visit(AGENT).client.head(f"/people/{TARGET}/photo", base_url="http://localhost")
    assert head.status_code in (200, 302)


def test_a_photo_out_of_scope_looks_like_a_page_that_is_not_there(site: RealSite) -> None:
    give_photo(site, png(20, 20))
    visit = site.visit("agent.utrecht")
    theirs, nobody = (visit.get(f"/people/{who}/photo") for who in (TARGET, "u-nobody"))
    assert theirs.status_code == nobody.status_code == 404
    said = theirs.get_data(as_text=True).replace(TARGET, "u-nobody")
    assert without_token(said) == without_token(nobody.get_data(as_text=True))
    assert visit.client.head(f"/people/{TARGET}/photo", base_url=visit.base).status_code == 404
    assert site.visit().get(f"/people/{TARGET}/photo").status_code == 302


def test_a_card_shows_the_photo_where_there_is_one(site: RealSite) -> None:
    visit = site.visit(AGENT)
    assert "/photo" not in visit.get(f"/people/{TARGET}").get_data(as_text=True)
    give_photo(site, png(20, 20))
    assert f'src="/people/{TARGET}/photo"' in visit.get(f"/people/{TARGET}").get_data(as_text=True)
