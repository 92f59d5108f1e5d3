"""A page of an .ofd → its characters with their boxes, its ruling lines and pictures: the page as a PDF would have it.

Lengths in the file are millimetres with y downwards; here they become points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.readers.ofd_package import MILLIMETRE, child, children, local, numbers, text_of
from reviewer.readers.pdf_drawing import Drawing, Matrix, Rule, after, ruling_line, ruling_lines
from reviewer.readers.pdf_page import MAX_CHARACTERS, Glyphs, PageContent, Run, stripped, turning

if TYPE_CHECKING:
    from lxml import etree

MAX_DEPTH = 8  # of groups in groups
MAX_OBJECTS = 50_000
ASCENT = 0.85  # of the size of a character, above its base line
SKEWED = 8.0  # degrees
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_BLOCKS = ("Layer", "PageBlock", "Content", "Appearance")


@dataclass
class Drawn:
    """What the objects of a page come to while they are gathered."""

    glyphs: Glyphs = field(default_factory=lambda: Glyphs([], [], [], [], []))
    runs: list[tuple[Run, float]] = field(default_factory=list)  # with its angle
    rules: list[Rule] = field(default_factory=list)
    images: list[tuple[str, Matrix]] = field(default_factory=list)  # resource, and its unit square on the page
    paths: int = 0
    objects: int = 0
    cut: bool = False


def gather(
    element: etree._Element,
    units: Mapping[str, etree._Element],
    drawn: Drawn,
    corner: tuple[float, float] = (0.0, 0.0),
) -> None:
    """The objects below a page, template or appearance, added to `drawn`. `units`: composite graphics by id."""
    x, y = corner
    _gather(element, (MILLIMETRE, 0, 0, MILLIMETRE, x * MILLIMETRE, y * MILLIMETRE), units, drawn, 0)


def _gather(
    element: etree._Element, matrix: Matrix, units: Mapping[str, etree._Element], drawn: Drawn, depth: int
) -> None:
    if depth > MAX_DEPTH:
        return
    for item in element:
        name = local(item)
        drawn.objects += 1
        if drawn.objects > MAX_OBJECTS or len(drawn.glyphs.texts) > MAX_CHARACTERS:
            drawn.cut = True
            return
        if not name:  # a comment
            continue
        if name in _BLOCKS:
            _gather(item, matrix, units, drawn, depth + 1)
        elif item.get("Visible", "true").lower() == "false":
            continue
        elif name == "TextObject":
            _text(item, _placed(item, matrix), drawn)
        elif name == "PathObject":
            drawn.paths += 1
            drawn.rules.extend(_rules(item, _placed(item, matrix)))
        elif name == "ImageObject":
            drawn.images.append((item.get("ResourceID", ""), _unit_square(item, matrix)))
        elif name == "CompositeObject":
            unit = units.get(item.get("ResourceID", ""))
            if unit is not None:
                _gather(unit, _placed(item, matrix), units, drawn, depth + 1)


def _placed(item: etree._Element, matrix: Matrix) -> Matrix:
    """From the space of an object to the page: its own matrix, then the corner of its boundary."""
    own, box = numbers(item.get("CTM")), numbers(item.get("Boundary"))
    inner: Matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else _IDENTITY
    x, y = (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)
    return after(after(inner, (1, 0, 0, 1, x, y)), matrix)


def _unit_square(item: etree._Element, matrix: Matrix) -> Matrix:
    """Where an image stands: by its own matrix, else in its boundary."""
    box = numbers(item.get("Boundary"))
    if item.get("CTM") or len(box) != 4:
        return _placed(item, matrix) if item.get("CTM") else (0, 0, 0, 0, 0, 0)
    return after((box[2], 0, 0, box[3], box[0], box[1]), matrix)


def _area(matrix: Matrix) -> float:
    a, b, c, d, _, _ = matrix
    return abs(a * d - b * c)


# ---------------------------------------------------------------- text


def _text(item: etree._Element, matrix: Matrix, drawn: Drawn) -> None:
    size = next(iter(numbers(item.get("Size"))), 0.0) or 1.0
    stretch = next(iter(numbers(item.get("HScale"))), 1.0) or 1.0
    direction = next(iter(numbers(item.get("ReadDirection"))), 0.0)
    x = y = 0.0
    for code in children(item, "TextCode"):
        text = "".join(c for c in (code.text or "") if c >= " ")
        x = next(iter(numbers(code.get("X"))), x)
        y = next(iter(numbers(code.get("Y"))), y)
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        if not across and not down:
            across = [] if direction in (90, 270) else [_advance(c, size * stretch) for c in text]
            down = [size] * len(text) if direction in (90, 270) else []
        _characters(text, (x, y), across, down, (size, stretch), matrix, drawn)


def _characters(
    text: str, start: tuple[float, float], across: list[float], down: list[float], font: tuple[float, float],
    matrix: Matrix, drawn: Drawn,
) -> None:  # fmt: skip
    """One run for every printed line of a text code."""
    size, stretch = font
    a, b, c, d, e, f = matrix
    angle = round(math.degrees(math.atan2(b, a)))
    x, y = start
    run: Run = []
    drawn.runs.append((run, angle))
    glyphs = drawn.glyphs
    for i, character in enumerate(text):
        width = _advance(character, size * stretch)
        if i < len(across) and 0 < across[i] <= (1.3 if width > 0.6 * size * stretch else 1.05) * size * stretch:
            width = across[i]
        corners = [
            (a * px + c * py + e, b * px + d * py + f)
            for px, py in ((x, y - ASCENT * size), (x + width, y + (1 - ASCENT) * size))
        ]
        (x0, y0), (x1, y1) = corners
        run.append(len(glyphs.texts))
        glyphs.texts.append(character)
        glyphs.lefts.append(min(x0, x1))
        glyphs.rights.append(max(x0, x1))
        glyphs.tops.append(min(y0, y1))
        glyphs.bottoms.append(max(y0, y1))
        step_x = across[i] if i < len(across) else (width if not down else 0.0)
        step_y = down[i] if i < len(down) else 0.0
        x, y = x + step_x, y + step_y
        if i + 1 < len(text) and (abs(step_y) > 0.3 * size or step_x < -0.3 * size or step_x > 3 * width):
            run = []  # the next character stands on another line or far away
            drawn.runs.append((run, angle))


def _advance(character: str, size: float) -> float:
    return size if character >= "\u2e80" or character in "“”‘’…—·" else size / 2


def _steps(delta: str | None, length: int) -> list[float]:
    """"g 3 2.1 4.2" → [2.1, 2.1, 2.1, 4.2]; no more than there are characters."""
    steps: list[float] = []
    words = (delta or "").split()
    at = 0
    try:
        while at < len(words) and len(steps) < length:
            if words[at] == "g":
                count = min(int(float(words[at + 1])), length)
                steps += [float(words[at + 2])] * max(count, 0)
                at += 3
            else:
                steps.append(float(words[at]))
                at += 1
    except (ValueError, IndexError, OverflowError):
        pass
    return [step if abs(step) < 1e6 else 0.0 for step in steps]


# ---------------------------------------------------------------- lines


def _rules(item: etree._Element, matrix: Matrix) -> Iterator[Rule]:
    """Thin shapes and straight strokes."""
    stroked = item.get("Stroke", "true").lower() != "false"
    for shape in _shapes(text_of(item, "AbbreviatedData"), matrix):
        yield from ruling_lines(shape, stroked=stroked)


def _shapes(path: str, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of the subpaths that have no curves."""
    a, b, c, d, e, f = matrix
    shape: list[tuple[float, float]] = []
    straight = True
    words = path.split()[:20_000]
    at = 0
    while at < len(words):
        operator = words[at]
        at += 1
        if operator in ("M", "S", "L"):
            point = numbers(" ".join(words[at : at + 2]))
            at += 2
            if len(point) != 2:
                return
            if operator != "L":
                if straight and len(shape) > 1:
                    yield shape
                shape, straight = [], True
            shape.append((a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f))
        elif operator == "C" and shape:
            shape.append(shape[0])
        elif operator in ("B", "Q", "A"):
            straight = False
    if straight and len(shape) > 1:
        yield shape


