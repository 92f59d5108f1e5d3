"""Old and foreign word processor files: .doc, .wps and .odt by way of LibreOffice, .rtf by our own reading."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pytest
from hostile_files import OLE, rtf
from pictures import missing
from wordml import p, write

from reviewer import exports, readers
from reviewer.domain import BlockKind, Document
from reviewer.errors import UnreadableFileError
from reviewer.pipeline import Engine
from reviewer.readers import soffice


def word_file(path: Path) -> Path:
    """A contract with a numbered list and a table, as a word processor saves it."""
    document = docx.Document()
    for text in ("采购合同", "甲方：某某区财政局", "本合同依据《中华人民共和国合同法》订立。"):
        document.add_paragraph(text)
    for text in ("乙方应当交付货物。", "甲方应当支付价款。"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(rows=2, cols=2, style="Table Grid")
    for i, text in enumerate(("项目", "金额", "服务费", "1000元")):
        table.cell(i // 2, i % 2).text = text
    document.add_paragraph("本合同自双方签字之日起生效。")
    document.save(str(path))
    return path


@pytest.fixture(scope="module")
def office() -> str:
    found = soffice.program()
    if not found:
        missing("LibreOffice")
    return found


@pytest.fixture(scope="module")
def saved(office: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same document saved as .docx, .doc and .odt."""
    folder = tmp_path_factory.mktemp("saved")
    word = word_file(folder / "合同.docx")
    paths = {"docx": word}
    for kind in ("doc", "odt"):
        profile = (folder / "profile").as_uri()
        command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
        subprocess.run([*command, str(folder), str(word)], check=True, capture_output=True, timeout=120)
        paths[kind] = folder / f"合同.{kind}"
    return paths


def lines(document: Document) -> list[str]:
    """The words of each block, without the space that follows a number."""
    return ["".join(b.span.of(document.text).split()) for b in document.blocks]


@pytest.mark.parametrize("kind", ["doc", "odt"])
def test_another_format_says_the_same_as_the_docx(saved: dict[str, Path], kind: str) -> None:
    reference, document = readers.read(saved["docx"]), readers.read(saved[kind])
    assert lines(document) == lines(reference)
    assert [b.cell for b in document.blocks] == [b.cell for b in reference.blocks]
    assert "2.甲方应当支付价款。" in lines(document)
    assert (document.name, document.format) == (f"合同.{kind}", kind)
    assert document.sha256 == hashlib.sha256(saved[kind].read_bytes()).hexdigest()


