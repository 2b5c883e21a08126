"""Talking to directory servers: searches, single writes, writes together, checking a password. The only user of ldap3.

From ldap3 come the requests' octets alone. Its connections are not used: they keep passwords and requests, follow
referrals, wait per system call and repeat writes. Referrals are answers here; nothing ever follows one.
"""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Content, Secret

from .answering import element
from .calls import Calls
from .connections import Connections, Limits
from .endpoints import Endpoint
from .requests import (
    ADMIN_LIMIT,
    INVALID_CREDENTIALS,
    NO_SUCH_OBJECT,
    SIZE_LIMIT,
    SUCCESS,
    TIME_LIMIT,
    Add,
    Answer,
    Control,
    Delete,
    LimitReachedError,
    Modify,
    Octets,
    Rename,
    Request,
    Row,
    Search,
    SearchRefusedError,
    SetPassword,
)
from .trust import Trust

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 asks pyasn1 0.6 for names by their old spelling
    from ldap3.operation.add import add_operation
    from ldap3.operation.delete import delete_operation
    from ldap3.operation.extended import extended_operation
    from ldap3.operation.modify import modify_operation
    from ldap3.operation.modifyDn import modify_dn_operation
    from ldap3.operation.search import search_operation
    from ldap3.protocol.convert import build_controls_list
    from ldap3.protocol.rfc2696 import paged_search_control
    from ldap3.protocol.rfc3062 import NewPasswd, PasswdModifyRequestValue, UserIdentity
    from ldap3.protocol.rfc4511 import AuthenticationChoice, BindRequest, ProtocolOp, Simple
    from ldap3.utils.asn1 import encode

_LIMITS = (TIME_LIMIT, SIZE_LIMIT, ADMIN_LIMIT)
_SCOPES = {"base": 0, "one": 1, "subtree": 2}
_KINDS = {"add": 0, "delete": 1, "replace": 2}
_NO_ATTRIBUTES = "1.1"
_SORT = "1.2.840.113556.1.4.473"
_PASSWORD_POLICY = "1.3.6.1.4.1.42.2.27.8.5.1"  # noqa: S105 - an OID
_MODIFY_PASSWORD = "1.3.6.1.4.1.4203.1.11.1"  # noqa: S105 - an OID
_TRANSACTION_BEGIN, _TRANSACTION_PART, _TRANSACTION_END = (f"1.3.6.1.1.21.{last}" for last in (1, 2, 3))


def _body(kind: str, operation: Any, controls: Sequence[Any] = ()) -> Content:
    """Return an operation and its controls as octets, everything of a message but its number."""
    choice = ProtocolOp().setComponentByName(kind, operation)
    return Content(encode(choice) + (encode(build_controls_list(controls)) if controls else b""))


def _written(write: Callable[[], Content]) -> Content:
    """Return what ``write`` makes; what cannot be written in LDAP is refused without a word of what it was."""
    try:
        return write()
    except Exception:  # noqa: S110 - ldap3 and pyasn1 raise many kinds, with values in their texts
        pass
    raise RejectedError("The request holds a name, a filter or a value that cannot be written in LDAP.")


def _raw(controls: Sequence[Control]) -> list[tuple[str, bool, bytes | None]]:
    return [(control.oid, control.critical, control.value or None) for control in controls]


def _revealed(values: Sequence[Octets]) -> list[bytes]:
    return [value.reveal() if isinstance(value, Content) else value for value in values]


def _bind(user: str, password: Secret, controls: Sequence[Any] = ()) -> Content:
    # Not by ldap3's bind_operation: it rewrites passwords by SASLprep, which no server does when one is set.
    request = BindRequest()
    request["version"] = 3
    request["name"] = user.encode("utf-8")
    simple = Simple(password.reveal().encode("utf-8"))
    request["authentication"] = AuthenticationChoice().setComponentByName("simple", simple)
    return _body("bindRequest", request, controls)


def _set_password(request: SetPassword, controls: Sequence[Any]) -> Content:
    value = PasswdModifyRequestValue()
    value["userIdentity"] = UserIdentity(request.dn.encode("utf-8"))
    value["newPasswd"] = NewPasswd(request.password.reveal().encode("utf-8"))
    return _body("extendedReq", extended_operation(_MODIFY_PASSWORD, value), controls)


def _change(request: Request, more: Sequence[Any] = ()) -> Content:
    controls = [*_raw(request.controls), *more]
    match request:
        case Modify(dn, modifications):
            changes: dict[str, list[tuple[int, list[bytes]]]] = {}
            for step in modifications:
                changes.setdefault(step.attribute, []).append((_KINDS[step.kind], _revealed(step.values)))
            return _body("modifyRequest", modify_operation(dn, changes, False), controls)
        case Add(dn, attributes):
            values = {name: _revealed(each) for name, each in attributes.items()}
            return _body("addRequest", add_operation(dn, values, False), controls)
        case Delete(dn):
            return _body("delRequest", delete_operation(dn), controls)
        case Rename(dn, rdn, superior):
            return _body("modDNRequest", modify_dn_operation(dn, rdn, True, superior or None), controls)
    return _set_password(request, controls)


def _search(wanted: Search, cookie: bytes) -> Content:
    controls: list[Any] = _raw(wanted.controls)
    if wanted.page or cookie:
        controls.append(paged_search_control(False, wanted.page, cookie))
    if wanted.sort:
        name, _, rule = wanted.sort.removeprefix("-").partition(":")
        controls.append(_sorting(name, rule, is_reversed=wanted.sort.startswith("-")))
    attributes = wanted.attributes or (_NO_ATTRIBUTES,)
    request = search_operation(
        wanted.base, wanted.filter, _SCOPES[wanted.scope], 0, attributes, 0, 0, False, False, False
    )
    return _body("searchRequest", request, controls)


