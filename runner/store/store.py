"""One opened store, with a part for every kind of row."""

from types import TracebackType
from typing import Self

from runner.errors import SetUpError
from runner.store.absences import AbsenceStore
from runner.store.accounts import AccountStore
from runner.store.approvals import ApprovalStore
from runner.store.binding_uses import BindingUseStore
from runner.store.bulk_requests import BulkRequestStore
from runner.store.bulk_work import BulkWorkStore
from runner.store.bulks import BulkStore
from runner.store.candidates import CandidateStore
from runner.store.checkpoints import CheckpointStore
from runner.store.continuing import ContinuationStore
from runner.store.database import Database, connect, missing_file
from runner.store.endings import EndingStore
from runner.store.erasing import ErasureStore
from runner.store.form_versions import FormVersionStore
from runner.store.grants import GrantStore
from runner.store.journal import JournalStore
from runner.store.nodes import NodeStore
from runner.store.notifications import NotificationStore
from runner.store.open_requests import OpenRequestStore
from runner.store.person_keys import OPTION, Keyring
from runner.store.queue import QueueStore
from runner.store.retention import RetentionStore
from runner.store.reviews import ReviewStore
from runner.store.schema import check
from runner.store.sessions import SessionStore
from runner.store.submissions import SubmissionStore
from runner.store.taking_in import TakingIn
from runner.store.throttle import ThrottleStore
from runner.store.uploads import UploadStore
from runner.store.verifications import VerificationStore


class Store:
    """Everything that is remembered. Thread-safe; every writing call is one durable transaction.

    Any call raises `NotDurableError` when the database fails, and nothing was written then.
    """

    def __init__(self, database: Database, keyring: Keyring | None = None) -> None:
        self.database = database
        database.carry(**{OPTION: keyring})
        self.submissions = SubmissionStore(database)
        self.journal = JournalStore(database, keyring)
        self.nodes = NodeStore(database)
        self.verifications = VerificationStore(database)
        self.form_versions = FormVersionStore(database)
        self.candidates = CandidateStore(database)
        self.notifications = NotificationStore(database)
        self.accounts = AccountStore(database)
        self.taking_in = TakingIn(database)
        self.sessions = SessionStore(database)
        self.throttle = ThrottleStore(database)
        self.uploads = UploadStore(database)
        self.binding_uses = BindingUseStore(database)
        self.reviews = ReviewStore(database)
        self.checkpoints = CheckpointStore(database)
        self.endings = EndingStore(database)
        self.queue = QueueStore(database)
        self.continuing = ContinuationStore(database)
        self.approvals = ApprovalStore(database)
        self.absences = AbsenceStore(database)
        self.grants = GrantStore(database)
        self.bulks = BulkStore(database)
        self.bulk_work = BulkWorkStore(database)
        self.bulk_requests = BulkRequestStore(database)
        self.open_requests = OpenRequestStore(database)
        self.erasures = ErasureStore(database)
        self.retention = RetentionStore(database)

    @classmethod
    def open(cls, url: str, keyring: Keyring | None = None) -> Self:
        """Open the store at ``url``; raises `SetUpError` unless the database has the tables of this release.

        With a ``keyring`` the journal holds what is personal encrypted, under a key for each person.
        """
        if file := missing_file(url):
            raise SetUpError(
                f"the database {file} is missing: restore it from a backup; for an empty one run deskhand upgrade"
            )
        database = connect(url)
        try:
            check(database)
        except BaseException:
            database.close()
            raise
        return cls(database, keyring)

    def close(self) -> None:
        """Give every connection back; the store cannot be used afterwards."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
