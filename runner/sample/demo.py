"""Fill a demo desk: the sample company, its accounts, one password for all of them."""

from datetime import datetime

from connectors.spi import Secret
from runner.deskfolder import DeskFolder
from runner.errors import SetUpError
from runner.identity.identity import Identity, identity_on
from runner.sample.cast import sign_ins
from runner.sample.loading import load_company
from runner.sample.parts import SignIn
from runner.store.store import Store

_BY = "demo"


def fill(folder: DeskFolder, password: Secret, *, now: datetime) -> None:
    """Load the company where it is missing, and let its people in with ``password``; again, and nothing changes."""
    urls = {name: options.get("url") for name, (_, options) in folder.connectors.items()}
    directory, mailbox = urls.get("directory"), urls.get("mailbox")
    if not isinstance(directory, str) or not isinstance(mailbox, str):
        raise SetUpError(f"{folder.path}: a demo needs the local directory and the mailbox stub.")
    with Store.open(folder.store_url) as store:
        identity = identity_on(store)
        if any(identity.accounts.by_login(row.login) is None for row in sign_ins()):
            load_company(directory, mailbox, now=now)
        for row in sign_ins():
            _let_in(identity, row, password, now)


def _let_in(identity: Identity, row: SignIn, password: Secret, now: datetime) -> None:
    """Make an account, or set its password when that is another one by now; sessions of an unchanged one go on."""
    account = identity.accounts.by_login(row.login)
    if account is None:
        identity.accounts.create(row.login, row.title, person_id=row.person, password=password, by=_BY, now=now)
    elif not identity.accounts.has_password(row.login, password):
        identity.accounts.set_password(account.id, password, by=_BY, now=now)
