"""Addresses of directory servers, and which of several is asked. Performs no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from threading import Lock
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from connectors.errors import RejectedError

Security: TypeAlias = Literal["ldaps", "starttls", "plain"]
Address: TypeAlias = tuple[int, tuple[Any, ...]]  # family and what `socket.connect` takes

HOLD_SECONDS = 30.0
LONGEST_HOLD_SECONDS = 480.0
_PORTS = {"ldaps": 636, "ldap": 389}
_FORMS = "write ldaps://host, or ldap://host for StartTLS, with :port where it is not 636 or 389"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server: its name or address as the certificate must have it, its port, how the way to it is secured."""

    host: str
    port: int
    security: Security

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ldaps' if self.security == 'ldaps' else 'ldap'}://{host}:{self.port}"


def parse_endpoint(address: str, *, allow_plain_on_loopback: bool = False) -> Endpoint:
    """Read ``ldaps://host[:636]`` or ``ldap://host[:389]``, which means StartTLS.

    Without TLS only to a loopback address, and only when ``allow_plain_on_loopback`` says so.  Raises `RejectedError`
    with a sentence for the administrator.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RejectedError(
            f"'{_without_account(address)}' is not the address of a directory server: {_FORMS}"
        ) from None
    extra = parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in _PORTS or not _is_host(host) or port == 0 or extra:
        raise RejectedError(f"'{_without_account(address)}' is not the address of a directory server: {_FORMS}")
    security: Security = "ldaps" if parts.scheme == "ldaps" else "starttls"
    if allow_plain_on_loopback and security == "starttls":
        if not is_loopback(host):
            raise RejectedError(
                f"'{address}' would be reached without TLS, which is allowed for loopback addresses only"
                " (127.0.0.1, ::1): write ldaps://, or take allow_plain_on_loopback away for StartTLS"
            )
        security = "plain"
    return Endpoint(host, port or _PORTS[parts.scheme], security)


def _is_host(host: str) -> bool:
    if ":" in host:
        return is_address(host)
    return bool(host) and all(letter.isalnum() or letter in "-._" for letter in host)


def _without_account(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}…@{rest.rpartition('@')[2]}" if "@" in rest else address


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address; a name never is, since names can come to mean another address."""
    return is_address(host) and ip_address(host).is_loopback


@dataclass(slots=True)
class _Standing:
    failures: int = 0
    held_until: float = 0.0
    chosen: Address | None = None
    avoided: Address | None = None


@dataclass(slots=True)
class Rota:
    """Which server is asked: the first as configured, but those that failed lately last. Moments are monotonic seconds.

    A server that fails is passed over for 30 seconds, then 60 and so on up to eight minutes, until it works again.  Of a
    name with several addresses the one that worked last is kept to.  Sessions that share a rota ask the same server: what
    one has read another compares, and each domain controller counts changes in its own way.  Safe for threads.
    """

    endpoints: Sequence[Endpoint]
    _standings: dict[Endpoint, _Standing] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def order(self, now: float) -> list[Endpoint]:
        """Return every server once, the one to try first at the head; those passed over last, longest waiting first."""
        with self._lock:
            return sorted(self.endpoints, key=lambda endpoint: self._held_until(endpoint, now))

    def is_chosen(self, endpoint: Endpoint, address: Address | None, now: float) -> bool:
        """Whether a server is the one to ask, and an address the one that it worked at last."""
        is_first = self.order(now)[0] == endpoint
        with self._lock:
            standing = self._standings.get(endpoint)
            if standing is None or address is None:
                return is_first
            return is_first and standing.chosen in (None, address) and standing.avoided != address

    def arranged(self, endpoint: Endpoint, addresses: Sequence[Address]) -> list[Address]:
        """Return a server's addresses as they are to be tried: the one that worked last first, one that failed last."""
        with self._lock:
            standing = self._standings.get(endpoint) or _Standing()
        return sorted(addresses, key=lambda one: (one != standing.chosen, one == standing.avoided))

    def trying(self, endpoint: Endpoint, now: float, seconds: float) -> None:
        """Let one thread try a server that failed before, while the others go on passing it over."""
        with self._lock:
            standing = self._standings.get(endpoint)
            if standing is not None and standing.failures and standing.held_until <= now:
                standing.held_until = now + seconds

    def failed(self, endpoint: Endpoint, now: float, address: Address | None = None) -> None:
        """Pass a server over for a while, and the address at which it failed longer than its others."""
        with self._lock:
            standing = self._standings.setdefault(endpoint, _Standing())
            held = min(HOLD_SECONDS * 2**standing.failures, LONGEST_HOLD_SECONDS)
            standing.failures = min(standing.failures + 1, 10)
            standing.held_until = now + held
            if address in (None, standing.chosen):
                standing.chosen = None
            standing.avoided = address or standing.avoided

    def worked(self, endpoint: Endpoint, address: Address | None = None) -> None:
        """Take a server back, at the address where it worked."""
        with self._lock:
            self._standings[endpoint] = _Standing(chosen=address)

    def _held_until(self, endpoint: Endpoint, now: float) -> float:
        standing = self._standings.get(endpoint)
        return standing.held_until if standing is not None and standing.held_until > now else 0.0
