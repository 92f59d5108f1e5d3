"""A table of goods or fees must add up: 单价 × 数量 = 金额 in each row, and 合计 is the sum of the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.numerals import to_decimal

_UNIT_PRICE = compiled(r"单价|综合单价")
_QUANTITY = compiled(r"^(?:采购|合同|计划)?数量|^工程量")
_TOTAL = compiled(r"^(?:总价|金额|合价|小计|合计|总金额|总额|合计金额)")
_SUM_ROW = compiled(r"^(?:合计|总计|共计|总价|合计金额|总金额|小计)")
_NUMBER = compiled(r"[￥¥]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(?:元|万元)?[\s\u4e00-\u9fa5]{0,3}")
_ALLOWED = Decimal("0.01")

_Row = Mapping[int, Span]


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["rows", "sums"]
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class _Columns:
    price: int | None
    quantity: int | None
    total: int
    price_scale: Decimal
    total_scale: Decimal


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for rows in (*_tables(draft), *_typed_tables(draft)):
        header = next((n for n, row in enumerate(rows[:3]) if _columns(draft, row) is not None), None)
        columns = _columns(draft, rows[header]) if header is not None else None
        if header is None or columns is None:
            continue
        look = _rows if options.look == "rows" else _sums
        yield from look(draft, rows[header + 1 :], columns, options)


def _tables(draft: Draft) -> Iterator[list[_Row]]:
    """The tables of the file: a list of rows, each column → place of the cell."""
    tables: dict[int, dict[int, dict[int, Span]]] = {}
    for block in draft.document.blocks:
        if block.cell is not None:
            rows = tables.setdefault(block.cell.table, {})
            rows.setdefault(block.cell.row, {}).setdefault(block.cell.column, block.span)
    for rows in tables.values():
        yield [rows[n] for n in sorted(rows)]


def _typed_tables(draft: Draft) -> Iterator[list[_Row]]:
    """Tables of plain text: consecutive lines whose cells are set apart by |."""
    rows: list[_Row] = []
    for block in draft.document.blocks:
        text = block.span.of(draft.folded)
        if block.cell is None and text.count(" | ") >= 2:
            rows.append(_typed_row(text, block.span.start))
            continue
        if len(rows) > 2:
            yield rows
        rows = []
    if len(rows) > 2:
        yield rows


def _typed_row(text: str, start: int) -> _Row:
    row, at = {}, start
    for column, cell in enumerate(text.split("|")):
        lead = len(cell) - len(cell.lstrip())
        row[column] = Span(at + lead, at + max(lead, len(cell.rstrip())))
        at += len(cell) + 1
    return row


def _columns(draft: Draft, row: _Row) -> _Columns | None:
    names = {c: re.sub(r"\s", "", b.of(draft.folded)) for c, b in row.items()}
    price = next((c for c, n in names.items() if _UNIT_PRICE.search(n)), None)
    quantity = next((c for c, n in names.items() if _QUANTITY.search(n)), None)
    totals = [c for c, n in names.items() if _TOTAL.search(n) and c != price]
    if len(totals) != 1 or len(names) < 3:
        return None
    total = totals[0]
    scale = _scale(names[price]) if price is not None else Decimal(1)
    return _Columns(price, quantity, total, scale, _scale(names[total]))


def _scale(name: str) -> Decimal:
    return Decimal(10_000) if "万元" in name else Decimal(1)


def _number(draft: Draft, row: _Row, column: int | None) -> Decimal | None:
    block = row.get(column) if column is not None else None
    found = _NUMBER.fullmatch(block.of(draft.folded).strip()) if block is not None else None
    return to_decimal(found[1]) if found else None


def _rows(draft: Draft, body: list[_Row], columns: _Columns, options: Options) -> Iterator[Match]:
    for row in body:
        price, quantity = _number(draft, row, columns.price), _number(draft, row, columns.quantity)
        total = _number(draft, row, columns.total)
        if price is None or quantity is None or total is None or _is_sum(draft, row):
            continue
        product, stated = price * columns.price_scale * quantity, total * columns.total_scale
        if abs(product - stated) > max(_ALLOWED * columns.total_scale, abs(stated) * Decimal("0.001")):
            values = {"应为": _plain(product / columns.total_scale), "所写": _plain(total)}
            because = f"单价{_plain(price)}×数量{_plain(quantity)}={values['应为']}，表中为{values['所写']}"
            yield Match(_span(row, columns.total), values, because, confidence=options.confidence)


def _sums(draft: Draft, body: list[_Row], columns: _Columns, options: Options) -> Iterator[Match]:
    added, counted = Decimal(0), 0
    for row in body:
        total = _number(draft, row, columns.total)
        if _is_sum(draft, row):
            stated = total if total is not None else _only_number(draft, row)
            allowed = max(_ALLOWED, abs(stated or Decimal(0)) * Decimal("0.0005"))
            if stated is not None and counted >= 2 and abs(stated - added) > allowed:
                values = {"应为": _plain(added), "所写": _plain(stated)}
                because = f"上列{counted}项相加为{values['应为']}，合计栏为{values['所写']}"
                yield Match(_row_span(row), values, because, confidence=options.confidence)
            return
        if total is None:
            if any(b.of(draft.text).strip() for b in row.values()):
                return  # a row that cannot be read: the sum proves nothing
            continue
        added, counted = added + total, counted + 1


def _is_sum(draft: Draft, row: _Row) -> bool:
    return any(_SUM_ROW.match(re.sub(r"\s", "", b.of(draft.folded))) for b in row.values())


def _only_number(draft: Draft, row: _Row) -> Decimal | None:
    numbers = [n for c in row if (n := _number(draft, row, c)) is not None]
    return numbers[0] if len(numbers) == 1 else None


def _span(row: _Row, column: int) -> Span:
    return row[column]


def _row_span(row: _Row) -> Span:
    return Span(min(b.start for b in row.values()), max(b.end for b in row.values()))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
