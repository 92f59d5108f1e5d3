"""Pages that are drawn rather than written → pieces in reading order: tables, paragraphs, running heads and feet.

Serves every format that knows where each character stands: PDF, OFD and recognised images.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reviewer.domain import BlockKind, PageAnchor, TableCell
from reviewer.readers.building import Piece
from reviewer.readers.pdf_lines import Line, by_region, flow, lines_of
from reviewer.readers.pdf_page import PageContent
from reviewer.readers.pdf_paragraphs import Frame, cell_paragraphs, continues, frame_of, joined, running
from reviewer.readers.pdf_tables import TOLERANCE, Grid, find_grids


class Table(NamedTuple):
    """A table of one page; `cells` holds the lines of each cell of the grid."""

    page: int
    grid: Grid
    cells: dict[int, list[Line]]


class Page(NamedTuple):
    """A page that was read: its lines outside tables and its tables, in reading order."""

    content: PageContent
    flow: list[Line | Table]
    too_many_rules: bool

    @property
    def lines(self) -> list[Line]:
        return [item for item in self.flow if isinstance(item, Line)]


# ---------------------------------------------------------------- a page in reading order


def page_of(content: PageContent) -> Page:
    """Glyphs sorted into table cells and body, and those into lines."""
    grids = find_grids(content.drawing.rules)
    cells = [(number, index) for number, grid in enumerate(grids or ()) for index in range(len(grid.cells))]
    codes = {place: code for code, place in enumerate(cells, 1)}

    glyphs, number, width = content.glyphs, content.number, content.width

    def region(i: int) -> int:
        x, y = (glyphs.lefts[i] + glyphs.rights[i]) / 2, (glyphs.tops[i] + glyphs.bottoms[i]) / 2
        for table, grid in enumerate(grids or ()):
            if grid.top <= y < grid.bottom and (cell := grid.cell_at(x, y)) is not None:
                return codes[table, cell]
        return 0

    found = by_region(content.runs, region) if grids else {0: content.runs}
    tables = [Table(number, grid, {}) for grid in grids or ()]
    for code, (table, cell) in enumerate(cells, 1):
        if code in found:
            tables[table].cells[cell] = lines_of(found[code], glyphs, number)
    body = found.get(0, [])
    ordered: list[Line | Table] = []
    for inside in tables:
        if inside.cells:
            above = [run for run in body if sum(glyphs.extent(run)) < 2 * inside.grid.top + TOLERANCE]
            body = [run for run in body if not sum(glyphs.extent(run)) < 2 * inside.grid.top + TOLERANCE]
            ordered += [*flow(above, glyphs, number, width), inside]
    ordered += flow(body, glyphs, number, width)
    return Page(content.without_glyphs(), ordered, grids is None)


# ---------------------------------------------------------------- pieces


def pieces_of(pages: Sequence[Page]) -> tuple[list[Piece], int]:
    """The pieces of all pages in reading order, running heads and feet last, and the number of tables."""
    apart = running([(page.content.height, page.lines) for page in pages])
    turned = {page.content.number for page in pages if page.content.turned}
    frames = _frames(pages, apart.dropped)
    pieces: list[Piece] = []
    waiting: list[Line] = []
    frame: Frame | None = None
    last: Table | None = None
    number, offset = -1, 0

    def finish() -> None:
        if waiting:
            text, anchor = joined(waiting, boxes=waiting[0].page not in turned)
            pieces.append(Piece(text, BlockKind.PARAGRAPH, anchor))
            waiting.clear()

    for page in pages:
        for item in page.flow:
            if isinstance(item, Table):
                finish()
                if last is not None and _carries_on(last, item):
                    offset += len(last.grid.ys) - 1
                else:
                    number, offset = number + 1, 0
                last = item
                pieces.extend(_cells(item, number, offset, boxes=item.page not in turned))
            elif id(item) not in apart.dropped:
                last = None
                if waiting and (frame is None or not continues(waiting, item, frame)):
                    finish()
                frame = frames[round(page.content.width), item.column]
                waiting.append(item)
    finish()
    for kind, lines in ((BlockKind.HEADER, apart.heads), (BlockKind.FOOTER, apart.feet)):
        for line in lines:
            text, anchor = joined([line], boxes=line.page not in turned)
            pieces.append(Piece(text, kind, anchor))
    return pieces, number + 1


def _frames(pages: Sequence[Page], dropped: set[int]) -> dict[tuple[int, int], Frame]:
    """The text area for each page width and column."""
    groups: dict[tuple[int, int], list[Line]] = {}
    for page in pages:
        for line in page.lines:
            key = (round(page.content.width), line.column)
            groups.setdefault(key, []).append(line)
    return {
        key: frame_of([line for line in lines if id(line) not in dropped] or lines, float(key[0]))
        for key, lines in groups.items()
    }


def _carries_on(last: Table, table: Table) -> bool:
    """Whether a table is the rest of the one that ended the page before: the same columns at the same places."""
    if table.page != last.page + 1 or len(table.grid.xs) != len(last.grid.xs):
        return False
    return all(abs(a - b) <= TOLERANCE for a, b in zip(table.grid.xs, last.grid.xs, strict=True))


def _cells(table: Table, number: int, offset: int, *, boxes: bool) -> Iterator[Piece]:
    for index, ((left, _, right, _), row, column) in enumerate(table.grid.cells):
        for lines in cell_paragraphs(table.cells.get(index, ()), left, right):
            text, anchor = joined(lines, boxes=boxes)
            yield Piece(text, BlockKind.TABLE_CELL, anchor, TableCell(number, row + offset, column))


def distinct(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Every piece, a watermark only once."""
    seen: set[str] = set()
    for piece in pieces:
        if piece.kind is BlockKind.NOTE:
            if piece.text in seen:
                continue
            seen.add(piece.text)
        yield piece


def aside_of(contents: Iterable[PageContent]) -> Iterator[Piece]:
    """What stands aside of the text of its page (watermarks, words along the margin), read last."""
    for content in contents:
        if content.aside:
            yield Piece(content.aside, BlockKind.NOTE, PageAnchor(content.number))


def ranges(numbers: Sequence[int]) -> str:
    """1、3-5、8"""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return "、".join("-".join(map(str, part)) for part in parts)
