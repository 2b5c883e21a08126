"""Encrypt what has to wait, and hash short codes with a key; the key lies in the desk folder."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SEALED_SECONDS = 3_600
SEALED_FILE_SECONDS = 86_400


def new_key() -> bytes:
    """Return a fresh key; several, one per line, the newest first, are a rotation."""
    return Fernet.generate_key()


class KeySealer:
    """Seals texts, for an hour unless what they belong to waits, and makes keyed hashes.

    See `runner.pipeline.services.Sealer`.
    """

    def __init__(self, key: bytes) -> None:
        """Take keys as `new_key` makes them, one per line; raises `ValueError` when there is none or one is no key."""
        keys = key.split()
        if not keys:
            raise ValueError("it is empty")
        try:
            self._box = MultiFernet([Fernet(one) for one in keys])
        except ValueError as error:
            raise ValueError("it does not hold a key that Deskhand made") from error
        self._hash_key = hashlib.sha256(b"code:" + keys[0]).digest()
        self.cookie_key = hashlib.sha256(b"cookie:" + keys[0]).digest()

    def seal(self, text: str) -> bytes:
        """Encrypt a text."""
        return self._box.encrypt(text.encode())

    def unseal(self, sealed: bytes, *, waited: bool = False) -> str:
        """Decrypt it; raises `ValueError` when it was not sealed with this key or is older than an hour.

        What belongs to something that ``waited`` for a yes or for its moment may be of any age.
        """
        try:
            return self._box.decrypt(sealed, ttl=None if waited else SEALED_SECONDS).decode()
        except InvalidToken as error:
            raise ValueError("what was typed is no longer kept; fill the form in again") from error

    def seal_file(self, content: bytes) -> bytes:
        """Encrypt the content of a file."""
        return self._box.encrypt(content)

    def unseal_file(self, sealed: bytes, *, waited: bool = False) -> bytes:
        """Decrypt it; raises `ValueError` when it was not sealed with this key or is older than a day; see `unseal`."""
        try:
            return self._box.decrypt(sealed, ttl=None if waited else SEALED_FILE_SECONDS)
        except InvalidToken as error:
            raise ValueError("the file is no longer kept; choose it again") from error

    def seal_key(self, key: bytes) -> bytes:
        """Encrypt a key that is kept as long as what it seals."""
        return self._box.encrypt(key)

    def unseal_key(self, sealed: bytes) -> bytes:
        """Decrypt it; raises `ValueError` when it was not sealed with this key."""
        try:
            return self._box.decrypt(sealed)
        except InvalidToken as error:
            raise ValueError("the key was sealed by another desk") from error

    def code_hash(self, code: str, salt: str) -> str:
        """Return a keyed hash of a short code, in hexadecimal."""
        return hmac.new(self._hash_key, f"{salt}:{code}".encode(), hashlib.sha256).hexdigest()
