"""Clients that know nothing of Deskhand's connectors: what stands in a directory, in words that all directories share."""

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from connectors.local.connector import LocalDirectory
from connectors.spi import Compare, Ids, Question, Ref, Secret
from tests.servers.slapd import program
from tools.demo_directory import Reachable

ZONE = ZoneInfo("Europe/Amsterdam")
NEVER = ("0", str(0x7FFFFFFFFFFFFFFF))
DISABLED = "000001010000Z"
PRIMARY = "Domain Users"
"""Active Directory keeps this membership with the person, not with the group."""
NAMED_BY = {"user": "login", "group": "name", "computer": "name", "contact": "mail"}
Facts = Mapping[str, Any] | None
Row = Mapping[str, list[bytes]]

_TEXTS = {
    "display_name": "displayName",
    "first_name": "givenName",
    "last_name": "sn",
    "phone": "telephoneNumber",
    "mobile": "mobile",
    "title": "title",
    "office": "physicalDeliveryOfficeName",
    "employee_type": "employeeType",
    "description": "description",
}
_OF_PEOPLE = {
    "active_directory": {**_TEXTS, "department": "department", "company": "company", "employee_id": "employeeID"},
    "openldap": {**_TEXTS, "department": "departmentNumber", "company": "o", "employee_id": "employeeNumber"},
}
_OF_CONTACTS = ("display_name", "first_name", "last_name", "phone", "company", "description")
_FILTERS = {
    ("openldap", "user"): "(&(objectClass=inetOrgPerson)(uid={}))",
    ("openldap", "group"): "(&(objectClass=groupOfNames)(cn={}))",
    ("openldap", "computer"): "(&(objectClass=device)(cn={}))",
    ("openldap", "contact"): "(&(objectClass=inetOrgPerson)(!(uid=*))(mail={}))",
    ("active_directory", "user"): "(&(objectClass=user)(!(objectClass=computer))(sAMAccountName={}))",
    ("active_directory", "group"): "(&(objectClass=group)(sAMAccountName={}))",
    ("active_directory", "computer"): "(&(objectClass=computer)(cn={}))",
    ("active_directory", "contact"): "(&(objectClass=contact)(mail={}))",
}


class Client(Protocol):
    """Reads one directory."""

    def facts(self, kind: str, name: str) -> Facts:
        """Return what stands there of the object with this name, None when there is none."""
        ...

    def lets_in(self, login: str, password: str) -> bool:
        """Say whether a password is the person's."""
        ...


