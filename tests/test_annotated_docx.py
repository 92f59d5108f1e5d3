"""Findings → native Word comments on exactly their words, the rest of the file untouched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reviewer import exports
from reviewer.domain import (
    Coverage,
    Document,
    Draft,
    Finding,
    Line,
    Review,
    Score,
    Severity,
    Span,
    Versions,
    fingerprint,
)
from reviewer.errors import UsageError
from reviewer.exports import _docx_ranges as ranges
from reviewer.readers import docx as docx_reader

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
XMLNS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def finding(text: str, words: str, title: str = "标题", *, span: Span | None = None, **more: object) -> Finding:
    start = text.index(words)
    values: dict[str, object] = {
        "rule": "contract/security/deposit",
        "category": "security",
        "aspect": "内容",
        "severity": Severity.ILLEGAL,
        "span": Span(start, start + len(words)) if span is None else span,
        "where": "第三条",
        "excerpt": words,
        "title": title,
        "message": "定金比例为30%，超过百分之二十",
        "suggestion": "调整为不超过百分之二十",
        "edit": None,
        "basis": ("《民法典》第五百八十六条",),
        "unverified_basis": False,
        "confidence": 0.9,
        "because": "",
        "clause": None,
        "fingerprint": fingerprint("r", "", words),
    }
    return Finding(**(values | more))  # type: ignore[arg-type]


def review(document: Document, findings: Sequence[Finding]) -> Review:
    coverage = Coverage(len(document.text), document.contents, 0, 0, (), {}, (), True)
    versions = Versions("0.1", "1", "1", "1", "1")
    draft = Draft(document, Line.CONTRACT, "买卖合同")
    return Review(draft, date(2026, 11, 21), tuple(findings), (), coverage, Score(90, "建议通过"), versions)


@dataclass(frozen=True)
class Comment:
    words: str  # what it stands on
    text: str
    author: str


@dataclass(frozen=True)
class Annotated:
    data: bytes
    original: bytes

    def part(self, name: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.read(name)

    def body(self) -> etree._Element:
        return etree.fromstring(self.part("word/document.xml"))

    def comments(self) -> list[Comment]:
        """Read with python-docx; the words by walking the XML between the marks."""
        opened = docx.Document(io.BytesIO(self.data))
        return [Comment(anchored(self.body(), c.comment_id), c.text, c.author) for c in opened.comments]

    def changed_parts(self) -> set[str]:
        def parts(data: bytes) -> dict[str, bytes]:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return {name: archive.read(name) for name in archive.namelist()}

        before, after = parts(self.original), parts(self.data)
        assert before.keys() <= after.keys()
        return {name for name in after if after[name] != before.get(name)}


def anchored(body: etree._Element, number: int) -> str:
    """Text of every w:t between the marks of a comment; exactly one of each mark and of the reference exists."""
    words: list[str] | None = None
    seen = []
    for element in body.iter():
        if element.get(W + "id") == str(number) and element.tag in (W + "commentRangeStart", W + "commentRangeEnd"):
            seen.append(element.tag)
            if element.tag == W + "commentRangeStart":
                words = []
            else:
                result = "".join(words or ())
                words = None
        elif element.tag == W + "t" and words is not None:
            words.append(element.text or "")
        elif element.tag == W + "commentReference" and element.get(W + "id") == str(number):
            seen.append(element.tag)
    assert seen == [W + "commentRangeStart", W + "commentRangeEnd", W + "commentReference"]
    return result


def annotate(path: Path, *wanted: Finding | str, **more: object) -> Annotated:
    """Review a file with a finding on each of some words, and write the annotated copy."""
    document = docx_reader.read(path)
    findings = [w if isinstance(w, Finding) else finding(document.text, w, **more) for w in wanted]
    return Annotated(exports.export("annotated_docx", review(document, findings), path), path.read_bytes())


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """Three paragraphs; the middle one in runs of different formatting."""
    made = docx.Document()
    made.add_paragraph("买卖合同")
    middle = made.add_paragraph()
    middle.add_run("乙方应支付定金，定")
    middle.add_run("金为合同").bold = True
    middle.add_run("总价的30%，三日内付清。")
    made.add_paragraph("双方盖章后生效。")
    path = tmp_path / "合同.docx"
    made.save(str(path))
    return path


def raw(path: Path, body: str, extra: dict[str, str] | None = None) -> Path:
    """A .docx whose body is given as WordprocessingML."""
    made = docx.Document()
    stream = io.BytesIO()
    made.save(stream)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:document {XMLNS}><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, xml if name == "word/document.xml" else source.read(name))
        for name, text in (extra or {}).items():
            target.writestr(name, text)
    return path


def run(text: str, formatting: str = "") -> str:
    return f'<w:r>{formatting and f"<w:rPr>{formatting}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_comment_stands_on_exactly_the_words_across_runs(contract: Path) -> None:
    (comment,) = annotate(contract, "定金为合同总价的30%").comments()
    assert comment.words == "定金为合同总价的30%"
    assert comment.author == "合法性审查"


def test_a_comment_says_severity_title_message_suggestion_and_basis(contract: Path) -> None:
    (comment,) = annotate(contract, "定金为合同", unverified_basis=True, edit="定金为合同总价的20%").comments()
    assert comment.text.split("\n") == [
        "【违法】标题",
        "定金比例为30%，超过百分之二十",
        "修改建议：调整为不超过百分之二十",
        "改写为：定金为合同总价的20%",
        "依据：《民法典》第五百八十六条（依据待核）",
    ]


def test_splitting_runs_keeps_text_and_formatting(contract: Path) -> None:
    opened = docx.Document(io.BytesIO(annotate(contract, "为合同总", "金，定金").data))
    assert opened.paragraphs[1].text == "乙方应支付定金，定金为合同总价的30%，三日内付清。"
    bold = "".join(r.text for r in opened.paragraphs[1].runs if r.bold)
    assert bold == "金为合同"


def test_only_the_parts_that_must_change_do(contract: Path) -> None:
    annotated = annotate(contract, "定金为合同")
    assert annotated.changed_parts() <= {
        "word/document.xml",
        "word/comments.xml",
        "word/_rels/document.xml.rels",
        "[Content_Types].xml",
    }
    assert "word/document.xml" in annotated.changed_parts()


def test_nothing_but_marks_and_splits_changes_in_the_body(contract: Path) -> None:
    annotated = annotate(contract, "定金为合同总价")
    with zipfile.ZipFile(contract) as archive:
        before = etree.fromstring(archive.read("word/document.xml"))
    after = annotated.body()
    for element in list(after.iter(W + "commentRangeStart", W + "commentRangeEnd")):
        element.getparent().remove(element)
    for reference in list(after.iter(W + "commentReference")):
        reference.getparent().getparent().remove(reference.getparent())

    def shape(root: etree._Element) -> list[tuple[str, str, str]]:
        """Every character with the formatting of its run, and every other element once."""
        found = []
        for element in root.iter():
            if element.tag == W + "t":
                formatting = element.getparent().find(W + "rPr")
                dressed = "" if formatting is None else etree.tostring(formatting, method="c14n").decode()
                found += [("t", character, dressed) for character in element.text or ""]
            elif element.tag != W + "r" and not any(a.tag == W + "rPr" for a in (element, *element.iterancestors())):
                found.append((str(element.tag), "", repr(sorted(element.attrib.items()))))
        return found

    assert shape(after) == shape(before)


def test_the_reader_finds_the_same_text_in_the_annotated_copy(contract: Path, tmp_path: Path) -> None:
    annotated = annotate(contract, "定金为合同总价的30%", "盖章后")
    copy = tmp_path / "批注稿.docx"
    copy.write_bytes(annotated.data)
    again = docx_reader.read(copy)
    assert again.text == docx_reader.read(contract).text
    assert again.contents.comments == 2


def test_overlapping_and_equal_places_each_keep_their_words(contract: Path) -> None:
    words = ["定金为合同总价", "合同总价的30%", "定金为合同总价", "乙方", "付清。", "价"]
    assert [c.words for c in annotate(contract, *words).comments()] == words


def test_existing_comments_stay(tmp_path: Path) -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("甲方可以随时解除合同。")
    made.add_comment(paragraph.runs, text="请核实", author="张三", initials="张")
    path = tmp_path / "已批注.docx"
    made.save(str(path))
    comments = annotate(path, "随时解除").comments()
    assert [(c.author, c.words) for c in comments] == [("张三", "甲方可以随时解除合同。"), ("合法性审查", "随时解除")]
    assert comments[0].text == "请核实"


def test_a_file_without_a_comments_part_gets_one(tmp_path: Path) -> None:
    path = raw(tmp_path / "原始.docx", f"<w:p>{run('甲方独家采购。')}</w:p>")
    with zipfile.ZipFile(path) as archive:
        assert "word/comments.xml" not in archive.namelist()
    annotated = annotate(path, "独家")
    assert [c.words for c in annotated.comments()] == ["独家"]
    assert annotated.changed_parts() == {
        "word/document.xml",
        "word/comments.xml",
        "word/_rels/document.xml.rels",
        "[Content_Types].xml",
    }


def test_the_same_review_gives_the_same_bytes(contract: Path) -> None:
    assert annotate(contract, "定金为合同").data == annotate(contract, "定金为合同").data


def test_a_review_without_findings_copies_every_part(contract: Path) -> None:
    assert annotate(contract).changed_parts() == set()


def test_a_missing_clause_stands_on_the_paragraph_it_belongs_after(contract: Path) -> None:
    text = docx_reader.read(contract).text
    point = Span(text.index("盖章"), text.index("盖章"))
    missing = finding(text, "", "缺少争议解决条款", span=point, clause="dispute")
    (comment,) = annotate(contract, missing).comments()
    assert comment.words == "双方盖章后生效。"
    assert comment.text.startswith("【违法】缺少争议解决条款")


def test_words_across_two_paragraphs_are_covered_from_first_to_last(contract: Path) -> None:
    text = docx_reader.read(contract).text
    span = Span(text.index("付清"), text.index("盖章") + 2)
    (comment,) = annotate(contract, finding(text, "付清", span=span)).comments()
    assert comment.words == "付清。双方盖章"


def test_an_automatic_number_is_not_counted_as_typed(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("甲方负责验收。", style="List Number")
    made.add_paragraph("乙方负责送货。", style="List Number")
    path = tmp_path / "编号.docx"
    made.save(str(path))
    document = docx_reader.read(path)
    label = document.blocks[1].span
    assert document.blocks[1].anchor.label > 0  # type: ignore[union-attr]
    number = finding(document.text, "", span=Span(label.start, label.start + 2))
    words = [c.words for c in annotate(path, "乙方", "送货", number).comments()]
    assert words == ["乙方", "送货", "乙方负责送货。"]


def test_tabs_and_breaks_count_as_one_character(tmp_path: Path) -> None:
    body = "<w:p><w:r><w:t>甲方</w:t><w:tab/><w:t>盖章</w:t><w:br/><w:t>乙方签字</w:t></w:r></w:p>"
    path = raw(tmp_path / "制表.docx", body)
    assert [c.words for c in annotate(path, "盖章", "乙方", "签字").comments()] == ["盖章", "乙方", "签字"]


def test_tracked_changes_links_and_fields_keep_their_structure(tmp_path: Path) -> None:
    insertion = f'<w:ins w:id="7" w:author="李四">{run("六十日")}</w:ins>'
    deletion = '<w:del w:id="8" w:author="李四"><w:r><w:delText>三十日</w:delText></w:r></w:del>'
    link = f'<w:hyperlink w:anchor="x">{run("附件一的清单")}</w:hyperlink>'
    body = f"<w:p>{run('甲方应在')}{deletion}{insertion}{run('内按')}{link}{run('付款')}</w:p>"
    path = raw(tmp_path / "修订.docx", body)
    annotated = annotate(path, "在六十", "日内", "件一", "清单付款")
    assert [c.words for c in annotated.comments()] == ["在六十", "日内", "件一", "清单付款"]
    held = ["".join(e.itertext()) for e in annotated.body().iter(W + "ins", W + "hyperlink")]
    assert held == ["六十日", "附件一的清单"]
    references = list(annotated.body().iter(W + "commentReference"))
    assert {r.getparent().getparent().tag for r in references} == {W + "p"}


def test_marks_move_out_of_a_formula_and_of_annotated_characters(tmp_path: Path) -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('yuē')}</w:rt><w:rubyBase>{run('约定')}</w:rubyBase></w:ruby></w:r>"
    formula = "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"
    path = raw(tmp_path / "公式.docx", f"<w:p>{run('双方')}{ruby}{run('按')}{formula}{run('计算')}</w:p>")
    annotated = annotate(path, "方约", "+b计")
    assert [c.words for c in annotated.comments()] == ["方yuē约定", "计"]
    (second,) = (e for e in annotated.body().iter(W + "commentRangeStart") if e.get(W + "id") == "1")
    assert second.getnext().tag.endswith("}oMath")


def test_a_table_cell_carries_its_own_comment(tmp_path: Path) -> None:
    made = docx.Document()
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "保证金"
    table.cell(0, 1).text = "合同价的百分之四十"
    path = tmp_path / "表.docx"
    made.save(str(path))
    assert [c.words for c in annotate(path, "百分之四十").comments()] == ["百分之四十"]


def test_a_finding_in_the_header_goes_to_the_first_paragraph_and_says_so(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("合同正文")
    made.sections[0].header.paragraphs[0].text = "草案第三稿"
    path = tmp_path / "页眉.docx"
    made.save(str(path))
    (comment,) = annotate(path, "草案").comments()
    assert comment.words == "合同正文"
    assert comment.text.endswith("（位于页眉，该处不能加批注，附于此）")


def test_a_finding_in_a_text_box_stands_on_the_run_that_holds_it(tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('最终解释权归甲方')}</w:p></w:txbxContent>"
    path = raw(
        tmp_path / "文本框.docx",
        f"<w:p>{run('正文')}<w:r><w:pict><wps:txbx>{box}</wps:txbx></w:pict></w:r>{run('结尾')}</w:p>",
    )
    annotated = annotate(path, "最终解释权")
    (comment,) = annotated.comments()
    assert comment.words == "最终解释权归甲方"
    assert "文本框" in comment.text
    assert next(annotated.body().iter(W + "txbxContent")).find(f".//{W}commentRangeStart") is None


def test_further_places_of_the_same_defect_are_named(contract: Path) -> None:
    text = docx_reader.read(contract).text
    also = (Span(text.index("双方"), text.index("双方") + 2),)
    (comment,) = annotate(contract, finding(text, "乙方", also_at=also)).comments()
    assert "同类问题还见于：第3段" in comment.text


def test_characters_that_xml_forbids_do_not_break_the_copy(contract: Path) -> None:
    (comment,) = annotate(contract, "乙方", message="含\x01控制符与<w:t>标签&符号").comments()
    assert "含\ufffd控制符与<w:t>标签&符号" in comment.text


@pytest.mark.parametrize(
    ("source", "format", "says"),
    [
        (None, "docx", "需要原文件"),
        ("a.pdf", "pdf", "只能在 .docx 文件上生成"),
        ("gone.docx", "docx", "无法打开原文件"),
    ],
)
def test_a_source_that_does_not_fit_is_refused_with_a_sentence(
    tmp_path: Path, source: str | None, format: str, says: str
) -> None:
    document = Document("送审稿", "0" * 64, format, "正文", ())
    with pytest.raises(UsageError, match=says):
        exports.export("annotated_docx", review(document, ()), source and tmp_path / source)


def test_a_file_that_changed_since_the_review_is_refused(contract: Path) -> None:
    document = docx_reader.read(contract)
    made = docx.Document(str(contract))
    made.paragraphs[0].text = "另一份合同"
    made.save(str(contract))
    with pytest.raises(UsageError, match="与审查时的内容不一致"):
        exports.export("annotated_docx", review(document, ()), contract)


def pieces_of(lengths: Sequence[int]) -> Iterator[str]:
    alphabet = iter("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃" * 4)
    for length in lengths:
        yield "".join(next(alphabet) for _ in range(length))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.data())
def test_any_words_of_any_runs_are_marked_exactly(lengths: list[int], data: st.DataObject) -> None:
    texts = list(pieces_of(lengths))
    whole = "".join(texts)
    paragraph = etree.fromstring(f"<w:p {XMLNS}>{''.join(run(t) for t in texts)}</w:p>")
    bounds = st.integers(0, len(whole) - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(start + 1, len(whole)))
    )
    spans = data.draw(st.lists(bounds, min_size=1, max_size=4))
    ranges.split_runs(paragraph, {offset for span in spans for offset in span})
    for number, (start, end) in enumerate(spans):
        ranges.mark(ranges.Point(paragraph, start), ranges.Point(paragraph, end), number)
    assert [anchored(paragraph, i) for i in range(len(spans))] == [whole[a:b] for a, b in spans]
    assert "".join(paragraph.itertext()) == whole
