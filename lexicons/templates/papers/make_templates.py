"""The shipped paper templates, laid out after GB/T 9704—2012. Run: python lexicons/templates/papers/make_templates.py

An office changes the .docx files in Word or WPS (copies go to templates/ of its data folder); this script only makes
the ones that ship: A4, margins 37/35/28/26 mm, title 22 pt, body 16 pt on 28 pt lines, page numbers — 1 — outside.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FOLDER = Path(__file__).parent
TITLE, HEI, KAI, FANG, SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
FALLBACKS = {
    TITLE: "方正小标宋_GBK;华文中宋;Noto Serif CJK SC;宋体", HEI: "SimHei;Noto Sans CJK SC",
    KAI: "楷体;KaiTi;AR PL UKai CN;Noto Serif CJK SC", FANG: "仿宋;FangSong;AR PL UMing CN;Noto Serif CJK SC",
    SONG: "SimSun;Noto Serif CJK SC",
}  # fmt: skip
DIGITS = "Times New Roman"
RED = RGBColor(0xC0, 0x00, 0x00)


def new_paper(*, landscape: bool = False) -> Any:
    """An empty A4 page with the styles of official documents."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin = (Mm(28), Mm(26)) if landscape else (Mm(37), Mm(35))
    section.left_margin, section.right_margin = (Mm(26), Mm(26)) if landscape else (Mm(28), Mm(26))
    section.footer_distance = Mm(28) if not landscape else Mm(18)
    for lang in paper.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    paper.core_properties.author = paper.core_properties.comments = ""
    for style in list(paper.styles):
        if style.type == WD_STYLE_TYPE.PARAGRAPH and style.name == "Normal":
            _font(style, FANG, 16)
            _lines(style.paragraph_format)
    _style(paper, "公文标题", TITLE, 22, align=ALIGN.CENTER, line=36)
    _style(paper, "发文机关标志", TITLE, 36, align=ALIGN.CENTER, color=RED, line=54)
    _style(paper, "发文字号", FANG, 16, align=ALIGN.CENTER)
    _style(paper, "主送", FANG, 16)
    _style(paper, "正文缩进", FANG, 16, indent=32, align=ALIGN.JUSTIFY)
    _style(paper, "一级标题", HEI, 16, indent=32, keep=True)
    _style(paper, "二级标题", KAI, 16, indent=32, keep=True)
    _style(paper, "三级标题", FANG, 16, indent=32, align=ALIGN.JUSTIFY)
    _style(paper, "落款", FANG, 16, align=ALIGN.RIGHT, right=64)
    _style(paper, "表格文字", FANG, 10.5, line=16)
    _style(paper, "表头", HEI, 10.5, align=ALIGN.CENTER, line=16)
    _page_numbers(paper)
    return paper


def _style(
    paper: Any, name: str, font: str, size: float, *, indent: float = 0, right: float = 0, align: Any = ALIGN.LEFT,
    color: RGBColor | None = None, line: float = 28, keep: bool = False,
) -> None:  # fmt: skip
    style = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = paper.styles["Normal"]
    _font(style, font, size)
    _lines(style.paragraph_format, line)
    style.paragraph_format.alignment = align
    style.paragraph_format.keep_with_next = keep
    if indent:
        style.paragraph_format.first_line_indent = Pt(indent)
        style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    if right:
        style.paragraph_format.right_indent = Pt(right)
    if color is not None:
        style.font.color.rgb = color


def _font(style: Any, font: str, size: float) -> None:
    style.font.name, style.font.size = DIGITS, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _lines(form: Any, points: float = 28) -> None:
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False