# ---------------------------------------------------------------- the page


def content_of(drawn: Drawn, number: int, width: float, height: float) -> PageContent:
    """The page: text at the angle of most of it in runs, other text aside, turned upright where it stands on its side.

    Width and height in points.
    """
    glyphs = drawn.glyphs
    runs = [(bare, angle) for run, angle in drawn.runs if (bare := stripped(run, glyphs.texts))]
    quarter = _quarter(runs)
    kept = [run for run, angle in runs if _apart(angle, quarter) <= SKEWED]
    aside = glyphs.text(run for run, angle in runs if _apart(angle, quarter) > SKEWED)
    largest = max((_area(square) for _, square in drawn.images), default=0.0)
    share = largest / (width * height) if width * height else 0.0
    rules = tuple(drawn.rules)
    if quarter:
        glyphs, rules = _upright(glyphs, rules, quarter, (width, height))
        if quarter in (90, 270):
            width, height = height, width
    drawing = Drawing(rules, len(drawn.images), share, drawn.paths, drawn.objects)
    return PageContent(number, width, height, glyphs, kept, drawing, 0.0, aside, quarter != 0, drawn.cut)


def _apart(angle: float, other: float) -> float:
    return abs((angle - other + 180) % 360 - 180)


def _quarter(runs: Iterable[tuple[Run, float]]) -> int:
    """The quarter turn (degrees clockwise) that most characters run at."""
    counts: dict[int, int] = {}
    for run, angle in runs:
        quarter = round(angle / 90) * 90 % 360
        counts[quarter] = counts.get(quarter, 0) + len(run)
    best = max(counts, key=lambda q: counts[q], default=0)
    return best if counts.get(best, 0) * 2 > sum(counts.values()) else 0