def test_a_doc_under_the_suffix_wps_is_read_as_wps(saved: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "合同.wps"
    path.write_bytes(saved["doc"].read_bytes())
    document = readers.read(path)
    assert (document.format, document.warnings) == ("wps", ())
    assert "甲方：某某区财政局" in document.text


def test_the_annotated_copy_of_a_doc_is_a_docx_with_comments_on_the_words(
    saved: dict[str, Path], engine: Engine
) -> None:
    review = engine.review(readers.read(saved["doc"]))
    assert review.findings
    data = exports.export("annotated_docx", review, saved["doc"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body, comments = (archive.read(f"word/{part}.xml").decode() for part in ("document", "comments"))
    assert comments.count("<w:comment ") == body.count("<w:commentRangeStart ") == len(review.findings)
    assert review.findings[0].title in comments


def test_without_libreoffice_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_SOFFICE", str(tmp_path / "none"))
    path = tmp_path / "合同.doc"
    path.write_bytes(OLE + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(400))
    with pytest.raises(UnreadableFileError, match=r"合同.doc：.*需要 LibreOffice.*libreoffice-writer.*另存为 .docx"):
        readers.read(path)


def test_a_doc_with_a_password_is_refused_before_libreoffice_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_SOFFICE", str(tmp_path / "none"))
    path = tmp_path / "合同.doc"
    stream = b"\xec\xa5" + bytes(8) + b"\x00\x01" + bytes(500)
    path.write_bytes(OLE + bytes(504) + stream + "WordDocument".encode("utf-16-le"))
    with pytest.raises(UnreadableFileError, match="打开密码"):
        readers.read(path)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of LibreOffice; what it does stands in the file beside it."""
    if sys.platform == "win32":
        missing("sh")
    program = tmp_path / "soffice"
    find_output = 'out=; for a; do [ "$p" = --outdir ] && out=$a; p=$a; done'
    program.write_text(f"#!/bin/sh\necho >> {tmp_path}/calls\n{find_output}\n. {tmp_path}/does\n")
    program.chmod(0o755)
    monkeypatch.setenv("REVIEWER_SOFFICE", str(program))
    return tmp_path


def test_a_program_that_gives_nothing_is_tried_once_more(stand_in: Path) -> None:
    made = write(stand_in / "made.docx", p("甲方"))
    (stand_in / "does").write_text(f'[ $(wc -l < {stand_in}/calls) = 2 ] && mkdir "$out" && cp {made} "$out"')
    assert soffice.as_docx(b"data", ".doc", "合同.doc") == made.read_bytes()


def test_a_program_that_never_gives_anything_ends_in_a_sentence(stand_in: Path) -> None:
    (stand_in / "does").write_text("exit 1")
    with pytest.raises(UnreadableFileError, match=r"合同.doc：LibreOffice 没有能够打开这个文件。.*另存为 .docx"):
        soffice.as_docx(b"data", ".doc", "合同.doc")
    assert len((stand_in / "calls").read_text()) == soffice.TRIES


def test_a_program_that_hangs_is_ended_with_all_it_started(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soffice, "SECONDS", 0.5)
    (stand_in / "does").write_text(f"sleep 60 & echo $! >> {stand_in}/started; wait")
    begun = time.monotonic()
    with pytest.raises(UnreadableFileError, match="没有完成"):
        soffice.as_docx(b"data", ".doc", "合同.doc")
    assert time.monotonic() - begun < 20
    for number in (stand_in / "started").read_text().split():
        command = Path(f"/proc/{number}/cmdline")  # empty for a process that ended and was not yet waited for
        assert not command.exists() or b"sleep" not in command.read_bytes()


# ---------------------------------------------------------------- rtf


def read_rtf(folder: Path, data: bytes) -> Document:
    path = folder / "合同.rtf"
    path.write_bytes(data)
    return readers.read(path)


def test_paragraphs_of_rtf_in_unicode_and_in_gbk(tmp_path: Path) -> None:
    gbk = "".join(f"\\'{byte:02x}" for byte in "乙方：某某公司".encode("gbk"))
    document = read_rtf(tmp_path, rtf("甲方：某某区财政局\\par ")[:-1] + gbk.encode() + b"\\par}")
    assert document.text == "甲方：某某区财政局\n乙方：某某公司"
    assert (document.format, document.warnings) == ("rtf", ())


def test_a_table_of_rtf_keeps_rows_and_columns_and_the_text_around_it(tmp_path: Path) -> None:
    row = "\\trowd\\cellx1000\\cellx2000\\pard\\intbl {}\\cell {}\\par {}\\cell\\row"
    text = "前文\\par " + row.format("项目", "金额", "元") + row.format("服务费", "1000", "整") + "\\pard 后文\\par "
    document = read_rtf(tmp_path, rtf(text))
    found = [((b.cell.row, b.cell.column) if b.cell else None, b.span.of(document.text)) for b in document.blocks]
    assert found == [
        (None, "前文"), ((0, 0), "项目"), ((0, 1), "金额"), ((0, 1), "元"), ((1, 0), "服务费"), ((1, 1), "1000"),
        ((1, 1), "整"), (None, "后文"),
    ]  # fmt: skip
    assert document.contents.tables == 1
    assert [b.kind for b in document.blocks if b.cell] == [BlockKind.TABLE_CELL] * 6


def test_pictures_of_rtf_are_counted_and_their_bytes_are_no_text(tmp_path: Path) -> None:
    document = read_rtf(tmp_path, rtf("甲方{\\pict\\pngblip " + "89504e47" * 500 + "}乙方{\\pict\\bin5 }}}}} }丙方"))
    assert (document.text, document.contents.images) == ("甲方乙方丙方", 2)


def test_a_link_of_rtf_shows_its_words_only(tmp_path: Path) -> None:
    link = '{\\field{\\*\\fldinst{HYPERLINK "http://example.org"}}{\\fldrslt{本办法}}}'
    assert read_rtf(tmp_path, rtf(f"依据{link}执行。")).text == "依据本办法执行。"


def test_tracked_changes_of_rtf_are_read_as_accepted(office: str, tmp_path: Path) -> None:
    del office
    document = read_rtf(tmp_path, rtf("付款期限为{\\deleted 三十}{\\revised 六十}日。"))
    assert (document.text, document.format) == ("付款期限为六十日。", "rtf")
    assert (document.contents.insertions, document.contents.deletions) == (1, 1)


def test_tracked_changes_of_rtf_without_libreoffice_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_SOFFICE", str(tmp_path / "none"))
    document = read_rtf(tmp_path, rtf("付款期限为{\\deleted 三十}{\\revised 六十}日。"))
    assert document.text == "付款期限为三十六十日。"
    assert any("被删除的文字也一并读入" in warning for warning in document.warnings)


def words(text: str) -> str:
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)


def rich(inside: str) -> bytes:
    return f"{{\\rtf1\\ansi\\ansicpg936{{\\fonttbl{{\\f0\\fcharset134 SimSun;}}}}\\f0 {inside}}}".encode("ascii")


def test_notes_headers_and_footers_of_rich_text_are_read_beside_the_body(tmp_path: Path) -> None:
    path = tmp_path / "合同.rtf"
    path.write_bytes(
        rich(
            f"{{\\header\\pard {words('某某区财政局')}\\par}}{{\\headerl\\pard {words('某某区财政局')}\\par}}"
            f"{{\\footer\\pard \\par}}\\headery720 {words('乙方支付定金')}"
            f"{{\\super {{\\*\\footnote \\pard {words('定金以总价的百分之三十为限')}{{\\b {words('。')}}}\\par}}}}"
            f"{words('。')}\\par {words('双方盖章后生效。')}\\par"
        )
    )
    document = readers.read(path)
    assert [(b.kind, b.span.of(document.text)) for b in document.blocks] == [
        (BlockKind.PARAGRAPH, "乙方支付定金。"), (BlockKind.PARAGRAPH, "双方盖章后生效。"),
        (BlockKind.NOTE, "定金以总价的百分之三十为限。"), (BlockKind.HEADER, "某某区财政局"),
    ]  # fmt: skip
    assert (document.contents.notes, document.warnings) == (1, ())


def test_notes_of_rich_text_that_never_end_do_not_hold_up_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "合同.rtf"
    path.write_bytes(rich(words("甲方付款。") + "\\par " + "{\\footnote a" * 1_500)[:-1])
    begun = time.monotonic()
    assert readers.read(path).text.startswith("甲方付款。")
    assert time.monotonic() - begun < 5
