"""PDF reader: real PDFs, written by pdf_builder, read back."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pdf_builder import COLUMNS, LEFT, SIZE, PdfPage, make_pdf, stream

from reviewer.domain import BlockKind, Document, LineBox, PageAnchor
from reviewer.errors import UnreadableFileError
from reviewer.readers import ocr, pdf, pdf_drawing, pdf_page, pdf_streams
from reviewer.readers.pdf_lines import Line
from reviewer.readers.pdf_paragraphs import joined
from reviewer.readers.pdf_tables import find_grids

# 26 characters fill a line of the builder's page
FIRST = "　　本办法所称行政规范性文件指由行政机关依照法定权限"
SECOND = "和程序制定公开发布涉及公民法人和其他组织权利义务具有"
LAST = "普遍约束力的公文。"
WHOLE = (FIRST + SECOND + LAST).strip("　")
RARE = "㐀㐁㐂㐃㐄㐅㐆㐇㐈㐉㐊㐋㐌㐍㐎㐏㐐㐑㐒㐓㐔㐕㐖㐗㐘㐙㐚㐛㐜㐝㐞㐟"

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.setenv(ocr.SWITCH, "off")  # what can be read without recognition; test_ocr.py has the rest

    def read_pages(*pages: PdfPage, data: bytes | None = None) -> Document:
        path = tmp_path / "送审稿.pdf"
        path.write_bytes(make_pdf(pages) if data is None else data)
        return pdf.read(path)

    return read_pages


def texts(document: Document, kind: BlockKind = BlockKind.PARAGRAPH) -> list[str]:
    return [block.span.of(document.text) for block in document.blocks if block.kind is kind]


def boxes(document: Document) -> list[LineBox]:
    return [box for b in document.blocks if isinstance(b.anchor, PageAnchor) for box in b.anchor.lines]


def test_the_lines_used_here_fill_the_page() -> None:
    assert len(FIRST) == len(SECOND) == COLUMNS


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"%PDF-1.7\n", True),
        (b"\n" * 900 + b"%PDF-1.4", True),
        (b" " * 1024 + b"%PDF-1.4", False),
        (b"PK\x03\x04", False),
    ],
)
def test_a_pdf_is_recognised_by_its_signature(head: bytes, expected: bool) -> None:
    assert pdf.recognises(head, "文件.docx") is expected


# ---------------------------------------------------------------- paragraphs


def test_lines_that_reach_the_margin_are_joined_without_spaces(read: Read) -> None:
    document = read(PdfPage().lines([FIRST, SECOND, LAST, "　　本办法自印发之日起施行。"]))
    assert texts(document) == [WHOLE, "本办法自印发之日起施行。"]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (FIRST[:-1] + "。", "　　" + LAST, 2),  # indented: another paragraph, although the line above is full
        ("第一条　为了规范合同管理。", "第二条　本办法适用于本区。", 2),
        (SECOND[:-1] + "：", "（一）属于本级职权范围的；", 2),
        (SECOND[:-1] + "。", "二、本合同一式四份。", 2),
        ("1．" + SECOND[2:], "2．" + SECOND[2:], 2),  # a list whose items end without punctuation
        (
            "　　依照《某某管理办法》和有关规定以及上级机关的要求按照",
            "第三条的规定处理。",
            1,
        ),  # not a label: mid-sentence
        ("甲方（盖章）：", "乙方（盖章）：", 2),
        (
            "　　" + SECOND[: COLUMNS - 3],
            "2026年度安排的资金。",
            1,
        ),  # the number did not fit in the room of one character
    ],
)
def test_a_paragraph_ends_where_chinese_layout_ends_it(read: Read, above: str, below: str, expected: int) -> None:
    document = read(PdfPage().lines([FIRST, SECOND, LAST, above, below, FIRST, SECOND, LAST]))
    assert len(texts(document)) == expected + 2


def test_a_hanging_indent_belongs_to_its_label(read: Read) -> None:
    page = PdfPage().lines([FIRST, SECOND, LAST, "（一）" + SECOND[3:]]).lines([SECOND[:20]], x=LEFT + 3 * SIZE, y=232)
    assert texts(read(page)) == [WHOLE, "（一）" + SECOND[3:] + SECOND[:20]]


def test_a_paragraph_goes_on_over_the_end_of_a_page(read: Read) -> None:
    document = read(PdfPage().lines(["　　前文。", FIRST, SECOND]), PdfPage().lines([LAST, "　　后文。"]))
    assert texts(document) == ["前文。", WHOLE, "后文。"]
    anchor = document.blocks[1].anchor
    assert isinstance(anchor, PageAnchor)
    assert (anchor.page, [line.page for line in anchor.lines]) == (1, [1, 1, 2])


def test_the_lines_of_a_large_centred_title_are_one_title(read: Read) -> None:
    page = PdfPage().text(198, 90, "某某区人民政府关于", size=22).text(210, 122, "印发办法的通知是", size=22)
    document = read(page.lines([FIRST, SECOND, LAST], y=180))
    assert texts(document) == ["某某区人民政府关于印发办法的通知是", WHOLE]


def test_words_of_latin_letters_keep_their_space_and_lose_the_hyphen() -> None:
    def line(text: str) -> Line:
        return Line(text, tuple(float(i) for i in range(len(text) + 1)), 0.0, 10.0, 10.0, 1)

    assert joined([line("the agree-"), line("ment of the"), line("parties以下"), line("ABC公司")])[0] == (
        "the agreement of the parties以下ABC公司"
    )
    assert joined([line("银行账号6222"), line("0001")])[0] == "银行账号62220001"


def test_a_gap_becomes_a_tab_and_letter_spacing_becomes_nothing(read: Read) -> None:
    page = PdfPage().text(90, 120, "甲方：某局").text(330, 120, "乙方：某公司")
    for i, character in enumerate("本合同有效期为一年"):
        page.text(90 + 26 * i, 160, character)
    assert texts(read(page)) == ["甲方：某局\t乙方：某公司", "本合同有效期为一年"]


def test_two_columns_are_read_one_after_the_other(read: Read) -> None:
    half = ["　　" + SECOND[:10], *[SECOND[:12]] * 7, "左栏到此为止。"]
    other = ["　　" + FIRST[2:12], *[FIRST[2:14]] * 7, "右栏到此为止。"]
    document = read(PdfPage().lines(half, x=60).lines(other, x=310))
    assert [text[-7:] for text in texts(document)] == ["左栏到此为止。", "右栏到此为止。"]


# ---------------------------------------------------------------- running heads, page numbers


def test_running_heads_are_kept_once_and_page_numbers_are_dropped(read: Read) -> None:
    pages = [
        PdfPage()
        .text(90, 60, f"政府采购合同 第{n}版", size=9)
        .lines([FIRST, SECOND, LAST])
        .text(280, 800, f"— {n} —", size=12)
        for n in (1, 2, 3)
    ]
    document = read(*pages)
    assert texts(document) == [WHOLE] * 3
    assert texts(document, BlockKind.HEADER) == ["政府采购合同 第1版"]
    assert "— " not in document.text


def test_a_number_inside_the_body_is_no_page_number(read: Read) -> None:
    document = read(PdfPage().lines(["　　合计（元）：", "　　1200", "　　以上金额含税。"], y=300))
    assert "1200" in texts(document)


def test_different_first_lines_of_pages_are_no_running_head(read: Read) -> None:
    document = read(PdfPage().lines(["第一章　总则"], y=80), PdfPage().lines(["第二章　职责"], y=80))
    assert texts(document) == ["第一章　总则", "第二章　职责"]


# ---------------------------------------------------------------- places on the page


def test_line_boxes_tell_where_every_character_is_printed(read: Read) -> None:
    document = read(PdfPage().lines(["　　前文。", FIRST, SECOND, LAST]))
    for box in boxes(document):
        assert len(box.edges) == len(box.span) + 1
        assert list(box.edges) == sorted(box.edges)
    second = boxes(document)[2]
    assert second.span.of(document.text) == SECOND
    assert second.edges[0] == pytest.approx(LEFT) and second.edges[10] == pytest.approx(LEFT + 10 * SIZE)
    assert second.top < 120 + 2 * 28 < second.bottom  # the baseline of the third line


@pytest.mark.parametrize(
    ("rotate", "angle", "left", "baseline"),
    [(0, 0, 200, 300), (90, 90, 842 - 300, 200), (180, 180, 595 - 200, 842 - 300), (270, 270, 300, 595 - 200)],
)
def test_boxes_are_those_of_the_page_as_displayed(
    read: Read, rotate: int, angle: float, left: float, baseline: float
) -> None:
    box = boxes(read(PdfPage(rotate=rotate).text(200, 300, "甲方某某局", angle=angle)))[0]
    assert box.edges[0] == pytest.approx(left, abs=0.1)
    assert box.edges[-1] == pytest.approx(left + 5 * SIZE, abs=0.1)
    assert box.top < baseline < box.bottom


def test_a_page_whose_box_does_not_start_at_zero_is_measured_from_its_own_corner(read: Read) -> None:
    box = boxes(read(PdfPage(box=(50, 30, 545, 742)).text(90, 300, "甲方某某局")))[0]
    assert box.edges[0] == pytest.approx(40) and box.top < 200 < box.bottom


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_turned_on_the_page_is_read_but_has_no_boxes(read: Read, angle: float) -> None:
    document = read(PdfPage().text(300, 400, "横排附表", angle=angle))
    assert texts(document) == ["横排附表"] and boxes(document) == []


def test_a_watermark_does_not_break_into_the_text(read: Read) -> None:
    pages = [PdfPage().lines([FIRST, SECOND, LAST]).text(150, 300, "征求意见稿", size=60, angle=45) for _ in range(2)]
    document = read(*pages)
    assert texts(document) == [WHOLE, WHOLE]
    assert texts(document, BlockKind.NOTE) == ["征求意见稿"]


def test_what_was_filled_into_a_form_field_is_read(read: Read) -> None:
    document = read(data=make_pdf([PdfPage().text(90, 100, "乙方：")], field="某某建设公司"))
    assert "".join(document.text.split()) == "乙方：某某建设公司"


# ---------------------------------------------------------------- tables


def test_ruled_cells_become_table_cells_and_are_not_repeated(read: Read) -> None:
    page = PdfPage().lines(["　　清单如下："]).grid([90, 200, 400], [200, 240, 300]).lines(["　　以上含税。"], y=340)
    page.text(100, 225, "序号").text(210, 225, "名称").text(100, 265, "1")
    page.text(208, 260, "计算机及其配套设备一二").text(208, 284, "三套")
    document = read(page)
    cells = {
        (b.cell.table, b.cell.row, b.cell.column): b.span.of(document.text)
        for b in document.blocks
        if b.cell is not None
    }
    assert cells == {
        (0, 0, 0): "序号",
        (0, 0, 1): "名称",
        (0, 1, 0): "1",
        (0, 1, 1): "计算机及其配套设备一二三套",
    }
    assert texts(document) == ["清单如下：", "以上含税。"]
    assert document.contents.tables == 1
    assert document.text.count("序号") == 1


def test_a_table_that_goes_on_over_the_page_is_one_table(read: Read) -> None:
    pages = [
        PdfPage().grid([90, 200, 400], [100, 140, 180]).text(100, 125, "上").text(210, 165, "下") for _ in range(2)
    ]
    document = read(*pages)
    assert document.contents.tables == 1
    assert [(b.cell.row, b.cell.column) for b in document.blocks if b.cell] == [(0, 0), (1, 1), (2, 0), (3, 1)]


def test_merged_cells_keep_their_first_row_and_column() -> None:
    lines = [(True, y, 0.0, 300.0) for y in (0.0, 40.0, 80.0)] + [(False, x, 0.0, 80.0) for x in (0.0, 300.0)]
    lines += [(False, x, 40.0, 80.0) for x in (100.0, 200.0)]
    grids = find_grids([pdf_drawing.Rule(*line) for line in lines])
    assert grids is not None
    assert [(row, column) for _, row, column in grids[0].cells] == [(0, 0), (1, 0), (1, 1), (1, 2)]
    assert grids[0].cell_at(250, 10) == 0


def test_underlines_and_a_frame_make_no_table(read: Read) -> None:
    page = (
        PdfPage()
        .lines(["甲方：", "乙方："])
        .line(140, 122, 300, 122)
        .line(140, 150, 300, 150)
        .grid([40, 550], [40, 800])
    )
    document = read(page)
    assert document.contents.tables == 0 and texts(document) == ["甲方：", "乙方："]


def test_a_drawing_of_very_many_lines_is_read_as_lines_with_a_warning(read: Read) -> None:
    page = (
        PdfPage().lines([FIRST, SECOND, LAST]).grid([5.0 * i for i in range(1, 100)], [5.0 * i for i in range(1, 100)])
    )
    document = read(page)
    assert texts(document) == [WHOLE]
    assert "第1页线条过多，没有按表格识别，按文字行读取" in document.warnings


# ---------------------------------------------------------------- what cannot be read


def test_an_image_page_is_named_and_the_others_are_read(read: Read) -> None:
    scanned = PdfPage().image(0, 0, 595, 842).text(400, 820, "扫描软件创建", size=9)
    document = read(PdfPage().lines([FIRST, SECOND, LAST]), PdfPage().image(0, 0, 595, 842), scanned)
    assert document.text == WHOLE
    assert (document.contents.unreadable_pages, document.contents.images, document.contents.pages) == ((2, 3), 2, 3)
    assert any(warning.startswith("第2-3页是图像") for warning in document.warnings)


def test_a_page_of_text_with_a_picture_is_readable(read: Read) -> None:
    document = read(PdfPage().lines([FIRST, SECOND, LAST]).image(300, 500, 100, 100))
    assert (document.text, document.contents.unreadable_pages, document.contents.images) == (WHOLE, (), 1)


@pytest.mark.parametrize("codes", [RARE, "".join(map(chr, range(0x21, 0x7E)))])
def test_text_of_a_font_without_unicode_is_never_returned(read: Read, codes: str) -> None:
    garbled = PdfPage()
    for i in range(3):
        garbled.text(60, 100 + 30 * i, codes, size=8, font="F2")
    document = read(garbled)
    assert (document.text, document.blocks, document.contents.unreadable_pages) == ("", (), (1,))
    assert any(warning.startswith("第1页的文字没有编码对照表") for warning in document.warnings)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE * 2,
        "The parties agree as follows. " * 5,
        "本合約由雙方簽訂，依據有關法律規定，經協商一致，訂立條款如下，以資共同遵守。" * 2,
    ],
)
def test_chinese_english_and_traditional_text_is_not_taken_for_garbage(text: str) -> None:
    assert not pdf.is_garbled(text.replace(" ", ""))


def test_an_empty_page_is_pointed_out(read: Read) -> None:
    document = read(PdfPage().lines([FIRST, SECOND, LAST]), PdfPage())
    assert any(warning.startswith("第2页没有读到任何内容，可能已损坏") for warning in document.warnings)
    assert document.contents.unreadable_pages == ()


def test_a_page_whose_stream_is_damaged_counts_as_unreadable(read: Read) -> None:
    good = PdfPage().lines([FIRST, SECOND, LAST])
    broken = bytearray(stream("\n".join(good.content).encode()))
    start = broken.index(b"stream\n") + 7
    broken[start + 2 : start + 40] = b"\xff" * 38
    document = read(data=make_pdf([good, PdfPage()], contents={1: bytes(broken)}))
    assert document.text == WHOLE
    assert document.contents.unreadable_pages == (2,)
    assert "第2页没有读到任何内容，可能已损坏" in document.warnings
    assert "文件内部有1处数据已损坏，读到的文字可能不全，请与原件核对" in document.warnings


def encrypted(data: bytes, *, user: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_that_only_restricts_printing_is_read(read: Read) -> None:
    data = encrypted(make_pdf([PdfPage().lines([FIRST, SECOND, LAST])]), user="")
    assert read(data=data).text == WHOLE


def test_a_file_with_a_password_says_so(read: Read) -> None:
    with pytest.raises(UnreadableFileError, match=r"送审稿\.pdf：文件设有打开密码"):
        read(data=encrypted(make_pdf([PdfPage().lines([FIRST])]), user="secret"))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"junk" * 500])
def test_a_file_that_is_no_whole_pdf_is_refused(read: Read, data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="已损坏或没有传完整"):
        read(data=data)


def test_a_truncated_file_is_refused_or_admits_what_is_missing(read: Read) -> None:
    whole = make_pdf([PdfPage().lines([FIRST, SECOND, LAST]) for _ in range(4)])
    for share in (0.3, 0.6, 0.9):
        try:
            document = read(data=whole[: int(len(whole) * share)])
        except UnreadableFileError:
            continue
        assert document.text.count(WHOLE) == 4 or document.warnings


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("layers", [1, 2])
def test_a_stream_that_would_burst_is_refused_before_it_is_unpacked(read: Read, layers: int) -> None:
    packed = bytes(pdf_streams.MAX_UNPACKED + 10)
    for _ in range(layers):
        packed = zlib.compress(packed, 1)
    filters = "/Filter[" + "/FlateDecode" * layers + "]"
    with pytest.raises(UnreadableFileError, match="可能是恶意文件"):
        read(data=make_pdf([PdfPage()], contents={0: stream(packed, filters, compress=False)}))


def test_too_many_pages_are_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(UnreadableFileError, match="共 3 页，超过 2 页"):
        read(PdfPage(), PdfPage(), PdfPage())


def test_a_page_with_too_much_text_is_cut_and_says_so(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "MAX_CHARACTERS", 20)
    document = read(PdfPage().lines([FIRST, SECOND, LAST]))
    assert document.text == WHOLE[:20]
    assert "第1页文字过多，只读取了前面一部分，请人工核对" in document.warnings


def test_reading_twice_gives_the_same_document(read: Read) -> None:
    pages: Sequence[PdfPage] = [PdfPage().lines([FIRST, SECOND, LAST]).grid([90, 200, 300], [300, 330, 360])]
    assert read(*pages) == read(*pages)
