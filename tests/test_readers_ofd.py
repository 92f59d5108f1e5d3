"""OFD reader: files written by ofd_builder, read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ofd_builder import NAMESPACE, OfdPage, make_ofd, zipped

from reviewer import readers
from reviewer.domain import BlockKind, Document, PageAnchor, Span
from reviewer.errors import UnreadableFileError
from reviewer.readers import ocr

FIRST = "　　本办法所称行政规范性文件指由行政机关依照法定权限"
SECOND = "和程序制定公开发布涉及公民法人和其他组织权利义务具有"
LAST = "普遍约束力的公文。"
WHOLE = (FIRST + SECOND + LAST).strip("　")

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.setenv(ocr.SWITCH, "off")  # test_ocr.py reads pictures

    def read_bytes(data: bytes, name: str = "送审稿.ofd") -> Document:
        path = tmp_path / name
        path.write_bytes(data)
        return readers.read(path)

    return read_bytes


def test_printed_lines_become_one_paragraph_with_boxes(read: Read) -> None:
    document = read(make_ofd([OfdPage().lines([FIRST, SECOND, LAST])]))
    assert (document.text, document.format, document.contents.pages, document.warnings) == (WHOLE, "ofd", 1, ())
    anchor = document.blocks[0].anchor
    assert isinstance(anchor, PageAnchor)
    assert [line.span.of(document.text) for line in anchor.lines] == [FIRST.strip("　"), SECOND, LAST]
    second = anchor.lines[1]
    assert second.edges[0] == pytest.approx(30 * 72 / 25.4, abs=0.1)
    assert second.edges[1] - second.edges[0] == pytest.approx(5.6 * 72 / 25.4, abs=0.1)
    assert second.top < (40 + 9.9) * 72 / 25.4 < second.bottom


def test_lines_that_are_drawn_in_any_order_are_read_from_top_to_bottom(read: Read) -> None:
    page = OfdPage().text(30, 80, "第二条　本办法自发布之日起施行。").text(30, 60, "第一条　为了规范管理，制定本办法。")
    assert read(make_ofd([page])).text == "第一条　为了规范管理，制定本办法。\n第二条　本办法自发布之日起施行。"


def test_the_words_of_a_template_are_part_of_every_page_that_uses_it(read: Read) -> None:
    template = OfdPage().text(30, 60, "甲方：某某区财政局")
    pages = [OfdPage(template="T1").text(30, 80, f"第{n}批货物已经交付。") for n in ("一", "二")]
    document = read(make_ofd(pages, templates={"T1": template}))
    assert document.text.count("甲方：某某区财政局") == 2
    assert document.text.index("甲方") < document.text.index("第一批")


def test_ruling_lines_make_a_table(read: Read) -> None:
    page = OfdPage().grid([30, 80, 150], [50, 62, 74])
    for i, row in enumerate((("名称", "金额"), ("服务费", "1000元"))):
        for j, text in enumerate(row):
            page.text(32 + 50 * j, 58 + 12 * i, text)
    document = read(make_ofd([page]))
    cells = {(b.cell.row, b.cell.column): b.span.of(document.text) for b in document.blocks if b.cell}
    assert cells == {(0, 0): "名称", (0, 1): "金额", (1, 0): "服务费", (1, 1): "1000元"}
    assert document.contents.tables == 1


@pytest.mark.parametrize("delta", ["g 4 2.8 g 4 5.6", "2.8 2.8 2.8 2.8 5.6 5.6 5.6 5.6", "g 4 2.8 5.6 g 3 5.6"])
def test_repeated_steps_are_written_out(read: Read, delta: str) -> None:
    document = read(make_ofd([OfdPage().text(30, 60, "2026年的预算数", delta=delta)]))
    anchor = document.blocks[0].anchor
    assert isinstance(anchor, PageAnchor)
    widths = [b - a for a, b in zip(anchor.lines[0].edges, anchor.lines[0].edges[1:], strict=False)]
    assert [round(w * 25.4 / 72, 1) for w in widths] == [2.8] * 4 + [5.6] * 5


def test_steps_down_make_new_lines(read: Read) -> None:
    page = OfdPage()
    page.objects.append(
        '<ofd:TextObject Boundary="30 50 100 30" Size="5.6"><ofd:TextCode X="0" Y="5" DeltaX="5.6 -5.6 5.6" '
        'DeltaY="0 9 0">甲方乙方</ofd:TextCode></ofd:TextObject>'
    )
    assert read(make_ofd([page])).text.split() == ["甲方", "乙方"]


def test_text_turned_by_its_matrix_is_read_upright(read: Read) -> None:
    page = OfdPage()
    for i, text in enumerate(("第一条　本合同自签订之日起生效。", "第二条　本合同一式两份。")):
        page.objects.append(
            f'<ofd:TextObject Boundary="{150 - 10 * i} 30 8 200" CTM="0 1 -1 0 0 0" Size="5.6">'
            f'<ofd:TextCode X="0" Y="0" DeltaX="g {len(text) - 1} 5.6">{text}</ofd:TextCode></ofd:TextObject>'
        )
    assert read(make_ofd([page])).text == "第一条　本合同自签订之日起生效。\n第二条　本合同一式两份。"


def test_a_watermark_at_an_angle_stands_apart(read: Read) -> None:
    page = OfdPage().lines([FIRST, SECOND, LAST])
    page.objects.append(
        '<ofd:TextObject Boundary="60 150 100 100" CTM="0.7 0.7 -0.7 0.7 0 0" Size="12">'
        '<ofd:TextCode X="0" Y="0" DeltaX="g 3 12">内部资料</ofd:TextCode></ofd:TextObject>'
    )
    document = read(make_ofd([page]))
    assert [(b.kind, b.span.of(document.text)) for b in document.blocks] == [
        (BlockKind.PARAGRAPH, WHOLE), (BlockKind.NOTE, "内部资料"),
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["namespace", "backslashes", "upper case", "leading slash"])
def test_writers_that_bend_the_format_are_read_all_the_same(read: Read, change: str) -> None:
    data = make_ofd([OfdPage().text(30, 60, "甲方：某某区财政局")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if change == "namespace":
        files = {name: part.replace(NAMESPACE.encode(), b"urn:other") for name, part in files.items()}
    elif change == "backslashes":
        files = {name.replace("/", "\\"): part for name, part in files.items()}
    elif change == "upper case":
        files = {name.upper() if name != "OFD.xml" else name: part for name, part in files.items()}
    else:
        files = {name: part.replace(b">Doc_0/Document", b">/Doc_0/Document") for name, part in files.items()}
    assert read(zipped(files)).text == "甲方：某某区财政局"


def test_attachments_are_counted_and_named(read: Read) -> None:
    document = read(make_ofd([OfdPage().text(30, 60, "合同正文")], attachments=["报价单.xlsx", "图纸.pdf"]))
    assert document.contents.embedded == 2
    assert any("2 个附件（报价单.xlsx、图纸.pdf）" in warning for warning in document.warnings)


@pytest.mark.parametrize("digest", ["sm3", "sha256"])
def test_a_seal_over_unchanged_parts_is_told_and_not_called_genuine(read: Read, digest: str) -> None:
    (said,) = read(make_ofd([OfdPage().text(30, 60, "合同正文")], sealed=digest)).warnings
    assert "1 个电子印章" in said and "摘要与文件一致" in said
    assert "真伪未验证" in said


def test_a_part_that_changed_under_the_seal_is_named(read: Read) -> None:
    changed = OfdPage().text(30, 60, "合同价款1元").xml().encode()
    page = OfdPage().text(30, 60, "合同价款2元")
    document = read(make_ofd([page], sealed="sm3", parts={"Doc_0/Pages/Page_0/Content.xml": changed}))
    assert document.text == "合同价款1元"
    assert any("与签名时不一致（/Doc_0/Pages/Page_0/Content.xml）" in warning for warning in document.warnings)


def test_a_missing_page_counts_as_unreadable_and_the_others_are_read(read: Read) -> None:
    data = make_ofd([OfdPage().text(30, 60, "第一页"), OfdPage().text(30, 60, "第二页")],
                    parts={"Doc_0/Pages/Page_0/Content.xml": b"<broken"})  # fmt: skip
    document = read(data)
    assert (document.text, document.contents.unreadable_pages) == ("第二页", (1,))
    assert any("第1页的内容缺失或已损坏" in warning for warning in document.warnings)


def test_a_picture_page_without_recognition_is_listed(read: Read) -> None:
    pages = [OfdPage().image("scan"), OfdPage().text(30, 60, "第二页")]
    document = read(make_ofd(pages, images={"scan": b"\x89PNG\r\n\x1a\n"}))
    assert (document.text, document.contents.unreadable_pages) == ("第二页", (1,))
    assert any("第1页是图像" in warning for warning in document.warnings)
    assert any("第1页需要文字识别" in warning for warning in document.warnings)


def test_several_documents_of_one_file_follow_each_other(read: Read) -> None:
    first, second = ([OfdPage().text(30, 60, text)] for text in ("送审稿正文", "起草说明正文"))
    with zipfile.ZipFile(io.BytesIO(make_ofd(first))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(io.BytesIO(make_ofd(second))) as archive:
        names = [name for name in archive.namelist() if name != "OFD.xml"]
        files |= {name.replace("Doc_0", "Doc_1"): archive.read(name) for name in names}
    body = b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    files["OFD.xml"] = files["OFD.xml"].replace(b"</ofd:OFD>", body)
    document = read(zipped(files))
    assert (document.text, document.contents.pages) == ("送审稿正文\n起草说明正文", 2)
    assert document.block_at(document.text.index("起草")).anchor.page == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"OFD.xml": b"<a/>"}), "不完整"),
        (zipped({"OFD.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "DOCTYPE"),
        (zipped({"readme.txt": b"a", "Doc_0/Document.xml": b"<a/>"}), "不完整"),
        (zipped({"OFD.xml": b"<a/>", "Encryptions.xml": b"<a/>"}), "已加密"),
    ],
)
def test_what_is_no_whole_ofd_is_refused_with_its_reason(read: Read, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read(data)


def test_spans_of_the_boxes_cover_the_text_of_their_block(read: Read) -> None:
    document = read(make_ofd([OfdPage().lines([FIRST, SECOND, LAST]).text(30, 120, "第二条　施行日期另行规定。")]))
    for block in document.blocks:
        assert isinstance(block.anchor, PageAnchor)
        lines = block.anchor.lines
        assert lines[0].span.start == block.span.start and lines[-1].span.end == block.span.end
        assert all(len(line.edges) == len(line.span) + 1 for line in lines)
        assert all(Span(block.span.start, block.span.end).contains(line.span) for line in lines)
