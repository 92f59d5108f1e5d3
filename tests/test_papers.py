"""Papers: laid out as official documents are, numbered without gaps, frozen once issued, text that stays text."""

from __future__ import annotations

import datetime as dt
import io
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import office_desk as own
import pytest
from docx.shared import Mm, Pt
from openpyxl import load_workbook
from test_comments import FIRST, OWN_WORDS, passage, target, upload

from reviewer.domain import Line, Severity
from reviewer.errors import UsageError
from reviewer.office import comments, ledger, moving, papers, pdf, supervision, templates
from reviewer.office.comment_records import Answer, Wording
from reviewer.office.listing import Filter
from reviewer.office.records import ConflictError, ForbiddenError, Matter, StoreError
from reviewer.office.sheet import open_sheet

DAY = dt.date(2026, 11, 21)
NASTY = "=HYPERLINK(\"http://x\") <b>粗</b> {{ 7*7 }} {% for x in y %} & ]]> \x07\u202e尾"


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    made = own.open_desk(tmp_path)
    named = replace(made.office, settings=replace(made.office.settings, name="某某区司法局"))
    return replace(made, office=named)


def signed(desk: own.Desk, title: str = "设备采购合同", *, line: Line = Line.CONTRACT) -> Matter:
    """A matter with two opinions, one of them answered, signed."""
    matter = own.draft(desk, title=title, line=line)
    upload(desk, matter, FIRST, "正文.txt")
    for key in own.PATHS["reviewing"]:
        matter = own.go(desk, matter, key)
    comment(desk, matter, "三十日内", OWN_WORDS)
    words = Wording(Severity.ILLEGAL, "定金过高", "定金超过百分之二十", "降至百分之二十", ("《民法典》第五百八十六条",))
    second = comment(desk, matter, "定金为合同总价的30%", words)
    matter = own.go(desk, matter, "feedback")
    comments.answer(desk.office, desk.applicant, target(second), Answer.REJECTED, "供应商不同意")
    for key in ("revised", "conclude", "sign"):
        matter = own.go(desk, matter, key)
    return matter


def comment(desk: own.Desk, matter: Matter, words: str, wording: Wording):  # type: ignore[no-untyped-def]
    file_id, span = passage(desk, matter, words)
    return comments.add(desk.office, desk.handler, file_id, span, wording)


def opened(content: bytes):  # type: ignore[no-untyped-def]
    return docx.Document(io.BytesIO(content))


def lines(content: bytes) -> list[str]:
    return [p.text for p in opened(content).paragraphs if p.text.strip()]


def test_an_opinion_has_the_sections_and_the_official_name_of_its_line(desk: own.Desk) -> None:
    for line in Line:
        matter = signed(desk, f"{line.value}事项", line=line)
        paper = papers.issue(desk.office, desk.approver, matter.id, DAY)
        found = lines(papers.content(desk.office, desk.handler, paper.id)[1])
        own_line = desk.office.lines[line]
        assert [t.partition("、")[2] for t in found if t.partition("、")[2] in own_line.opinion_sections] == list(
            own_line.opinion_sections
        )
        assert f"{own_line.review_name}意见书" in found[2] and paper.number.startswith(own_line.review_name)


def test_problems_stand_gravest_first_with_law_suggestion_and_answer(desk: own.Desk) -> None:
    paper = papers.issue(desk.office, desk.approver, signed(desk).id, DAY)
    found = lines(papers.content(desk.office, desk.handler, paper.id)[1])
    start = next(n for n, t in enumerate(found) if t.startswith("（一）"))
    assert found[start : start + 5] == [
        "（一）第二条　定金过高（违法）", "1.问题：原文为“定金为合同总价的30%”。定金超过百分之二十。",
        "2.依据：《民法典》第五百八十六条。", "3.建议：降至百分之二十。", "4.采纳情况：不采纳，理由：供应商不同意。",
    ]  # fmt: skip
    assert found[start + 5] == "（二）第三条　交付期限（风险）"


