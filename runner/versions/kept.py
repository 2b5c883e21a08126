"""Versions of forms that were kept, compiled again, so that what waits goes on with the form it was begun with."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias

from connectors.spi import Unkepts
from forms.compiling.form import compile_form
from forms.compiling.surroundings import Surroundings
from forms.definition import Catalogue, Form
from forms.errors import DefinitionError
from runner.errors import RefusedError, StaleError
from runner.store.records import FormVersion
from runner.store.store import Store

_MOST_COMPILED = 64
_Key: TypeAlias = tuple[str, str, str]


@dataclass(slots=True)
class KeptForms:
    """Every version of a form that was ever used, as a form; the last 64 that were asked for stay compiled. Thread-safe.

    What stands around a form is as it is now: the verbs of the systems, the shared lists, the named searches, the caller
    checks and the settings.  ``catalogue`` is what the desk uses at present.
    """

    store: Store
    catalogue: Catalogue
    unkept: Unkepts = field(default_factory=dict)
    _compiled: OrderedDict[_Key, Form] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def form(self, form_id: str, version: str, digest: str = "") -> Form:
        """Return a form as it was in a version; with ``digest``, exactly the one that has it.

        Raises `NotFoundError` when the version was never used here, `StaleError` when it is kept with another digest (a
        draft changes under its number), and `RefusedError` when it cannot be used any more with what is around it now.
        """
        present = self.catalogue.forms.get(form_id)
        if digest and present is not None and (str(present.version), present.digest) == (version, digest):
            return present
        kept = self.store.form_versions.get(form_id, version)
        if digest and kept.digest != digest:
            raise StaleError(f"{form_id}, version {version}, is kept with other content than it was begun with")
        key = (form_id, version, kept.digest)
        with self._lock:
            if (found := self._compiled.get(key)) is not None:
                self._compiled.move_to_end(key)
                return found
        form = compiled(kept, around(self.catalogue, self.unkept))
        with self._lock:
            self._compiled[key] = form
            while len(self._compiled) > _MOST_COMPILED:
                self._compiled.popitem(last=False)
        return form


def around(catalogue: Catalogue, unkept: Unkepts) -> Surroundings:
    """Return what a kept version is compiled with. Names of resource sets are looked at when it is decided. Pure."""
    return Surroundings(
        catalogue.verbs,
        settings=catalogue.settings,
        lookups=catalogue.lookups,
        lists=catalogue.lists,
        verification=catalogue.verification,
        unkept=unkept,
    )


def compiled(kept: FormVersion, surroundings: Surroundings) -> Form:
    """Compile the text of a kept version; raises `RefusedError` and `StaleError` as `KeptForms.form` does. Pure."""
    name = f"{kept.form_id}, version {kept.version}"
    try:
        form, _ = compile_form(f"{kept.form_id}.form.yaml", kept.text.encode("utf-8"), surroundings)
    except DefinitionError as error:
        first = next((one for one in error.problems if one.level == "error"), error.problems[0])
        raise RefusedError(f"{name}, cannot be used any more: {first.message}. {first.fix}".strip()) from error
    if form.digest != kept.digest:
        raise StaleError(f"{name}, is not the one that was published: its text has another digest")
    return form
