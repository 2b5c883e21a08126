"""Read ``[webhooks.NAME]`` and where the desk is: addresses that messages go to or point at. Reads files and variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from connectors.mailbox.addresses import is_address
from connectors.spi import Secret
from runner.errors import SetUpError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KINDS = ("webhook", "chat")
_KEYS = frozenset({"url", "kind", "secret_file", "secret_env", "ca_file"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LEAST_SECRET = 24
_MOST_URL = 2_000


@dataclass(frozen=True, slots=True)
class HookSettings:
    """A webhook that forms may name. One of kind ``chat`` takes a text and is not signed: its address is its secret."""

    name: str
    url: Secret
    kind: Literal["webhook", "chat"] = "webhook"
    secret: Secret | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Where the desk is for people (``address``), who is called by alarms, and the webhooks by name."""

    address: str = ""
    operator: str = ""
    hooks: Mapping[str, HookSettings] = field(default_factory=dict)


def read_channels(file: Path, content: Mapping[str, Any]) -> ChannelSettings:
    """Return what ``deskhand.toml`` says of channels; raises `SetUpError`."""
    address = content.get("web", {}).get("address", "").rstrip("/")
    operator = content.get("mail", {}).get("operator", "")
    return ChannelSettings(
        checked_address(file, address), checked_operator(file, operator), read_hooks(file, content.get("webhooks", {}))
    )


def read_hooks(file: Path, tables: Mapping[str, Any]) -> Mapping[str, HookSettings]:
    """Return the webhooks by name; raises `SetUpError` with the setting that has to be mended, never with an address."""
    return {name: _hook(file, name, table) for name, table in tables.items()}


def _hook(file: Path, name: str, table: Any) -> HookSettings:
    where = f"{file}: [webhooks.{name}]"
    if not _NAME.fullmatch(name):
        raise SetUpError(f"{where} needs a name of small letters, digits, - and _.")
    if not isinstance(table, dict):
        raise SetUpError(f'{where} must be a table with url = "…".')
    for key, value in table.items():
        if key not in _KEYS:
            raise SetUpError(f'{where} has no setting "{key}". Known are: {", ".join(sorted(_KEYS))}.')
        if not isinstance(value, str) or not value:
            raise SetUpError(f'{where} {key} must be a text: "…".')
    if "url" not in table or not is_reachable_address(table["url"], with_path=True):
        raise SetUpError(f"{where} url must be an https address, or an http one of this machine, without a password.")
    kind = table.get("kind", "webhook")
    if kind not in _KINDS:
        raise SetUpError(f"{where} kind must be webhook or chat.")
    secret = _secret(file, where, table) if kind == "webhook" else None
    ca_file = str(file.parent / table["ca_file"]) if "ca_file" in table else None
    return HookSettings(name, Secret(table["url"]), cast("Any", kind), secret, ca_file)


def _secret(file: Path, where: str, table: Mapping[str, str]) -> Secret:
    if ("secret_file" in table) == ("secret_env" in table):
        raise SetUpError(f"{where} needs secret_file or secret_env: what it is given is signed with that secret.")
    try:
        text = os.environ.get(table["secret_env"], "") if "secret_env" in table else _read(file, table["secret_file"])
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SetUpError(f"{where} secret_file cannot be read: {reason}.") from error
    if len(text.strip()) < _LEAST_SECRET:
        raise SetUpError(
            f"{where} needs a secret of at least {_LEAST_SECRET} characters. Make one: openssl rand -base64 32"
        )
    return Secret(text.strip())


def _read(file: Path, name: str) -> str:
    return (file.parent / name).read_text(encoding="utf-8")


def is_reachable_address(url: str, *, with_path: bool = False) -> bool:
    """Say whether a URL may be linked to or sent to: https, or http on this machine; no user, no fragment. Pure."""
    if len(url) > _MOST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    is_bare = not parts.username and not parts.password and not parts.fragment and port != 0
    return bool(is_safe and is_bare and parts.hostname) and (with_path or not (parts.query or parts.path))


def checked_address(file: Path, url: str) -> str:
    """Return ``[web] address``; raises `SetUpError` when no link can begin with it."""
    if url and not is_reachable_address(url):
        raise SetUpError(f'{file}: [web] address must be as "https://desk.example": https, without a path.')
    return url


def checked_operator(file: Path, address: str) -> str:
    """Return ``[mail] operator``; raises `SetUpError` when it is no mail address."""
    if address and not is_address(address):
        raise SetUpError(f"{file}: [mail] operator must be one mail address, such as operations@example.org.")
    return address
