"""results.sqlite → summary.xlsx: one line a file, a sheet a category, failures, what is there twice."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from reviewer.batch.figures import LINES, SEVERITIES, Category, categories, failures, report_name
from reviewer.batch.results_file import failure
from reviewer.batch.stable_zip import stable

A3 = "8"  # paper
MOST_ROWS = 200_000  # of a sheet; a program of tables holds about a million and opens it slowly
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_000
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_FILLS = {"违法": PatternFill("solid", fgColor="FBE3E1"), "风险": PatternFill("solid", fgColor="FDF1DA")}
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LINK = Font(color="1F5FBF", underline="single")
_FINDINGS = ("文件", "条线", "类型", "严重程度", "问题", "位置", "原文", "意见", "修改建议", "审查依据", "报告")
_FINDING_WIDTHS = (34, 11, 14, 9, 26, 16, 38, 44, 44, 30, 8)


def content(results: sqlite3.Connection) -> bytes:
    """The workbook."""
    about = dict(results.execute("SELECT name, value FROM about").fetchall())
    found = categories(results)
    book = Workbook(write_only=True)
    book.properties.creator = "reviewer"
    heads, widths = _columns(found)
    _sheet(book, "汇总", heads, widths, _documents(results, found))
    for category in found:
        _sheet(book, category.name, _FINDINGS, _FINDING_WIDTHS, _findings(results, category))
    rows = ([f.place, failure(f.status), f.reason] for f in failures(results))
    _sheet(book, "未能审查", ("文件", "情况", "原因与处理办法"), (60, 12, 100), rows)
    _sheet(book, "重复与版本", ("组", "关系", "文件", "标题", "相似度", "字数", "评分"), (8, 14, 60, 40, 9, 9, 8),
           _same(results))  # fmt: skip
    _sheet(book, "说明", ("项目", "内容"), (18, 100), _notes(about))
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue(), about["审查日期"])


def single(title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[list[Any]], day: str) -> bytes:
    """A workbook of one table."""
    book = Workbook(write_only=True)
    _sheet(book, title, heads, widths, rows)
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue(), day)


def _sheet(book: Workbook, title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[list[Any]]) -> None:
    """A sheet with a frozen head and filters; a last line says where the rest is when it does not hold all rows."""
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "、", title)[:31])
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    for i, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.append([_head(sheet, text) for text in heads])
    count = 1
    for row in rows:
        if count > MOST_ROWS:
            sheet.append([f"本表只列前 {MOST_ROWS} 行，全部内容见 results.sqlite 和 findings.parquet"])
            break
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Text stays text: what begins with = in a document must never become a formula."""
    if isinstance(value, _Link):
        cell = WriteOnlyCell(sheet, f'=HYPERLINK("{value.target}","打开")')
        cell.font = _LINK
        return cell
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("\ufffd", value)[:_LONGEST]
    if not text.startswith("=") and "\n" not in text and text not in _FILLS:
        return text  # a cell of its own costs more than all the rest
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if text in _FILLS:
        cell.fill = _FILLS[text]
    if "\n" in text:
        cell.alignment = _WRAPPED
    return cell


class _Link:
    """A report of a document, by its content."""

    def __init__(self, sha256: str) -> None:
        self.target = report_name(sha256)


# ---------------------------------------------------------------- 汇总


def _columns(found: Sequence[Category]) -> tuple[list[str], list[int]]:
    heads = ["文件", "目录", "条线", "类型", "标题", "评分", "结论建议", "违法", "风险", "建议",
             "最要紧的意见（前三条）", "审查覆盖", "未检查或未能审查的内容", "字数", "页数", "与此文件相同", "版本组",
             "报告", "批注稿"]  # fmt: skip
    widths = [44, 16, 12, 14, 34, 7, 22, 7, 7, 7, 70, 10, 60, 9, 7, 30, 8, 8, 30]
    return [*heads, *(c.name for c in found)], [*widths, *(9 for _ in found)]


