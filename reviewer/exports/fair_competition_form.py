"""Review → the form of the fair competition review (.docx): every item of the regulation, filled from the findings.

The form states what the machine found and where; what only a person can judge, and every conclusion, is left open.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain import Finding, Outcome, Review
from reviewer.exports import _wording as wording
from reviewer.exports._fair_competition_items import Group, Item, groups
from reviewer.office_rules import STOPPED

TITLE = "公平竞争审查表"
SUFFIX = ".docx"

CATEGORY = "fair_competition"
BODY, HEADINGS = "仿宋", "黑体"
EXCERPT, PLACES = 60, 4
FOUND = "发现问题"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # a zip entry has to bear some date; the same review makes the same bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the form with what is to be written beside it."""

    item: Item
    result: str
    details: tuple[str, ...]


def export(review: Review, source: Path | None = None, *, unit: str = "", note: str = "") -> bytes:
    """The bytes of the form. `source` is not needed; `unit` drafted the text, `note` says how far people are."""
    known = groups()
    paper = _paper(review)
    _basic_data(paper, review, unit)
    _items(paper, review, known)
    _unclaimed(paper, review, known)
    _process(paper)
    _conclusion(paper, review, known)
    _receipt(paper, review, note)
    return _saved(paper)


# ---------------------------------------------------------------- 逐项结果 results


def rows(review: Review, group: Group) -> tuple[Row, ...]:
    """The rows of one group, each with its result and the places."""
    return tuple(_row(review, item) for item in group.items)


def _row(review: Review, item: Item) -> Row:
    found = [f for f in review.findings if f.rule in item.rules]
    ended = [o for o in review.outcomes if o.rule in item.rules]
    looked = sum(o.outcome in (Outcome.FOUND, Outcome.CLEAR) for o in ended)
    failed = [o for o in ended if o.outcome is Outcome.FAILED]
    person: tuple[str, ...] = (f"须由人审查：{item.needs_person}",) if item.needs_person else ()
    broken: tuple[str, ...] = (f"有{len(failed)}条规则未能检查，须由人审查",) if failed else ()
    stopped = sum(o.reason.startswith(STOPPED) for o in ended)
    broken += (f"{STOPPED}了{stopped}条规则，须由人审查",) if stopped else ()
    person = (*dict.fromkeys(o.reason for o in ended if o.outcome is Outcome.CLEAR and o.reason), *person)
    if found:
        return Row(item, FOUND, (*(_place(review, f) for f in found), *broken, *person))
    if any(o.outcome is Outcome.FOUND for o in ended):
        told = "此处文字已在其他意见中一并提出，见审查意见清单"
        return Row(item, FOUND, (told, *broken, *person))
    if looked and not failed:
        return Row(item, "未发现", (f"已检查{looked}条规则", *broken, *person))
    if failed:
        return Row(item, "未能检查", (*broken, *person))
    if item.rules:
        kind = review.draft.type or wording.LINES[review.draft.line]
        person = (*broken, *person) or (f"须由人审查：现有规则不适用于{kind}",)
    return Row(item, "须由人审查", person)


def _place(review: Review, finding: Finding) -> str:
    excerpt = " ".join(finding.excerpt.split())
    excerpt = excerpt[:EXCERPT] + ("……" if len(excerpt) > EXCERPT else "")
    further = wording.further_places(review, finding, PLACES)
    return (
        f"［{wording.SEVERITIES[finding.severity]}］{finding.where}：“{excerpt}”"
        + (f"（另见{further}）" if further else "")
        + f"　{finding.title}。建议：{finding.suggestion}"
    )


def _claimed(known: Iterable[Group]) -> frozenset[str]:
    return frozenset(rule for group in known for item in group.items for rule in item.rules)


# ---------------------------------------------------------------- 各部分 sections


def _basic_data(paper: Any, review: Review, unit: str) -> None:
    draft = review.draft
    line = wording.LINES[draft.line]
    kind = f"{line}（{draft.type}）" if draft.type and draft.type != line else line
    paper.add_heading("一、基本情况", 1)
    _table(
        paper, (),
        [
            ["政策措施名称", draft.title or draft.document.name, "文件类型", kind],
            ["制定机关（文件载明）", draft.issuer or "未载明", "文号", draft.number or "无"],
            ["起草单位", unit, "联系人、电话", ""],
            ["审查方式", "□起草单位审查　□市场监管部门会同审查", "涉及行业领域", ""],
            ["送审文件", draft.document.name, "机审日期", review.reviewed_on.isoformat()],
        ],
        (3.0, 5.6, 2.6, 5.2),
    )  # fmt: skip


def _items(paper: Any, review: Review, known: Sequence[Group]) -> None:
    paper.add_heading("二、逐项审查", 1)
    for group in known:
        paper.add_heading(f"{group.name}（{group.article}）", 2)
        cells = [
            [row.item.number, row.item.text, row.result, "\n".join(row.details)] for row in rows(review, group)
        ]
        _table(paper, ("项", "审查内容", "检查结果", "位置、原文和说明"), cells, (1.6, 4.9, 2.5, 7.4))