def _sorting(name: str, rule: str, *, is_reversed: bool) -> Any:
    """Return the control of RFC 2891 with one key; critical, since what comes unsorted is of no use."""
    key = element(0x04, name.encode("utf-8"))
    key += element(0x80, rule.encode("utf-8")) if rule else b""
    key += element(0x81, b"\xff") if is_reversed else b""
    return (_SORT, True, element(0x30, element(0x30, key)))


def _end(identifier: bytes, is_commit: bool) -> Content:
    value = (b"" if is_commit else element(0x01, b"\x00")) + element(0x04, identifier)
    return _body("extendedReq", extended_operation(_TRANSACTION_END, element(0x30, value), no_encode=True))


class DirectorySession:
    """What is asked of one directory, served by one server or by several that hold the same. Safe for threads.

    ``ca_file`` holds the authorities that may have signed the servers' certificates, else the system's count.  A call
    ends within ``call_seconds``, a page of a search too; ``monotonic`` gives seconds.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        user: str,
        password: Secret,
        ca_file: str | None = None,
        connect_seconds: float = 5,
        call_seconds: float = 15,
        idle_seconds: float = 60,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = Limits(connect_seconds, idle_seconds)
        self._connections = Connections(
            endpoints, Trust(ca_file), limits, monotonic, lambda: _written(partial(_bind, user, password))
        )
        self._calls = Calls(self._connections, call_seconds, monotonic)

    def search(self, wanted: Search) -> Iterator[Row]:
        """Yield what matches, page by page as it is asked for; one connection is held until the end or `close`.

        Raises, after the rows that came, `LimitReachedError` when the server has more than it gives, and
        `SearchRefusedError` for every other result but success, referrals too; `UnavailableError` when no server answers.
        """
        connection, page = self._calls.first_page(_written(partial(_search, wanted, b"")))
        try:
            while True:
                yield from page.rows
                _check(page.answer)
                if not page.cookie:
                    return
                page = self._calls.next_page(connection, _search(wanted, page.cookie))
        finally:
            if page.cookie and wanted.sort:
                self._calls.give_up(connection, _search(replace(wanted, page=0), page.cookie))
            else:
                self._calls.done_with(connection)

    def first(self, wanted: Search) -> Row | None:
        """Return the entry a base search is for, or None when there is none; raises as `search` does."""
        connection, page = self._calls.first_page(_written(partial(_search, replace(wanted, page=0), b"")))
        self._calls.done_with(connection)
        if page.answer.code == NO_SUCH_OBJECT:
            return None
        _check(page.answer)
        return page.rows[0] if page.rows else None

    def apply(self, request: Request) -> Answer:
        """Send one write, once, and return whatever the server says to it.

        Raises `RejectedError` for what LDAP cannot express and `UnavailableError` when it was certainly not sent: nothing
        happened; `UnknownOutcomeError` when it was sent and no answer came: it may have happened.
        """
        return self._calls.write(_written(partial(_change, request)))

    def apply_together(self, requests: Sequence[Request]) -> Answer:
        """Send writes as one transaction (RFC 5805), all or none, to a server that offers 1.3.6.1.1.21.1.

        Returns the answer to the first that was refused, else that to the whole.  Raises as `apply` does.
        """

        def parts(identifier: bytes) -> list[Content]:
            part = [(_TRANSACTION_PART, True, identifier)]
            return [_written(partial(_change, request, part)) for request in requests]

        parts(b"")
        return self._calls.together(_body("extendedReq", extended_operation(_TRANSACTION_BEGIN)), parts, _end)

    def verify(self, user: str, password: Secret) -> Answer:
        """Try to sign in as somebody on a connection that is used for nothing else.

        Empty names and passwords, which servers take for anonymous, and those no server can take are refused without
        asking.  The password policy's answer is among the controls where the server gives one.  Raises
        `UnavailableError`.
        """
        if not (_is_sendable(user) and _is_sendable(password.reveal())):
            return Answer(INVALID_CREDENTIALS)
        try:
            body = _written(partial(_bind, user, password, [(_PASSWORD_POLICY, False, None)]))
        except RejectedError:
            return Answer(INVALID_CREDENTIALS)
        return self._calls.alone(body)

    def root(self) -> Row:
        """Return what the server says of itself (RFC 4512, 5.1); raises as `search` does."""
        row = self.first(Search("", "(objectClass=*)", ("*", "+"), "base"))
        if row is None:
            raise UnavailableError(f"{self.server()}: it does not show what it offers (its root entry).")
        return row

    def server(self) -> str:
        """Return the address of the server used last, else of the first."""
        return str(self._connections.last_used)

    def close(self) -> None:
        """Close every connection, those in use when their call ends."""
        self._connections.close()


def _is_sendable(text: str) -> bool:
    """Whether a name or a password means one account to every server: not empty, and nothing that C takes for its end."""
    return text != "" and "\0" not in text


def _check(answer: Answer) -> None:
    """Raise `LimitReachedError` or `SearchRefusedError` for a search that did not end well."""
    if answer.code in _LIMITS:
        raise LimitReachedError(answer)
    if answer.code != SUCCESS:
        raise SearchRefusedError(answer)
