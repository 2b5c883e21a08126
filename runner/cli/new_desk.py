"""What a new form may name: the verbs, policies and sets of a desk folder or of any folder with forms. Reads files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from connectors.spi import Unkepts, Verb
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import companion_file, load_catalogue
from forms.compiling.form import SUFFIXES, form_id_of
from forms.definition import Form
from forms.editing.drafting import Draft, acts_on, drafted
from forms.errors import Problem
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.connecting import open_connectors
from runner.deskfolder import FORMS_FOLDER, is_desk_folder, open_folder, read_forms
from runner.pipeline.finding import plain

SCHEMA = "schema/form-1.json"


@dataclass(frozen=True, slots=True)
class NewDesk:
    """A folder into which a form is written: its definitions, and what they and the connectors offer.

    ``verification`` maps the policies for callers to their titles; ``schema`` is where editors find the schema of forms.
    """

    root: Path
    files: Mapping[str, bytes]
    verbs: Mapping[str, Verb]
    policy: Policy
    verification: Mapping[str, str]
    default_verification: str
    password_policies: tuple[str, ...]
    mail_domain: str
    schema: str
    unkept: Unkepts

    @property
    def form_ids(self) -> frozenset[str]:
        """The ids that are taken."""
        return frozenset(form_id_of(file) for file in self.files if file.endswith(SUFFIXES))

    def verbs_for(self, target: str) -> tuple[Verb, ...]:
        """Return the verbs that are done on a kind of object; those that need no target when it is empty."""
        return tuple(verb for verb in self.verbs.values() if acts_on(verb) == target)

    def sets_for(self, kind: str) -> tuple[str, ...]:
        """Return the resource sets that can hold a kind of object."""
        return tuple(name for name, one in self.policy.sets.items() if kind in one.kinds and not one.standard)

    def compiled(self, draft: Draft) -> tuple[Form | None, tuple[Problem, ...]]:
        """Compile a draft as it would stand in this folder; the form is None when it cannot be used."""
        file = f"{draft.id}.form.yaml"
        catalogue, problems = load_catalogue(
            {**self.companions(), file: drafted(draft).encode()}, self.verbs, self.unkept
        )
        return catalogue.forms.get(draft.id), tuple(one for one in problems if one.file == file)

    def companions(self) -> dict[str, bytes]:
        """Return the files that are no forms."""
        return {file: content for file, content in self.files.items() if not file.endswith(SUFFIXES)}

    def bindings_for(self, form: Form) -> tuple[tuple[str, str], ...]:
        """Return the bindings that give all a form needs, with those they are for, in words."""
        needed = frozenset(need.permission for need in form.needs)
        kinds = frozenset(need.kind for need in form.needs if need.kind not in ("", "form"))
        found = []
        for binding in self.policy.bindings:
            role = self.policy.roles.get(binding.role)
            is_here = binding.forms is None or form.id in binding.forms
            reached = {kind for name in binding.on if name in self.policy.sets for kind in self.policy.sets[name].kinds}
            if role is not None and needed <= role.permissions and kinds <= reached and is_here:
                found.append((binding.id, ", ".join(map(str, binding.principals))))
        return tuple(found) or tuple(self._together(form, needed, kinds))

    def _together(self, form: Form, needed: frozenset[str], kinds: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield bindings of one principal that give together what none of them gives alone."""
        bindings = [one for one in self.policy.bindings if one.forms is None or form.id in one.forms]
        for principal in dict.fromkeys(who for one in bindings for who in one.principals):
            own = [one for one in bindings if principal in one.principals and one.role in self.policy.roles]
            given = {permission for one in own for permission in self.policy.roles[one.role].permissions}
            sets = (name for one in own for name in one.on if name in self.policy.sets)
            if needed <= given and kinds <= {kind for name in sets for kind in self.policy.sets[name].kinds}:
                helping = [one.id for one in own if self.policy.roles[one.role].permissions & needed]
                yield " with ".join(helping), str(principal)

    def roles_for(self, permissions: Iterable[str]) -> tuple[str, ...]:
        """Return the roles that hold all these permissions."""
        wanted = frozenset(permissions)
        return tuple(role.id for role in self.policy.roles.values() if wanted <= role.permissions)


def open_new_desk(path: Path) -> NewDesk:
    """Read the folder a form is written into; raises `SetUpError` when it cannot be used."""
    if is_desk_folder(path):
        desk = open_folder(path)
        address = f"http://{desk.web.host}:{desk.web.port}/{SCHEMA}"
        systems = open_connectors(desk)
        return _new_desk(path / FORMS_FOLDER, desk.forms, systems.verbs, address, systems.unkept)
    return _new_desk(path, read_forms(path), {**DIRECTORY_VERBS, **MAILBOX_VERBS}, "schemas/form-1.json")


def _new_desk(
    root: Path,
    files: Mapping[str, bytes],
    verbs: Mapping[str, Verb],
    schema: str,
    unkept: Unkepts = MappingProxyType({}),
) -> NewDesk:
    catalogue, _ = load_catalogue({name: one for name, one in files.items() if not name.endswith(SUFFIXES)}, verbs)
    access = companion_file(files, "access")
    policy = read_access(access, files[access])[0] if access else Policy()
    spoken = catalogue.settings.languages[0]
    callers = {one.id: plain(one.title, spoken) for one in catalogue.verification.policies.values()}
    settings = catalogue.settings
    return NewDesk(
        root,
        files,
        verbs,
        policy,
        callers,
        settings.default_verification or "",
        tuple(settings.password_policies),
        settings.org.get("mail_domain", "example.org"),
        schema,
        unkept,
    )