def _page_numbers(paper: Any) -> None:
    """— 1 — in 宋体 14 pt, on the outer side of each page."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        line = footer.paragraphs[0]
        line.style, line.alignment = paper.styles["Normal"], align
        form = line.paragraph_format
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        form.right_indent = form.left_indent = Pt(14)
        for text in ("— ", None, " —"):
            run = line.add_run(text or "")
            run.font.size, run.font.name = Pt(14), SONG
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
            if text is None:
                _field(run, "PAGE")


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        if kind in ("begin", "separate", "end"):
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:t" if kind else "w:instrText")
            part.text = text
        run._r.append(part)


def red_line(paper: Any) -> None:
    """The separator below the document number."""
    line = paper.add_paragraph(style="发文字号")
    line.paragraph_format.line_spacing = Pt(14)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    line._p.get_or_add_pPr().append(borders)


def lines(paper: Any, *pairs: tuple[str, str]) -> None:
    for style, text in pairs:
        paper.add_paragraph(text, style=style)


def table(paper: Any, heads: tuple[str, ...], cells: tuple[str, ...], widths: tuple[int, ...], over: str) -> None:
    """A table whose second to fourth rows repeat for every row of `over`; the head row comes again on each page."""
    made = paper.add_table(rows=4, cols=len(heads))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for n, (head, cell, width) in enumerate(zip(heads, cells, widths, strict=True)):
        made.columns[n].width = Mm(width)
        for row in made.rows:
            row.cells[n].width = Mm(width)
        _put(made.rows[0].cells[n], "表头", head)
        _put(made.rows[2].cells[n], "表格文字", cell)
    _put(made.rows[1].cells[0], "表格文字", f"{{%tr for r in {over} %}}")
    _put(made.rows[3].cells[0], "表格文字", "{%tr endfor %}")
    head_row = made.rows[0]._tr.get_or_add_trPr()
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head_row.append(repeat)
    no_split = OxmlElement("w:cantSplit")
    made.rows[2]._tr.get_or_add_trPr().append(no_split)


def _put(cell: Any, style: str, text: str) -> None:
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)


def head(paper: Any) -> None:
    """发文机关标志, 发文字号, the red line."""
    lines(paper, ("发文机关标志", "{{ office }}"), ("发文字号", ""), ("发文字号", "{{ number }}"))
    red_line(paper)
    lines(paper, ("发文字号", ""), ("公文标题", "{{ title }}"), ("主送", ""))


def opinion() -> Any:
    paper = new_paper()
    head(paper)
    lines(
        paper, ("主送", "{{ unit }}："), ("正文缩进", "{{ opening }}"),
        ("正文缩进", "{%p for section in sections %}"), ("一级标题", "{{ section.heading }}"),
        ("正文缩进", "{%p for block in section.blocks %}"),
        ("正文缩进", "{%p if block.level == 2 %}"), ("二级标题", "{{ block.text }}"),
        ("正文缩进", "{%p elif block.level == 3 %}"), ("三级标题", "{{ block.text }}"),
        ("正文缩进", "{%p else %}"), ("正文缩进", "{{ block.text }}"),
        ("正文缩进", "{%p endif %}"), ("正文缩进", "{%p endfor %}"), ("正文缩进", "{%p endfor %}"),
        ("正文缩进", "{%p if replaces %}"), ("正文缩进", "本意见书印发后，{{ replaces }}同时作废。"),
        ("正文缩进", "{%p endif %}"),
        ("正文缩进", "{%p if attachments %}"), ("正文缩进", ""), ("正文缩进", "附件：{{ attachments }}"),
        ("正文缩进", "{%p endif %}"), ("正文缩进", ""), ("正文缩进", ""),
        ("落款", "{{ office }}"), ("落款", "{{ date }}"),
    )  # fmt: skip
    return paper


def adoption() -> Any:
    paper = new_paper(landscape=True)
    lines(paper, ("公文标题", "审查意见采纳情况表"), ("主送", "事项：{{ title }}（{{ number }}）"),
          ("主送", "送审单位：{{ unit }}　　{{ summary }}"))  # fmt: skip
    table(
        paper,
        ("序号", "条款", "程度", "审查意见", "修改建议", "采纳情况", "理由或者修改说明", "修改前", "修改后", "核对"),
        ("{{ r.serial }}", "{{ r.where }}", "{{ r.severity }}", "{{ r.opinion }}", "{{ r.suggestion }}",
         "{{ r.answer }}", "{{ r.reason }}", "{{ r.before }}", "{{ r.after }}", "{{ r.verdict }}"),
        (10, 20, 12, 44, 38, 16, 30, 28, 28, 18), "rows",
    )  # fmt: skip
    lines(paper, ("主送", ""), ("落款", "{{ date }}"))
    return paper


def supervision() -> Any:
    paper = new_paper()
    head(paper)
    lines(paper, ("主送", "{{ unit }}："), ("正文缩进", "{%p for paragraph in paragraphs %}"),
          ("正文缩进", "{{ paragraph }}"), ("正文缩进", "{%p endfor %}"), ("正文缩进", ""))  # fmt: skip
    table(paper, ("项目", "内容"), ("{{ r.name }}", "{{ r.value }}"), (36, 118), "facts")
    lines(paper, ("正文缩进", ""), ("落款", "{{ office }}"), ("落款", "{{ date }}"))
    return paper


def dossier() -> Any:
    paper = new_paper()
    lines(paper, ("公文标题", "案　卷　目　录"), ("主送", ""), ("主送", "案卷：{{ title }}"),
          ("主送", "受理号：{{ number }}　　送审单位：{{ unit }}"), ("主送", "结论：{{ conclusion }}"))  # fmt: skip
    table(paper, ("序号", "文件名称", "文号或者版本", "形成者", "日期", "备注"),
          ("{{ r.serial }}", "{{ r.name }}", "{{ r.number }}", "{{ r.author }}", "{{ r.date }}", "{{ r.note }}"),
          (12, 54, 32, 22, 25, 12), "rows")  # fmt: skip
    lines(paper, ("主送", ""), ("主送", "本卷共{{ count }}件。　　立卷人：{{ handler }}　　检查人："),
          ("落款", "{{ date }}"))
    return paper


def save(paper: Any, path: Path) -> None:
    """The same bytes on every run, with the fonts that stand in where one is missing."""
    raw = io.BytesIO()
    paper.save(raw)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others.replace(";", ",")}"/><w:charset w:val="86"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/fontTable.xml":
                content = content.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
            if item.filename.startswith("docProps/thumbnail"):
                continue
            if item.filename == "_rels/.rels":
                content = _without_thumbnail(content)
            target.writestr(zipfile.ZipInfo(item.filename, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _without_thumbnail(relations: bytes) -> bytes:
    import re

    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", relations)


TEMPLATES = {"opinion": opinion, "adoption": adoption, "supervision": supervision, "dossier": dossier}

if __name__ == "__main__":
    for name, make in TEMPLATES.items():
        save(make(), FOLDER / f"{name}.docx")
