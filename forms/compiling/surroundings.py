"""What stands around a form while it is compiled. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.spi import Unkepts, Verb
from forms.definition import Lookup, Settings, SharedList, Verification
from forms.values import DATETIME, TEXT, Type


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The companion files, compiled, and what the connectors offer.

    ``unkept`` says what their systems do not keep.

    ``resource_sets`` is None when there is no readable access file; then names of sets are not checked.  ``incomplete``
    names the companions (``settings``, ``lookups``, ``lists``, ``verification``) that had errors: what is missing from
    them is not reported again at every form.
    """

    verbs: Mapping[str, Verb]
    settings: Settings = field(default_factory=Settings)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    lists: Mapping[str, SharedList] = field(default_factory=dict)
    verification: Verification = field(default_factory=Verification)
    resource_sets: frozenset[str] | None = None
    incomplete: frozenset[str] = frozenset()
    unkept: Unkepts = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The first language, in which every text is written."""
        return self.settings.languages[0]

    def org(self) -> Type:
        """Return the type of ``org``."""
        return Type("row", columns=dict.fromkeys(self.settings.org, TEXT))


REQUEST = Type("row", columns={"ticket": TEXT, "reason": TEXT, "channel": TEXT, "created_at": DATETIME})
RUN = Type("row", columns={"id": TEXT, "outcome": TEXT, "finished_at": DATETIME})
USER = Type("user")
