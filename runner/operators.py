"""What operators do on pages that reaches beyond the pipeline: evidence from the journal, and publishing forms."""

from dataclasses import dataclass
from functools import partial
from threading import Lock

from runner.evidence.desk import EvidenceDesk
from runner.versions.desk import FormsPublishing
from runner.wiring import Installation
from runner.witnessing.keeping import errands_of


@dataclass(frozen=True, slots=True)
class Operators:
    """The pages for operators of one installation."""

    evidence: EvidenceDesk
    publishing: FormsPublishing


def operators_of(installation: Installation) -> Operators:
    """Return them for an installation that is served."""
    services, folder = installation.services, installation.folder
    errands = partial(errands_of, services.store, folder.journal, services.postman)
    return Operators(
        EvidenceDesk(services, folder.path, errands, Lock()),
        FormsPublishing(services, folder.needs_two, installation.unpublished),
    )