def test_the_page_is_laid_out_as_the_standard_says(desk: own.Desk) -> None:
    """GB/T 9704: A4, 37/35/28/26 mm, title 22 pt, body 16 pt on 28 pt lines, number in six-cornered brackets."""
    paper = papers.issue(desk.office, desk.approver, signed(desk).id, DAY)
    made = opened(papers.content(desk.office, desk.handler, paper.id)[1])
    page = made.sections[0]
    assert [round(x.mm) for x in (page.page_width, page.page_height)] == [210, 297]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(x / Mm(1)) for x in margins] == [37, 35, 28, 26]
    fonts = {s.name: (s.font.size, s.element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia"))) for s in made.styles
             if s.name in ("公文标题", "正文缩进", "一级标题", "二级标题")}  # fmt: skip
    assert fonts == {
        "公文标题": (Pt(22), "方正小标宋简体"), "正文缩进": (Pt(16), "仿宋_GB2312"),
        "一级标题": (Pt(16), "黑体"), "二级标题": (Pt(16), "楷体_GB2312"),
    }  # fmt: skip
    assert made.styles["正文缩进"].paragraph_format.line_spacing == Pt(28)
    with zipfile.ZipFile(io.BytesIO(papers.content(desk.office, desk.handler, paper.id)[1])) as package:
        assert 'w:altName w:val="仿宋' in package.read("word/fontTable.xml").decode()
    assert paper.number == "合法性审查〔2026〕1号" and made.paragraphs[-1].text == "2026年11月21日"


def test_numbers_follow_each_other_without_gaps_even_after_a_failure(desk: own.Desk) -> None:
    first, second, third = (signed(desk, f"合同{n}") for n in range(3))
    assert papers.issue(desk.office, desk.approver, first.id, DAY).number.endswith("〕1号")
    templates_folder = desk.office.folder / templates.OWN
    templates_folder.mkdir()
    (templates_folder / "opinion.docx").write_bytes(templates.SHIPPED.joinpath("dossier.docx").read_bytes())
    with pytest.raises(UsageError, match="模板用了没有的内容"):
        papers.issue(desk.office, desk.approver, second.id, DAY)
    templates.drop(desk.office, "opinion")
    assert papers.issue(desk.office, desk.approver, third.id, DAY).number.endswith("〕2号")
    assert papers.issue(desk.office, desk.approver, second.id, dt.date(2027, 1, 4)).number == "合法性审查〔2027〕1号"


def test_an_issued_opinion_is_frozen_and_a_change_makes_a_new_number(desk: own.Desk) -> None:
    matter = signed(desk)
    first = papers.issue(desk.office, desk.approver, matter.id, DAY)
    content = papers.content(desk.office, desk.handler, first.id)[1]
    with pytest.raises(UsageError, match="没有变化"):
        papers.issue(desk.office, desk.approver, matter.id, DAY)
    papers.write_part(desk.office, desk.handler, matter.id, "风险提示", "请关注履约风险。\n并及时报告。", 0)
    second = papers.issue(desk.office, desk.approver, matter.id, DAY)
    assert (second.number, second.replaces) == ("合法性审查〔2026〕2号", first.id)
    assert papers.content(desk.office, desk.handler, first.id)[1] == content
    text = "\n".join(lines(papers.content(desk.office, desk.handler, second.id)[1]))
    assert "请关注履约风险。\n并及时报告。" in text and f"{first.number}同时作废" in text
    with desk.office.store.writing() as db, pytest.raises(sqlite3.IntegrityError):
        db.run("UPDATE papers SET number = 'x'")


def test_a_changed_file_of_an_issued_opinion_is_not_handed_out(desk: own.Desk) -> None:
    paper = papers.issue(desk.office, desk.approver, signed(desk).id, DAY)
    path = desk.office.files.path(paper.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreError, match="被改动"):
        papers.content(desk.office, desk.handler, paper.id)


def test_only_a_signer_issues_and_only_after_the_signature(desk: own.Desk) -> None:
    matter = own.at(desk, "awaiting")
    with pytest.raises(UsageError, match="签发后"):
        papers.issue(desk.office, desk.approver, matter.id, DAY)
    matter = own.go(desk, matter, "sign")
    for person in (desk.handler, desk.applicant, desk.admin):
        with pytest.raises(ForbiddenError):
            papers.issue(desk.office, person, matter.id, DAY)
    with pytest.raises(ForbiddenError):
        papers.content(desk.office, desk.stranger, papers.issue(desk.office, desk.approver, matter.id, DAY).id)


def test_two_officers_at_one_section_of_the_opinion(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    assert papers.write_part(desk.office, desk.handler, matter.id, "结论", "甲", 0) == 1
    with pytest.raises(ConflictError, match="输入的文字还在"):
        papers.write_part(desk.office, desk.handler, matter.id, "结论", "乙", 0)


def test_typed_markup_formulas_and_template_marks_are_text_in_word(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    matter_id = matter.id
    papers.write_part(desk.office, desk.handler, matter_id, "结论", NASTY, 0)
    text = "\n".join(lines(papers.draft(desk.office, desk.handler, matter_id, DAY)[1]))
    assert '=HYPERLINK("http://x") <b>粗</b> {{ 7*7 }} {% for x in y %} & ]]> 尾' in text and "49" not in text


def test_titles_that_look_like_formulas_are_text_in_the_ledger(desk: own.Desk) -> None:
    own.go(desk, own.draft(desk, title="=1+1"), "submit")
    own.go(desk, own.draft(desk, title="@SUM(A1)"), "submit")
    content = ledger.ledger(desk.office, desk.handler, Filter(status="all"), DAY)
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert [(c.value, c.data_type, c.quotePrefix) for c in cells] == [("=1+1", "s", True), ("@SUM(A1)", "s", True)]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert "<f>" not in package.read("xl/worksheets/sheet1.xml").decode()
    assert ledger.ledger(desk.office, desk.stranger, Filter(status="all"), DAY) != content  # sees no matter of others


def test_the_adoption_table_the_dossier_and_the_supervision_paper_are_filled(desk: own.Desk) -> None:
    matter = signed(desk)
    papers.issue(desk.office, desk.approver, matter.id, DAY)
    table = opened(papers.adoption_paper(desk.office, desk.applicant, matter.id, DAY)[1]).tables[0]
    assert [c.text for c in table.rows[1].cells][:7] == [
        "1", "第二条", "违法", "定金超过百分之二十", "降至百分之二十", "不采纳", "供应商不同意"]  # fmt: skip
    dossier = opened(papers.dossier(desk.office, desk.handler, matter.id, DAY)[1])
    listed = [r.cells[1].text for r in dossier.tables[0].rows]
    assert listed[1:3] == ["合法性审查意见书", "意见采纳情况表"] and any("送审函" in name for name in listed)
    late = own.at(desk, "reviewing")
    raised = supervision.supervise(desk.office, desk.approver, late.id, "督办", "", dt.date(2026, 12, 31))
    name, content = papers.supervision_paper(desk.office, desk.handler, raised.id)
    assert name == "督办〔2026〕1号.docx" and "督办单" in lines(content)


def own_template(text: str) -> bytes:
    paper = docx.Document()
    paper.add_paragraph("意见书")
    paper.add_paragraph(text)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("text", "said"), [
    ("{{ number", "第2段|花括号"), ("{% if replaces %}甲", "没有结束"),
    ("{{ nummer }}", "nummer.*第2段.*可用：.*number"),
    ("{% frobnicate %}", "不认识的标记"), ("{{ ''.__class__.__mro__ }}", "模板"),
])  # fmt: skip
def test_a_template_with_a_mistake_is_refused_with_its_place(desk: own.Desk, text: str, said: str) -> None:
    with desk.office.store.reading() as db:
        sample = papers.opinion_values(desk.office, db, own.at(desk, "reviewing"), "〔2026〕1号", DAY, "")
    with pytest.raises(UsageError, match=said):
        templates.keep(desk.office, "opinion", own_template(text), sample)
    assert not templates.is_own(desk.office, "opinion")


def test_a_template_of_the_office_takes_the_place_of_the_shipped_one(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    with desk.office.store.reading() as db:
        sample = papers.opinion_values(desk.office, db, matter, "〔2026〕1号", DAY, "")
    templates.keep(desk.office, "opinion", own_template("本局样式：{{ unit }}"), sample)
    assert lines(papers.draft(desk.office, desk.handler, matter.id, DAY)[1]) == ["意见书", "本局样式：甲局"]
    with pytest.raises(UsageError, match=r"不是 \.docx"):
        templates.keep(desk.office, "opinion", b"no zip", sample)


@pytest.mark.skipif(not pdf.available(), reason="LibreOffice is not installed")
def test_an_opinion_becomes_a_pdf_of_the_same_pages(desk: own.Desk) -> None:
    import pypdfium2

    paper = papers.issue(desk.office, desk.approver, signed(desk).id, DAY)
    made = pypdfium2.PdfDocument(pdf.as_pdf(papers.content(desk.office, desk.handler, paper.id)[1], "意见书"))
    first = made[0].get_textpage().get_text_range()
    assert "某某区司法局" in first and "合法性审查〔2026〕1号" in first.replace(" ", "")
    made.close()


def test_a_later_conclusion_is_in_the_moves_not_in_the_paper(desk: own.Desk) -> None:
    """The conclusion comes from the line's list, by the move that concludes."""
    matter = own.at(desk, "reviewing")
    with pytest.raises(UsageError, match="请选择审查结论"):
        moving.move(desk.office, desk.handler, matter.id, "conclude", matter.version,
                    own.without(own.form_for(desk, matter), conclusion="差不多"))  # fmt: skip
    assert "（待承办人出具结论）" in lines(papers.draft(desk.office, desk.handler, matter.id, DAY)[1])


def test_the_shipped_templates_are_those_the_script_makes(tmp_path: Path) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_templates", templates.SHIPPED / "make_templates.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for name, make in script.TEMPLATES.items():
        script.save(make(), tmp_path / "made.docx")
        shipped = templates.SHIPPED / f"{name}.docx"
        assert texts(tmp_path / "made.docx") == texts(shipped), f"run make_templates.py: {name}"


def texts(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("word/document.xml") + package.read("word/styles.xml")


def test_opening_the_sheet_after_the_archive_still_shows_every_opinion(desk: own.Desk) -> None:
    matter = own.go(desk, signed(desk), "archive")
    assert len([c for c in open_sheet(desk.office, desk.applicant, matter.id).comments if c.id]) == 2


@pytest.mark.parametrize("kind", sorted(templates.KINDS))
def test_the_shipped_templates_pass_their_own_check(kind: str) -> None:
    templates.check(templates.SHIPPED.joinpath(f"{kind}.docx").read_bytes(), kind, papers.sample_values(kind))


def test_the_command_line_takes_a_template_and_gives_it_back(desk: own.Desk, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from reviewer.cli import main

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*words, "--data", str(desk.office.folder)])
        return done.exit_code, done.output

    bad, good = tmp_path / "bad.docx", tmp_path / "good.docx"
    bad.write_bytes(own_template("{{ nummer }}"))
    assert run("template", "use", "opinion", str(bad))[0] == 2
    good.write_bytes(own_template("{{ unit }}"))
    assert run("template", "use", "opinion", str(good))[0] == 0 and templates.is_own(desk.office, "opinion")
    assert run("template", "save", "opinion", str(tmp_path / "saved.docx"))[0] == 0
    assert (tmp_path / "saved.docx").read_bytes() == good.read_bytes()
    assert run("template", "reset", "opinion")[0] == 0 and not templates.is_own(desk.office, "opinion")
    code, said = run("token", "add", "办公系统", "--as", "root", "--for", "apply", "--scope", "laws")
    assert code == 0 and "rvk_" in said
    listed = run("token", "list", "--as", "root")[1]
    assert "办公系统" in listed and "rvk_" not in listed
    assert run("token", "revoke", "1", "--as", "handle")[0] == 2
