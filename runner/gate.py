"""The gate of an installation: accounts and sessions as the web asks for them, each visitor with the person read anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.errors import ConnectorError
from connectors.spi import Secret
from runner.access.model import Actor
from runner.errors import NotReachableError
from runner.pipeline.looking import actor_of
from runner.store.records import Account, Session
from runner.web.ports import SessionLine, Visitor
from runner.wiring import Installation


@dataclass(frozen=True, slots=True)
class AccountGate:
    """Accounts of Deskhand's own and of the directory; see `runner.web.ports.Gate`."""

    installation: Installation

    @property
    def uses_directory(self) -> bool:
        """Whether people sign in with the passwords of the directory."""
        return self.installation.identity.directory is not None

    def sign_in(self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime) -> str:
        """Return the token of a new session; raises `RefusedError`, `TooManyError` or `NotReachableError`."""
        signing_in = self.installation.identity.signing_in
        _, token = signing_in.sign_in(login, password, address=address, user_agent=user_agent, now=now)
        return token

    def lookup(self, token: str, now: datetime, *, is_use: bool = True) -> Visitor | None:
        """Return who has this token, with the person behind the account as the directory has it now.

        A session of somebody who signs in with the directory ends when the directory would no longer let them in.
        Somebody who sees the desk as another does is that other, as long as it is still allowed.  Raises
        `NotReachableError` when the directory cannot be asked; the session stays.
        """
        found = self.installation.identity.sessions.lookup(token, now, is_use=is_use)
        if found is None:
            return None
        session, account = found
        actor = self._still_in(session, account, now)
        if actor is None:
            return None
        simulating = self.installation.delegation.simulating
        seen_as = simulating.seen_as(actor, session.simulated, session.simulated_until, now)
        if seen_as is None:
            if session.simulated is not None:
                simulating.end(actor, session.id)
            return Visitor(actor, session.id)
        return Visitor(seen_as, session.id, actor, session.simulated_until)

    def _still_in(self, session: Session, account: Account, now: datetime) -> Actor | None:
        identity = self.installation.identity
        try:
            actor = actor_of(
                self.installation.services, account.id, account.login, account.display_name, account.person_id
            )
            why_over = identity.why_over(account, actor.person, now)
        except ConnectorError as error:
            raise NotReachableError.because(error) from error
        if why_over:
            identity.sessions.revoke(session.id, account, now, why=why_over)
            return None
        return actor

    def leave(self, token: str, now: datetime) -> None:
        """End the session that has this token, without asking the directory."""
        found = self.installation.identity.sessions.lookup(token, now)
        if found is not None:
            session, account = found
            self.installation.identity.sessions.revoke(session.id, account, now)

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
