"""Accounts: signing in, states, ends."""

from datetime import datetime, timedelta

from tests.library_on_servers.cases import CANNOT, Case, left, place, staff
from tests.library_on_servers.reading_back import ZONE
from tests.library_on_servers.three_desks import COMPANY

END = datetime.now(ZONE).date() + timedelta(days=40)
_SIGN_OUT = frozenset({"sign_out"})
_PENDING = next(person.login for person in COMPANY.people if person.state == "pending")
_LOCKED = [
    person.login for person in COMPANY.people
    if person.locked_at and person.state == "active" and person.phone and person.login != "z.lindqvist"
]  # fmt: skip

CASES = (
    Case(
        "unlock-account", ("user", _LOCKED[0]), ("user", _LOCKED[0]), {"locked": False, "enabled": True}, verified=True
    ),
    Case(
        "reset-password",
        ("user", staff(0)),
        ("user", staff(0)),
        {"must_change": False, "enabled": True},
        {"must_change": False},
        verified=True,
    ),
    Case(
        "reset-password",
        ("user", _LOCKED[1]),
        ("user", _LOCKED[1]),
        {"must_change": True, "locked": False},
        {"must_change": True, "unlock": True},
        name="of somebody locked, to be changed",
        verified=True,
    ),
    Case(
        "force-password-change",
        ("user", staff(1)),
        ("user", staff(1)),
        {"must_change": True, "enabled": True},
        {"leaked": True},
        left_out=_SIGN_OUT,
        unasked=frozenset({"leaked"}),
    ),
    Case(
        "disable-account",
        ("user", staff(2)),
        ("user", staff(2)),
        {"enabled": False, "locked": False},
        {"end_sessions": True},
        left_out=_SIGN_OUT,
        unasked=frozenset({"end_sessions"}),
    ),
    Case("enable-account", ("user", staff(2)), ("user", staff(2)), {"enabled": True, "locked": False}),
    Case(
        "set-account-expiry",
        ("user", staff(3)),
        ("user", staff(3)),
        {"expires_on": END},
        {"ends": True, "last_day": END.isoformat()},
    ),
    Case(
        "set-account-expiry",
        ("user", staff(3)),
        ("user", staff(3)),
        {"expires_on": None},
        {"ends": False},
        name="no end any more",
    ),
    Case(
        "offboard-user",
        ("user", staff(4)),
        ("user", staff(4)),
        {"enabled": False, "groups": [], "unit": place("OU=Leavers")},
        {"answer": False},
        typed=staff(4),
        boxes=(0,),
        left_out=_SIGN_OUT,
    ),
    Case("delete-account", ("user", left(0)), ("user", left(0)), None, typed=left(0), boxes=(0,)),
    Case(
        "activate-account",
        ("user", _PENDING),
        ("user", _PENDING),
        {"enabled": True},
        {"knows": True},
        refused_by=CANNOT,
    ),
    Case("clear-sessions", ("user", staff(5)), ("user", staff(5)), {"enabled": True}, refused_by=CANNOT),
    Case("reset-mfa", ("user", "alice"), ("user", "alice"), {"enabled": True}, verified=True, refused_by=CANNOT),
)
