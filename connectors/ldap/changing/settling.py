"""Find out by reading whether requests without an answer were carried out. Reads, and binds with a new password once."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from connectors.directory import names
from connectors.errors import ConnectorError
from connectors.ldap.changing.drafting import Write
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import dn_key
from connectors.ldap.reading.reader import Found, Reader
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Add, Delete, Modification, Modify, Octets, Rename, Row, Search, SetPassword
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Content, Secret

_WAITS = (0.0, 0.3, 1.0)
_ANY = "(objectClass=*)"
_PASSWORDS = ("unicodePwd", "userPassword")
_RIGHT = ("data 532", "data 533", "data 701", "data 773")  # AD says these to a right password only (MS-ERREF)


@dataclass(frozen=True, slots=True)
class Settling:
    """Looks whether what was sent can be seen. Says yes only when it can: a change may still come after a no."""

    session: DirectorySession
    layout: Layout
    new_reader: Callable[[], Reader]
    password: Secret | None = None
    sleep: Callable[[float], None] = time.sleep

    def are_done(self, writes: Sequence[Write]) -> bool:
        """Say whether every one of these requests was certainly carried out."""
        for wait in _WAITS:
            self.sleep(wait)
            try:
                if all(self._is_done(write) for write in writes):
                    return all(self._is_password(write) for write in writes if _sets_password(write))
            except ConnectorError:
                continue
        return False

    def _is_done(self, write: Write) -> bool:
        request = write.request
        if isinstance(request, Delete):
            return write.on is not None and self.new_reader().one(write.on.entry.ref) is None
        if isinstance(request, Add):
            return self._is_added(request)
        if isinstance(request, Rename):
            return self._is_renamed(write, request)
        if isinstance(request, SetPassword):
            return True  # only the password itself can tell
        return self._is_modified(write, request)

    def _is_added(self, request: Add) -> bool:
        """Say whether an entry stands there with what was asked for: another one of that name is not ours."""
        shown = {name: values for name, values in request.attributes.items() if name not in _PASSWORDS}
        row = self._row(Search(request.dn, _ANY, tuple(shown), scope="base", page=0))
        return row is not None and all(self._wanted(values) <= _held(row, name) for name, values in shown.items())

    def _is_renamed(self, write: Write, request: Rename) -> bool:
        now = self.new_reader().one(write.on.entry.ref) if write.on else None
        if now is None or write.on is None:
            return False
        above = request.superior or names.printed(names.parse(write.on.entry.dn)[1:])
        return dn_key(now.entry.dn) == dn_key(f"{request.rdn},{above}")

    def _is_modified(self, write: Write, request: Modify) -> bool:
        """Say whether the object itself, whatever it is called by now, shows what was asked for."""
        if write.on is None:
            return False
        shown = [step for step in request.modifications if step.attribute not in _PASSWORDS]
        version, wanted = self.layout.dialect.version, id_filter(self.layout.dialect.id, write.on.entry.ref.id)
        row = self._row(Search(self.layout.base, wanted, (*(step.attribute for step in shown), version)))
        if row is None or (_sets_password(write) and row.first(version) == write.on.row.first(version)):
            return False
        return all(self._is_seen(row, name, shown) for name in {step.attribute for step in shown})

    def _is_seen(self, row: Row, name: str, steps: Sequence[Modification]) -> bool:
        of_it = [step for step in steps if step.attribute == name]
        held, added = _held(row, name), set[bytes]()
        gone = {value for step in of_it if step.kind == "delete" for value in self._wanted(step.values)}
        for step in of_it:
            if step.kind == "replace":
                return name == "pwdLastSet" or held == self._wanted(step.values)
            added |= self._wanted(step.values) if step.kind == "add" else set()
        return added <= held and not (gone - added) & held

    def _wanted(self, values: Iterable[Octets]) -> set[bytes]:
        return {self._named(value.reveal() if isinstance(value, Content) else value) for value in values}

    def _named(self, value: bytes) -> bytes:
        """Return a value as it is compared; what was named by its id is what is called so now."""
        if not value.startswith(b"<GUID="):
            return _comparable(value)
        row = self._row(Search(value.decode(), _ANY, ("1.1",), scope="base", page=0))
        return _comparable(row.dn.encode()) if row is not None else value

    def _row(self, wanted: Search) -> Row | None:
        if wanted.scope == "base":
            return Serving(self.session).first(wanted)
        return next(iter(Serving(self.session).rows(wanted)), None)

    def _is_password(self, write: Write) -> bool:
        """Say whether the new password is right. A wrong one counts as a try in the directory, so it is tried once."""
        if self.password is None:
            return False
        if write.on is None and not isinstance(write.request, SetPassword):
            return True
        dn = self._dn_now(write.on) if write.on is not None else write.request.dn
        answer = self.session.verify(dn, self.password)
        is_right = answer.is_success or any(code in answer.message for code in _RIGHT)
        return is_right and (write.on is None or dn_key(self._dn_now(write.on)) == dn_key(dn))

    def _dn_now(self, found: Found) -> str:
        now = self.new_reader().one(found.entry.ref)
        return now.entry.dn if now is not None else found.entry.dn


def _sets_password(write: Write) -> bool:
    request = write.request
    if isinstance(request, Modify):
        return any(step.attribute in _PASSWORDS for step in request.modifications)
    return isinstance(request, SetPassword)


def _held(row: Row, name: str) -> set[bytes]:
    return {_comparable(value) for value in row.values.get(name.lower(), ())}


def _comparable(value: bytes) -> bytes:
    return dn_key(value.decode("utf-8", "replace")).encode() if b"=" in value and b"," in value else value
