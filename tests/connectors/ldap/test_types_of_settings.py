"""What a file of settings holds under the name of a setting is checked when it is read, and the sentence names it."""

import pytest

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.talking.trust import Trust
from connectors.ldap.talking.wire import WireError

GOOD: dict[str, object] = {
    "servers": ["ldaps://127.0.0.1:1"],
    "dialect": "openldap",
    "base": "dc=example,dc=test",
    "user": "cn=svc,dc=example,dc=test",
    "password_env": "DIRECTORY_PASSWORD",
}
NO_TEXT = (5, True, 1.5, ["x"], {"a": "b"}, "x\0y", "\udc80")
NO_COUNT = ("30", "", -1, True, 1.5, float("nan"), 10**12, [5], None)
WRONG: dict[str, tuple[object, ...]] = {
    "dialect": (*NO_TEXT, "", None),
    "base": (*NO_TEXT, "", None),
    "user": (*NO_TEXT, "", "  ", None),
    "password_env": NO_TEXT,
    "password_file": NO_TEXT,
    "ca_file": (*NO_TEXT, None),
    "placeholder": NO_TEXT,
    "time_zone": (*NO_TEXT, "../etc", "x" * 10_000),
    "password_by": (*NO_TEXT, "x"),
    "member_of": (*NO_TEXT, "x y"),
    "plain_on_loopback": ("false", "true", 0, 1, None, []),
    "lock_minutes": NO_COUNT,
    "password_days": NO_COUNT,
    "connect_seconds": ("5", 0, -1, True, float("inf"), float("nan"), None),
    "call_seconds": ("5", 0, 601, True, float("inf"), float("nan"), None),
    "servers": ("ldaps://127.0.0.1", [], [5], None, {"a": 1}),
    "writer": ("cn=writer", ["x"], 5, {"user": 5, "password_env": "A"}, {"user": "cn=writer", "password_env": ["A"]}),
    "attributes": ("x", ["x"], 5, {"user": 5}, {5: {}}),
    "filters": ("x", ["x"], 5, {"user": 5}),
    "custom": ("x", ["x"], 5, {"badge": 5}, {5: "x"}),
}


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", "only-for-tests")


def opened(**settings: object) -> LdapDirectory:
    given = {**GOOD, **settings}
    if "password_file" in settings:
        del given["password_env"]
    return LdapDirectory(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_of_a_wrong_type_or_beyond_its_range_is_refused_by_its_name(name: str) -> None:
    for value in WRONG[name]:
        with pytest.raises(RejectedError) as refused:
            opened(**{name: value})
        assert name in str(refused.value) or "base" in name, value
        assert str(refused.value).isprintable()


def test_the_edges_of_what_is_allowed_are_taken_and_the_directory_is_only_not_there() -> None:
    directory = opened(lock_minutes=52_596_000, password_days=36_525, plain_on_loopback=False, connect_seconds=1)
    assert "nothing listens on its port" in directory.check().detail


@pytest.mark.parametrize("path", ["x\0y", "\udc80"])
def test_a_ca_file_that_is_no_path_is_told(path: str) -> None:
    with pytest.raises(WireError, match="ca_file"):
        Trust(path).context()
