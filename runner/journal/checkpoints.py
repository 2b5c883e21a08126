"""Sign checkpoints of the journal as C2SP notes, with an Ed25519 key; `runner.journal.offline` reads them. Pure."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runner.journal.offline.notes import Key, key_id
from runner.journal.offline.tree import Tree
from runner.journal.records import timestamp

_PREFIX = "PRIVATE+KEY+"
_ED25519 = b"\1"
_NAME_BYTES = 8
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one journal; nothing of the private half is shown by it."""

    name: str
    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def key(self) -> Key:
        """The public key."""
        public = self._private.public_key().public_bytes_raw()
        return Key(self.name, key_id(self.name, public), public)

    @property
    def public_text(self) -> str:
        """The public key in one line, for whoever verifies: NAME+fingerprint+base64."""
        key = self.key
        return f"{key.name}+{key.id.hex()}+{b64encode(_ED25519 + key.public).decode()}"

    def note(self, text: str) -> str:
        """Return ``text``, which ends with a line feed, as a signed note."""
        signature = b64encode(self.key.id + self._private.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


def new_signing_key(random_bytes: Callable[[int], bytes]) -> str:
    """Return a fresh private key for the journal of a desk, as its file holds it: one line, to be kept secret."""
    name = f"deskhand/{random_bytes(_NAME_BYTES).hex()}"
    seed = random_bytes(_SEED_BYTES)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return f"{_PREFIX}{name}+{key_id(name, public).hex()}+{b64encode(_ED25519 + seed).decode()}\n"


def read_signing_key(text: str) -> Signer:
    """Read what `new_signing_key` wrote; raises `ValueError`, which never shows the text."""
    name, _, rest = text.strip().removeprefix(_PREFIX).partition("+")
    identity, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if not text.startswith(_PREFIX) or raw[:1] != _ED25519 or len(raw) != 1 + _SEED_BYTES:
        raise ValueError("it does not hold a key that Deskhand made")
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    if signer.key.id.hex() != identity:
        raise ValueError("it was not copied whole")
    return signer


def checkpoint_text(name: str, part: int, tree: Tree, now: datetime, *, broken: int | None = None) -> str:
    """Return the text of a checkpoint over ``tree``; ``broken`` is the last number in use, where part ``part`` begins."""
    origin = name if part == 1 else f"{name}/part-{part}"
    root = b64encode(tree.root()).decode()
    declared = "" if broken is None else f"broken {broken}\n"
    return f"{origin}\n{tree.size}\n{root}\ntime {timestamp(now)}\n{declared}"


def link_behind(text: str) -> str:
    """Return the hash that the first record behind a break names as the one before: SHA-256 of the break's text."""
    return sha256(text.encode()).hexdigest()
