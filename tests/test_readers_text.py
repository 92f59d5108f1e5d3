"""What the text and web page readers recover, and what `read` says of files that it cannot read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import Block, BlockKind, LineBox, PageAnchor, Span, TableCell
from reviewer.errors import ReviewerError, UnreadableFileError
from reviewer.readers import formats, read, text
from reviewer.readers.building import NO_TEXT, NOT_CHINESE, Piece, assemble
from reviewer.readers.encodings import decode

CLAUSE = "第一条　甲方应当自验收合格之日起三十日内，向乙方支付合同价款人民币壹佰万元整（￥1,000,000.00元）。"
TRADITIONAL = "第一條　甲方應於驗收合格之日起三十日內，向乙方支付契約價金新臺幣壹佰萬元整。"


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(path)
    return str(caught.value)


# ---------------------------------------------------------------- text


def test_lines_stay_as_written_and_blank_lines_make_no_block(tmp_path: Path) -> None:
    document = read(put(tmp_path, "a.txt", "　　第一条 甲方\r\n\r\n \t\n第二条  乙方 \r第三条"))
    assert document.text == "　　第一条 甲方\n第二条  乙方 \n第三条"
    assert [b.span for b in document.blocks] == [Span(0, 8), Span(9, 17), Span(18, 21)]
    assert (document.format, document.warnings) == ("text", ())


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_chinese_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    written = f"{CLAUSE}\n{CLAUSE}".replace("￥", "" if encoding == "gb2312" else "￥")
    assert read(put(tmp_path, "a.txt", written.encode(encoding))).text == written


@pytest.mark.parametrize("encoding", ["big5", "utf-16-le", "utf-8"])
def test_traditional_texts_are_read(tmp_path: Path, encoding: str) -> None:
    assert read(put(tmp_path, "a.txt", TRADITIONAL.encode(encoding))).text == TRADITIONAL


def test_ruled_tables_of_box_characters_are_read(tmp_path: Path) -> None:
    written = "┌──┬──┐\n│房号│面积│\n├──┼──┤\n│　　│　　│\n└──┴──┘"
    for encoding in ("gbk", "utf-16-le"):
        assert read(put(tmp_path, "a.txt", written.encode(encoding))).text == written


def test_a_short_note_in_gbk_is_read(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a.txt", "付款".encode("gbk"))).text == "付款"


def test_rare_characters_of_gb18030_survive(tmp_path: Path) -> None:
    written = "乙方联系人：㐂㛃，住所地：某某市某某区某某路一号。𠮷"
    assert read(put(tmp_path, "a.txt", written.encode("gb18030"))).text == written


def test_bytes_that_no_encoding_explains_are_an_error_and_not_question_marks(tmp_path: Path) -> None:
    assert "无法识别文字编码" in refusal(
        put(tmp_path, "a.txt", CLAUSE.encode() + b"\xff\xfe\x81" + CLAUSE.encode("gbk"))
    )


def test_binary_junk_under_a_text_name_is_not_text(tmp_path: Path) -> None:
    assert "内容不是文字" in refusal(put(tmp_path, "a.txt", bytes(range(256)) * 40))


def test_text_with_many_control_characters_is_not_text() -> None:
    with pytest.raises(UnreadableFileError, match="控制字符"):
        decode(("甲\x01" * 100).encode(), "a.txt")


def test_a_huge_text_is_refused_with_the_limit(tmp_path: Path) -> None:
    assert (
        refusal(put(tmp_path, "a.txt", b"a" * (text.MAX_TEXT_BYTES + 1)))
        == "a.txt：文字有 20 MB，超过 20 MB 的上限。请拆分成几个文件后再试。"
    )


def test_a_text_in_another_language_is_read_with_a_warning(tmp_path: Path) -> None:
    french = "Le marché est conclu pour une durée déterminée à compter de sa notification. " * 5
    document = read(put(tmp_path, "a.txt", french.encode("latin-1")))
    assert document.warnings == (NOT_CHINESE,)
    assert "durée déterminée" in document.text
    assert read(put(tmp_path, "b.txt", "この契約は、甲と乙の間で締結するものとする。")).warnings == (NOT_CHINESE,)
    assert read(put(tmp_path, "c.txt", f"{CLAUSE} Contract No. 12")).warnings == ()


def test_a_text_of_blank_lines_says_that_there_is_nothing_to_review(tmp_path: Path) -> None:
    document = read(put(tmp_path, "a.txt", "\n \n　\n"))
    assert (document.text, document.blocks, document.warnings) == ("", (), (NO_TEXT,))


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_document_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = put(tmp_path_factory.mktemp("b"), "a.txt", data)
    try:
        document = text.read(path)
    except ReviewerError as error:
        assert str(error).startswith("a.txt：")
    else:
        assert "\ufffd" not in document.text or b"\xef\xbf\xbd" in data or b"\xfd\xff" in data or b"\xff\xfd" in data
        assert document.text == "\n".join(b.span.of(document.text) for b in document.blocks)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x6000), min_size=1, max_size=50))
def test_what_was_saved_in_utf_8_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    assert read(put(tmp_path_factory.mktemp("u"), "a.txt", words)).text == words


# ---------------------------------------------------------------- web pages


PAGE = """<!DOCTYPE html><html><head><meta charset="{0}"><title>网页标题</title>
<style>p{{color:red}}</style></head><body>
<script>var 甲 = 1;</script><h2>第一章 总则</h2><p>第一条 甲方应当
  按期<b>支付</b>价款。<br>第二条&nbsp;乙方</p><div style="display: none">看不见</div>
