"""What the runner refuses, sorted by who must act. No error here knows an HTTP status; one table in the web maps them."""

from collections.abc import Iterator
from typing import Self

_MOST_PLACES, _MOST_CAUSES = 6, 3


def untold(error: BaseException) -> str:
    """Return of an error that was not foreseen what may be written down: its class and the places it came through. Pure.

    Never its message, which could hold an answer or a password, nor those of its causes.
    """
    return ", after ".join(type(one).__name__ + _places(one) for one in _with_causes(error))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _places(error: BaseException) -> str:
    trace, places = error.__traceback__, list[str]()
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f" at {' > '.join(places[-_MOST_PLACES:])}" if places else ""


class RunnerError(Exception):
    """Base; the text is a sentence a person may read."""


class NotFoundError(RunnerError):
    """There is no such thing, or this actor may not know of it: the two look the same."""


class UnknownNameError(NotFoundError):
    """An operator named something that there is not; said to nobody else."""


class RefusedError(RunnerError):
    """The actor may see it but not do this; nothing was done."""


class UnfitError(RefusedError):
    """The answers do not fit or are not complete; the sentence says what to mend. Nothing was done."""


class StaleError(RunnerError):
    """What was confirmed is no longer what would happen, or this was already done; nothing was done again."""


class TooManyError(RunnerError):
    """A brake was hit; nothing was done. ``retry_after_seconds`` says when to try again."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class BusyError(TooManyError):
    """Something else is being done to the same target just now; nothing was done."""


class NotDurableError(RunnerError):
    """The record could not be stored, so nothing was done."""


class NotReachableError(RunnerError):
    """A target system could not be asked, so nothing was decided and nothing was done by this step."""

    @classmethod
    def because(cls, error: Exception) -> Self:
        """Return the error for what a target system's connector says, with what the reader can do about it."""
        return cls(f"{error} Nothing was done. Try again later; if it stays so, tell an administrator.")


class PolicyError(NotReachableError):
    """The policy cannot be used as it is written, so nothing is allowed."""


class SetUpError(RunnerError):
    """The installation is not usable as it is; the sentence says what to do."""
