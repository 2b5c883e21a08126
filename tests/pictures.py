"""Small real pictures for tests, made here: PNG of any size, and JPEG headers."""

import struct
import zlib


def png(width: int = 8, height: int = 8, shade: int = 120) -> bytes:
    """Return a grey picture that every browser shows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = (b"\0" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 8, filling: int = 0) -> bytes:
    """Return what begins as a JPEG of this size does: an application segment, a table and a frame header."""
    application = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
    table = b"\xff\xdb" + struct.pack(">H", 67) + b"\0" * 65
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + application + table + b"\xff" + frame + b"\xff\xda" + b"\0" * filling + b"\xff\xd9"
