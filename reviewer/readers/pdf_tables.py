"""Ruling lines of a page → tables: which cell, row and column a place on the page belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from reviewer.readers.pdf_drawing import Rule

TOLERANCE = 3.0  # points within which ruling lines meet or are one line
MAX_RULES = 1_200  # of one page after joining; more are a drawing
MAX_CROSSINGS = 4_000

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Grid(NamedTuple):
    """A table: `cells` in reading order with row and column; `lookup` finds one by elementary row and column."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[Box, int, int], ...]
    lookup: dict[tuple[int, int], int]

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def bottom(self) -> float:
        return self.ys[-1]

    def cell_at(self, x: float, y: float) -> int | None:
        """The index in `cells` of the cell that holds a point."""
        return self.lookup.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def find_grids(rules: Iterable[Rule]) -> list[Grid] | None:
    """The tables of a page from top to bottom; None when there are too many lines to be tables."""
    distinct = {(r.horizontal, round(r.at, 1), round(r.start, 1), round(r.end, 1)) for r in rules}
    across = sum(horizontal for horizontal, *_ in distinct)
    if min(across, len(distinct) - across) < 2:
        return []
    if len(distinct) > 20 * MAX_RULES:
        return None
    from pdfplumber import table

    edges = table.merge_edges([_edge(*rule) for rule in sorted(distinct)], TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE)
    if len(edges) > MAX_RULES:
        return None
    crossings = table.edges_to_intersections(edges, TOLERANCE, TOLERANCE)
    if len(crossings) > MAX_CROSSINGS:
        return None
    found = table.cells_to_tables(table.intersections_to_cells(crossings))
    return [_grid(cells) for cells in found]


def _edge(horizontal: bool, at: float, start: float, end: float) -> dict[str, Any]:
    if horizontal:
        box = {"x0": start, "x1": end, "top": at, "bottom": at, "width": end - start, "height": 0.0}
    else:
        box = {"x0": at, "x1": at, "top": start, "bottom": end, "width": 0.0, "height": end - start}
    return {**box, "doctop": box["top"], "orientation": "h" if horizontal else "v"}


def _grid(boxes: list[Box]) -> Grid:
    xs = tuple(sorted({x for left, _, right, _ in boxes for x in (left, right)}))
    ys = tuple(sorted({y for _, top, _, bottom in boxes for y in (top, bottom)}))
    column, row = {x: i for i, x in enumerate(xs)}, {y: i for i, y in enumerate(ys)}
    ordered = sorted(boxes, key=lambda box: (box[1], box[0]))
    cells = tuple((box, row[box[1]], column[box[0]]) for box in ordered)
    lookup: dict[tuple[int, int], int] = {}
    for index, ((left, top, right, bottom), _, _) in enumerate(cells):
        for i in range(row[top], row[bottom]):
            for j in range(column[left], column[right]):
                lookup.setdefault((i, j), index)
    return Grid(xs, ys, cells, lookup)
