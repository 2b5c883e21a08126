"""Webhooks against a real HTTP server, and the settings that name them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import ConnectorError, RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Secret
from runner.errors import SetUpError
from runner.settings.webhooks import HookSettings, is_reachable_address, read_channels
from runner.webhooks import Webhook, signature
from tests.runner.listening_hooks import Listener, listening

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
SECRET = "a secret of more than 24 letters"


@pytest.fixture
def listener():
    with listening() as server:
        yield server


def hook(listener: Listener, **more) -> Webhook:
    settings = HookSettings("cmdb", Secret(listener.url), secret=Secret(SECRET), **more)
    return Webhook(settings, clock=lambda: NOW, timeout_seconds=2)


def test_what_is_given_is_signed_over_id_time_and_body(listener):
    hook(listener).send("m-1", '{"a":1}')
    ((headers, body),) = listener.given
    stamp = str(int(NOW.timestamp()))
    digest = hmac.new(SECRET.encode(), f"m-1.{stamp}.".encode() + body, hashlib.sha256).digest()
    assert body == b'{"a":1}'
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("m-1", stamp)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["content-type"] == "application/json"


def test_a_secret_as_the_specification_writes_it_is_taken_apart():
    key = b"0123456789abcdef01234567"
    secret = Secret("whsec_" + base64.b64encode(key).decode())
    digest = hmac.new(key, b"m.1.{}", hashlib.sha256).digest()
    assert signature(secret, "m", 1, b"{}") == "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, RejectedError), (410, RejectedError), (302, RejectedError), (429, UnavailableError), (503, UnavailableError),
     (0, UnknownOutcomeError)],
)  # fmt: skip
def test_an_answer_that_is_no_yes_is_told_without_the_address(listener, status, error):
    listener.status = status
    with pytest.raises(ConnectorError) as refused:
        hook(listener).send("m-1", "{}")
    assert type(refused.value) is error
    assert "127.0.0.1" not in str(refused.value)


def test_a_redirect_is_not_followed(listener):
    listener.status, listener.location = 307, listener.url
    with pytest.raises(RejectedError, match="not followed"):
        hook(listener).send("m-1", "{}")
    assert len(listener.given) == 1


def test_of_a_long_answer_only_the_beginning_is_read(listener):
    listener.size = 3_000_000
    hook(listener).send("m-1", "{}")
    assert len(listener.given) == 1


def test_a_server_that_is_away_was_given_nothing(listener):
    gone = Secret("http://127.0.0.1:1/")
    with pytest.raises(UnavailableError, match="nothing was sent"):
        Webhook(HookSettings("x", gone, secret=Secret(SECRET))).send("m-1", "{}")


def test_a_certificate_nobody_vouches_for_gets_nothing(listener):
    over_tls = Secret(listener.url.replace("http:", "https:"))
    with pytest.raises(UnavailableError):
        Webhook(HookSettings("x", over_tls, secret=Secret(SECRET)), timeout_seconds=1).send("m-1", "{}")
    assert listener.given == []


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://hooks.example/a?b=c", True),
        ("http://127.0.0.1:9/x", True),
        ("http://localhost/x", True),
        ("http://hooks.example/x", False),
        ("https://user:pw@hooks.example/", False),
        ("https://hooks.example/#x", False),
        ("file:///etc/passwd", False),
        ("https:///x", False),
        ("https://hooks.example:99999/", False),
        ("https://hooks.example/\r\nX: y", False),
        ("http://127.0.0.1.evil.example/", False),
    ],
)
def test_only_https_and_this_machine_are_addresses(url, is_one):
    assert is_reachable_address(url, with_path=True) is is_one


GOOD = {"url": "https://hooks.example/a", "secret_env": "HOOK"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"webhooks": {"Bad name": GOOD}}, "small letters"),
        ({"webhooks": {"a": {**GOOD, "url": "http://hooks.example/key"}}}, "https"),
        ({"webhooks": {"a": {**GOOD, "colour": "red"}}}, 'no setting "colour"'),
        ({"webhooks": {"a": {"url": GOOD["url"]}}}, "secret_file or secret_env"),
        ({"webhooks": {"a": {"url": GOOD["url"], "secret_file": "missing"}}}, "cannot be read"),
        ({"webhooks": {"a": {"url": GOOD["url"], "secret_env": "SHORT"}}}, "at least 24"),
        ({"webhooks": {"a": {**GOOD, "kind": "fax"}}}, "webhook or chat"),
        ({"web": {"address": "http://desk.example"}}, "address must be"),
        ({"web": {"address": "https://desk.example/path"}}, "address must be"),
        ({"mail": {"operator": "a@b.test, c@d.test"}}, "operator must be"),
    ],
)
def test_settings_that_cannot_be_used_name_themselves(content, words, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOOK", SECRET)
    monkeypatch.setenv("SHORT", "short")
    with pytest.raises(SetUpError, match=words) as refused:
        read_channels(tmp_path / "deskhand.toml", content)
    assert "/key" not in str(refused.value)


def test_good_settings_are_read_and_their_secrets_shown_nowhere(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOOK", SECRET)
    chat = {"url": "https://chat.example/T0/secret-part", "kind": "chat"}
    content = {"web": {"address": "https://desk.example/"}, "webhooks": {"cmdb": GOOD, "team": chat}}
    found = read_channels(tmp_path / "deskhand.toml", content)
    assert (found.address, sorted(found.hooks)) == ("https://desk.example", ["cmdb", "team"])
    assert SECRET not in repr(found)
    assert "secret-part" not in repr(found)
