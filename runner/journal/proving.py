"""Prove that chosen records stand in the tree under a checkpoint (RFC 9162, section 2.1.3). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from runner.journal.offline.verifying import Start


def inclusion_paths(leaves: Sequence[bytes], wanted: Iterable[int], start: Start) -> Mapping[int, Sequence[bytes]]:
    """Return, by index from 0, the hashes that lead from each wanted leaf to the root of the tree.

    ``leaves`` are the hashes of all leaves behind ``start``, whose own leaves are known by their subtrees alone.
    """
    places = {index: index for index in wanted}
    paths: dict[int, list[bytes]] = {index: [] for index in places}
    level, offset, left = list(leaves), start.size, list(start.peaks)
    size, missing = start.size + len(leaves), start.size
    while size > 1:
        if missing & 1:
            level.insert(0, left.pop())
            offset -= 1
        for index, place in places.items():
            if place ^ 1 < size:
                paths[index].append(level[(place ^ 1) - offset])
            places[index] = place >> 1
        level = [_above(level[at : at + 2]) for at in range(0, len(level), 2)]
        offset, size, missing = offset >> 1, (size + 1) >> 1, missing >> 1
    return paths


def _above(pair: Sequence[bytes]) -> bytes:
    return sha256(b"\1" + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0]
