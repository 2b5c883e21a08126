"""Compare the forms that bindings name with those there are: one that is misspelt gives nothing to anybody. Pure."""

from collections.abc import Collection, Iterator

from forms.errors import Problem
from forms.problems import did_you_mean
from runner.access.model import Policy


def unknown_forms(policy: Policy, forms: Collection[str], file: str, content: bytes) -> Iterator[Problem]:
    """Yield a warning (W303) for every form that a binding of ``file`` names and that is not among ``forms``."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    for binding in policy.bindings:
        for name in sorted((binding.forms or frozenset()) - set(forms)):
            line, column = _place(lines, binding.id, name)
            message = f'the binding "{binding.id}" counts only inside "{name}", and there is no such form'
            source = lines[line - 1] if line else ""
            yield Problem(file, line, column, "warning", "W303", message, did_you_mean(name, forms), source)


def _place(lines: list[str], binding: str, name: str) -> tuple[int, int]:
    """Return where a form is named, at or below the line of its binding; 0, 0 when that cannot be told."""
    start = next((number for number, line in enumerate(lines) if f"id: {binding}" in line), 0)
    for number, line in enumerate(lines[start:], start + 1):
        if name in line and "id:" not in line.split(name)[0][-5:]:
            return number, line.index(name) + 1
    return 0, 0