def _documents(results: sqlite3.Connection, found: Sequence[Category]) -> Iterator[list[Any]]:
    """One row a file; a copy has the figures of the file that it repeats."""
    rows = results.execute(
        "SELECT f.place AS file, f.unit AS folder, f.status AS ended, f.reason AS why, f.same_as, d.* "
        "FROM files f LEFT JOIN documents d ON d.sha256 = f.sha256 ORDER BY f.place"
    )
    for row in rows:
        if row["ended"] != "reviewed":
            head = [row["file"], row["folder"], "", "", "", None, failure(row["ended"]), None, None, None, "", "未审查"]
            yield [*head, row["why"], None, None, row["same_as"]]
            continue
        own = list(results.execute(
            "SELECT category, severity, message FROM findings WHERE sha256 = ? ORDER BY n", (row["sha256"],)
        ))  # fmt: skip
        top = "\n".join(f"{i}. 【{SEVERITIES[f['severity']]}】{f['message']}" for i, f in enumerate(own[:3], 1))
        counts = [sum(f["category"] == c.key for f in own) or None for c in found]
        yield [
            row["file"], row["folder"], LINES.get(row["line"], row["line"]), row["type"], row["title"], row["score"],
            row["grade"], row["illegal"], row["risk"], row["advice"], top, "完整" if row["complete"] else "不完整",
            "\n".join(_strings(row["notes"])), row["characters"], row["pages"] or None, row["same_as"],
            row["versions"] or None, _Link(row["sha256"]), row["annotated"], *counts,
        ]  # fmt: skip


def _strings(text: str) -> list[str]:
    import json

    found: list[str] = json.loads(text)
    return found


def _findings(results: sqlite3.Connection, category: Category) -> Iterator[list[Any]]:
    rows = results.execute(
        "SELECT d.place, d.line, d.type, x.* FROM findings x JOIN documents d ON d.sha256 = x.sha256 "
        "WHERE x.category = ? ORDER BY x.severity = 'advice', x.severity = 'risk', d.place, x.n",
        (category.key,),
    )
    for row in rows:
        yield [
            row["place"], LINES.get(row["line"], row["line"]), row["type"], SEVERITIES[row["severity"]], row["title"],
            row["where"], row["excerpt"], row["message"], row["suggestion"], row["basis"], _Link(row["sha256"]),
        ]  # fmt: skip


def _same(results: sqlite3.Connection) -> Iterator[list[Any]]:
    """Files of the same content, then documents of nearly the same."""
    copies = results.execute(
        "SELECT f.place, f.same_as, d.title, d.characters, d.score, d.sha256 FROM files f "
        "JOIN documents d ON d.sha256 = f.sha256 WHERE d.copies > 1 ORDER BY d.place, f.same_as != '', f.place"
    )
    group, last = 0, ""
    for row in copies:
        group += row["sha256"] != last
        last = row["sha256"]
        yield [f"同{group}", "内容完全相同", row["place"], row["title"], "100%", row["characters"], row["score"]]
    near = results.execute(
        "SELECT place, versions, likeness, title, characters, score FROM documents WHERE versions > 0 "
        "ORDER BY versions, place"
    )
    for row in near:
        share = f"{row['likeness']:.0%}"
        yield [f"近{row['versions']}", "疑似同一文件的不同版本", row["place"], row["title"], share, row["characters"],
               row["score"]]  # fmt: skip


def _notes(about: dict[str, str]) -> Iterator[list[Any]]:
    yield from ([name, value] for name, value in about.items())
    yield ["计数", "汇总表一行一个文件；内容完全相同的文件只审查一次，结果相同。"]
    yield ["类别表", "一行一条意见，不重复列出内容相同的文件。"]
    yield ["版本组", "文字有八成以上相同的文件归为一组，疑似同一文件的不同版本或同一范本，请人工确认。"]
    yield ["未检查", "“审查覆盖”为不完整的文件，没有意见不等于没有问题，请按所列内容人工审阅。"]
    yield ["性质", "机器审查结果仅供参考，不代替审查机构的审查意见。"]
