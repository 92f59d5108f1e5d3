"""results.sqlite → 体检报告.docx: what was checked, what stands out, unit by unit, and what to do first."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from reviewer.batch.figures import LINES, Figures, failures, figures
from reviewer.batch.results_file import failure
from reviewer.batch.stable_zip import stable

BODY, HEADINGS = "仿宋", "黑体"
LISTED = 15
SUGGESTION = 90  # characters
LISTED_FAILURES = 50
LISTED_UNITS = 60


def content(results: sqlite3.Connection) -> bytes:
    """The report as a .docx."""
    found = figures(results)
    paper = Document()
    _styles(paper)
    title = paper.add_paragraph("法律体检报告", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    under = paper.add_paragraph(f"（{found.about['文件夹']}　审查日期 {found.about['审查日期']}）")
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    under.paragraph_format.first_line_indent = Pt(0)
    _scope(paper, found)
    _whole(paper, found)
    _outstanding(paper, found)
    _units(paper, found)
    _first(paper, found)
    _unread(paper, found, results)
    paper.add_heading("七、说明", 1)
    paper.add_paragraph(
        f"本报告由程序依据词库 {found.about['词库版本']}、法规目录 {found.about['法规目录版本']} 生成，"
        "结果仅供参考，不代替审查机构的审查意见。没有意见不等于没有问题。"
    )
    out = io.BytesIO()
    paper.save(out)
    return stable(out.getvalue(), found.about["审查日期"])


def _scope(paper: Any, f: Figures) -> None:
    paper.add_heading("一、检查范围", 1)
    paper.add_paragraph(
        f"本次检查文件 {f.files} 个，其中内容重复的 {f.copies} 个，未能审查的 {f.failures} 个；"
        f"审查内容不同的文件 {f.documents} 份，共 {f.characters} 字。"
        + (f"另有 {f.version_documents} 份文件分属 {f.version_groups} 组，文字大部分相同，疑似同一文件的不同版本。"
           if f.version_groups else "")
    )  # fmt: skip
    if f.lines:
        rows = [[LINES.get(line, line), kind, str(count)] for line, kind, count in f.lines[:LISTED]]
        _table(paper, ("业务条线", "类型", "份数"), rows, (4, 8, 3))


def _whole(paper: Any, f: Figures) -> None:
    paper.add_heading("二、总体情况", 1)
    mean = "未能评分" if f.mean_score is None else f"平均评分 {f.mean_score} 分"
    paper.add_paragraph(
        f"{mean}。有审查意见的文件 {f.with_findings} 份，其中存在违法情形的 {f.with_illegal} 份；"
        f"共提出意见 {sum(f.findings.values())} 条：违法 {f.findings['illegal']} 条、风险 {f.findings['risk']} 条、"
        f"建议 {f.findings['advice']} 条。有 {f.incomplete} 份文件含图片、附件等未检查的内容。"
    )
    rows = [[b.name, str(b.documents)] for b in f.bands if b.documents]
    if f.unscored:
        rows.append(["未能评分", str(f.unscored)])
    _table(paper, ("评分", "份数"), rows, (5, 4))


def _outstanding(paper: Any, f: Figures) -> None:
    paper.add_heading("三、突出问题", 1)
    if not f.categories:
        paper.add_paragraph("没有发现问题。")
        return
    paper.add_heading("（一）按类别", 2)
    rows = [[c.name, str(c.documents), str(c.illegal), str(c.risk), str(c.advice)] for c in f.categories[:LISTED]]
    _table(paper, ("类别", "涉及文件", "违法", "风险", "建议"), rows, (5.5, 2.6, 2.3, 2.3, 2.3))
    paper.add_heading("（二）最常见的问题", 2)
    for n, rule in enumerate(f.rules[:LISTED], 1):
        basis = f"依据：{rule.basis}。" if rule.basis else ""
        count = f"涉及 {rule.documents} 份文件、{rule.findings} 条意见"
        paper.add_paragraph(f"{n}. {rule.title}：{count}。{_short(rule.suggestion)}。{basis}")
    if f.repealed:
        paper.add_heading("（三）仍在引用的已废止文件", 2)
        rows = [[f"《{law.law}》", str(law.documents), str(law.citations)] for law in f.repealed[:LISTED]]
        _table(paper, ("法律文件", "涉及文件", "处"), rows, (10, 2.5, 2.5))


def _units(paper: Any, f: Figures) -> None:
    paper.add_heading("四、各单位（子文件夹）情况", 1)
    rows = [
        [u.name, str(u.files), str(u.failed), "—" if u.score is None else str(u.score), str(u.illegal), str(u.risk),
         str(u.advice)]
        for u in f.units[:LISTED_UNITS]
    ]  # fmt: skip
    heads = ("子文件夹", "文件", "未能审查", "平均评分", "违法", "风险", "建议")
    _table(paper, heads, rows, (5, 1.6, 2, 2, 1.5, 1.5, 1.5))
    if len(f.units) > LISTED_UNITS:
        paper.add_paragraph(f"只列前 {LISTED_UNITS} 个，共 {len(f.units)} 个，其余见 report.html。")


def _first(paper: Any, f: Figures) -> None:
    paper.add_heading("五、先做什么", 1)
    steps = []
    if f.with_illegal:
        steps.append(f"逐份处理有违法情形的 {f.with_illegal} 份文件，评分最低的先办（见下表）。")
    if f.repealed:
        law = f.repealed[0]
        steps.append(f"更新对已废止文件的引用，涉及最多的是《{law.law}》（{law.documents} 份文件）。")
    if f.rules:
        rule = f.rules[0]
        steps.append(f"统一整改共性问题“{rule.title}”（{rule.documents} 份文件），并修订相应的范本，避免再次出现。")
    if f.failures:
        steps.append(f"补交或转换未能审查的 {f.failures} 个文件后重新审查。")
    if f.incomplete:
        steps.append(f"人工审阅 {f.incomplete} 份文件中未检查的图片、附件等内容。")
    if f.version_groups or f.copies:
        steps.append("清理重复文件，核对近似版本中哪一份是现行有效的文本。")
    for n, step in enumerate(steps or ["没有需要优先处理的事项。"], 1):
        paper.add_paragraph(f"{n}. {step}" if steps else step)
    rows = [
        [f"{d.title or d.place.rpartition('/')[2]}\n{d.place}", "—" if d.score is None else str(d.score),
         str(d.illegal), str(d.risk), d.first]
        for d in f.worst[:LISTED]
    ]  # fmt: skip
    if rows:
        _table(paper, ("文件", "评分", "违法", "风险", "首要意见"), rows, (5.6, 1.3, 1.3, 1.3, 5.9))


def _unread(paper: Any, f: Figures, results: sqlite3.Connection) -> None:
    paper.add_heading("六、未能审查的文件", 1)
    if not f.failures:
        paper.add_paragraph("没有。")
        return
    rows: list[list[str]] = []
    for item in failures(results):
        if len(rows) == LISTED_FAILURES:
            break
        rows.append([item.place, failure(item.status), item.reason])
    _table(paper, ("文件", "情况", "原因与处理办法"), rows, (5, 2.2, 8.2))
    if f.failures > LISTED_FAILURES:
        paper.add_paragraph(f"只列前 {LISTED_FAILURES} 个，共 {f.failures} 个，其余见 summary.xlsx。")


# ---------------------------------------------------------------- 版式


def _styles(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    for name, font, size in (
        ("Normal", BODY, 14), ("Title", HEADINGS, 22), ("Heading 1", HEADINGS, 16), ("Heading 2", HEADINGS, 14),
    ):  # fmt: skip
        style = paper.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if attribute.endswith("Theme"):
                del fonts.attrib[attribute]
        fonts.set(qn("w:eastAsia"), font)
        if name != "Normal":
            style.font.color.rgb = None
            style.font.bold = False
    for border in paper.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        border.getparent().remove(border)
    paper.styles["Normal"].paragraph_format.line_spacing = 1.4
    paper.styles["Normal"].paragraph_format.space_after = Pt(0)
    paper.styles["Normal"].paragraph_format.first_line_indent = Pt(28)
    for name in ("Title", "Heading 1", "Heading 2"):
        paper.styles[name].paragraph_format.first_line_indent = Pt(0)


def _table(paper: Any, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
    table = paper.add_table(rows=0, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for n, texts in enumerate([heads, *rows]):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if n == 0:
            properties.append(OxmlElement("w:tblHeader"))  # repeated on every page
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            layout = paragraph.paragraph_format
            layout.first_line_indent, layout.line_spacing = Pt(0), 1.15
            layout.space_before = layout.space_after = Pt(2)
            layout.keep_with_next = n == 0
            run = paragraph.add_run(_printable(text))
            run.font.size = Pt(10.5)
            run.bold = n == 0
            if text.replace(".", "").isdigit() or text == "—":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    after = paper.add_paragraph()
    after.paragraph_format.line_spacing = 0.6


def _short(text: str) -> str:
    """The suggestion without the model clause that may follow it."""
    head = text.partition("，例如")[0].partition("。")[0].rstrip("。；")
    return head if len(head) <= SUGGESTION else head[: SUGGESTION - 1] + "…"


def _printable(text: str) -> str:
    """Without what XML does not allow."""
    return "".join(c if c == "\n" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
