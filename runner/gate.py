"""The gate of an installation: accounts and sessions as the web asks for them, each visitor with the person read anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import Secret
from runner.pipeline.looking import actor_of
from runner.store.records import Account
from runner.web.ports import SessionLine, Visitor
from runner.wiring import Installation


@dataclass(frozen=True, slots=True)
class AccountGate:
    """Local accounts; see `runner.web.ports.Gate`."""

    installation: Installation

    def sign_in(self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime) -> str:
        """Return the token of a new session; raises `RefusedError` or `TooManyError`."""
        signing_in = self.installation.identity.signing_in
        _, token = signing_in.sign_in(login, password, address=address, user_agent=user_agent, now=now)
        return token

    def lookup(self, token: str, now: datetime) -> Visitor | None:
        """Return who has this token, with the person behind the account as the directory has it now.

        Somebody who sees the desk as another does is that other, as long as it is still allowed.
        """
        found = self.installation.identity.sessions.lookup(token, now)
        if found is None:
            return None
        session, account = found
        services = self.installation.services
        actor = actor_of(services, account.id, account.login, account.display_name, account.person_id)
        simulating = self.installation.delegation.simulating
        seen_as = simulating.seen_as(actor, session.simulated, session.simulated_until, now)
        if seen_as is None:
            if session.simulated is not None:
                simulating.end(actor, session.id)
            return Visitor(actor, session.id)
        return Visitor(seen_as, session.id, actor, session.simulated_until)

    def sessions(self, visitor: Visitor, now: datetime) -> Sequence[SessionLine]:
        """Return the visitor's own live sessions, last used first."""
        return [
            SessionLine(one.id, one.address, one.user_agent, one.created_at, one.seen_at, one.expires_at)
            for one in self.installation.identity.sessions.own(visitor.signed_in.id, now)
        ]

    def revoke(self, visitor: Visitor, session_id: str, now: datetime) -> bool:
        """End one of the visitor's own sessions."""
        return self.installation.identity.sessions.revoke(session_id, self._account(visitor), now)

    def revoke_all(self, visitor: Visitor, now: datetime) -> int:
        """End all of the visitor's sessions but this one."""
        return self.installation.identity.sessions.revoke_all(self._account(visitor), now, keep=visitor.session)

    def _account(self, visitor: Visitor) -> Account:
        return self.installation.identity.accounts.get(visitor.signed_in.id)
