"""A version of a form that was kept can be used again after its file changed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import Catalogue
from runner.deskfolder import library
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.store.store import Store
from runner.store.tables import form_versions
from runner.versions.keeping import remember_versions
from runner.versions.kept import KeptForms
from tests.forms.resolving.resolving_folders import BASE, family, folder
from tests.runner.migrated import migrated

VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url)
    with Store.open(url) as opened:
        yield opened


def kept(store: Store, files: dict[str, bytes]) -> Catalogue:
    catalogue, problems = load_catalogue(files, VERBS)
    assert [one for one in problems if one.level == "error"] == []
    return remember_versions(store, catalogue, files)[0]


def test_a_kept_version_is_compiled_as_it_was_after_its_files_changed(store: Store) -> None:
    texts = {"child.nl.texts.yaml": b"format: texts/1\ntitle: Kind\n"}
    before = kept(store, {**family("category: Own\n"), **texts})
    changed = BASE.replace("label: Reason", "label: Grounds") + "version: 2\n"
    after = kept(store, family("category: Own\nversion: 2\n", changed))
    forms = KeptForms(store, after)
    for name in ("base", "child"):
        again = forms.form(name, "1", before.forms[name].digest)
        assert again == before.forms[name]
        assert again is forms.form(name, "1")
        assert forms.form(name, "2", after.forms[name].digest) is after.forms[name]


def test_every_form_that_ships_with_the_product_is_compiled_again_from_what_is_kept(store: Store) -> None:
    catalogue = kept(store, dict(library()))
    forms = KeptForms(store, replace(catalogue, forms={}))
    assert catalogue.forms
    for form in catalogue.forms.values():
        assert forms.form(form.id, str(form.version), form.digest) == form


def test_a_form_written_as_json_is_compiled_again(store: Store) -> None:
    text = json.dumps(
        {
            "format": "form/1",
            "id": "off",
            "title": "Off",
            "requires": ["user.disable"],
            "target": {"type": "user"},
            "verify": {"policy": "none", "because": "a test"},
            "operations": [{"id": "off", "do": "directory.user.disable", "with": {"user": "$(target)"}}],
        },
        indent=1,
    )
    before = kept(store, {"off.form.json": text.encode()})
    assert KeptForms(store, replace(before, forms={})).form("off", "1") == before.forms["off"]


def test_what_is_not_kept_or_kept_with_other_content_is_not_given(store: Store) -> None:
    catalogue = kept(store, folder(base_form=BASE))
    forms = KeptForms(store, catalogue)
    with pytest.raises(NotFoundError):
        forms.form("base", "7")
    with pytest.raises(StaleError, match="other content"):
        forms.form("base", "1", "0" * 64)
    rewritten = update(form_versions).values(text=BASE.replace("user.enable", "user.disable"))
    store.database.write(lambda connection: connection.execute(rewritten).rowcount)
    with pytest.raises(StaleError, match="not the one that was published"):
        KeptForms(store, replace(catalogue, forms={})).form("base", "1")


def test_a_version_whose_verb_is_gone_says_so(store: Store) -> None:
    catalogue = kept(store, folder(base_form=BASE))
    verbs = {name: verb for name, verb in VERBS.items() if name != "directory.user.enable"}
    forms = KeptForms(store, replace(catalogue, forms={}, verbs=verbs))
    with pytest.raises(RefusedError, match=r"^base, version 1, cannot be used any more: .*directory\.user\.enable"):
        forms.form("base", "1")


def test_the_versions_kept_in_memory_are_bounded(store: Store) -> None:
    catalogue = kept(store, folder(base_form=BASE))
    for number in range(2, 72):
        kept(store, folder(base_form=BASE + f"version: {number}\n"))
    forms = KeptForms(store, replace(catalogue, forms={}))
    assert [forms.form("base", str(number)).version for number in range(1, 72)] == list(range(1, 72))
    assert len(forms._compiled) == 64
