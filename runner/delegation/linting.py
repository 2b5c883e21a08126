"""Look a policy over beside the directory and the forms of a desk. Reads; records nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from connectors.spi import Ref
from forms.errors import Problem
from runner.access.lint.form_names import unknown_forms
from runner.access.lint.linting import Linted, lint
from runner.delegation.diffing import census_for, read_policy, resolved
from runner.pipeline.services import Services

_DEEPEST = 40


def lint_policy(services: Services, file: str, content: bytes) -> tuple[Problem, ...]:
    """Return what is wrong, dead or dangerous in an access file, each at its line; errors of the file alone when it has any.

    Raises `forms.errors.DefinitionError` for a file with errors and `connectors.errors.ConnectorError` when the directory
    cannot be asked.
    """
    policy = read_policy(services, file, content)
    found = resolved(services, file, policy)
    census = census_for(services, [policy])
    forms = services.catalogue.forms
    mentioned = frozenset(_words((tuple(forms.values()), services.catalogue.lookups)))
    linted = Linted(found.authority, census, forms, mentioned, file, content, services.now())
    return (*found.warnings, *unknown_forms(policy, forms, file, content), *lint(linted))


def _words(value: object, depth: int = 0) -> Iterator[str]:
    """Yield every text in compiled definitions: one that is the name of a set or a role may use it."""
    if depth > _DEEPEST or isinstance(value, Ref):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _words(item, depth + 1)
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from _words(item, depth + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _words(getattr(value, one.name, None), depth + 1)
