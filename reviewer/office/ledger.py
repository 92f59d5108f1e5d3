"""台账: the matters a person sees → .xlsx. Values are text, number or date cells, never formulas."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from reviewer.office import listing
from reviewer.office.desk import Office
from reviewer.office.listing import Filter
from reviewer.office.records import PROCEDURE_NAMES, Matter, User
from reviewer.office.workflow import STATES

HEADS = ("受理号", "事项名称", "条线", "文书类型", "送审单位", "办理程序", "办理状态", "承办人", "签发人", "送审日期",
         "受理日期", "签发日期", "办结日期", "现办期限", "涉及金额（元）", "审查结论")  # fmt: skip
WIDTHS = (18, 44, 14, 16, 20, 12, 12, 12, 12, 12, 12, 12, 12, 14, 16, 18)
LONGEST = 32_000
MOST = 50_000


def ledger(office: Office, actor: User, wanted: Filter, today: dt.date) -> bytes:
    """One line a matter, in the order of their numbers."""
    found = listing.search(office, actor, wanted, today, size=MOST).matters
    lines = (_line(office, m) for m in sorted(found, key=lambda m: (m.number or "~", m.id)))
    return workbook([("台账", HEADS, WIDTHS, lines)])


def _line(office: Office, m: Matter) -> list[Any]:
    return [
        m.display_number, m.title, office.lines[m.line].name, m.type, m.unit, PROCEDURE_NAMES[m.procedure],
        STATES[m.state].name, m.handler, m.approver, m.submitted_on, m.accepted_on, m.issued_on, m.closed_on,
        m.due.on, m.amount, m.conclusion,
    ]  # fmt: skip


Sheet = tuple[str, Sequence[str], Sequence[int], Iterable[Sequence[Any]]]


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Tables with a head that stays in sight and a filter."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for title, heads, widths, lines in sheets:
        sheet = book.create_sheet(title)
        for n, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(n)].width = width
        sheet.freeze_panes = "A2"
        top = []
        for name in heads:
            cell = WriteOnlyCell(sheet, name)
            cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F5F99")
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            top.append(cell)
        sheet.append(top)
        count = 1
        for line in lines:
            sheet.append([_cell(WriteOnlyCell(sheet), v) for v in line])
            count += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(cell: Any, value: Any) -> Any:
    """Numbers and days as such; all else as text, even when it looks like a formula, now and after editing."""
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if value is None:
        return cell
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        cell.value = value
    elif isinstance(value, dt.date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    else:
        text = "".join(c for c in str(value) if c.isprintable() or c in "\n\u3000")[:LONGEST]
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell
