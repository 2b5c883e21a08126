"""What the settings are, as the other rooms take them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.spi import Secret
from runner.settings.retention import BY_HAND
from runner.settings.webhooks import ChannelSettings


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves: into a folder, or by SMTP."""

    outbox: Path | None = None
    host: str = ""
    port: int = 25
    sender: str = ""
    starttls: bool = True
    user: str | None = None
    password: Secret | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where it listens; links begin with ``address``; the ``proxy`` at this address (or ``*``) is believed about visitors."""

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 32
    address: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How many submissions a process carries out at a time of those that waited. 0: none, other processes do."""

    workers: int = 4


@dataclass(frozen=True, slots=True)
class BulkSettings:
    """How many people a form may be used for at once, and above how many a second person has to start it."""

    most: int = 10_000
    second_person_above: int = 100


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """Whether people sign in with the directory's passwords, who may, and how often a wrong one is passed on for one person.

    ``only_members_of`` names a group; empty, everybody in the directory may sign in.
    """

    directory: bool = False
    only_members_of: str = ""
    tries: int = 4
    within_minutes: int = 30


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """Who is sent checkpoints of the journal (``witness_…``), and where every record is forwarded to (``syslog``).

    ``ca_file`` replaces the system's list of authorities for all of them; what is empty is not used.  What is older than
    ``keep`` may be archived into ``archive_to``, by hand or once a month.
    """

    witness_file: Path | None = None
    witness_url: str = ""
    witness_syslog: str = ""
    witness_mail: str = ""
    syslog: str = ""
    ca_file: str | None = None
    keep: str = ""
    archive: str = BY_HAND
    archive_to: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything ``deskhand.toml`` says.

    ``connectors`` maps a name to the connector it uses and its options; the option ``of`` of one that joins several maps
    their names to theirs.  ``needs_two`` says that a changed form is used once somebody else than its author published it.
    """

    store_url: str
    connectors: Mapping[str, tuple[str, Mapping[str, Any]]]
    mail: MailSettings
    web: WebSettings
    engine: EngineSettings
    demo: bool = False
    sign_in: SignInSettings = SignInSettings()
    journal: JournalSettings = JournalSettings()
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    needs_two: bool = False
    bulk: BulkSettings = field(default_factory=BulkSettings)
