"""The objects of an open PDF page → its ruling lines, and how much of it is images and shapes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MAX_OBJECTS = 50_000  # of one page that are looked at
MAX_FORM_DEPTH = 4
MAX_PATH_SEGMENTS = 2_000  # of one path
THIN = 3.0  # a filled shape thinner than this is a ruling line
SHORTEST_RULE = 4.0

Matrix = tuple[float, float, float, float, float, float]


class Rule(NamedTuple):
    """A ruling line: horizontal at y = `at` from x = `start` to `end`, or vertical at x = `at`."""

    horizontal: bool
    at: float
    start: float
    end: float


class Drawing(NamedTuple):
    """The objects of a page. `image_share` is how much of the page its largest image covers."""

    rules: tuple[Rule, ...]
    images: int
    image_share: float
    paths: int
    objects: int


def after(first: Matrix, then: Matrix) -> Matrix:
    """One matrix for two that are applied one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def drawing_of(page: pdfium.PdfPage, display: Matrix, area: float) -> Drawing:
    """What is drawn on a page of an area in square points; `display` leads from page space to the displayed page."""
    import pypdfium2.raw as raw

    rules: list[Rule] = []
    images = paths = 0
    largest = 0.0
    looked = Looked()
    for handle, kind, matrix in _shapes(page, display, looked):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            rules.extend(_rules(handle, matrix))
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            covered = _image_area(handle, matrix) if kind == raw.FPDF_PAGEOBJ_IMAGE else 0.0
            images += covered > 100
            largest = max(largest, covered)
    return Drawing(tuple(rules), images, largest / area if area else 0.0, paths, looked.objects)


@dataclass(slots=True)
class Looked:
    """How many objects were looked at so far, without the forms that hold others."""

    objects: int = 0


@cache
def _quick_functions() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., int]]:
    """An object of a page, an object of a form and the type of one, by plain addresses: most are not wanted."""
    import pypdfium2.raw as raw

    def plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
        address = ctypes.cast(function, ctypes.c_void_p).value
        return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)

    pointer = ctypes.c_void_p
    return (
        plain(raw.FPDFPage_GetObject, pointer, pointer, ctypes.c_int),
        plain(raw.FPDFFormObj_GetObject, pointer, pointer, ctypes.c_ulong),
        plain(raw.FPDFPageObj_GetType, ctypes.c_int, pointer),
    )


def _shapes(page: pdfium.PdfPage, display: Matrix, looked: Looked) -> Iterator[tuple[Any, int, Matrix]]:
    """Every object but text of the page and of the forms in it, with its type and the matrix to the displayed page."""
    import pypdfium2.raw as raw

    of_page, of_form, type_of = _quick_functions()
    left, text, form = MAX_OBJECTS, raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM
    waiting: list[tuple[Any, int, int, Callable[[Any, int], Any], Callable[..., Any], Matrix, int]] = [
        (page.raw, 0, raw.FPDFPage_CountObjects(page), raw.FPDFPage_GetObject, of_page, display, 0)
    ]
    while waiting and left > 0:
        holder, i, count, get, quick, matrix, depth = waiting.pop()
        address = ctypes.cast(holder, ctypes.c_void_p)
        while i < count and left > 0:
            place = i
            handle = quick(address, place)
            i += 1
            left -= 1
            if not handle:
                continue
            kind = type_of(handle)
            if kind == form and depth < MAX_FORM_DEPTH:
                waiting.append((holder, i, count, get, quick, matrix, depth))
                held = get(holder, place)
                inner = after(_matrix(held), matrix)
                number = raw.FPDFFormObj_CountObjects(held)
                waiting.append((held, 0, number, raw.FPDFFormObj_GetObject, of_form, inner, depth + 1))
                break
            looked.objects += 1
            if kind != text:
                yield get(holder, place), kind, matrix


def _matrix(handle: Any) -> Matrix:
    import pypdfium2.raw as raw

    m = raw.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if raw.FPDFPageObj_GetMatrix(handle, m) else (1, 0, 0, 1, 0, 0)


def _image_area(handle: Any, matrix: Matrix) -> float:
    a, b, c, d, _, _ = after(_matrix(handle), matrix)
    return abs(a * d - b * c)


def _rules(handle: Any, matrix: Matrix) -> Iterator[Rule]:
    """Thin filled shapes and stroked straight lines of a path."""
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(handle, fill, stroke) or not (fill.value or stroke.value):
        return
    for shape in _subpaths(handle, after(_matrix(handle), matrix)):
        yield from ruling_lines(shape, stroked=bool(stroke.value))


def ruling_lines(shape: list[tuple[float, float]], *, stroked: bool) -> Iterator[Rule]:
    """The lines that a shape without curves draws: a thin shape is one, a stroked one has those of its sides."""
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if min(right - left, bottom - top) <= THIN:
        if max(right - left, bottom - top) >= SHORTEST_RULE:
            yield ruling_line(left, top, right, bottom)
    elif stroked:
        for (x0, y0), (x1, y1) in pairwise(shape):
            if min(abs(x1 - x0), abs(y1 - y0)) < 0.5 and max(abs(x1 - x0), abs(y1 - y0)) >= SHORTEST_RULE:
                yield ruling_line(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def ruling_line(left: float, top: float, right: float, bottom: float) -> Rule:
    if right - left >= bottom - top:
        return Rule(True, (top + bottom) / 2, left, right)
    return Rule(False, (left + right) / 2, top, bottom)


def _subpaths(handle: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of each subpath on the displayed page; a subpath with curves is left out."""
    import pypdfium2.raw as raw

    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    shape: list[tuple[float, float]] = []
    straight = True
    for i in range(min(raw.FPDFPath_CountSegments(handle), MAX_PATH_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(handle, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if straight and len(shape) > 1:
                yield shape
            shape, straight = [], True
        straight = straight and kind != raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        shape.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment) and straight:
            shape.append(shape[0])
    if straight and len(shape) > 1:
        yield shape
