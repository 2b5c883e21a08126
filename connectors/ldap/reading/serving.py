"""Searches as the connector needs them: limits noticed, refusals as errors of the contract. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import RejectedError, UnavailableError
from connectors.ldap.requests import (
    INSUFFICIENT_RIGHTS,
    NO_SUCH_OBJECT,
    REFERRAL,
    LimitReachedError,
    Row,
    Search,
    SearchRefusedError,
)
from connectors.ldap.talking.session import DirectorySession

_BUSY = frozenset({51, 52})  # busy, unavailable


@dataclass(frozen=True, slots=True)
class Serving:
    """Asks one directory."""

    session: DirectorySession

    def rows(self, wanted: Search) -> Iterator[Row]:
        """Yield every entry that is found; a base that does not exist has none.

        Raises `UnavailableError` when the server does not answer or gives only a part, so that nothing is cut silently.
        """
        try:
            yield from self.session.search(wanted)
        except LimitReachedError:
            raise _cut() from None
        except SearchRefusedError as error:
            if error.answer.code == NO_SUCH_OBJECT:
                return
            raise refused(error.answer.code) from None

    def first(self, wanted: Search) -> Row | None:
        """Return the entry a base search is for, None when there is none; raises as `rows` does."""
        try:
            return self.session.first(wanted)
        except LimitReachedError:
            raise _cut() from None
        except SearchRefusedError as error:
            raise refused(error.answer.code) from None

    def root(self) -> Row:
        """Return what the server says of itself; raises as `rows` does."""
        try:
            return self.session.root()
        except (LimitReachedError, SearchRefusedError) as error:
            raise refused(error.answer.code) from None

    def some(self, wanted: Search) -> Iterator[Row | None]:
        """Yield entries like `rows`, and None at the end when the server would not give all."""
        try:
            yield from self.session.search(wanted)
        except LimitReachedError:
            yield None
        except SearchRefusedError as error:
            if error.answer.code != NO_SUCH_OBJECT:
                raise refused(error.answer.code) from None


def _cut() -> UnavailableError:
    return UnavailableError(
        "The directory gives only a part of what is asked for. Raise the size limit of Deskhand's account there."
    )


def refused(code: int) -> RejectedError | UnavailableError:
    """Return the error for a search that a server did not carry out. Pure."""
    if code in _BUSY:
        return UnavailableError("The directory is busy and does not answer. Try again.")
    if code == INSUFFICIENT_RIGHTS:
        return RejectedError("Deskhand's account may not read this part of the directory.")
    if code == REFERRAL:
        return RejectedError(
            "This part of the directory is kept by another server, which Deskhand is not connected to."
        )
    return RejectedError(f"The directory refused the question (result {code}).")