class LdapClient:
    """OpenLDAP's own programs, over TLS, as the account of the desk."""

    def __init__(self, reachable: Reachable) -> None:
        self.at = reachable
        self.login, self.id = (
            ("sAMAccountName", "objectGUID") if reachable.dialect == "active_directory" else ("uid", "entryUUID")
        )

    def facts(self, kind: str, name: str) -> Facts:
        row = self._one(_FILTERS[self.at.dialect, kind].format(name))
        if row is None:
            return None
        unit = tuple(part.lower() for part in _text(row, "dn").split(",")[1:])
        return {"unit": unit, "groups": self._groups(row), **getattr(self, f"_{kind}")(row)}

    def lets_in(self, login: str, password: str) -> bool:
        row = self._one(_FILTERS[self.at.dialect, "user"].format(login))
        assert row is not None
        own = ("-D", _text(row, "dn"), "-w", password)
        done = self._run("ldapsearch", *own, "-b", "", "-s", "base", "(objectClass=*)", "1.1")
        # 773: right, and must be changed first (MS-ERREF, ERROR_PASSWORD_MUST_CHANGE)
        return done.returncode == 0 or b"data 773" in done.stderr

    def id_of(self, kind: str, name: str) -> str:
        row = self._one(_FILTERS[self.at.dialect, kind].format(name))
        assert row is not None
        octets = row[self.id.lower()][0]
        return str(UUID(bytes_le=octets)) if self.id == "objectGUID" else octets.decode()

    def _user(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {name: _text(row, attribute) for name, attribute in _OF_PEOPLE[self.at.dialect].items()}
        photo = row.get("thumbnailphoto") or row.get("jpegphoto")
        return {
            **found,
            "manager": self._name_of(_text(row, "manager"), self.login),
            "mail": _text(row, "mail"),
            "addresses": self._addresses(row),
            "photo": photo[0] if photo else None,
            **(self._states_of_ad(row) if self.at.dialect == "active_directory" else _states_of_ppolicy(row)),
        }

    def _group(self, row: Row) -> dict[str, Any]:
        inside = self._search(f"(&({self.login}=*)(memberOf={_escaped(_text(row, 'dn'))}))")
        members = [_text(one, self.login) for one in inside]
        held = [value for value in row.get("member", []) if not value.lower().startswith(b"cn=nobody,")]
        assert len(members) == len(held), (members, held)
        owner = _text(row, "managedBy") or _text(row, "owner")
        return {
            "description": _text(row, "description"),
            "owner": self._name_of(owner, self.login),
            "members": sorted(name for name in members if name),
        }

    def _computer(self, row: Row) -> dict[str, Any]:
        control = _text(row, "userAccountControl")
        return {"enabled": not int(control) & 2} if control else {}

    def _contact(self, row: Row) -> dict[str, Any]:
        names = _OF_PEOPLE[self.at.dialect]
        return {"mail": _text(row, "mail"), **{name: _text(row, names[name]) for name in _OF_CONTACTS}}

    def _states_of_ad(self, row: Row) -> dict[str, Any]:
        expires = _text(row, "accountExpires")
        return {
            "enabled": not int(_text(row, "userAccountControl")) & 2,
            "locked": _text(row, "lockoutTime") not in ("", "0"),
            "must_change": _text(row, "pwdLastSet") == "0",
            "expires_on": None if expires in ("", *NEVER) else _last_day(_filetime(int(expires))),
        }

    def _addresses(self, row: Row) -> list[str]:
        if self.at.dialect != "active_directory":
            return sorted(value.decode().lower() for value in row.get("mail", []))
        proxies = (value.decode().lower() for value in row.get("proxyaddresses", []))
        return sorted(value.removeprefix("smtp:") for value in proxies if value.startswith("smtp:"))

    def _groups(self, row: Row) -> list[str]:
        name = "sAMAccountName" if self.at.dialect == "active_directory" else "cn"
        found = (_text(group, name) for group in self._search(f"(member={_escaped(_text(row, 'dn'))})"))
        return sorted(group for group in found if group != PRIMARY)

    def _name_of(self, dn: str, attribute: str) -> str:
        found = next(self._search("(objectClass=*)", dn, "base"), None) if dn else None
        return _text(found, attribute) if found else ""

    def _one(self, filter: str) -> Row | None:
        found = list(self._search(filter))
        assert len(found) < 2, filter
        return found[0] if found else None

    def _search(self, filter: str, base: str = "", scope: str = "sub") -> Iterator[Row]:
        own = ("-D", self.at.user, "-w", self.at.password.reveal())
        options = ("-LLL", "-o", "ldif_wrap=no", "-b", base or self.at.base, "-s", scope)
        done = self._run("ldapsearch", *own, *options, filter, "*", "+")
        if done.returncode == 32:  # noSuchObject
            return
        assert done.returncode == 0, done.stderr
        for block in done.stdout.split(b"\n\n"):
            row = _row(block)
            if "dn" in row:
                yield row

    def _run(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        environment = {**os.environ, "LDAPTLS_CACERT": str(self.at.ca_file)}
        command = [program(name), "-x", "-H", self.at.url, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, check=False)


def _row(block: bytes) -> Row:
    row: dict[str, list[bytes]] = {}
    for line in block.splitlines():
        name, _, value = line.partition(b":")
        if not name or name.startswith(b"#"):
            continue
        octets = base64.b64decode(value[1:]) if value.startswith(b":") else value.strip()
        row.setdefault(name.decode().lower(), []).append(octets)
    return row


def _text(row: Row, name: str) -> str:
    values = row.get(name.lower(), [b""])
    return values[0].decode("utf-8", "replace")


def _escaped(dn: str) -> str:
    return "".join(f"\\{octet:02x}" if chr(octet) in "\\*()" or octet > 126 else chr(octet) for octet in dn.encode())


def _states_of_ppolicy(row: Row) -> dict[str, Any]:
    shut, end = _text(row, "pwdAccountLockedTime"), _text(row, "pwdEndTime")
    return {
        "enabled": shut != DISABLED,
        "locked": shut not in ("", DISABLED),
        "must_change": _text(row, "pwdReset") == "TRUE",
        "expires_on": _last_day(datetime.strptime(end, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)) if end else None,
    }


def _filetime(ticks: int) -> datetime:
    return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)


def _last_day(moment: datetime) -> date:
    """Return the day that ends at a moment."""
    return (moment - timedelta(seconds=1)).astimezone(ZONE).date()


class LocalClient:
    """A second connector on the database, as another process would have it."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'directory.db'}"

    def facts(self, kind: str, name: str) -> Facts:
        with closing(LocalDirectory(self.url)) as directory:
            found = directory.read(Question(kind, Compare(NAMED_BY[kind], "==", name))).entries
            if not found:
                return None
            entry, read = found[0], dict(found[0].attributes)
            names = {"user": "login", "group": "name"}

            def called(ref: Any) -> str:
                if not isinstance(ref, Ref):
                    return ""
                entries = directory.read(Question(ref.kind, Ids(frozenset({ref.id})))).entries
                return str(entries[0].attributes[names[ref.kind]]) if entries else ""

            facts: dict[str, Any] = {
                "unit": tuple(part.lower() for part in entry.dn.split(",")[1:]),
                "groups": sorted({called(ref) for ref in read.get("groups") or ()} - {PRIMARY}),
            }
            if kind == "computer":
                return {**facts, "enabled": read["enabled"]}
            if kind == "contact":
                return {**facts, **{name: read.get(name) or "" for name in ("mail", *_OF_CONTACTS)}}
            if kind == "group":
                people = directory.scan("user", Compare("groups", "contains", entry.ref))
                members = sorted(str(person.attributes["login"]) for person in people)
                told = {"description": read.get("description") or "", "owner": called(read.get("owner"))}
                return {**facts, **told, "members": members}
            photo = directory.photo(entry.ref)
            texts = {name: read.get(name) or "" for name in (*_OF_PEOPLE["openldap"], "mail")}
            states = {name: bool(read.get(name)) for name in ("enabled", "locked", "must_change")}
            return {
                **facts,
                **texts,
                **states,
                "manager": called(read.get("manager")),
                "addresses": sorted(str(address).lower() for address in read.get("addresses") or ()),
                "photo": photo.content.reveal() if photo and photo.content else None,
                "expires_on": read.get("expires_on"),
            }

    def lets_in(self, login: str, password: str) -> bool:
        with closing(LocalDirectory(self.url)) as directory:
            return directory.authenticate(login, Secret(password)).ref is not None

    def id_of(self, kind: str, name: str) -> str:
        with closing(LocalDirectory(self.url)) as directory:
            (entry,) = directory.read(Question(kind, Compare(NAMED_BY[kind], "==", name))).entries
            return entry.ref.id
