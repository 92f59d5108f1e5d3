"""A page of an open PDF → its characters with their boxes, in runs, beside what else is drawn on it.

Coordinates are points of the page as displayed: x from its left edge, y downwards from its top edge.
"""

from __future__ import annotations

import ctypes
import math
import re
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from reviewer.readers.pdf_drawing import Drawing, Matrix, after, drawing_of

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MAX_CHARACTERS = 200_000  # of one page; an A4 page in small print has some 5,000
SKEWED = 8.0  # degrees


class Glyphs(NamedTuple):
    """The characters of a page, column-wise: the same index everywhere. Spaces and line ends are not drawn.

    `confidences` is there for recognised characters only.
    """

    texts: list[str]
    lefts: list[float]
    rights: list[float]
    tops: list[float]
    bottoms: list[float]
    confidences: Sequence[float] = ()

    def text(self, runs: Iterable[Sequence[int]]) -> str:
        """The visible characters of runs, without white space."""
        return "".join("".join(["".join(along(self.texts, run)) for run in runs]).split())

    def extent(self, run: Sequence[int]) -> tuple[float, float]:
        """Top and bottom of a run."""
        return min(along(self.tops, run)), max(along(self.bottoms, run))


Boxes = tuple[list[float], list[float], list[float], list[float]]  # column-wise too
Run = list[int]  # indexes of characters that follow each other on one line, ascending
_Value = TypeVar("_Value")


def along(column: list[_Value], run: Sequence[int]) -> list[_Value]:
    """The values of a run's characters, which nearly always follow each other: then they are cut out at once."""
    first, last = run[0], run[-1]
    return column[first : last + 1] if last - first + 1 == len(run) else [column[i] for i in run]


NO_GLYPHS = Glyphs([], [], [], [], [])


class PageContent(NamedTuple):
    number: int  # from 1
    width: float
    height: float
    glyphs: Glyphs
    runs: list[Run]  # in the order they are drawn
    drawing: Drawing
    unmapped: float  # share of sampled characters that the font maps to no Unicode
    aside: str  # text at another angle than the rest: watermarks, words along the margin
    turned: bool  # the text runs up or down the displayed page: boxes are those after turning it upright
    cut: bool  # more than MAX_CHARACTERS

    def without_glyphs(self) -> PageContent:
        """What is still of use once the lines are made."""
        return self._replace(glyphs=NO_GLYPHS, runs=[], drawing=self.drawing._replace(rules=()))

    @classmethod
    def empty(cls, number: int) -> PageContent:
        """A page that could not be loaded."""
        return cls(number, 0.0, 0.0, NO_GLYPHS, [], Drawing((), 0, 0.0, 0, 0), 0.0, "", False, False)


def read_page(document: pdfium.PdfDocument, index: int) -> PageContent:
    """The content of a page (index from 0); raises pypdfium2.PdfiumError where PDFium cannot load it."""
    page = document[index]
    try:
        if page.formenv:
            page.flatten()  # filled-in fields become text
            page.close()
            page = document[index]
        textpage = page.get_textpage()
        try:
            return _content(page, textpage, index + 1)
        finally:
            textpage.close()
    finally:
        page.close()


def _content(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, number: int) -> PageContent:
    import pypdfium2.raw as raw

    width, height = page.get_size()
    display = _display_matrix(page, width, height)
    count = max(raw.FPDFText_CountChars(textpage), 0)
    read = min(count, MAX_CHARACTERS)
    characters = _characters(textpage, read)
    sample = _sample(characters)
    turn = _turn(textpage, sample, page.get_rotation())
    if turn:
        display = after(display, turning(turn, width, height))
    glyphs = _glyphs(characters, _boxes(textpage, read), display)
    runs, aside = _apart(_runs(glyphs), glyphs, textpage, (turn - page.get_rotation()) % 360)
    drawing = drawing_of(page, display, width * height)
    if turn in (90, 270):
        width, height = height, width
    unmapped = _unmapped(textpage, sample)
    return PageContent(number, width, height, glyphs, runs, drawing, unmapped, aside, bool(turn), count > read)


