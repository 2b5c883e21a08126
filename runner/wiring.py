"""Wire an installation together: the one place where every part meets the others."""

import os
import secrets
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom

from connectors.errors import RejectedError
from connectors.mailbox.mail import OutboxPostman, SmtpPostman
from connectors.registry import Connectors
from connectors.spi import Postman
from forms.catalogue import companion_file, doubled_companions, load_catalogue
from forms.definition import Catalogue
from forms.errors import Problem
from runner.access.lists import with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.access.unkept import unkept_matches
from runner.connecting import open_connectors
from runner.delegation.delegation import Delegation
from runner.deskfolder import FORMS_FOLDER, KEY_FILE, DeskFolder, read_key
from runner.directory_sign_in import open_directory_sign_in
from runner.errors import NotDurableError, SetUpError
from runner.identity.identity import Identity, identity_on
from runner.journal.records import JSON, Record
from runner.passwords import make_password
from runner.pipeline.desk import Desk
from runner.pipeline.services import BulkBrakes, Channels, Halt, Services
from runner.policy.file import PolicyFile
from runner.policy.keeping import PolicyKeeper
from runner.policy.names import FILE as NAMES_FILE
from runner.policy.names import AccessNames
from runner.sealing import KeySealer
from runner.settings.reading import SETTINGS_FILE
from runner.store.person_keys import Keyring
from runner.store.store import Store
from runner.versions.keeping import Versions, remember_versions
from runner.versions.kept import KeptForms
from runner.versions.publishing import Unpublished, published_only
from runner.webhooks import Webhook
from runner.witnessing.read_only import why_read_only


@dataclass(frozen=True, slots=True)
class Installation:
    """A desk folder, opened: everything that serves it. ``problems`` holds what its definitions get wrong."""

    folder: DeskFolder
    desk: Desk
    services: Services
    identity: Identity
    keeper: PolicyKeeper
    sealer: KeySealer
    problems: tuple[Problem, ...]
    delegation: Delegation
    unpublished: tuple[Unpublished, ...] = ()

    def close(self) -> None:
        """Sign this process off and give the store and the connectors back.

        A process that cannot sign off is found gone by the next one; what it did is done all the same.
        """
        try:
            with suppress(NotDurableError):
                self.services.store.nodes.leave(self.services.node)
        finally:
            self.services.store.close()
            for connector in self.services.connectors.all():
                getattr(connector, "close", lambda: None)()


def open_postman(folder: DeskFolder) -> Postman:
    """Make what sends mail; raises `SetUpError` when the settings cannot be used."""
    mail = folder.mail
    if mail.outbox is not None:
        return OutboxPostman(mail.outbox)
    try:
        return SmtpPostman(
            mail.host,
            mail.port,
            sender=mail.sender,
            starttls=mail.starttls,
            user=mail.user or "",
            password=mail.password,
            ca_file=mail.ca_file,
        )
    except RejectedError as error:
        raise SetUpError(f"{folder.path / SETTINGS_FILE}: [mail] {error}") from error


def open_channels(folder: DeskFolder) -> Channels:
    """Make what reaches people and systems besides mail."""
    found = folder.channels
    return Channels(found.address, found.operator, {name: Webhook(hook) for name, hook in found.hooks.items()})


def read_definitions(
    forms: Mapping[str, bytes], connectors: Connectors
) -> tuple[Catalogue, Policy, tuple[Problem, ...]]:
    """Compile the forms and the access policy; problems are returned, and what they spoil is left out.

    Raises `SetUpError` when there is no policy, and when there are several files of a kind that a desk has one of.
    """
    catalogue, problems = load_catalogue(forms, connectors.verbs, connectors.unkept)
    file = access_file(forms)
    policy, access_problems = read_access(file, forms[file])
    told_by = unkept_matches(policy, connectors.unkept, file, forms[file])
    return catalogue, with_lists(policy, catalogue.lists), (*problems, *access_problems, *told_by)


def access_file(forms: Mapping[str, bytes]) -> str:
    """Return the name of the file that says who may do what.

    Raises `SetUpError` when there is none, and when there are several files of this kind or another that a desk has one of:
    nobody could tell which of them counts.
    """
    for name, files in doubled_companions(forms).items():
        named = " and ".join(f"forms/{file}" for file in files)
        raise SetUpError(f"A desk has one {name} file, and there are several: {named}. Keep one of them.")
    file = companion_file(forms, "access")
    if file is None:
        raise SetUpError(
            "forms/access.yaml is missing: without it nobody may do anything. Restore it from a backup, or start from the "
            "one that deskhand init makes."
        )
    return file


