"""Find out by reading whether requests without an answer were carried out. Reads, and binds with a new password once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.errors import ConnectorError
from connectors.ldap.decoding import dn_key
from connectors.ldap.drafting import Write
from connectors.ldap.ids import guid_name
from connectors.ldap.layout import Layout
from connectors.ldap.reading import Reader
from connectors.ldap.requests import Add, Delete, Modification, Modify, Rename, Row, Search
from connectors.ldap.serving import Serving
from connectors.ldap.session import DirectorySession
from connectors.spi import Content, Secret

_WAITS = (0.0, 0.3, 1.0)
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
                    return True
            except ConnectorError:
                continue
        return False

    def _is_done(self, write: Write) -> bool:
        request = write.request
        if isinstance(request, Delete):
            return write.on is not None and self.new_reader().one(write.on.entry.ref) is None
        if isinstance(request, Add):
            return self._row(request.dn, tuple(request.attributes)) is not None
        if isinstance(request, Rename):
            return self._is_renamed(write, request)
        return isinstance(request, Modify) and self._is_modified(write, request)

    def _is_renamed(self, write: Write, request: Rename) -> bool:
        now = self.new_reader().one(write.on.entry.ref) if write.on else None
        if now is None or write.on is None:
            return False
        above = request.superior or write.on.entry.dn.partition(",")[2]
        return dn_key(now.entry.dn) == dn_key(f"{request.rdn},{above}")

    def _is_modified(self, write: Write, request: Modify) -> bool:
        shown = [step for step in request.modifications if not _is_secret(step)]
        row = self._row(self._dn(write, request), tuple(step.attribute for step in shown))
        if row is None or write.on is None:
            return False
        if any(_is_secret(step) for step in request.modifications) and not self._is_password(write):
            return False
        final = {step.attribute.lower(): step for step in shown}
        return all(self._is_seen(row, step) for step in final.values())

    def _dn(self, write: Write, request: Modify) -> str:
        return guid_name(write.on.entry.ref.id) if self.layout.dialect.by_guid and write.on else request.dn

    def _row(self, dn: str, attributes: tuple[str, ...]) -> Row | None:
        return Serving(self.session).first(Search(dn, "(objectClass=*)", attributes, scope="base", page=0))

    def _is_seen(self, row: Row, step: Modification) -> bool:
        held = {_comparable(value) for value in row.values.get(step.attribute.lower(), ())}
        wanted = {_comparable(value) for value in step.values if isinstance(value, bytes)}
        if any(value.startswith(b"<GUID=") for value in wanted):
            return False
        if step.kind == "replace":
            return held == wanted or step.attribute == "pwdLastSet"
        return wanted <= held if step.kind == "add" else not wanted & held

    def _is_password(self, write: Write) -> bool:
        if self.password is None or write.on is None:
            return False
        answer = self.session.verify(write.on.entry.dn, self.password)
        return answer.is_success or any(code in answer.message for code in _RIGHT)


def _is_secret(step: Modification) -> bool:
    return any(isinstance(value, Content) for value in step.values)


def _comparable(value: object) -> bytes:
    text = value if isinstance(value, bytes) else b""
    return dn_key(text.decode("utf-8", "replace")).encode() if b"=" in text and b"," in text else text
