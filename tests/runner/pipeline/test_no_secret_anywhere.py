"""Generated and typed passwords stand nowhere but in the one answer that shows them, in no encoding, whatever fails."""

import base64
import codecs
import io
import json
import logging
import urllib.parse

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Secret
from runner.errors import NotDurableError
from runner.pipeline.pages import FillPage, PlanPage, Posted

AGENT = "agent.rotterdam"
TYPED = "Kanarie-Zeegroen!Ü/" + "kwarts77"


def encodings(secret: str) -> list[bytes]:
    plain = secret.encode()
    return [
        plain,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        base64.b64encode(plain),
        base64.urlsafe_b64encode(plain).rstrip(b"="),
        plain.hex().encode(),
        urllib.parse.quote(secret).encode(),
        json.dumps(secret)[1:-1].encode(),
        codecs.encode(secret, "rot13").encode(),
        plain[::-1],
    ]


def found(desk, texts, secrets):
    """Return which secrets stand in a file of the desk folder or in one of the texts."""
    places = {file.name: file.read_bytes() for file in desk.folder.rglob("*") if file.is_file()}
    places |= {f"text {number}": text.encode() for number, text in enumerate(texts)}
    return [
        (name, secret)
        for name, content in places.items()
        for secret in secrets
        if any(form in content for form in encodings(secret))
    ]


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def exported(desk):
    return json.dumps(desk.journal(), ensure_ascii=False)


FAULTS = {
    "none": None,
    "refused": RejectedError("The directory says no."),
    "away": UnavailableError("The directory cannot be reached."),
    "unknown": UnknownOutcomeError("cut"),
    "garbage": ValueError("bug"),
    "store": "store",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["generated", "typed"])
def test_a_password_stands_nowhere(desk, log, kind, fault):
    error = FAULTS[fault]
    if kind == "generated":
        submission = desk.verified(AGENT, "reset-password", "u-t.novak")
        plan = desk.planned(AGENT, "reset-password", "u-t.novak", submission=submission)
    else:
        plan = desk.planned(AGENT, "typed-password", "u-t.novak", {"password": TYPED})
    pages = [repr(plan), repr(desk.desk.step(desk.actor(AGENT), plan.head.submission, "en"))]
    assert found(desk, [*pages, log.getvalue()], [TYPED]) == []

    def hook(_):
        if error == "store":
            desk.database.writes_left = 0
        elif error is not None:
            raise error

    desk.directory.before = hook
    try:
        done = desk.confirm(AGENT, plan)
        pages.append(repr(done))
        assert [show.secret is not None for show in done.shows if show.secret] == (
            [True] if fault == "none" and kind == "generated" else []
        )
    except NotDurableError as lost:
        pages += [str(lost), repr(lost), repr(lost.__cause__)]
    desk.database.writes_left = None
    pages += [repr(desk.desk.step(desk.actor(AGENT), plan.head.submission, "en")), exported(desk), repr(desk.desk)]
    made = [TYPED] if kind == "typed" else desk.passwords
    assert made
    assert found(desk, [*pages, log.getvalue()], made) == []


def test_what_was_typed_is_kept_encrypted_until_it_runs_and_not_after(desk):
    plan = desk.planned(AGENT, "typed-password", "u-t.novak", {"password": TYPED})
    kept = desk.store.submissions.get(plan.head.submission)
    assert kept.sealed is not None
    assert kept.answers == {}
    assert desk.done(AGENT, plan).state == "done"
    assert desk.store.submissions.get(plan.head.submission).sealed is None
    assert desk.directory.inner.authenticate("t.novak", Secret(TYPED)).ref is not None


def test_a_typed_password_is_not_in_the_form_that_comes_back(desk):
    page = desk.fill(AGENT, "typed-password", "u-t.novak", {"password": TYPED, "other": "on"})
    assert isinstance(page, FillPage)
    assert page.errors[0][0] == "spare"
    assert TYPED not in repr(page)
    plan = desk.planned(AGENT, "typed-password", "u-t.novak", {"password": TYPED})
    again = desk.desk.edit(desk.actor(AGENT), plan.head.submission, "en")
    evaluated = desk.desk.evaluate(desk.actor(AGENT), "typed-password", "u-t.novak", Posted({"password": TYPED}), "en")
    assert TYPED not in repr(again) + repr(evaluated)


def test_a_password_of_a_question_that_is_not_asked_is_not_kept_at_all(desk):
    plan = desk.planned(AGENT, "typed-password", "u-t.novak", {"password": TYPED, "spare": "B" * 30})
    sealed = desk.store.submissions.get(plan.head.submission).sealed
    assert "B" * 30 not in desk.services.sealer.unseal(sealed)


@pytest.mark.parametrize("password", ["short", "A" * 19, "I" * 30, "A" * 29 + "0", "A" * 300, "A" * 20 + "\n"])
def test_a_typed_password_has_to_fit_the_policy(desk, password):
    page = desk.fill(AGENT, "typed-password", "u-t.novak", {"password": password})
    assert isinstance(page, FillPage)
    assert page.errors[0][0] == "password"
    assert password not in repr(page.errors)
    assert desk.performed == []


def test_a_typed_password_that_is_no_longer_kept_is_asked_for_again(desk):
    plan = desk.planned(AGENT, "typed-password", "u-t.novak", {"password": TYPED})
    other = Lost(desk.services.sealer)
    object.__setattr__(desk.services, "sealer", other)
    for page in (desk.desk.step(desk.actor(AGENT), plan.head.submission, "en"), desk.confirm(AGENT, plan)):
        assert isinstance(page, FillPage)
        assert page.errors[0][2] == "The password that was typed is no longer kept. Type it again."
    assert desk.performed == []
    assert isinstance(desk.fill(AGENT, "typed-password", "u-t.novak", {"password": TYPED}), PlanPage)


class Lost:
    """A sealer whose seals are too old when they are opened."""

    def __init__(self, inner):
        self.inner = inner

    def seal(self, text):
        return self.inner.seal(text)

    def unseal(self, _sealed, *, waited=False):
        assert not waited
        raise ValueError("too old")

    def code_hash(self, code, salt):
        return self.inner.code_hash(code, salt)