def _display_matrix(page: pdfium.PdfPage, width: float, height: float) -> Matrix:
    """From page space (y upwards, not rotated) to the displayed page (y downwards, /Rotate and crop box applied)."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        return (0, 1, 1, 0, -bottom, -left)
    if rotation == 180:
        return (-1, 0, 0, 1, right, -bottom)
    if rotation == 270:
        return (0, -1, -1, 0, top, right)
    return (1, 0, 0, -1, -left, top)


def turning(turn: int, width: float, height: float) -> Matrix:
    """Turns the displayed page so that text running at an angle reads upright."""
    if turn == 90:
        return (0, -1, 1, 0, 0, width)
    if turn == 180:
        return (-1, 0, 0, -1, width, height)
    return (0, 1, -1, 0, height, 0)


# ---------------------------------------------------------------- characters


@cache
def _box_function() -> Callable[..., int]:
    """FPDFText_GetLooseCharBox taking plain addresses: three times as fast as through checked ctypes structures."""
    import pypdfium2.raw as raw

    address = ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value
    prototype = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    return prototype(address or 0)


def _boxes(textpage: pdfium.PdfTextPage, count: int) -> Boxes:
    """The left, top, right and bottom edges of all characters in page space."""
    if not count:
        return [], [], [], []
    size = 16  # FS_RECTF: four floats
    buffer = ctypes.create_string_buffer(size * count)
    start = ctypes.addressof(buffer)
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    addresses = range(start, start + size * count, size)
    deque(map(_box_function(), repeat(handle), range(count), addresses), maxlen=0)
    edges = array("f", buffer.raw)
    return edges[0::4].tolist(), edges[1::4].tolist(), edges[2::4].tolist(), edges[3::4].tolist()


def _characters(textpage: pdfium.PdfTextPage, count: int) -> list[str]:
    """One string for each PDFium character: the second half of a surrogate pair is empty."""
    import pypdfium2.raw as raw

    buffer = (ctypes.c_ushort * (count + 2))()
    written = raw.FPDFText_GetText(textpage, 0, count, buffer) - 1 if count else 0
    units = bytes(buffer)[: 2 * max(written, 0)].decode("utf-16-le", "surrogatepass")
    if written == count and len(units) == count:
        return list(units)
    # PDFium drops or splits some characters in the bulk text: then ask for each.
    return _paired([raw.FPDFText_GetUnicode(textpage, i) for i in range(count)])


def _paired(codes: list[int]) -> list[str]:
    texts: list[str] = []
    for code in codes:
        if 0xDC00 <= code < 0xE000 and texts and 0xD800 <= ord(texts[-1] or "\0") < 0xDC00:
            texts[-1] = chr(0x10000 + ((ord(texts[-1]) - 0xD800) << 10) + (code - 0xDC00))
            texts.append("")
        else:
            texts.append(chr(code) if code < 0x110000 else "\ufffd")
    return texts


_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200d\u2060\ud800-\uf8ff\ufeff\ufffe\uffff]")
_HYPHEN = "\x02"  # what PDFium makes of a hyphen at the end of a line
# Check boxes and bullets of the fonts Symbol and Wingdings, which have no Unicode of their own.
_SYMBOLS = dict(
    zip("\uf06c\uf06e\uf075\uf0a1\uf0a8\uf06f\uf071\uf0b7\uf0d8\uf0fc\uf0fe\uf052", "●■◆○□□□•➢√☑☑", strict=True)
)


def _glyphs(characters: list[str], boxes: Boxes, display: Matrix) -> Glyphs:
    """The characters with displayed boxes; what is not to be seen in a text becomes an empty string."""
    a, b, c, d, e, f = display
    lefts, tops, rights, bottoms = boxes
    if (a, b, c, d) == (1, 0, 0, -1):
        if e:
            lefts, rights = [x + e for x in lefts], [x + e for x in rights]
        return Glyphs(_texts(characters), lefts, rights, [f - y for y in tops], [f - y for y in bottoms])
    corners = [
        (a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f)
        for x0, y0, x1, y1 in zip(lefts, tops, rights, bottoms, strict=True)
    ]
    return Glyphs(
        _texts(characters),
        [min(x0, x1) for x0, _, x1, _ in corners],
        [max(x0, x1) for x0, _, x1, _ in corners],
        [min(y0, y1) for _, y0, _, y1 in corners],
        [max(y0, y1) for _, y0, _, y1 in corners],
    )


def _texts(characters: list[str]) -> list[str]:
    """Hyphens at line ends, check boxes and private bullets as themselves; controls and halves of pairs as nothing."""
    if not _ODD.search("".join(characters)):
        return characters
    return [_ODD.sub(_replacement, text) for text in characters]


def _replacement(odd: re.Match[str]) -> str:
    character = odd.group()
    if character == _HYPHEN:
        return "-"
    if "\ud800" <= character < "\ue000":
        return "\ufffd"
    return _SYMBOLS.get(character, character) if "\ue000" <= character <= "\uf8ff" else ""


def _runs(glyphs: Glyphs) -> list[Run]:
    """Characters parted where the line or a wide gap ends them; no run begins or ends with white space.

    The spaces and line ends that PDFium adds have no width and belong to no run.
    """
    runs: list[Run] = []
    run: Run = []
    start = i = 0  # the character from which on the run is still to be noted
    right = top = bottom = 0.0
    half = -1.0
    for i, (text, x0, x1, y0, y1) in enumerate(zip(*glyphs[:5], strict=True)):
        if text <= " " and (text != " " or x1 - x0 < 0.01):
            run.extend(range(start, i))
            start = i + 1
            continue
        gap = x0 - right
        right = x1
        if y0 == top and y1 == bottom and -1.2 * half <= gap <= 3.0 * half:
            continue
        if gap > 3.0 * half or gap < -1.2 * half or not -2.0 * half < y0 + y1 - (top + bottom) < 2.0 * half:
            run.extend(range(start, i))
            start, run = i, []
            runs.append(run)
        top, bottom, half = y0, y1, (y1 - y0) / 2 if y1 - y0 > 2.0 else 1.0
    run.extend(range(start, len(glyphs.texts)))
    return [run for run in (stripped(run, glyphs.texts) for run in runs) if run]


def stripped(run: Run, texts: list[str]) -> Run:
    """A run without the spaces at its ends."""
    start, end = 0, len(run)
    while start < end and texts[run[start]].isspace():
        start += 1
    while end > start and texts[run[end - 1]].isspace():
        end -= 1
    return run[start:end] if end - start < len(run) else run


def _sample(characters: list[str]) -> list[int]:
    """Some visible characters from all over the page."""
    places = range(0, len(characters), max(1, len(characters) // 64))
    return [i for i in places if characters[i] > " "]


def _turn(textpage: pdfium.PdfTextPage, sample: list[int], rotation: int) -> int:
    """The quarter turn (degrees) that most text of the displayed page runs at; 0 for upright."""
    turns = [round(_angle(textpage, i) / 90) * 90 % 360 for i in sample[::3]]
    if not turns:
        return 0
    most = max(set(turns), key=turns.count)
    return (most + rotation) % 360 if turns.count(most) > len(turns) / 2 else 0


def _angle(textpage: pdfium.PdfTextPage, place: int) -> float:
    """Degrees clockwise in page space, 0 to 360."""
    import pypdfium2.raw as raw

    return math.degrees(raw.FPDFText_GetCharAngle(textpage, place)) % 360


def _apart(runs: list[Run], glyphs: Glyphs, textpage: pdfium.PdfTextPage, upright: int) -> tuple[list[Run], str]:
    """The runs at the angle of the page's text, and the text of the others."""
    kept: list[Run] = []
    others: list[Run] = []
    for run in runs:
        off = abs((_angle(textpage, run[0]) - upright + 180) % 360 - 180) > SKEWED
        (others if off else kept).append(run)
    return kept, glyphs.text(others)


def _unmapped(textpage: pdfium.PdfTextPage, sample: list[int]) -> float:
    """The share of characters that the font maps to no Unicode."""
    import pypdfium2.raw as raw

    return sum(raw.FPDFText_HasUnicodeMapError(textpage, i) == 1 for i in sample) / len(sample) if sample else 0.0
