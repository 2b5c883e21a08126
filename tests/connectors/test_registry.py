"""Connectors found by entry points of really installed packages, and which serves what."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.mailbox.connector import MailboxStub
from connectors.registry import (
    Connectors,
    RegistryError,
    available,
    connector_for_kind,
    load,
    verbs_of,
)
from connectors.spi import Connector
from connectors.verbs import MAILBOX_VERBS

Install = Callable[[str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package as pip would: a module, and a dist-info folder with its name and entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def add(package: str, entry: str, code: str) -> None:
        module = package.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(code)
        folder = tmp_path / f"{module}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[deskhand.connectors]\n{entry}\n")
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, module, raising=False)

    return add


def test_the_built_in_connectors_are_always_there() -> None:
    offers = available()
    assert {"directories", "local", "mailbox"} <= set(offers)
    assert offers["mailbox"].package == "deskhand"
    assert load("mailbox") is MailboxStub


def test_a_connector_of_another_package_is_found_and_loaded(install: Install) -> None:
    install("acme-phones", "phones = acme_phones:Phones", "class Phones:\n    name = 'phones'\n")
    assert available()["phones"].package == "acme-phones"
    assert load("phones").__name__ == "Phones"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("phones = acme_phones:Phones", "raise OSError('no line')"),
        ("phones = acme_phones:Phones", "Other = 1"),
        ("phones = acme_phones:Phones", "Phones = 'a text'"),
        ("phones = acme_missing:Phones", ""),
    ],
)
def test_a_broken_package_is_named_and_disturbs_no_other(install: Install, entry: str, code: str) -> None:
    install("acme-phones", entry, code)
    assert load("mailbox") is MailboxStub
    with pytest.raises(RegistryError, match='"phones" of the package acme-phones'):
        load("phones")


def test_two_packages_cannot_offer_the_same_name(install: Install) -> None:
    install("acme-mail", "mailbox = acme_mail:Mail", "class Mail: ...")
    with pytest.raises(RegistryError, match="deskhand and acme-mail"):
        available()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RegistryError, match=r'no connector "mailbxo"\. Known are: .*mailbox'):
        load("mailbxo")


class Other:
    """A connector of verbs and kinds only."""

    def __init__(self, name: str, kinds: tuple[str, ...], verbs: tuple[str, ...] = ()) -> None:
        self.name, self.kinds, self._verbs = name, kinds, verbs

    def verbs(self) -> dict[str, object]:
        return dict.fromkeys(self._verbs, MAILBOX_VERBS["mailbox.hide"])


@pytest.fixture
def mailbox() -> Connector:
    return MailboxStub("sqlite://")


def test_the_connectors_of_an_installation_know_who_serves_what(mailbox: Connector) -> None:
    directory = Other("directory", ("user", "group"), ("directory.user.unlock",))
    connectors = Connectors({"directory": directory, "mailbox": mailbox})
    assert connectors.for_kind("mail_list") is mailbox
    assert connectors.for_kind("user") is directory
    assert connectors.for_verb("mailbox.hide") is mailbox
    assert connectors.for_verb("directory.user.unlock") is directory
    assert connectors.all() == (directory, mailbox)
    assert connectors.kinds == ("group", "mail_list", "mailbox", "user")
    assert set(connectors.verbs) == {*MAILBOX_VERBS, "directory.user.unlock"}
    assert connector_for_kind(connectors.all(), "user") is directory


def test_what_nobody_serves_is_said(mailbox: Connector) -> None:
    connectors = Connectors({"mailbox": mailbox})
    with pytest.raises(RegistryError, match=r'serves "user"\. Served: mail_list, mailbox'):
        connectors.for_kind("user")
    with pytest.raises(RegistryError, match=r"directory\.user\.unlock"):
        connectors.for_verb("directory.user.unlock")
    with pytest.raises(RegistryError, match="none"):
        connector_for_kind([mailbox], "user")


def test_two_connectors_cannot_serve_the_same(mailbox: Connector) -> None:
    with pytest.raises(RegistryError, match="found: mailbox, other"):
        Connectors({"mailbox": mailbox, "other": Other("other", ("mail_list",))})
    with pytest.raises(RegistryError, match=r"mailbox\.hide"):
        verbs_of([mailbox, Other("other", (), ("mailbox.hide",))])