def _unclaimed(paper: Any, review: Review, known: Sequence[Group]) -> None:
    """Findings on fair competition of rules that belong to no item, such as an office's own."""
    claimed = _claimed(known)
    left = [f for f in review.findings if f.category == CATEGORY and f.rule not in claimed]
    if left:
        paper.add_heading("其他涉及公平竞争的意见", 2)
        _table(paper, ("规则", "位置、原文和说明"), [[f.rule, _place(review, f)] for f in left], (5.0, 11.4))


def _process(paper: Any) -> None:
    paper.add_heading("三、征求意见和评估情况（由起草单位填写）", 1)
    _table(
        paper, (),
        [
            ["听取意见情况", "□向经营者、行业协会商会征求意见　□向社会公开征求意见　□其他：\n"],
            ["专家咨询、第三方评估", "□未开展　□已开展，主要意见：\n"],
            ["适用例外规定的理由", "符合的情形：\n没有影响更小的替代方案的说明：\n实施期限或者终止条件：\n"],
        ],
        (4.2, 12.2),
    )  # fmt: skip


def _conclusion(paper: Any, review: Review, known: Sequence[Group]) -> None:
    counted = [row for group in known if not group.exceptions for row in rows(review, group)]
    found = sum(row.result == FOUND for row in counted)
    person = sum(any(d.startswith("须由人审查") or "未能检查" in d for d in row.details) for row in counted)
    paper.add_heading("四、审查结论（由审查人员填写）", 1)
    paper.add_paragraph(
        f"机审提示：第二部分除例外规定外共{len(counted)}项，其中发现问题{found}项，另有{person}项须由人审查或者补充判断。"
        "以下结论由审查人员勾选，机器不作结论。"
    )
    choices = "\n".join((
        "□不涉及经营者经济活动，不需要公平竞争审查",
        "□符合公平竞争审查标准，可以出台",
        "□具有或者可能具有排除、限制竞争效果，但符合例外规定，可以出台，实施期限至____年__月__日",
        "□不符合公平竞争审查标准，修改后重新审查",
        "□不符合公平竞争审查标准，不予出台",
    ))  # fmt: skip
    signed = "审查人员（签字）：　　　　　　　　负责人（签字）：\n\n审查机构（盖章）：　　　　　　　　　年　　月　　日"
    _table(paper, (), [["审查结论", choices], ["理由和修改意见", "\n\n"], ["签字盖章", signed]], (3.4, 13.0))


def _receipt(paper: Any, review: Review, note: str) -> None:
    coverage, versions = review.coverage, review.versions
    counts = "、".join(f"{wording.OUTCOMES[o]}{coverage.rules.get(o.value, 0)}条" for o in wording.OUTCOMES)
    paper.add_heading("五、机审回执", 1)
    unread = "；".join(coverage.not_checked) or "无"
    _table(
        paper, (),
        [
            ["审查范围", f"全文{coverage.characters}字；规则：{counts}"],
            ["未检查的内容", unread],
            ["文件校验值", f"SHA-256 {review.draft.document.sha256}"],
            ["版本", f"程序 {versions.reviewer}，词库 {versions.lexicon}，法规目录 {versions.laws}"],
            *([["人工处理", note]] if note else []),
            ["说明", f"{wording.ADVISORY}；“未发现”只说明所列规则没有命中，不等于没有问题。"],
        ],
        (3.4, 13.0),
    )  # fmt: skip


# ---------------------------------------------------------------- 版式 layout


def _paper(review: Review) -> Any:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _styles(paper)
    core = paper.core_properties
    core.title, core.author, core.comments = TITLE, "", ""
    core.created = core.modified = _midnight(review)
    paper.add_paragraph(TITLE, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paper


def _midnight(review: Review) -> Any:
    import datetime as dt

    return dt.datetime.combine(review.reviewed_on, dt.time())


def _styles(paper: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, font, size in (
        ("Normal", BODY, 11), ("Title", HEADINGS, 20), ("Heading 1", HEADINGS, 13), ("Heading 2", HEADINGS, 11.5),
    ):  # fmt: skip
        style = paper.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:eastAsia"), font)
        layout = style.paragraph_format
        layout.space_before = Pt(0 if name in ("Normal", "Title") else 8)
        layout.space_after = Pt(8 if name == "Title" else 3)
    for border in paper.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        border.getparent().remove(border)


def _table(paper: Any, heads: Sequence[str], cells: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
    """A table of texts; with `heads` they are repeated on every page, without them odd columns are labels."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = paper.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for n, texts in enumerate([heads, *cells] if heads else list(cells)):
        row = table.add_row()
        head = bool(heads) and n == 0
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        for c, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = Cm(width)
            for i, words in enumerate(text.split("\n")):
                paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
                run = paragraph.add_run(_clean(words))
                run.font.size = Pt(10)
                run.bold = words == FOUND
                if head or (not heads and c % 2 == 0):
                    run.font.name = HEADINGS
                    run._r.get_or_add_rPr().get_or_add_rFonts().set(_east_asia(), HEADINGS)
                paragraph.paragraph_format.space_after = Pt(1)


def _east_asia() -> str:
    from docx.oxml.ns import qn

    return str(qn("w:eastAsia"))


def _clean(text: str) -> str:
    """Without the control characters that XML does not allow."""
    return "".join(c for c in text if c >= " " or c == "\t")


def _saved(paper: Any) -> bytes:
    made, out = io.BytesIO(), io.BytesIO()
    paper.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
