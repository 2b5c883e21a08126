"""Load everything a desk folder defines for its forms. Pure: the runner reads the disk.

A form is compiled as a whole: with what it takes over from the form it is based on, its fragments and its translations.

One form with errors does not take the others down: it is left out, and its problems are returned.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from connectors.spi import Unkepts, Verb
from forms.companions import read_list, read_lookups, read_settings, read_verification, resource_sets_of
from forms.companions.built_in import built_in_lookups
from forms.compiling.form import SUFFIXES, check_base, compile_resolved, is_only_a_base
from forms.compiling.surroundings import Surroundings
from forms.definition import Catalogue, Form, Lookup, Next, Settings, SharedList, Verification
from forms.errors import DefinitionError, Problem
from forms.problems import did_you_mean
from forms.resolving.folders import of_fragments, once_each, unfound
from forms.resolving.resolver import Resolver
from forms.resolving.sources import Sources, named_files

Folder = Mapping[str, bytes]
COMPANIONS = ("access", "settings", "lookups", "verification")
"""The files a desk has at most one of, by their names without the ending."""
_LISTS = (".list.yaml", ".list.yml", ".list.json", ".list.csv")
_NOT_KEPT = "E166"  # such a search is read whole; the forms that use it are refused one by one
T = TypeVar("T")


def load_catalogue(
    folder: Folder, verbs: Mapping[str, Verb], unkept: Unkepts = MappingProxyType({})
) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Compile a desk folder, given as file names (with ``/`` between folders) and their bytes.

    ``verbs`` are those that the systems of the desk offer, ``unkept`` the attributes that these do not keep.

    Files that have the name of another of their kind are refused, all of them: none silently stands in for the other.
    Returns what could be compiled, and every error and warning, sorted by file and line.  A draft without operations that
    other forms are based on is no form by itself.  Files of other kinds are left alone.
    """
    around, problems = load_surroundings(folder, verbs, unkept)
    forms: dict[str, Form] = {}
    files: dict[str, str] = {}
    resolver = Resolver(Sources(folder), around.language)
    doubled = frozenset(file for same in resolver.sources.doubled_forms.values() for file in same)
    of_forms = dict(of_fragments(resolver))
    bases = frozenset(resolver.bases(folder))
    for file in sorted(folder):
        if file.endswith(SUFFIXES) and file not in doubled:
            form, found = _form(file, resolver, around, is_base=file in bases)
            of_forms[file] = found
            if form is not None:
                forms[form.id], files[form.id] = form, file
    problems += (*unfound(resolver), *once_each(of_forms), *_broken_links(forms, files))
    catalogue = Catalogue(forms, around.settings, around.lookups, around.lists, around.verification, around.verbs)
    return catalogue, tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))


def _form(
    file: str, resolver: Resolver, around: Surroundings, *, is_base: bool
) -> tuple[Form | None, tuple[Problem, ...]]:
    try:
        if is_base and is_only_a_base(resolver.resolve(file)):
            return None, check_base(resolver.resolve(file))
        return compile_resolved(resolver.resolve(file), around)
    except DefinitionError as error:
        return None, error.problems


def _broken_links(forms: Mapping[str, Form], files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Warn about links on last pages that lead to forms, or give answers to questions, which do not exist."""
    return tuple(
        Problem(files[form.id], 0, 0, "warning", "W303", *words)
        for form in forms.values()
        for link in form.result.next
        for words in _broken_link(forms, link)
    )


def _broken_link(forms: Mapping[str, Form], link: Next) -> Iterator[tuple[str, str]]:
    if link.form not in forms:
        yield f'the result links to "{link.form}", which does not exist', did_you_mean(link.form, forms)
        return
    asked = [field.id for field in forms[link.form].fields]
    for name in link.arguments:
        if name not in asked:
            yield f'the link to "{link.form}" answers "{name}", which that form does not ask', did_you_mean(name, asked)


def load_surroundings(
    folder: Folder, verbs: Mapping[str, Verb], unkept: Unkepts = MappingProxyType({})
) -> tuple[Surroundings, tuple[Problem, ...]]:
    """Read the companion files of a desk folder; those that are missing count as empty."""
    around = Surroundings(verbs, resource_sets=_resource_sets(folder), unkept=unkept)
    doubled = doubled_companions(folder)
    problems: list[Problem] = [*_doubles(doubled)]

    def take(name: str, read: Callable[[str, bytes], tuple[T, tuple[Problem, ...]]], empty: T) -> T:
        file = companion_file(folder, name)
        if file is None:
            return empty
        found, new = read(file, folder[file])
        problems.extend(new)
        if any(problem.level == "error" and problem.code != _NOT_KEPT for problem in new):
            incomplete.add(name)
        return found

    incomplete = set(doubled)
    settings = take("settings", read_settings, Settings())
    sets = around.resource_sets
    none: Mapping[str, Lookup] = {}
    lookups = take("lookups", lambda file, content: read_lookups(file, content, settings, sets, unkept), none)
    verification = take(
        "verification", lambda file, content: read_verification(file, content, settings), Verification()
    )
    lists, new = _lists(folder)
    if any(problem.level == "error" for problem in new):
        incomplete.add("lists")
    around = replace(
        around,
        settings=settings,
        lookups={**built_in_lookups(), **lookups},
        verification=verification,
        lists=lists,
        incomplete=frozenset(incomplete),
    )
    return around, (*problems, *new)


def companion_file(folder: Folder, name: str) -> str | None:
    """Return the companion file called ``name`` (``access``, ``settings`` …) in whichever folder it lies.

    None when there is none, and when there are several: see `doubled_companions`.
    """
    found = _companion_files(folder, name)
    return found[0] if len(found) == 1 else None


def _companion_files(folder: Folder, name: str) -> tuple[str, ...]:
    wanted = tuple(f"{name}{suffix}" for suffix in (".yaml", ".yml", ".json"))
    return tuple(file for file in sorted(folder) if file.rsplit("/", 1)[-1] in wanted)


def doubled_companions(folder: Folder) -> Mapping[str, tuple[str, ...]]:
    """Return the kinds of companions of which there are several files, with these. A desk with such does not start."""
    found = {name: _companion_files(folder, name) for name in COMPANIONS}
    return {name: files for name, files in found.items() if len(files) > 1}


def _doubles(doubled: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for name, files in doubled.items():
        for file in files:
            others = named_files(tuple(other for other in files if other != file))
            message = f"a desk has one {name} file, and there is {others} too, so none of them is used"
            yield Problem(file, 0, 0, "error", "E116", message, "Keep one of them, with all that belongs in it.")


def _resource_sets(folder: Folder) -> frozenset[str] | None:
    file = companion_file(folder, "access")
    return resource_sets_of(file, folder[file]) if file else None


def _lists(folder: Folder) -> tuple[Mapping[str, SharedList], tuple[Problem, ...]]:
    lists: dict[str, SharedList] = {}
    files: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for file in sorted(folder):
        if file.endswith(_LISTS):
            found, new = read_list(file, folder[file])
            problems.extend(new)
            if found is not None:
                lists[found.id] = found
                files.setdefault(found.id, []).append(file)
    for name, same in files.items():
        if len(same) > 1:
            del lists[name]
            problems.extend(_doubled_list(name, file, same) for file in same)
    return lists, tuple(problems)


def _doubled_list(name: str, file: str, files: list[str]) -> Problem:
    others = named_files(tuple(other for other in files if other != file))
    message = f'there is a list with the id "{name}" in {others} too, so none of them is used'
    return Problem(file, 0, 0, "error", "E116", message, "Remove one of the files.")
