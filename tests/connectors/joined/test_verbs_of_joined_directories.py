"""What joined directories can do: what one of them can, and where none can, why."""

from pathlib import Path

import pytest

from connectors.errors import RejectedError
from connectors.joined.offering import offered, unkept
from connectors.joined.parts import parts_of
from connectors.ldap.connector import LdapDirectory
from connectors.local.connector import LocalDirectory
from connectors.spi import Connector, Verb


def ldap(tmp_path: Path, dialect: str, base: str, **more: object) -> tuple[Connector, str]:
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text("Kompas-Regen-88")
    options = {"dialect": dialect, "base": base, "user": f"cn=desk,{base}", "password_file": str(password), **more}
    return LdapDirectory(["ldaps://127.0.0.1:1"], **options), base  # type: ignore[arg-type]


def verbs(**directories: tuple[Connector, str]) -> dict[str, Verb]:
    return dict(offered(parts_of(directories)))


def test_a_verb_that_one_directory_can_do_is_offered(tmp_path: Path) -> None:
    local = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}")
    found = verbs(corp=ldap(tmp_path, "active_directory", "dc=corp,dc=test"), more=(local, "dc=more,dc=test"))
    assert not [verb.name for verb in found.values() if verb.unavailable or verb.cannot_set]
    local.close()


def test_a_verb_that_none_can_do_names_every_reason_once(tmp_path: Path) -> None:
    found = verbs(
        corp=ldap(tmp_path, "active_directory", "dc=corp,dc=test"),
        lab=ldap(tmp_path, "openldap", "dc=lab,dc=test"),
        site=ldap(tmp_path, "openldap", "dc=site,dc=test"),
    )
    assert found["directory.user.reset_mfa"].unavailable == (
        "Active Directory keeps no second factor; they are enrolled elsewhere; "
        "OpenLDAP keeps no second factor; they are enrolled elsewhere"
    )
    assert found["directory.computer.disable"].unavailable == ""
    assert set(found["directory.group.update"].cannot_set) == {"sensitive"}


def test_what_none_keeps_and_what_some_do_not_keep_is_told_apart(tmp_path: Path) -> None:
    corp = ldap(tmp_path, "active_directory", "dc=corp,dc=test")
    lab = ldap(tmp_path, "openldap", "dc=lab,dc=test")
    site = ldap(tmp_path, "openldap", "dc=site,dc=test")
    found = unkept(parts_of({"corp": corp, "lab": lab, "site": site}))
    disabled_at, privileged = found["user"]["disabled_at"], found["user"]["privileged"]
    assert disabled_at.is_unanswerable
    assert disabled_at.reason == (
        "Active Directory does not keep “Disabled since” of a user (“corp”); "
        "OpenLDAP does not keep “Disabled since” of a user (“lab”, “site”)"
    )
    assert (privileged.partly, privileged.is_unanswerable) == (True, False)
    assert privileged.reason == "OpenLDAP does not keep “Marked as privileged” of a user (“lab”, “site”)"
    assert "last_logon" not in found["user"]
    local = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}")
    beside = unkept(parts_of({"corp": corp, "more": (local, "dc=more,dc=test")}))
    assert all(one.partly for kind in beside.values() for one in kind.values())
    assert unkept(parts_of({"more": (local, "dc=more,dc=test")})) == {}
    local.close()


def test_further_attributes_are_those_of_all_and_mean_the_same(tmp_path: Path) -> None:
    badge, number = {"badge": "roomNumber"}, {"badge": {"attribute": "roomNumber", "type": "number"}}
    settable = {"badge": {"attribute": "roomNumber", "settable": True}, "cost": "destinationIndicator"}
    one = ldap(tmp_path, "openldap", "dc=lab,dc=test", custom=badge)
    found = verbs(lab=one, site=ldap(tmp_path, "openldap", "dc=site,dc=test", custom=settable))
    further = found["directory.user.update"].further
    assert further is not None
    assert {name: each.settable for name, each in further.items()} == {"badge": True, "cost": False}
    with pytest.raises(RejectedError, match=r"custom\.badge is text in one directory and number in another"):
        verbs(lab=one, site=ldap(tmp_path, "openldap", "dc=site,dc=test", custom=number))
