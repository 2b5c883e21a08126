"""The account that Deskhand signs in with: one try at a time, and after a refusal ever longer none.

Directories lock an account after a few wrong passwords, and so would Deskhand's own by repeating one that is wrong.
"""

import re
from collections.abc import Callable
from math import ceil
from threading import Lock

from connectors.directory.texts import printable
from connectors.errors import UnavailableError
from connectors.ldap.requests import INVALID_CREDENTIALS, SUCCESS, Answer
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.wire import WireError
from connectors.spi import Content

# Active Directory's codes of a refusal (MS-ERREF 2.2); its own words are not for whoever reads the sentence.
_AD_CODE = re.compile(r"data ([0-9a-f]{3})\b")
_WHY = {
    "525": "it has no such account",
    "52e": "the password is wrong",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password has to be changed first",
    "775": "the account is locked",
}
_WAITS_SECONDS = (60.0, 300.0, 1_800.0)


class ServiceAccount:
    """Signs connections in by the request that ``bind`` makes; sessions may share one. Safe for threads.

    A refusal of the password holds for 1 minute, the next for 5, each further one for 30; what is said then names the wait.
    It begins anew with every object, which settings that are opened again make.  ``monotonic`` gives seconds.
    """

    def __init__(self, bind: Callable[[], Content], monotonic: Callable[[], float]) -> None:
        self._bind = bind
        self._monotonic = monotonic
        self._turn = Lock()
        self._refusals = 0
        self._refused_until = 0.0
        self._sentence = ""

    def sign_in(self, server: Endpoint, answer_to: Callable[[Content], Answer], until: float) -> None:
        """Sign a connection to a server in; ``answer_to`` sends a request on it and returns the answer.

        Raises `UnavailableError` when the password is refused, or was and is not tried now, and `WireError` for whatever
        another server may do better, among it that no turn came ``until`` a moment.
        """
        if not self._turn.acquire(timeout=max(until - self._monotonic(), 0)):
            raise WireError("the sign-in of Deskhand's account took too long", late=True)
        try:
            self._check()
            answer = answer_to(self._bind())
            if answer.code == INVALID_CREDENTIALS:
                self._refuse(server, answer)
                self._check()
            if answer.code == SUCCESS:
                self._refusals = 0
        finally:
            self._turn.release()
        if answer.code != SUCCESS:
            raise WireError(
                f"it refuses the sign-in of Deskhand's account (result {answer.code}): {printable(answer.message)}"
            )

    def _refuse(self, server: Endpoint, answer: Answer) -> None:
        code = _AD_CODE.search(answer.message)
        why = f" ({_WHY[code[1]]})" if code and code[1] in _WHY else ""
        self._sentence = (
            f"{server} does not let the account in under which Deskhand signs in{why}: check user and password in the "
            "settings, and whether the account is locked or expired."
        )
        wait = _WAITS_SECONDS[min(self._refusals, len(_WAITS_SECONDS) - 1)]
        self._refusals += 1
        self._refused_until = self._monotonic() + wait

    def _check(self) -> None:
        left = self._refused_until - self._monotonic() if self._refusals else 0.0
        if left > 0:
            minutes = ceil(left / 60)
            raise UnavailableError(
                f"{self._sentence} So that the account is not locked out, it is tried again in "
                f"{minutes} {'minute' if minutes == 1 else 'minutes'}, not before; a restart of Deskhand tries it at once."
            )
