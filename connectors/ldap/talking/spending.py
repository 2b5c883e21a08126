"""How much one search may bring and how long it may take, over all its pages. Pure but for the clock it is given.

Without it a server that is broken, or is none, keeps a call for ever, or fills the memory, with pages that never end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.ldap.talking.wire import WireError

_MOST_ROWS = 2_000_000
_MOST_ROWS_OF_A_PAGE = 250_000
_MOST_OCTETS = 4 * 2**30
_MOST_OCTETS_OF_A_PAGE = 300 * 2**20
_ROWS_FOR_A_CALL = 100  # so many entries that came are worth the time of one call more
_MOST_CALLS = 60


@dataclass(slots=True)
class Spending:
    """What one search has cost so far; what whoever reads its entries does between pages takes no time of it.

    ``call_seconds`` is how long a page may take, and all pages together as long as they bring next to nothing.  Every method
    may raise `WireError`.
    """

    call_seconds: float
    monotonic: Callable[[], float]
    rows: int = 0
    octets: int = 0
    _spent_seconds: float = 0.0
    _page_rows: int = 0
    _page_octets: int = 0
    _began: float = 0.0
    _first_dns: set[str] = field(default_factory=set)

    def until(self) -> float:
        """Return the moment at which the next page, which begins now, has to have come."""
        self._began, self._page_rows, self._page_octets = self.monotonic(), 0, 0
        allowed = self.call_seconds * min(1 + self.rows // _ROWS_FOR_A_CALL, _MOST_CALLS)
        return self._began + min(self.call_seconds, max(allowed - self._spent_seconds, 0.0))

    def came(self, octets: int, *, is_row: bool) -> None:
        """Count a message of a page."""
        self.rows, self.octets = self.rows + is_row, self.octets + octets
        self._page_rows, self._page_octets = self._page_rows + is_row, self._page_octets + octets
        if self.rows > _MOST_ROWS or self._page_rows > _MOST_ROWS_OF_A_PAGE:
            raise WireError("the server sends more entries than any directory has")
        if self.octets > _MOST_OCTETS or self._page_octets > _MOST_OCTETS_OF_A_PAGE:
            raise WireError("the server's answer is too large")

    def turned(self, first_dn: str | None, asked_with: bytes, cookie: bytes) -> None:
        """Count a whole page, the DN of its first entry, None without any, and the cookies it was asked with and gave.

        One cookie for all pages is fine, 389 has it so; with nothing new on the page it is not.
        """
        self._spent_seconds += self.monotonic() - self._began
        is_again = (
            first_dn in self._first_dns if first_dn is not None else asked_with == cookie and not self._page_octets
        )
        if cookie and is_again:
            raise WireError("the server sends the same page again and again")
        if first_dn is not None:
            self._first_dns.add(first_dn)
