"""Recognition of pictures: the words, their places and doubts; what is said where nothing can be recognised."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import batch_tasks
import pytest
from ofd_builder import OfdPage, make_ofd
from pdf_builder import PdfPage, make_pdf, stream
from pictures import missing, png, printed, stamped, table
from PIL import Image

from reviewer import readers
from reviewer.domain import Block, Contents, Document, Finding, LineBox, PageAnchor, Span
from reviewer.pipeline import Engine
from reviewer.readers import ocr

LINES = (
    "第一条　甲方委托乙方提供物业服务，服务期限为三年。",
    "第二条　合同价款为人民币1280000元，按季度支付。",
    "第三条　争议由甲方所在地人民法院管辖。",
    "第四条　本合同一式四份，双方各执两份。",
)
Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    if why := ocr.unavailable():
        missing(why)

    def read_bytes(data: bytes, name: str = "扫描件.png") -> Document:
        path = tmp_path / name
        path.write_bytes(data)
        return readers.read(path)

    return read_bytes


def squeezed(text: str) -> str:
    """Without white space, and with the punctuation marks that look alike made one."""
    return re.sub(r"\s", "", text).translate(str.maketrans(",:;()", "，：；（）"))


def boxes(document: Document) -> list[LineBox]:
    return [box for b in document.blocks if isinstance(b.anchor, PageAnchor) for box in b.anchor.lines]


def test_print_is_read_to_the_letter_with_boxes_and_confidence(read: Read) -> None:
    document = read(png(printed(LINES)))
    assert squeezed(document.text) == squeezed("".join(LINES))
    assert (document.format, document.contents.pages, document.contents.recognised_pages) == ("image", 1, (1,))
    assert document.contents.unreadable_pages == ()
    first = boxes(document)[0]
    assert first.edges[0] == pytest.approx(72, abs=5)
    assert first.top < 72 + 8 < first.bottom
    assert 0.9 < first.confidence <= 1


def test_a_seal_over_the_words_is_taken_out_and_mentioned(read: Read) -> None:
    document = read(png(stamped(printed(LINES), 0.45, 0.13)))
    assert squeezed(document.text) == squeezed("".join(LINES))
    assert any("第1页有红色印章" in warning for warning in document.warnings)


def test_a_red_headline_is_no_seal(read: Read) -> None:
    document = read(png(printed(["某某区人民政府文件"], points=30, colour=(220, 30, 30))))
    assert squeezed(document.text) == "某某区人民政府文件"
    assert not any("印章" in warning for warning in document.warnings)


def test_a_ruled_table_keeps_its_rows_and_columns(read: Read) -> None:
    rows = (("序号", "货物名称", "金额"), ("1", "办公桌椅", "36000"), ("2", "打印机", "4800"))
    document = read(png(table(rows)))
    cells = {(b.cell.row, b.cell.column): b.span.of(document.text) for b in document.blocks if b.cell}
    assert cells == {(i, j): text for i, row in enumerate(rows) for j, text in enumerate(row)}


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_that_lies_on_its_side_or_head_is_turned(read: Read, turn: int) -> None:
    document = read(png(printed(LINES).rotate(turn, expand=True)))
    assert squeezed(document.text) == squeezed("".join(LINES))


def test_characters_read_with_little_confidence_are_doubtful(read: Read) -> None:
    image = printed(["第一条　合同价款为人民币1280000元。"])
    smeared = image.resize((image.width // 4, image.height // 4)).resize(image.size)
    document = read(png(smeared))
    assert document.doubtful
    assert all(len(span) == 1 and span.end <= len(document.text) for span in document.doubtful)
    assert any("识别把握较低" in warning for warning in document.warnings)


def image_pdf(image: Image.Image) -> bytes:
    """A PDF whose one page is a picture."""
    page = PdfPage().image(0, 0, 595, 842)
    data = make_pdf([page])
    jpeg = png(image, "JPEG", quality=90)
    entries = f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/BitsPerComponent 8"
    picture = f"<<{entries}/ColorSpace/DeviceRGB/Filter/DCTDecode/Length {len(jpeg)}>>\nstream\n".encode() + jpeg
    small = stream(b"\x80", "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray")
    assert small in data
    return data.replace(small, picture + b"\nendstream")  # the offsets are wrong now: PDFium finds the objects anew


def test_a_scanned_pdf_page_is_recognised_in_its_place(read: Read) -> None:
    document = read(image_pdf(printed(LINES)), "扫描件.pdf")
    assert squeezed(document.text) == squeezed("".join(LINES))
    assert (document.contents.recognised_pages, document.contents.unreadable_pages) == ((1,), ())
    assert document.contents.images == 0  # the picture is the page, and it was read
    assert boxes(document)[0].edges[0] == pytest.approx(72, abs=5)


def test_a_picture_page_of_an_ofd_is_recognised(read: Read) -> None:
    pages = [OfdPage().image("scan"), OfdPage().text(30, 60, "第五条　本合同自签订之日起生效。")]
    document = read(make_ofd(pages, images={"scan": png(printed(LINES))}), "合同.ofd")
    assert squeezed(document.text) == squeezed("".join(LINES) + "第五条　本合同自签订之日起生效。")
    assert (document.contents.recognised_pages, document.contents.unreadable_pages) == ((1,), ())


def test_every_frame_of_a_tiff_is_a_page(read: Read) -> None:
    first, second, third = (printed([line]) for line in LINES[:3])
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=[second, third], compression="tiff_lzw")
    document = read(buffer.getvalue(), "扫描件.tif")
    assert document.contents.recognised_pages == (1, 2, 3)
    assert [squeezed(line) for line in document.text.split("\n")] == [squeezed(line) for line in LINES[:3]]


def test_a_worker_process_recognises_pages_itself_so_that_nothing_is_left_when_it_is_ended(tmp_path: Path) -> None:
    if why := ocr.unavailable():
        missing(why)
    first, second, third = (printed([line]) for line in LINES[:3])
    path = tmp_path / "扫描件.tif"
    first.save(path, "TIFF", save_all=True, append_images=[second, third], compression="tiff_lzw")
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(batch_tasks.processes_at_each_step, str(path)).result() == [0, 0, 0]


def test_a_blank_picture_is_listed_as_unread(read: Read) -> None:
    document = read(png(printed([])))
    assert (document.text, document.contents.unreadable_pages) == ("", (1,))
    assert any("没有识别出文字" in warning for warning in document.warnings)


def test_a_finding_on_doubtful_characters_says_so_and_is_less_sure(engine: Engine) -> None:
    text = "第一条　乙方应当支付定金，定金为合同总价的30%。"

    def finding(doubtful: tuple[int, ...]) -> Finding:
        edges = tuple(float(i) for i in range(len(text) + 1))
        line = LineBox(Span(0, len(text)), 1, 10.0, 20.0, edges, 0.9, doubtful)
        block = Block(Span(0, len(text)), anchor=PageAnchor(1, (line,)))
        document = Document("a.png", "0" * 64, "image", text, (block,), Contents(pages=1, recognised_pages=(1,)))
        return next(f for f in engine.review(document).findings if "定金" in f.excerpt)

    sure, doubted, elsewhere = finding(()), finding((text.index("3"),)), finding((0,))
    assert "扫描识别" not in sure.because and sure == elsewhere
    assert doubted.confidence == 0.5 < sure.confidence
    assert doubted.because.endswith("所在文字由扫描识别得出，可能有误，请对照原件核对")


def test_without_the_extra_the_page_is_listed_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setenv(ocr.SWITCH, "off")
    path = tmp_path / "扫描件.png"
    path.write_bytes(png(Image.new("RGB", (200, 200), "white")))
    review = engine.review(readers.read(path))
    assert review.coverage.contents.unreadable_pages == (1,)
    assert not review.coverage.complete and review.score.value is None
    assert any("第1页需要文字识别，未能读取" in warning for warning in review.warnings)
