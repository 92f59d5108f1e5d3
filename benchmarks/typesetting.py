"""Text PDF in great number: with the fonts of one sheet that LibreOffice printed, any text is set as it would be.

A page holds what LibreOffice writes for the same paragraphs (sheet, margins, sizes, one text object for each stretch of
a font, embedded fonts with their Unicode maps), but is written here: milliseconds instead of a second a document.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH, HEIGHT = 612, 792  # points
LEFT, RIGHT, TOP, BOTTOM = 90.1, 522.1, 709.8, 72.0
SIZE, LINE, AFTER = 11, 14.7, 10.0
BESIDE_LATIN = 0.2 * SIZE  # a gap between Chinese characters and digits
NEVER_FIRST = frozenset("。，；：、）》”？！")  # on a row
_WORD = re.compile(r"[!-~]+|.", re.S)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_MAPPED_LIST = re.compile(rb"<([0-9A-Fa-f]+)>\s*<[0-9A-Fa-f]+>\s*\[(.*?)\]", re.S)
_OBJECT = re.compile(rb"(\d+) 0 obj\b.*?endobj", re.S)


@dataclass(frozen=True)
class Glyph:
    font: str
    code: str  # hexadecimal
    width: float  # points


@dataclass(frozen=True)
class Type:
    """The fonts of a printed sheet: how to write a character, and the objects (by number) that fonts are made of."""

    glyphs: dict[str, Glyph]
    objects: dict[int, bytes]
    resources: int


def cast(printed: bytes) -> Type:
    """The type for all characters of a PDF that LibreOffice printed."""
    import pypdf
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = pypdf.PdfWriter()
    page = writer.add_page(pypdf.PdfReader(io.BytesIO(printed)).pages[0])
    page[NameObject("/Contents")] = DecodedStreamObject()
    resources = writer._add_object(page["/Resources"].get_object())
    glyphs: dict[str, Glyph] = {}
    for font, of in page["/Resources"]["/Font"].items():
        for character, code in _codes(of["/ToUnicode"].get_data()):
            width = float(of["/Widths"][code - int(of["/FirstChar"])])
            glyphs.setdefault(character, Glyph(font, f"{code:02X}", width * SIZE / 1000))
    out = io.BytesIO()
    writer.write(out)
    objects = {int(m[1]): m[0] for m in _OBJECT.finditer(out.getvalue())}
    return Type(glyphs, dict(_reachable(objects, resources.idnum)), resources.idnum)


def _codes(to_unicode: bytes) -> Iterator[tuple[str, int]]:
    """Character and code by the Unicode map of a font."""
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", to_unicode, re.S):
        for code, character in _MAPPED.findall(part):
            yield bytes.fromhex(character.decode()).decode("utf-16-be"), int(code, 16)
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", to_unicode, re.S):
        for first, listed in _MAPPED_LIST.findall(part):
            for n, character in enumerate(re.findall(rb"<([0-9A-Fa-f]+)>", listed)):
                yield bytes.fromhex(character.decode()).decode("utf-16-be"), int(first, 16) + n


def _reachable(objects: dict[int, bytes], start: int) -> Iterator[tuple[int, bytes]]:
    waiting, seen = [start], {start}
    while waiting:
        number = waiting.pop()
        yield number, objects[number]
        head = objects[number].partition(b"stream")[0]
        for other in map(int, re.findall(rb"(\d+) 0 R", head)):
            if other not in seen and b"/Parent" not in head:
                seen.add(other)
                waiting.append(other)


# ---------------------------------------------------------------- setting


def pdf_set(lines: Iterable[str], kind: Type) -> bytes:
    """Paragraphs as the pages of a PDF."""
    contents, drawn, y = list[bytes](), list[str](), TOP
    for line in lines:
        for row in _rows(line, kind):
            if y < BOTTOM:
                contents.append(_content(drawn))
                drawn, y = [], TOP
            drawn += (
                f"q 0 0 0 rg\nBT\n{x:.1f} {y:.1f} Td {font} {SIZE} Tf<{codes}>Tj\nET\nQ\n"
                for x, font, codes in _stretches(row, kind)
            )
            y -= LINE
        y -= AFTER
    return _file([*contents, _content(drawn)], kind)


def _rows(line: str, kind: Type) -> Iterator[list[str]]:
    """The printed rows of a paragraph, as words: a Chinese character each, or Latin letters and digits together."""
    row, x = list[str](), LEFT
    for word in _WORD.findall(line):
        width = _width(word, row, kind)
        if x + width > RIGHT and row:
            carried = [row.pop()] if word in NEVER_FIRST and len(row) > 1 else []
            yield row
            row, x = carried, LEFT + sum(_width(w, [], kind) for w in carried)
            width = _width(word, row, kind)
        row.append(word)
        x += width
    yield row


def _width(word: str, before: list[str], kind: Type) -> float:
    """With the gap that a number has beside Chinese characters."""
    return sum([kind.glyphs[c].width for c in word]) + _gap(word, before)


def _gap(word: str, before: list[str]) -> float:
    last, first = before[-1][-1] if before else "", word[0]
    beside = (_is_ideograph(last) and first.isdigit()) or (last.isdigit() and _is_ideograph(first))
    return BESIDE_LATIN if beside else 0.0


def _stretches(row: list[str], kind: Type) -> Iterator[tuple[float, str, str]]:
    """Where each stretch of one font begins, the font and its codes."""
    begun, font, codes, x = LEFT, "", list[str](), LEFT
    for n, word in enumerate(row):
        gap = _gap(word, row[n - 1 : n])
        x += gap
        for glyph in [kind.glyphs[c] for c in word]:
            if codes and (glyph.font != font or gap):
                yield begun, font, "".join(codes)
                codes = []
            if not codes:
                begun, font, gap = x, glyph.font, 0.0
            codes.append(glyph.code)
            x += glyph.width
    yield begun, font, "".join(codes)


def _is_ideograph(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _content(drawn: list[str]) -> bytes:
    head = f"0.1 w\nq 0 0.028 {WIDTH - 0.029} {HEIGHT - 0.029} re\nW* n\n"
    return zlib.compress("".join([head, *drawn, "Q\n"]).encode())


def _file(contents: list[bytes], kind: Type) -> bytes:
    first = max(kind.objects) + 1
    catalogue, pages = first, first + 1
    objects: dict[int, bytes] = dict(kind.objects)
    kids = " ".join(f"{pages + 1 + 2 * n} 0 R" for n in range(len(contents)))
    objects[catalogue] = b"%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj" % (catalogue, pages)
    objects[pages] = b"%d 0 obj\n<</Type/Pages/Kids[%s]/Count %d>>\nendobj" % (pages, kids.encode(), len(contents))
    for n, content in enumerate(contents):
        page = pages + 1 + 2 * n
        objects[page] = b"%d 0 obj\n<</Type/Page/Parent %d 0 R/Resources %d 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R>>" \
            b"\nendobj" % (page, pages, kind.resources, WIDTH, HEIGHT, page + 1)  # fmt: skip
        objects[page + 1] = b"%d 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj" % (
            page + 1, len(content), content)  # fmt: skip
    out, places = bytearray(b"%PDF-1.6\n%\xc3\xa4\xc3\xbc\xc3\xb6\xc3\x9f\n"), dict[int, int]()
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += body + b"\n"
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    return bytes(out + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, catalogue, start))
