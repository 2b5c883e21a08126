"""Wire an installation together: the one place where every part meets the others."""

import os
import secrets
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import SystemRandom

from connectors.mailbox.mail import OutboxPostman, SmtpPostman
from connectors.registry import Connectors, RegistryError, load
from connectors.spi import Connector, Postman
from forms.catalogue import load_catalogue
from forms.definition import Catalogue
from forms.errors import Problem
from runner.access.reading import read_access
from runner.deskfolder import DeskFolder, MailSettings, read_key
from runner.errors import SetUpError, StaleError
from runner.identity.identity import Identity, identity_on
from runner.keeping import PolicyKeeper
from runner.passwords import make_password
from runner.pipeline.desk import Desk
from runner.pipeline.services import Halt, Services
from runner.sealing import KeySealer
from runner.store.store import Store

ACCESS_FILE = "access.yaml"


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

    def close(self) -> None:
        """Sign this process off and give the store back."""
        self.services.store.nodes.leave(self.services.node)
        self.services.store.close()


def open_connectors(folder: DeskFolder) -> Connectors:
    """Make the connectors of an installation; raises `SetUpError` naming the one that cannot be used."""
    made: dict[str, Connector] = {}
    for name, (use, options) in folder.connectors.items():
        try:
            made[name] = load(use)(**options)
        except RegistryError as error:
            raise SetUpError(f"{folder.path}: [connectors.{name}]: {error}") from error
        except TypeError as error:
            raise SetUpError(
                f"{folder.path}: [connectors.{name}] has an option that {use} does not take: {error}"
            ) from error
        except Exception as error:
            raise SetUpError(f"{folder.path}: [connectors.{name}] cannot be opened: {error}") from error
    try:
        return Connectors(made)
    except RegistryError as error:
        raise SetUpError(f"{folder.path}: {error}") from error


def open_postman(mail: MailSettings) -> Postman:
    """Make what sends mail."""
    if mail.outbox is not None:
        return OutboxPostman(mail.outbox)
    return SmtpPostman(
        mail.host,
        mail.port,
        sender=mail.sender,
        starttls=mail.starttls,
        user=mail.user or "",
        password=mail.password,
        ca_file=mail.ca_file,
    )


def read_definitions(
    forms: Mapping[str, bytes], connectors: Connectors
) -> tuple[Catalogue, PolicyKeeper, tuple[Problem, ...]]:
    """Compile the forms and the access policy; problems are returned, and what they spoil is left out."""
    catalogue, problems = load_catalogue(forms, connectors.verbs)
    content = forms.get(ACCESS_FILE, b"")
    if not content:
        raise SetUpError(f"{ACCESS_FILE} is missing among the forms: without it nobody may do anything.")
    policy, access_problems = read_access(ACCESS_FILE, content)
    return catalogue, PolicyKeeper(policy, content, connectors), (*problems, *access_problems)


def open_installation(folder: DeskFolder, *, channel: str = "portal") -> Installation:
    """Open everything a desk folder names; raises `SetUpError` when something cannot be used as it is."""
    connectors = open_connectors(folder)
    store = Store.open(folder.store_url)
    catalogue, keeper, problems = read_definitions(folder.forms, connectors)
    sealer = KeySealer(read_key(folder.path))
    random = SystemRandom()
    catalogue, changed = remember_versions(store, catalogue, folder.forms)
    services = Services(
        catalogue=catalogue,
        authority=keeper,
        connectors=connectors,
        store=store,
        sealer=sealer,
        postman=open_postman(folder.mail),
        clock=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
        make_password=lambda policy: make_password(policy, random),
        make_code=lambda: f"{secrets.randbelow(1_000_000):06d}",
        node=register_node(store),
        halt=Halt(),
    )
    return Installation(
        folder, Desk(services, channel), services, identity_on(store), keeper, sealer, (*problems, *changed)
    )


def register_node(store: Store) -> str:
    """Sign this process on, so that what it leaves unfinished can be told from what still runs; return its id."""
    node = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
    store.nodes.register(node, socket.gethostname(), os.getpid(), datetime.now(UTC))
    return node


def remember_versions(
    store: Store, catalogue: Catalogue, files: Mapping[str, bytes]
) -> tuple[Catalogue, list[Problem]]:
    """Keep every form word for word under its version; one that changed without a new version is left out."""
    forms, problems = dict(catalogue.forms), []
    for form in catalogue.forms.values():
        name = next((name for name in files if name.rpartition("/")[2].startswith(f"{form.id}.form.")), "")
        try:
            store.form_versions.remember(
                form.id,
                str(form.version),
                form.digest,
                files.get(name, b"").decode("utf-8"),
                "",
                datetime.now(UTC),
                is_draft=form.status == "draft",
            )
        except StaleError:
            del forms[form.id]
            message = f"version {form.version} of this form was used before with other content"
            problems.append(
                Problem(
                    name, 0, 0, "error", "E131", message, f"Write  version: {form.version + 1} , or  status: draft ."
                )
            )
    return replace(catalogue, forms=forms), problems