<table><tr><th rowspan="2">名称</th><th colspan="2">价款</th></tr><tr><td>单价</td><td>总价</td></tr></table>
<input type="checkbox" checked>同意<input type="checkbox">不同意</body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk"])
def test_a_page_reads_as_a_browser_shows_it(tmp_path: Path, encoding: str) -> None:
    document = read(put(tmp_path, "a.html", PAGE.format(encoding).encode("gb18030" if "gb" in encoding else encoding)))
    assert document.text.split("\n") == [
        "第一章 总则", "第一条 甲方应当按期支付价款。", "第二条\u00a0乙方", "名称", "价款", "单价", "总价",
        "☑同意□不同意",
    ]  # fmt: skip
    assert document.format == "html"
    assert (document.blocks[0].kind, document.blocks[0].level) == (BlockKind.HEADING, 2)
    assert [b.cell for b in document.blocks[3:7]] == [
        TableCell(0, 0, 0), TableCell(0, 0, 1), TableCell(0, 1, 1), TableCell(0, 1, 2),
    ]  # fmt: skip


def test_a_table_that_lays_out_the_page_has_no_cells(tmp_path: Path) -> None:
    document = read(
        put(tmp_path, "a.htm", "<table><tr><td>导语<table><tr><td>内容</td></tr></table></td></tr></table>")
    )
    assert [b.cell for b in document.blocks] == [None, TableCell(0, 0, 0)]
    assert document.contents.tables == 1


def test_a_title_speaks_only_where_the_page_has_no_text(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a.html", "<html><head><title>通知</title></head><body></body></html>")).text == "通知"


def test_server_pages_are_text_unless_they_begin_with_markup(tmp_path: Path) -> None:
    assert (
        read(put(tmp_path, "a.jsp", '<%@ page language="java"%>\n<html><body>听证告知书</body></html>')).format
        == "text"
    )
    assert read(put(tmp_path, "b.php", "<p>听证告知书</p><?php echo 1 ?>")).text == "听证告知书"


def test_a_page_with_long_runs_of_blank_lines_and_comments_is_read_at_once(tmp_path: Path) -> None:
    begin = "<!-- 栏目 -->" * 3000
    assert read(put(tmp_path, "a.html", f"{begin}<p>甲{chr(10) * 200_000}x</p>")).text == "甲 x"
    assert read(put(tmp_path, "b.html", f"{begin}正文")).format == "text"


def test_a_deeply_nested_page_does_not_bring_the_reader_down(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a.html", "<div>" * 100 + "底" + "</div>" * 100)).text == "底"
    assert "嵌套过深" in refusal(put(tmp_path, "b.html", "<div>" * 5000 + "底" + "</div>" * 5000))


# ---------------------------------------------------------------- what kind of file


def test_content_decides_and_a_wrong_suffix_is_said(tmp_path: Path) -> None:
    document = read(put(tmp_path, "合同.docx", CLAUSE))
    assert document.text == CLAUSE
    assert document.warnings == ("扩展名是 .docx，内容实际是 text 格式，已按内容读取",)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", ("空的",)),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), ("密码",)),
        ("a.bin", b"\x00\x01\x02\x03" * 50 + b"\x00\x00", ("无法识别",)),
        ("a.doc", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", ("网页归档", "另存为 .docx")),
        ("a.xml", b'<?xml version="1.0"?>\n<pkg:package xmlns:pkg="x"/>', ("Word XML", "另存为 .docx")),
        ("a.docx", "xl/workbook.xml", ("表格和演示文稿暂不支持",)),
        ("a.zip", "zip", ("压缩包", "解压")),
        ("a.rar", b"Rar!\x1a\x07\x00" + b"\x00\x05" * 9, ("压缩包",)),
        ("a.docx", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", ("Git LFS 指针",)),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 60, ("已损坏",)),
        ("a.xlsx", "xl/workbook.xml", ("表格和演示文稿暂不支持", ".docx")),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_say_what_they_are_and_what_to_do(
    tmp_path: Path, name: str, data: bytes | str, words: tuple[str, ...]
) -> None:
    path = tmp_path / name
    if isinstance(data, str):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(data, "x")
    else:
        path.write_bytes(data)
    said = refusal(path)
    assert said.startswith(f"{name}：")
    assert said.endswith("。")
    assert all(word in said for word in words)


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    assert "找不到这个文件" in refusal(tmp_path / "无.docx")
    assert "这是文件夹" in refusal(tmp_path)


def test_every_format_keeps_the_contract_and_claims_its_own_suffixes() -> None:
    known = formats()
    suffixes = [suffix for module in known for suffix in module.SUFFIXES]
    assert {"docx", "html", "text"} <= {module.FORMAT for module in known}
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
    assert not any(module.recognises(b"", "a") for module in known if module.FORMAT != "text")


# ---------------------------------------------------------------- building


def test_pieces_are_joined_and_the_boxes_of_their_lines_move_with_them(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", b"x")
    line = LineBox(Span(0, 2), 1, 10.0, 20.0, (0.0, 1.0, 2.0))
    pieces = [Piece("甲乙丙"), Piece("  "), Piece("丁戊", anchor=PageAnchor(1, (line,)))]
    document = assemble(path, "pdf", pieces)
    assert document.text == "甲乙丙\n丁戊"
    moved = LineBox(Span(4, 6), 1, 10.0, 20.0, (0.0, 1.0, 2.0))
    assert document.blocks[1] == Block(Span(4, 6), anchor=PageAnchor(1, (moved,)))
