"""What the .docx reader recovers, to the character."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from wordml import NAMESPACES, box, deleted, ins, level, numbering, p, r, tbl, tc, write

from reviewer.domain import BlockKind, DocxAnchor, TableCell
from reviewer.errors import ReviewerError, UnreadableFileError
from reviewer.readers import containers, read
from reviewer.readers.docx_numerals import printed
from reviewer.readers.docx_text import W, run_pieces


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "合同.docx"


def lines(path: Path) -> list[str]:
    return read(path).text.split("\n")


# ---------------------------------------------------------------- text and anchors


def test_paragraphs_become_blocks_whose_spans_cut_the_text(file: Path) -> None:
    document = read(write(file, p("第一条 甲方"), p(), p("乙", "方")))
    assert document.text == "第一条 甲方\n乙方"
    assert [b.span.of(document.text) for b in document.blocks] == ["第一条 甲方", "乙方"]
    assert [b.anchor for b in document.blocks] == [
        DocxAnchor("word/document.xml", 0),
        DocxAnchor("word/document.xml", 2),
    ]
    assert document.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (document.name, document.format, document.warnings) == ("合同.docx", "docx", ())


def test_tabs_breaks_and_hyphens_are_characters_of_the_block(file: Path) -> None:
    write(file, p("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t></w:r>"))
    document = read(file)
    assert document.text == "甲\t乙\n丙-丁"
    assert len(document.blocks) == 1


def test_a_page_break_before_the_text_adds_nothing(file: Path) -> None:
    assert read(write(file, p('<w:r><w:br w:type="page"/></w:r>', "第二章"))).text == "第二章"


def test_an_anchor_leads_back_to_its_paragraph_even_through_text_boxes_and_tables(file: Path) -> None:
    write(
        file,
        p("标题", box(p("框内"))),
        tbl(("单元格", tc("甲", tbl(("内层",))))),
        p("结尾", ins("增")),
        p(deleted("删")),
    )
    document = read(file)
    with zipfile.ZipFile(file) as archive:
        paragraphs = list(etree.fromstring(archive.read("word/document.xml")).iter(W + "p"))
    assert document.text == "标题\n框内\n单元格\n甲\n内层\n结尾增"
    for block in document.blocks:
        assert isinstance(block.anchor, DocxAnchor)
        found = "".join(piece.text for piece in run_pieces(paragraphs[block.anchor.index]))
        assert found == block.span.of(document.text)


def test_an_offset_in_a_block_leads_to_the_run_child_it_was_written_in(file: Path) -> None:
    write(
        file,
        p("甲方", "<w:r><w:t>应当</w:t><w:tab/><w:t>支付</w:t></w:r>", ins("罚款"), num=(1, 0)),
        numbering=numbering(level(0, "chineseCounting", "第%1条")),
    )
    document = read(file)
    (block,) = document.blocks
    assert document.text == "第一条\t甲方应当\t支付罚款"
    assert isinstance(block.anchor, DocxAnchor)
    offset = document.text.index("罚款") - block.anchor.label
    with zipfile.ZipFile(file) as archive:
        pieces = run_pieces(next(etree.fromstring(archive.read("word/document.xml")).iter(W + "p")))
    position = 0
    for piece in pieces:
        if position <= offset < position + len(piece.text):
            break
        position += len(piece.text)
    assert (piece.child.text, piece.child.getparent(), offset - position) == ("罚款", piece.run, 0)
    assert all(piece.child.text == piece.text for piece in pieces if piece.child.tag == W + "t")


def test_radicals_that_fonts_leave_behind_become_ordinary_characters_one_for_one(file: Path) -> None:
    assert read(write(file, p("⼀、⽢⽅⾮⻓⻔\uf900"))).text == "一、甘方非长门豈"


# ---------------------------------------------------------------- numbering


def labels(path: Path, *body: str, **parts: str) -> list[str]:
    """The labels that the reader synthesised, without what follows them."""
    document = read(write(path, *body, **parts))
    return [
        document.text[b.span.start : b.span.start + b.anchor.label].strip()
        for b in document.blocks
        if isinstance(b.anchor, DocxAnchor)
    ]


CONTRACT = numbering(
    level(0, "chineseCountingThousand", "第%1章", '<w:suff w:val="space"/>')
    + level(1, "chineseCounting", "第%2条")
    + level(2, "chineseCounting", "（%3）", '<w:suff w:val="nothing"/>')
)


def test_chapters_articles_and_items_are_numbered_as_word_does(file: Path) -> None:
    body = [p("总则", num=(1, 0)), p("甲", num=(1, 1)), p("子", num=(1, 2)), p("丑", num=(1, 2)), p("乙", num=(1, 1))]
    body += [p("寅", num=(1, 2)), p("附则", num=(1, 0)), p("丙", num=(1, 1))]
    write(file, *body, numbering=CONTRACT)
    assert lines(file) == [
        "第一章 总则", "第一条\t甲", "（一）子", "（二）丑", "第二条\t乙", "（一）寅", "第二章 附则", "第一条\t丙",
    ]  # fmt: skip
    assert read(file).blocks[2].anchor == DocxAnchor("word/document.xml", 2, 3)


def test_articles_go_on_through_chapters_where_the_level_never_restarts(file: Path) -> None:
    never = level(0, "decimal", "%1章") + level(1, "decimal", "%2条", '<w:lvlRestart w:val="0"/>')
    body = [p("a", num=(1, n)) for n in (0, 1, 1, 0, 1)]
    assert labels(file, *body, numbering=numbering(never)) == ["1章", "1条", "2条", "2章", "3条"]


def test_a_level_that_was_passed_over_counts_as_begun(file: Path) -> None:
    two = numbering(level(0, "decimal", "%1") + level(1, "decimal", "%1.%2"))
    body = [p("a", num=(1, n)) for n in (1, 1, 0, 1)]
    assert labels(file, *body, numbering=two) == ["1.1", "1.2", "2", "2.1"]


def test_legal_numbering_prints_every_level_in_digits(file: Path) -> None:
    two = numbering(level(0, "chineseCounting", "%1、") + level(1, "decimal", "%1.%2", "<w:isLgl/>"))
    assert labels(file, p("a", num=(1, 0)), p("b", num=(1, 1)), numbering=two) == ["一、", "1.1"]


def test_lists_that_share_an_abstract_list_go_on_unless_one_starts_again(file: Path) -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="1"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = [p("a", num=(n, 0)) for n in (1, 1, 2, 3, 3)]
    assert labels(file, *body, numbering=numbering(level(0, "decimal", "%1."), nums=again)) == [
        "1.", "2.", "3.", "1.", "2.",
    ]  # fmt: skip


def test_an_overridden_level_looks_as_its_list_says(file: Path) -> None:
    own = '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
    own += level(0, "upperRoman", "%1)", start=4) + "</w:lvlOverride></w:num>"
    assert labels(file, p("a", num=(2, 0)), numbering=numbering(level(0, "decimal", "%1."), nums=own)) == ["IV)"]


def test_a_style_numbers_its_paragraphs_and_those_of_styles_based_on_it(file: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '<w:outlineLvl w:val="1"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    article = level(0, "decimal", "%1") + level(1, "chineseCounting", "第%2条", '<w:pStyle w:val="A"/>')
    write(
        file,
        p("甲", style="A"),
        p("乙", style="B"),
        p("丙", style="B", num=(0, 0)),
        styles=styles,
        numbering=numbering(article),
    )
    document = read(file)
    assert document.text == "第一条\t甲\n第二条\t乙\n丙"
    assert [(b.kind, b.level) for b in document.blocks] == [(BlockKind.HEADING, 2)] * 3


def test_styles_based_on_each_other_in_a_circle_end(file: Path) -> None:
    circle = '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
    circle += '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    circle += "</w:style>"
    assert read(write(file, p("甲", style="A"), styles=circle)).blocks[0].level == 1


def test_a_list_that_a_list_style_names_is_followed(file: Path) -> None:
    linked = (
        '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="L"/></w:abstractNum>'
        + numbering(level(0, "ideographTraditional", "%1、"))
        + '<w:num w:numId="9"><w:abstractNumId w:val="9"/></w:num>'
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    body = [p("a", num=(9, 0)), p("b", num=(9, 0))]
    assert labels(file, *body, styles=styles, numbering=linked) == ["甲、", "乙、"]


def test_bullets_print_nothing_but_boxes_to_tick(file: Path) -> None:
    lists = numbering(level(0, "bullet", "\uf0b7"), level(0, "bullet", "\uf0a8"))
    assert lines(write(file, p("甲", num=(1, 0)), p("乙", num=(2, 0)), numbering=lists)) == ["甲", "□\t乙"]


def test_a_deleted_paragraph_does_not_count_and_a_hidden_one_counts_unseen(file: Path) -> None:
    gone = p(deleted("甲"), num=(1, 0), more='<w:rPr><w:del w:id="3"/></w:rPr>')
    hidden = p(num=(1, 0), more="<w:rPr><w:vanish/></w:rPr>")
    body = [gone, p("乙", num=(1, 0)), hidden, p("丙", num=(1, 0))]
    assert lines(write(file, *body, numbering=numbering(level(0, "decimal", "%1.")))) == ["1.\t乙", "3.\t丙"]


def test_an_empty_numbered_cell_shows_its_number(file: Path) -> None:
    write(
        file,
        tbl((tc(p(num=(1, 0))), "服务器"), (tc(p(num=(1, 0))), "交换机")),
        numbering=numbering(level(0, "decimal", "%1")),
    )
    assert lines(file) == ["1", "服务器", "2", "交换机"]


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("decimal", 12, "12"), ("decimalZero", 3, "03"), ("chineseCounting", 10, "十"),
        ("chineseCounting", 21, "二十一"), ("chineseCounting", 101, "一〇一"), ("chineseCountingThousand", 19, "十九"),
        ("chineseCountingThousand", 103, "一百零三"), ("chineseCountingThousand", 110, "一百一十"),
        ("chineseCountingThousand", 1005, "一千零五"), ("chineseCountingThousand", 10500, "一万零五百"),
        ("japaneseCounting", 12, "十二"), ("japaneseCounting", 120, "百二十"), ("ideographDigital", 20, "二〇"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("ideographTraditional", 10, "癸"),
        ("ideographTraditional", 11, "11"), ("ideographZodiac", 12, "亥"), ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircle", 21, "㉑"),
        ("decimalEnclosedCircle", 51, "51"), ("lowerLetter", 27, "aa"), ("upperLetter", 26, "Z"),
        ("lowerRoman", 14, "xiv"), ("upperRoman", 1999, "MCMXCIX"), ("decimalFullWidth", 12, "１２"),
        ("ordinal", 22, "22nd"), ("ordinal", 11, "11th"), ("none", 3, ""), ("aFormatOfTheFuture", 7, "7"),
    ],
)  # fmt: skip
def test_numbers_are_printed_in_the_formats_of_word(form: str, value: int, text: str) -> None:
    assert printed(value, form) == text


# ---------------------------------------------------------------- what a paragraph is made of


def test_tracked_changes_read_as_accepted_and_are_counted(file: Path) -> None:
    moved = f'<w:moveFrom w:id="5">{r("旧位")}</w:moveFrom>', f'<w:moveTo w:id="6">{r("新位")}</w:moveTo>'
    document = read(write(file, p("付款期为", deleted("三十日"), ins("六十日")), p(moved[0]), p(moved[1])))
    assert document.text == "付款期为六十日\n新位"
    assert (document.contents.insertions, document.contents.deletions) == (2, 2)


def test_fields_give_their_result_and_not_their_instruction(file: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    nested = mark("begin") + r("内") + mark("separate") + r("页") + mark("end")
    field = (
        mark("begin") + "<w:r><w:instrText>REF x</w:instrText></w:r>" + nested + mark("separate") + r("3") + mark("end")
    )
    simple = f'<w:fldSimple w:instr="PAGE">{r("5")}</w:fldSimple>'
    link = f'<w:hyperlink r:id="x">{r("附件")}</w:hyperlink>'
    assert read(write(file, p("第", field, "条，共", simple, "页，见", link))).text == "第3条，共5页，见附件"


def test_boxes_to_tick_show_their_state_however_they_were_made(file: Path) -> None:
    def control(state: int, glyph: str) -> str:
        box_ = f'<w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox>'
        return f"<w:sdt><w:sdtPr>{box_}</w:sdtPr><w:sdtContent>{r(glyph)}</w:sdtContent></w:sdt>"

    def symbol(font: str, char: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'

    def form(value: int) -> str:
        state = f'<w:ffData><w:checkBox><w:default w:val="{value}"/></w:checkBox></w:ffData>'
        begin = f'<w:r><w:fldChar w:fldCharType="begin">{state}</w:fldChar></w:r>'
        return begin + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

    typed = r("\uf0fe", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>')
    cases = (
        control(1, "☒")
        + control(0, "☐")
        + symbol("Wingdings", "F0A8")
        + symbol("Wingdings 2", "0052")
        + form(1)
        + form(0)
    )
    assert read(write(file, p(cases, typed))).text == "☑□□☑☑□☑"


def test_hidden_text_is_left_out_and_said(file: Path) -> None:
    document = read(write(file, p("公开", r("暗中", "<w:vanish/>"), r("仍见", '<w:vanish w:val="0"/>'))))
    assert document.text == "公开仍见"
    assert document.warnings == ("文档有 1 处隐藏文字，打印时不出现，未审查",)


def test_equations_keep_their_letters_and_fractions(file: Path) -> None:
    def m(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    fraction = f"<m:f><m:num>{m('基准价')}</m:num><m:den>{m('报价')}</m:den></m:f>"
    assert read(write(file, p("得分=", f"<m:oMath>{fraction}{m('×100')}</m:oMath>"))).text == "得分=基准价/报价×100"


def test_line_ends_inside_the_xml_are_spaces(file: Path) -> None:
    assert read(write(file, p(r("甲\n乙")))).text == "甲 乙"


# ---------------------------------------------------------------- tables, boxes, margins, notes


def test_merged_cells_are_read_once_and_keep_their_grid_place(file: Path) -> None:
    table = tbl(
        (tc("名称", merge="restart"), tc("价款", span=2), "备注"),
        (tc("被盖住", merge="continue"), "单价", "总价", "无"),
    )
    document = read(write(file, table))
    assert [(b.span.of(document.text), b.cell) for b in document.blocks] == [
        ("名称", TableCell(0, 0, 0)), ("价款", TableCell(0, 0, 1)), ("备注", TableCell(0, 0, 3)),
        ("单价", TableCell(0, 1, 1)), ("总价", TableCell(0, 1, 2)), ("无", TableCell(0, 1, 3)),
    ]  # fmt: skip
    assert {b.kind for b in document.blocks} == {BlockKind.TABLE_CELL}
    assert document.contents.tables == 1


def test_content_controls_around_paragraphs_rows_and_cells_are_seen_through(file: Path) -> None:
    def control(content: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    row = f"<w:tr>{control(tc('甲'))}{tc('乙')}</w:tr>"
    document = read(write(file, control(p("名称：", control(r("某局")))), f"<w:tbl>{control(row)}</w:tbl>"))
    assert document.text == "名称：某局\n甲\n乙"
    assert document.blocks[2].cell == TableCell(0, 0, 1)


def test_a_text_box_is_read_once_after_its_paragraph(file: Path) -> None:
    document = read(write(file, p("前", box(p("框"), p("内")), "后"), p("尾")))
    assert document.text == "前后\n框\n内\n尾"


def test_headers_and_footers_come_last_and_only_once(file: Path) -> None:
    parts = {"header1": p("某某区政府"), "header2": p("某某区政府"), "footer1": p("第1页")}
    document = read(write(file, p("正文"), **parts))
    assert [(b.span.of(document.text), b.kind) for b in document.blocks] == [
        ("正文", BlockKind.PARAGRAPH), ("某某区政府", BlockKind.HEADER), ("第1页", BlockKind.FOOTER),
    ]  # fmt: skip
    assert document.blocks[1].anchor == DocxAnchor("word/header1.xml", 0)


def test_notes_follow_in_the_order_of_their_marks(file: Path) -> None:
    def mark(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    notes = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    notes += "".join(f'<w:footnote w:id="{n}">{p(f"注{n}")}</w:footnote>' for n in (1, 2, 3))
    document = read(write(file, p("甲", mark(2)), p("乙", mark(1)), footnotes=notes))
    assert document.text == "甲\n乙\n注2\n注1"
    assert (document.contents.notes, document.blocks[2].kind) == (2, BlockKind.NOTE)


def test_pictures_comments_objects_and_macros_are_counted(file: Path) -> None:
    picture = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    entries = {"word/embeddings/oleObject1.bin": b"x", "word/vbaProject.bin": b"x"}
    document = read(write(file, p("甲", picture, comment), entries=entries))
    contents = document.contents
    assert (contents.images, contents.comments, contents.embedded) == (1, 1, 2)
    assert document.warnings == ("文档带有宏，宏未运行，也未审查",)


def test_damage_beside_the_body_is_reported_and_the_body_still_read(file: Path) -> None:
    document = read(write(file, p("正文"), header1="<w:p>"))
    assert document.text == "正文"
    assert "word/header1.xml" in document.warnings[0]
    assert document.warnings[0].startswith("部分内容未能检查")


def test_the_strict_variant_of_the_format_reads_the_same(file: Path) -> None:
    plain = f"<w:document {NAMESPACES}><w:body>{p('第一条')}</w:body></w:document>"
    strict = plain.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert strict != plain
    assert read(write(file, raw=strict)).text == "第一条"


# ---------------------------------------------------------------- files of python-docx


def test_a_document_of_python_docx_reads_back_word_for_word(file: Path) -> None:
    made = docx.Document()
    made.add_heading("采购合同", 1)
    made.add_paragraph("甲方：某某区财政局")
    table = made.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"格{number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    made.sections[0].header.paragraphs[0].text = "内部资料"
    made.save(str(file))
    document = read(file)
    assert [b.span.of(document.text) for b in document.blocks] == [
        "采购合同", "甲方：某某区财政局", "格0", "格1", "格2", "格3", "内部资料",
    ]  # fmt: skip
    assert (document.blocks[0].kind, document.blocks[0].level) == (BlockKind.HEADING, 1)
    assert document.blocks[4].cell == TableCell(0, 1, 0)


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), min_size=1, max_size=5))
def test_any_words_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    path = write(tmp_path_factory.mktemp("w") / "a.docx", *(p(r(word)) for word in words))
    document = read(path)
    assert len(document.text) == len("\n".join(words))
    assert [len(b.span) for b in document.blocks] == [len(word) for word in words]


# ---------------------------------------------------------------- files that must not be read


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(path)
    return str(caught.value)


def test_entities_are_refused(file: Path) -> None:
    declared = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    write(
        file,
        raw=f"{declared}<w:document {NAMESPACES}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>",
    )
    assert "DOCTYPE" in refusal(file)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(file: Path) -> None:
    write(file, p("甲"), entries={"word/media/image1.bin": b"\0" * (containers.RATIO_MATTERS_FROM + 1)})
    assert "压缩比超过" in refusal(file)


def test_too_many_parts_are_refused(file: Path) -> None:
    write(file, p("甲"), entries={f"word/x{n}": b"" for n in range(containers.MAX_ENTRIES)})
    assert f"超过 {containers.MAX_ENTRIES} 个的上限" in refusal(file)


def test_a_truncated_file_is_damaged(file: Path) -> None:
    data = write(file, p("甲" * 1000)).read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert "已损坏" in refusal(file)


def test_a_body_with_a_wrong_checksum_is_damaged(file: Path) -> None:
    write(file, p("甲方"))
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo("word/document.xml")
    data[info.header_offset + 30 + len(info.filename) + 20] ^= 0xFF
    file.write_bytes(data)
    assert "word/document.xml 已损坏" in refusal(file)


def test_a_package_without_a_body_is_not_a_document(file: Path) -> None:
    assert "没有 Word 正文" in refusal(write(file, raw=f"<w:document {NAMESPACES}/>"))


def test_nesting_without_end_is_refused(file: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000
    assert "拒绝读取" in (said := refusal(write(file, deep))) or "已损坏" in said


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_flipped_bytes_never_end_in_anything_but_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("f") / "a.docx", p("甲方", ins("乙方")), numbering=CONTRACT)
    data = path.read_bytes()
    place %= len(data)
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    try:
        document = read(path)
    except ReviewerError as error:
        assert str(error).startswith("a.docx：")
    else:
        assert document.name == "a.docx"
