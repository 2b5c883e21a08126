"""Editors get the schemas from the desk, without signing in and without any name of the desk."""

import gzip
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forms.vocabulary.schemas import FILES, file_name, schema_of
from runner.web.schemas import schemas_blueprint
from tests.forms.desk_folders import VERBS
from tests.web.real_site import RealSite


def client() -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(schemas_blueprint(VERBS))
    return app.test_client()


def test_each_schema_is_served_with_the_verbs_of_the_connectors() -> None:
    browser = client()
    for file in FILES:
        answer = browser.get(f"/schema/{file_name(file)}")
        assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
        assert json.loads(answer.data) == json.loads(json.dumps(schema_of(file, VERBS)))
    for name in ("form", "form-2.json", "secret.key"):
        assert browser.get(f"/schema/{name}").status_code == 404


def test_an_editor_that_has_a_schema_is_told_that_it_is_still_the_same() -> None:
    browser = client()
    first = browser.get("/schema/form-1.json", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(first.data)) == json.loads(browser.get("/schema/form-1.json").data)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = browser.get("/schema/form-1.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    changed = browser.get("/schema/form-1.json", headers={"If-None-Match": '"another"'})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("asked", "is_zipped"),
    [
        ("gzip", True),
        ("br, GZip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("identity", False),
        ("x-gzipped", False),
        ("", False),
    ],
)
def test_who_rules_gzip_out_gets_none(site: RealSite, asked: str, is_zipped: bool) -> None:
    visit = site.visit()
    style = re.search(r"/assets/deskhand-\w+\.css", visit.get("/sign-in").get_data(as_text=True))
    assert style
    for path in ("/schema/form-1.json", style[0]):
        answer = visit.get(path, headers={"Accept-Encoding": asked})
        assert (answer.headers.get("Content-Encoding") == "gzip") is is_zipped
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_nobody_has_to_sign_in_and_no_cookie_is_set(site: RealSite) -> None:
    answer = site.visit().get("/schema/form-1.json")
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert site.visit().get("/schema/nothing.json").status_code == 404
