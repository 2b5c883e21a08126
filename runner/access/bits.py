"""Sets of numbers as one whole number each, bit by bit: union, intersection and difference of 100,000 in microseconds.

Pure.  ``|``, ``&``, ``^`` and ``& ~`` are those of `int`; how many are in a set says ``bits.bit_count()``.
"""

from collections.abc import Iterable, Iterator

_IN_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


def bits_of(numbers: Iterable[int], size: int) -> int:
    """Return the set of these numbers, each from 0 to below ``size``."""
    content = bytearray(size // 8 + 1)
    for number in numbers:
        content[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(content, "little")


def full(size: int) -> int:
    """Return the set of all numbers below ``size``."""
    return (1 << size) - 1


def numbers_in(bits: int) -> Iterator[int]:
    """Yield the numbers in a set, the least first."""
    content = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for place, byte in enumerate(content):
        if byte:
            for bit in _IN_BYTE[byte]:
                yield (place << 3) + bit
