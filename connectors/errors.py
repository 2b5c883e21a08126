"""What can go wrong in a target system, sorted by what is known of the effect. Performs no I/O."""


class ConnectorError(Exception):
    """Base of the three kinds below; its text is safe to show to an agent and never holds an answer's value."""


class RejectedError(ConnectorError):
    """The target system said no: nothing happened, and trying again will not help."""


class StaleObjectError(RejectedError):
    """The object is no longer as it was when the change was authorised: nothing happened; decide anew, then try."""


class UnavailableError(ConnectorError):
    """The target system could not be reached: nothing happened, and trying again is safe."""


class PartUnavailableError(UnavailableError):
    """One of several joined systems could not be reached, as its text says; what concerns only the others still works."""


class UnknownOutcomeError(ConnectorError):
    """The change may have happened and may not have; it is never tried again by itself."""