def open_sealer(folder: DeskFolder) -> KeySealer:
    """Make what encrypts; raises `SetUpError` when the key cannot be used."""
    try:
        return KeySealer(read_key(folder.path))
    except ValueError as error:
        raise SetUpError(f"{folder.path / KEY_FILE} cannot be used: {error}. Restore it from a backup.") from error


def open_installation(folder: DeskFolder, *, channel: str = "portal", versions: Versions = "keep") -> Installation:
    """Open everything a desk folder names; raises `SetUpError` when something cannot be used as it is.

    Where forms are used, their versions are kept; where they are only looked at, they are compared with those kept; where
    a form is tried out, neither.
    """
    connectors = open_connectors(folder)
    names = AccessNames(folder.path / NAMES_FILE)
    names.load()
    directory = open_directory_sign_in(folder, connectors, AccessNames(folder.path / NAMES_FILE))
    catalogue, policy, problems = read_definitions(folder.forms, connectors)
    sealer, postman = open_sealer(folder), open_postman(folder)
    with naming_the_store(folder):
        store = Store.open(folder.store_url, Keyring(sealer, secrets.token_bytes))
    random = SystemRandom()
    try:
        unpublished: tuple[Unpublished, ...] = ()
        if folder.needs_two and versions != "ignore":
            catalogue, unpublished = published_only(store, catalogue, connectors.unkept)
            versions = "compare"
        catalogue, changed = remember_versions(store, catalogue, folder.forms, versions)
        file = access_file(folder.forms)
        errors = [str(one) for one in problems if one.file == file and one.level == "error"]
        keeper = keeper_for(folder, catalogue, policy, connectors, names, store, errors)
        services = Services(
            catalogue=catalogue,
            authority=keeper,
            connectors=connectors,
            store=store,
            sealer=sealer,
            postman=postman,
            clock=lambda: datetime.now(UTC),
            new_id=lambda: uuid.uuid4().hex,
            make_password=lambda policy: make_password(policy, random),
            make_code=lambda: f"{secrets.randbelow(1_000_000):06d}",
            node=register_node(store),
            halt=Halt(why_read_only(store)),
            channels=open_channels(folder),
            kept_form=KeptForms(store, catalogue, connectors.unkept).form,
            bulk=BulkBrakes(folder.bulk.most, folder.bulk.second_person_above),
        )
    except BaseException:
        store.close()
        raise
    return Installation(
        folder,
        Desk(services, channel),
        services,
        identity_on(store, directory=directory),
        keeper,
        sealer,
        (*problems, *changed),
        Delegation(services),
        unpublished,
    )


def keeper_for(
    folder: DeskFolder,
    catalogue: Catalogue,
    policy: Policy,
    connectors: Connectors,
    names: AccessNames,
    store: Store,
    errors: Sequence[str] = (),
) -> PolicyKeeper:
    """Return what keeps the policy as it is written from now on, without what reviews revoke."""
    file = access_file(folder.forms)
    content = folder.forms[file]

    def recorded(before: str, after: str, errors: Sequence[str]) -> None:
        policies: dict[str, JSON] = {"before": before, "after": after, "errors": list(errors)}
        body: dict[str, JSON] = {"actor": {"id": "file"}, "operation": "access policy changed", "policy": policies}
        store.journal.append([Record("config", datetime.now(UTC), body)])

    source = PolicyFile(
        folder.path / FORMS_FOLDER / file, file, content, lambda written: with_lists(written, catalogue.lists)
    )
    return PolicyKeeper(
        policy,
        content,
        connectors,
        names,
        source=source,
        standing=store.reviews.standing,
        on_change=recorded,
        errors=errors,
    )


@contextmanager
def naming_the_store(folder: DeskFolder) -> Iterator[None]:
    """Name the setting in a `SetUpError` of the store."""
    try:
        yield
    except SetUpError as error:
        raise SetUpError(f"{folder.path / SETTINGS_FILE}: [store] {error}") from error


def register_node(store: Store) -> str:
    """Sign this process on, so that what it leaves unfinished can be told from what still runs; return its id."""
    node = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
    store.nodes.register(node, socket.gethostname(), os.getpid(), datetime.now(UTC))
    return node
