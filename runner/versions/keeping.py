"""Versions of forms: kept when they are used, so that one which changed without a new number is noticed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from forms.definition import Catalogue, Form
from forms.errors import Problem
from forms.resolving.printing import is_made_of_several, printed
from forms.resolving.resolver import Resolver
from forms.resolving.sources import Sources
from runner.errors import StaleError
from runner.store.store import Store

Versions: TypeAlias = Literal["keep", "compare", "ignore"]
"""Where forms are used, their versions are kept; elsewhere compared with those kept; where one is tried out, neither."""

_TAKES_OVER = re.compile(rb"\b(?:extends|use)\b")


def whole_text(resolver: Resolver, file: str) -> str:
    """Return a form as it was written, or as one text when parts of it were written in other files."""
    content = resolver.sources.folder.get(file)
    is_alone = content is None or not (_TAKES_OVER.search(content) or any(resolver.sources.texts_of(file)))
    if content is None or is_alone:
        return (content or b"").decode("utf-8")
    resolved = resolver.resolve(file)
    return printed(resolved) if is_made_of_several(resolved) else content.decode("utf-8")


def remember_versions(
    store: Store, catalogue: Catalogue, files: Mapping[str, bytes], versions: Versions = "keep"
) -> tuple[Catalogue, list[Problem]]:
    """Keep every form word for word under its version; one that changed without a new version is left out.

    A form that is based on another, or takes parts from other files, is kept as a whole, and changes when they change.
    """
    forms, problems = dict(catalogue.forms), []
    resolver = Resolver(Sources(files), catalogue.settings.languages[0])
    for form in catalogue.forms.values() if versions != "ignore" else ():
        name = resolver.sources.forms.get(form.id, "")
        if versions == "compare":
            is_stale = store.form_versions.is_other(form.id, str(form.version), form.digest)
        else:
            is_stale = not _is_kept(store, form, whole_text(resolver, name))
        if is_stale:
            del forms[form.id]
            message = f"version {form.version} of this form was used before with other content"
            fix = f"Write  version: {form.version + 1} , or  status: draft ."
            problems.append(Problem(name, 0, 0, "error", "E131", message, fix))
    return replace(catalogue, forms=forms), problems


def _is_kept(store: Store, form: Form, text: str) -> bool:
    """Keep a form under its version; say whether that could be done."""
    version, is_draft = str(form.version), form.status == "draft"
    try:
        store.form_versions.remember(form.id, version, form.digest, text, "", datetime.now(UTC), is_draft=is_draft)
    except StaleError:  # it is another one, or another node that starts keeps the same at this moment
        return not store.form_versions.is_other(form.id, version, form.digest)
    return True
