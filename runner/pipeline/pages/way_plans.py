"""The plan to take a submission back, or to go on with it, as a page. Immutable."""

from dataclasses import dataclass
from typing import Literal

from runner.pipeline.pages.journey import Head, OperationView
from runner.pipeline.pages.ways import KeptPart


@dataclass(frozen=True, slots=True)
class WayPage:
    """A plan to take a submission back (``undo``), or to go on with it (``continue``).

    ``of`` is its id, ``stays`` what is left as it is, ``found`` what was unclear and turned out to be done.  ``refused`` says
    why there is nothing to confirm.  ``told`` says who did it and when.  ``is_open`` says that the actor may open the
    submission's own page.
    """

    head: Head
    kind: Literal["undo", "continue"]
    of: str
    digest: str = ""
    operations: tuple[OperationView, ...] = ()
    stays: tuple[KeptPart, ...] = ()
    found: tuple[KeptPart, ...] = ()
    refused: str = ""
    changed_meanwhile: bool = False
    nothing_to_do: bool = False
    told: str = ""
    is_open: bool = True
