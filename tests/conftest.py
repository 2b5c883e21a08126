"""Fixtures that more than one room uses."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import Connection, Engine, event

from forms.catalogue import load_catalogue
from tests.browser.serving import chromium
from tests.connectors.ldap import sample_active_directory, sample_openldap
from tests.remembering import OPENING, CompiledStatements, CompiledTemplates, Remembered
from tests.servers.certificates import Certificates
from tests.servers.openldap import Template as OpenLdapTemplate
from tests.servers.postgres import Cluster
from tests.servers.samba import ADDRESSES
from tests.servers.samba import Template as SambaTemplate
from tests.servers.sharing import shared_folder

# Some containers tell Python not to keep what it compiled. Then every worker, and every command that runs as a process of
# its own, compiles all sources anew: a quarter of a minute for each worker, half a second for each command.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Tests store thousands of small things, and wait for the disk at each of them. Files in memory are stored at once.
_MEMORY, _ENOUGH_BYTES = "/dev/shm", 4 << 30
if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
    os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage, and never look again through the thousands of tests that stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def remembered_catalogues() -> Iterator[None]:
    """Desks whose files are those of a desk before are opened with the catalogue that was compiled then."""
    remembered = Remembered(load_catalogue)
    with pytest.MonkeyPatch.context() as patch:
        for module in OPENING:
            patch.setattr(f"{module}.load_catalogue", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def remembered_templates() -> Iterator[None]:
    """Sites of one test process compile each template once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()})
        yield


@pytest.fixture(scope="session", autouse=True)
def remembered_statements() -> Iterator[None]:
    """Stores and directories of one test process compile each statement once."""
    statements = CompiledStatements()

    def remember(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", remember)
    yield
    event.remove(Engine, "engine_connect", remember)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    with Cluster.started() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of servers on loopback, good and bad ones."""
    return Certificates.made(tmp_path_factory.mktemp("certificates"), ADDRESSES)


@pytest.fixture(scope="session")
def openldap_template(certificates: Certificates) -> Iterator[OpenLdapTemplate]:
    """An OpenLDAP database with its service accounts, its policy and nobody in it."""
    with OpenLdapTemplate.made(certificates.good) as made:
        yield made


@pytest.fixture(scope="session")
def folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run have, and those of other runs do not."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def samba_template(certificates: Certificates, folder_of_the_run: Path) -> Iterator[SambaTemplate]:
    """An Active Directory domain as it is after its provisioning, which is done once for all processes."""

    def fill(folder: Path) -> None:
        SambaTemplate(folder, certificates.good).provision()

    with shared_folder(folder_of_the_run, "samba-template", fill) as folder:
        yield SambaTemplate(folder, certificates.good)


@pytest.fixture(scope="session")
def openldap_sample(certificates: Certificates) -> Iterator[OpenLdapTemplate]:
    """An OpenLDAP database with the sample cast."""
    with OpenLdapTemplate.made(certificates.good, sample_openldap.sample_ldif(datetime.now(UTC))) as made:
        yield made


@pytest.fixture(scope="session")
def samba_sample(samba_template: SambaTemplate, folder_of_the_run: Path) -> Iterator[SambaTemplate]:
    """An Active Directory domain with the sample cast and a service account with delegated rights; made once likewise."""

    def fill(folder: Path) -> None:
        samba_template.copy_to(folder)
        made = SambaTemplate(folder, samba_template.certificate)
        made.load(sample_active_directory.sample_ldif(datetime.now(UTC)), sample_active_directory.service_rights())

    with shared_folder(folder_of_the_run, "samba-sample", fill) as folder:
        yield SambaTemplate(folder, samba_template.certificate)


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> str:
    """URL of the cluster's own first database, shared by the whole session."""
    return postgres_cluster.url("postgres")


@pytest.fixture
def postgres_database_url(postgres_cluster: Cluster) -> str:
    """URL of a fresh, empty database."""
    return postgres_cluster.new_database()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh, empty database; each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("postgres_database_url"))
