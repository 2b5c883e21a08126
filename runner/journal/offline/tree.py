"""The Merkle tree over the records: its root, and proofs that a record stands in it (RFC 6962, RFC 9162). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(slots=True)
class Tree:
    """The tree of RFC 6962, section 2.1, kept as the roots of its full subtrees, the largest first. It only grows."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        size, node = self.size, leaf
        while size & 1:
            node = sha256(b"\1" + self.peaks.pop() + node).digest()
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over everything added."""
        if not self.peaks:
            return sha256().digest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = sha256(b"\1" + peak + node).digest()
        return node


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of a record's leaf: its line in UTF-8 without the line feed (RFC 6962, section 2.1)."""
    return sha256(b"\0" + line).digest()


def is_included(line: bytes, index: int, path: Sequence[bytes], size: int, root: bytes) -> bool:
    """Say whether a record is leaf ``index`` (from 0) of the tree with this size and root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, place, last = leaf_hash(line), index, size - 1
    for sibling in path:
        if not last:
            return False
        if place & 1 or place == last:
            node = sha256(b"\1" + sibling + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling).digest()
        place, last = place >> 1, last >> 1
    return not last and node == root
