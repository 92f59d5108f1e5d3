"""Characters of a page → printed lines in reading order, column by column and table cell by table cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from operator import sub
from typing import NamedTuple

from reviewer.readers.pdf_page import Glyphs, Run, along

WIDE_GAP = 2.0  # in character sizes: a gap that stands for a tab
WORD_GAP = 0.5  # between a Chinese character and its neighbour; narrower gaps are justification
LATIN_GAP = 0.2
DOUBTFUL = 0.8  # confidence of a recognised character below which it is not relied on
MAX_RUNS = 4_000  # more on a page are a drawing with letters in it
COLUMN_LINES = 6  # fewer lines side by side are a form, not columns

Box = tuple[float, float, float, Run]  # left, right and middle height of a run


class Line(NamedTuple):
    """A printed line. `edges` are the left x of each character and the right x of the last.

    `column` is 1 for the left column, 2 for the right one, 0 for the full width.
    """

    text: str
    edges: tuple[float, ...]
    top: float
    bottom: float
    size: float  # width of a Chinese character, else the height
    page: int = 0
    column: int = 0
    confidence: float = 1.0
    doubtful: tuple[int, ...] = ()  # places in the text

    @property
    def left(self) -> float:
        return self.edges[0]

    @property
    def right(self) -> float:
        return self.edges[-1]


def is_chinese(character: str) -> bool:
    """Chinese characters and full-width punctuation: text of them is set without spaces."""
    return "\u2e80" <= character <= "\uffef" or character >= "\U00020000" or character in "“”‘’…—·"


def by_region(runs: Iterable[Run], region: Callable[[int], int]) -> dict[int, list[Run]]:
    """Runs parted where they pass from one region (0: the body, else a table cell) into another."""
    found: dict[int, list[Run]] = {}
    for run in runs:
        for here, part in groupby(run, region):
            found.setdefault(here, []).append(list(part))
    return found


def lines_of(runs: list[Run], glyphs: Glyphs, page: int, column: int = 0) -> list[Line]:
    """Runs of one column or cell as lines from top to bottom; those at the same height make one line."""
    return [_line(row, extent, glyphs, page, column) for row, extent in _rows(runs, glyphs)]


def _rows(runs: list[Run], glyphs: Glyphs) -> Iterator[tuple[list[Run], tuple[float, float]]]:
    """Runs at the same height, with the highest and lowest edge of their characters."""
    row: list[Run] = []
    top = bottom = highest = lowest = 0.0
    for (high, low), run in sorted([(glyphs.extent(run), run) for run in runs], key=lambda item: sum(item[0])):
        shared = min(bottom, low) - max(top, high)
        if row and shared > 0.5 * min(bottom - top, low - high):
            row.append(run)
            highest, lowest = min(highest, high), max(lowest, low)
            if low - high > bottom - top:
                top, bottom = high, low
        else:
            if row:
                yield row, (highest, lowest)
            row, top, bottom, highest, lowest = [run], high, low, high, low
    if row:
        yield row, (highest, lowest)


def _line(row: list[Run], extent: tuple[float, float], glyphs: Glyphs, page: int, column: int) -> Line:
    row.sort(key=lambda run: glyphs.lefts[run[0]])
    written, starts, ends = list[str](), list[float](), list[float]()
    for run in row:
        written += along(glyphs.texts, run)
        starts += along(glyphs.lefts, run)
        ends += along(glyphs.rights, run)
    places = row[0] if len(row) == 1 else [i for run in row for i in run]
    if written[-1].isspace():
        while written[-1].isspace():
            del written[-1], starts[-1], ends[-1]
        places = places[: len(written)]
        extent = min([glyphs.tops[i] for i in places]), max([glyphs.bottoms[i] for i in places])
    boxes = zip(written, starts, ends, strict=True)
    widths = sorted([x1 - x0 for text, x0, x1 in boxes if "\u3400" <= text <= "\u9fff"])
    size = _middle(widths or sorted([glyphs.bottoms[i] - glyphs.tops[i] for i in places]))
    gaps = list(map(sub, starts[1:], ends))  # before each character but the first
    wide = [n for n, gap in enumerate(gaps, 1) if gap > 0.1 * size]
    usual = _letter_spacing(gaps, size) if 2 * len(wide) >= len(gaps) else 0.0
    edges = starts[:]
    doubtful: list[int] = []
    confidence = 1.0
    if glyphs.confidences:
        sure = [glyphs.confidences[i] for i in places]
        doubtful = [n for n, certainty in enumerate(sure) if certainty < DOUBTFUL]
        confidence = round(sum(sure) / len(sure), 3)
    for n in reversed(wide):
        if space := _space(written[n - 1], written[n], gaps[n - 1] - usual, size):
            written.insert(n, space)
            edges.insert(n, ends[n - 1])
            doubtful = [d + (d >= n) for d in doubtful]
    edges.append(ends[-1])
    top, bottom = extent
    return Line("".join(written), tuple(edges), top, bottom, size, page, column, confidence, tuple(doubtful))


def _middle(measures: list[float]) -> float:
    """The size that half of the sorted measures reach."""
    return max(measures[len(measures) // 2], 1.0)


def _letter_spacing(gaps: list[float], size: float) -> float:
    """The gap between any two characters of a line that is spaced out to its full width; 0 for other lines."""
    if len(gaps) < 5:
        return 0.0
    usual = sorted(gaps)[len(gaps) // 2]
    return usual if usual > 0.2 * size else 0.0


def _space(last: str, text: str, gap: float, size: float) -> str:
    """What a gap between two characters stands for: nothing, a space, or a tab."""
    if last.isspace() or text.isspace():
        return ""
    if gap >= WIDE_GAP * size:
        return "\t"
    if is_chinese(last) or is_chinese(text):
        return " " if gap >= WORD_GAP * size else ""
    return " " if gap >= LATIN_GAP * size else ""


# ---------------------------------------------------------------- columns


def flow(runs: list[Run], glyphs: Glyphs, page: int, width: float) -> list[Line]:
    """The lines of a page's body in reading order: bands of two columns are read left column first."""
    gutter = _gutter(runs, glyphs, width) if len(runs) <= MAX_RUNS else None
    if gutter is None:
        return lines_of(runs, glyphs, page)
    boxes = [(glyphs.lefts[run[0]], glyphs.rights[run[-1]], sum(glyphs.extent(run)) / 2, run) for run in runs]
    crossing = sorted(middle for left, right, middle, _ in boxes if left < gutter - 2 and right > gutter + 2)
    ordered: list[Line] = []
    plain: list[Run] = []
    for high, low in pairwise([-1e9, *crossing, 1e9]):
        band = [box for box in boxes if high <= box[2] < low]
        before = [box for box in band if box[1] <= gutter + 2]
        after = [box for box in band if box[0] >= gutter - 2]
        if not _columns(before, after, gutter):
            plain.extend(box[3] for box in band)
            continue
        plain.extend(box[3] for box in band if box[0] < gutter - 2 and box[1] > gutter + 2)
        ordered += lines_of(plain, glyphs, page)
        for column, side in ((1, before), (2, after)):
            ordered += lines_of([box[3] for box in side], glyphs, page, column)
        plain = []
    return ordered + lines_of(plain, glyphs, page)


def _gutter(runs: list[Run], glyphs: Glyphs, width: float) -> float | None:
    """The x where a second column would start, if many runs start together near the middle of the page."""
    starts = Counter(round(x / 3) for run in runs if 0.4 * width < (x := glyphs.lefts[run[0]]) < 0.65 * width)
    if not starts:
        return None
    place, count = starts.most_common(1)[0]
    return place * 3 - 3.0 if count >= COLUMN_LINES // 2 else None


def _columns(before: list[Box], after: list[Box], gutter: float) -> bool:
    """Whether both sides have enough lines, most of the left ones running up to the gutter."""
    if min(len(before), len(after)) < COLUMN_LINES:
        return False
    start, edge = min(left for left, *_ in before), max(right for _, right, *_ in before)
    full = sum(right > edge - 0.2 * (edge - start) for _, right, *_ in before)
    return full >= 0.5 * len(before) and edge > start + 0.6 * (gutter - start)
