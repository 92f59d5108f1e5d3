"""Raw bytes of a PDF → are its compressed streams whole, and safe to unpack? Asked before PDFium unpacks them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MAX_UNPACKED = 64 << 20  # bytes of one stream; the drawing of a page is some ten thousand
MAX_RATIO = 1_040  # deflate cannot do better
CHECKED_FOR_DAMAGE = 1 << 18  # packed bytes
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b|/DCTDecode|/JPXDecode|/JBIG2Decode|/CCITTFaxDecode")
_NOT_TEXT = re.compile(rb"/Length1|/FontFile|/Type1C|/CIDFontType0C|/OpenType|/FunctionType|/Metadata|/XRef|/N\s+\d")


class StreamReport(NamedTuple):
    """`damaged`: streams that do not unpack; `oversized`: one of them unpacks to more than MAX_UNPACKED."""

    damaged: int
    oversized: bool


def inspect_streams(data: bytes) -> StreamReport:
    """A look at every Flate stream that matters for text; nothing is learnt where the file is encrypted."""
    damaged = 0
    if b"/Encrypt" in data:
        return StreamReport(0, False)
    for header, packed in _streams(data):
        filters = len(_FLATE.findall(header))
        if not filters or (_IMAGE.search(header) and filters < 2):
            continue
        could_burst = filters > 1 or len(packed) * MAX_RATIO > MAX_UNPACKED
        text = len(packed) <= CHECKED_FOR_DAMAGE and not _NOT_TEXT.search(header) and b"/ASCII" not in header
        if not (could_burst or text):
            continue
        size, whole = _unpack(packed, filters)
        if size > MAX_UNPACKED:
            return StreamReport(damaged, True)
        damaged += text and not whole
    return StreamReport(damaged, False)


def _streams(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The dictionary before each stream, and its bytes as stored."""
    view = memoryview(data)
    at = data.find(b"stream")
    while at >= 0:
        end = data.find(b"endstream", at + 6)
        if end < 0:
            end = len(data)
        start = at + 6
        if data[start : start + 2] == b"\r\n":
            start += 2
        elif data[start : start + 1] in (b"\n", b"\r"):
            start += 1
        opening = data.rfind(b"obj", max(0, at - 4096), at)
        yield data[max(opening, at - 4096, 0) : at], view[start:end]
        at = data.find(b"stream", end + 9)


def _unpack(packed: memoryview, filters: int) -> tuple[int, bool]:
    """The size after unpacking, counted no further than just past the limit, and whether nothing was broken."""
    content: bytes | memoryview = packed
    whole = True
    for _ in range(filters):
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(content, MAX_UNPACKED + 1)
        except zlib.error:
            return 0, False
        if len(content) > MAX_UNPACKED:
            return len(content), whole
        whole = whole and (unpacker.eof or bool(unpacker.unconsumed_tail) or not len(content))
    return len(content), whole
