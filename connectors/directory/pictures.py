"""How large a JPEG or PNG picture is, read from its header without decoding it. Pure.

JPEG: ITU-T T.81, the frame header (SOF); PNG: the IHDR chunk of the PNG specification.
"""

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = len(_PNG) + 8
_MARKER = 0xFF
_START_OF_SCAN, _END = 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# Start of frame, of every coding; between them stand tables (DHT, JPG, DAC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureError(ValueError):
    """Raised for what is no JPEG or PNG picture, or has a broken header."""


def picture_size(content: bytes) -> tuple[str, int, int]:
    """Return media type, width and height in pixels; raises `PictureError`."""
    try:
        if content.startswith(_PNG):
            width, height = _png_size(content)
            type_ = "image/png"
        else:
            width, height = _jpeg_size(content)
            type_ = "image/jpeg"
    except (struct.error, IndexError) as error:
        raise PictureError("the header is cut off") from error
    if not width or not height:
        raise PictureError("the picture has no size")
    return type_, width, height


def _png_size(content: bytes) -> tuple[int, int]:
    length, kind = struct.unpack_from(">I4s", content, len(_PNG))
    if kind != b"IHDR" or length != 13:
        raise PictureError("the first chunk is no header")
    width, height = struct.unpack_from(">II", content, _PNG_HEADER)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    if content[:2] != b"\xff\xd8":
        raise PictureError("it begins like no picture")
    at = 2
    while True:
        if content[at] != _MARKER:
            raise PictureError("a marker is missing")
        while content[at] == _MARKER:  # any number of fill bytes may stand before a marker
            at += 1
        marker = content[at]
        at += 1
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return width, height
        if marker in (_START_OF_SCAN, _END):
            raise PictureError("there is no frame")
        if marker not in _WITHOUT_LENGTH:
            (length,) = struct.unpack_from(">H", content, at)
            if length < 2:
                raise PictureError("a segment has no length")
            at += length