def _upright(
    glyphs: Glyphs, rules: tuple[Rule, ...], quarter: int, size: tuple[float, float]
) -> tuple[Glyphs, tuple[Rule, ...]]:
    """Everything turned back by a quarter turn or two."""
    matrix = turning(quarter, *size)
    boxes = [
        _turned(matrix, *corners)
        for corners in zip(glyphs.lefts, glyphs.tops, glyphs.rights, glyphs.bottoms, strict=True)
    ]
    lefts, tops, rights, bottoms = ([box[side] for box in boxes] for side in range(4))
    lines = [
        _turned(matrix, *((r.start, r.at, r.end, r.at) if r.horizontal else (r.at, r.start, r.at, r.end)))
        for r in rules
    ]
    return Glyphs(glyphs.texts, lefts, rights, tops, bottoms), tuple(ruling_line(*line) for line in lines)


def _turned(matrix: Matrix, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """left, top, right, bottom after turning."""
    a, b, c, d, e, f = matrix
    xs, ys = (a * x0 + c * y0 + e, a * x1 + c * y1 + e), (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
    return min(xs), min(ys), max(xs), max(ys)


def page_box(*elements: etree._Element | None) -> tuple[float, float]:
    """Width and height in points from the first PageArea that says so; A4 where none does."""
    for element in elements:
        for area in children(element, "Area", "PageArea"):
            box = numbers(text_of(area, "PhysicalBox"))
            if len(box) == 4 and box[2] > 0 and box[3] > 0:
                return box[2] * MILLIMETRE, box[3] * MILLIMETRE
    return 210 * MILLIMETRE, 297 * MILLIMETRE


def templates_of(page: etree._Element) -> list[str]:
    return [item.get("TemplateID", "") for item in children(page, "Template")]


def body_of(page: etree._Element) -> etree._Element | None:
    return child(page, "Content")
