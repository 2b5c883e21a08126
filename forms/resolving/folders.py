"""Look at a desk folder as a whole: files no form finds, and problems that several forms share. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from forms.errors import Problem
from forms.resolving.naming import SUFFIXES, form_id_of, misplaced, translates
from forms.resolving.resolver import Resolver

_NAMED = 3  # forms that are named where a problem is shared


def unfound(resolver: Resolver) -> Iterator[Problem]:
    """Yield what is wrong with files that no form finds."""
    sources = resolver.sources
    for file, message, fix in misplaced(sources.folder):
        yield Problem(file, 0, 0, "error", "E165", message, fix)
    for file, form in sources.texts_without_form():
        yield Problem(
            file, 0, 0, "error", "E165", f'there is no form "{form}" beside this file', _beside(form, resolver)
        )
    yield from sources.doubles()
    for file in sorted(sources.folder):
        yield from _doubled(file, resolver)


def of_fragments(resolver: Resolver) -> Mapping[str, tuple[Problem, ...]]:
    """Return what is wrong with each fragment by itself, whether or not a form uses it."""
    return {file: resolver.fragments.fields(file)[1] for file in resolver.sources.fragments.values()}


def _beside(form: str, resolver: Resolver) -> str:
    doubled = resolver.sources.doubled_forms.get(form)
    file = doubled[0] if doubled else resolver.sources.forms.get(form)
    if file is None:
        return "Rename it after the form whose texts it has, or remove it."
    return f"Move it to where {file} lies."


def _doubled(file: str, resolver: Resolver) -> Iterator[Problem]:
    """Yield texts of which there are two in one language."""
    found, first = translates(file), file
    if found:
        language, form = found[1], found[0]
        beside = (each for suffix in SUFFIXES for each in resolver.sources.texts_of(f"{form}{suffix}"))
        first = next((other for spoken, other in beside if spoken == language), file)
    if first != file:
        message = f"{first} holds the same already"
        yield Problem(file, 0, 0, "error", "E165", message, "Keep one of the two files.")


def once_each(of_forms: Mapping[str, tuple[Problem, ...]]) -> Iterator[Problem]:
    """Yield the problems of forms and fragments, given by file, each cause once.

    What was found in a fragment, or in a form only because another is based on it, says which forms it was found with.
    """
    found: dict[tuple[str, int, int, str, str], tuple[Problem, list[str]]] = {}
    for file, problems in of_forms.items():
        for problem in problems:
            key = (problem.file, problem.line, problem.column, problem.code, problem.message)
            found.setdefault(key, (problem, []))[1].append(file)
    for problem, files in found.values():
        is_its_own = problem.file in files or translates(problem.file)
        yield problem if is_its_own else replace(problem, fix=f"{problem.fix} {_found_with(files)}".strip())


def _found_with(files: list[str]) -> str:
    names = [f'"{form_id_of(file)}"' for file in files[:_NAMED]]
    more = len(files) - len(names)
    forms = ", ".join(names) + (f" and {more} more" if more else "")
    return f"Found with the form{'s' if len(files) > 1 else ''} {forms}."
