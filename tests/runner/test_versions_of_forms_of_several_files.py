"""A form of several files is kept as a whole, and needs a new version when a file it takes from changes."""

from pathlib import Path

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.errors import Problem
from runner.store.store import Store
from runner.versions.keeping import remember_versions
from tests.forms.resolving.resolving_folders import BASE, family
from tests.runner.migrated import migrated


def remembered(store: Store, files: dict[str, bytes]) -> list[Problem]:
    catalogue, problems = load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    assert [one for one in problems if one.level == "error"] == []
    return remember_versions(store, catalogue, files)[1]


def test_a_changed_base_asks_for_a_new_version_of_every_form_based_on_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    migrated(url)
    store = Store.open(url)
    try:
        assert remembered(store, family("category: Own\n")) == []
        kept, base = (store.form_versions.get(form, "1").text for form in ("child", "base"))
        assert base == BASE
        assert "# from base.form.yaml, line 8\nfields:\n" in kept
        assert kept.startswith("category: Own\n") or "\ncategory: Own\n" in kept
        changed = family("category: Own\n", BASE.replace("label: Reason", "label: Grounds"))
        assert [(one.file, one.code) for one in remembered(store, changed)] == [
            ("base.form.yaml", "E131"),
            ("child.form.yaml", "E131"),
        ]
        raised = family("category: Own\nversion: 2\n", BASE.replace("label: Reason", "label: Grounds") + "version: 2\n")
        assert remembered(store, raised) == []
    finally:
        store.close()
