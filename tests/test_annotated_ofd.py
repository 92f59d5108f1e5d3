"""An OFD drawn as a PDF: the same words at the same places, highlights on the words of the findings."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from ofd_builder import OfdPage, make_ofd
from PIL import Image
from pypdf import PdfReader

from reviewer import exports, readers
from reviewer.domain import Review
from reviewer.errors import UsageError
from reviewer.pipeline import Engine

LINES = (
    "物业服务合同", "甲方：某某区财政局", "乙方：某某物业服务有限公司",
    "第一条　乙方应当支付定金，定金为合同总价的30%。", "第二条　本合同依据《中华人民共和国合同法》订立。",
)  # fmt: skip
ON = date(2026, 11, 21)


def annotated(engine: Engine, folder: Path, data: bytes) -> tuple[Review, bytes]:
    path = folder / "合同.ofd"
    path.write_bytes(data)
    review = engine.review(readers.read(path), on=ON)
    return review, exports.export("annotated_pdf", review, path)


def words(data: bytes, page: int = 0) -> str:
    return re.sub(r"\s", "", pdfium.PdfDocument(data)[page].get_textpage().get_text_range())


def annotations(data: bytes, page: int = 0) -> list[dict[str, object]]:
    found = PdfReader(io.BytesIO(data)).pages[page].get("/Annots")
    return [a.get_object() for a in found.get_object()] if found is not None else []  # type: ignore[union-attr]


def words_under(data: bytes, quads: list[float]) -> str:
    text = pdfium.PdfDocument(data)[0].get_textpage()
    found = []
    for at in range(0, len(quads), 8):
        xs, ys = quads[at : at + 8 : 2], quads[at + 1 : at + 8 : 2]
        found.append(text.get_text_bounded(min(xs) + 1, min(ys) + 1, max(xs) - 1, max(ys) - 1))
    return re.sub(r"\s", "", "".join(found))


def turned(degrees: int) -> OfdPage:
    """The lines on a page whose text runs at an angle (clockwise)."""
    matrix = {90: "0 1 -1 0 0 0", 180: "-1 0 0 -1 0 0", 270: "0 -1 1 0 0 0"}[degrees]
    page = OfdPage()
    for i, text in enumerate(LINES):
        x, y = {90: (170 - 10 * i, 30), 180: (190, 270 - 10 * i), 270: (40 + 10 * i, 260)}[degrees]
        page.objects.append(
            f'<ofd:TextObject Boundary="{x} {y} 0 0" CTM="{matrix}" Size="5.6">'
            f'<ofd:TextCode X="0" Y="0" DeltaX="g {len(text) - 1} 5.6">{text}</ofd:TextCode></ofd:TextObject>'
        )
    return page


def test_the_pages_keep_their_words_and_each_highlight_covers_those_of_its_finding(
    engine: Engine, tmp_path: Path
) -> None:
    review, data = annotated(engine, tmp_path, make_ofd([OfdPage().lines(LINES), OfdPage().lines(["第三条　附则。"])]))
    assert words(data) == re.sub(r"\s", "", "".join(LINES))
    assert words(data, 1) == "第三条附则。"
    by_name = {str(a["/NM"]): a for a in annotations(data) if "/NM" in a}
    worded = [f for f in review.findings if f.clause is None and f.excerpt in "".join(LINES)]
    assert {"定金", "《中华人民共和国合同法》"} <= {f.excerpt[:12].split("，")[0] for f in worded}
    for finding in worded:
        found = by_name[finding.fingerprint]
        assert found["/Subtype"] == "/Highlight"
        assert finding.title in str(found["/Contents"])
        quads = [float(value) for value in found["/QuadPoints"]]  # type: ignore[attr-defined]
        assert words_under(data, quads) == re.sub(r"\s", "", finding.excerpt)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_reads_and_is_drawn_upright(engine: Engine, tmp_path: Path, degrees: int) -> None:
    upright, _ = annotated(engine, tmp_path, make_ofd([OfdPage().lines(LINES)]))
    review, data = annotated(engine, tmp_path, make_ofd([turned(degrees)]))
    assert review.draft.text == upright.draft.text
    assert [f.fingerprint for f in review.findings] == [f.fingerprint for f in upright.findings]
    assert words(data) == re.sub(r"\s", "", "".join(LINES))
    width, height = pdfium.PdfDocument(data)[0].get_size()
    assert (width > height) is (degrees in (90, 270))


def test_ruling_lines_and_pictures_stand_where_they_did(engine: Engine, tmp_path: Path) -> None:
    red = Image.new("RGB", (40, 40), (200, 0, 0))
    stream = io.BytesIO()
    red.save(stream, "PNG")
    page = OfdPage().lines(LINES).line(20, 150, 190, 150).image("M1", x=120, y=200, width=40, height=40)
    _, data = annotated(engine, tmp_path, make_ofd([page], images={"M1": stream.getvalue()}))
    drawn = pdfium.PdfDocument(data)[0].render(scale=1, may_draw_forms=False).to_pil().convert("RGB")
    scale = 72 / 25.4
    assert drawn.getpixel((round(140 * scale), round(220 * scale))) == (200, 0, 0)
    assert drawn.getpixel((round(100 * scale), round(220 * scale))) == (255, 255, 255)
    column = [sum(drawn.getpixel((round(100 * scale), y))) for y in range(round(148 * scale), round(152 * scale) + 1)]  # type: ignore[arg-type]
    assert min(column) < 600 < max(column)


def test_a_picture_that_nothing_decodes_is_left_out(engine: Engine, tmp_path: Path) -> None:
    page = OfdPage().lines(LINES).image("M1", x=120, y=200, width=40, height=40)
    _, data = annotated(engine, tmp_path, make_ofd([page], images={"M1": b"\x89PNG no picture"}))
    assert words(data) == re.sub(r"\s", "", "".join(LINES))


def test_another_file_than_the_reviewed_one_is_refused(engine: Engine, tmp_path: Path) -> None:
    review, _ = annotated(engine, tmp_path, make_ofd([OfdPage().lines(LINES)]))
    other = tmp_path / "合同.ofd"
    other.write_bytes(make_ofd([OfdPage().lines(LINES[:2])]))
    with pytest.raises(UsageError, match="内容不一致"):
        exports.export("annotated_pdf", review, other)


def test_the_same_review_gives_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    data = make_ofd([OfdPage().lines(LINES)])
    assert annotated(engine, tmp_path, data)[1] == annotated(engine, tmp_path, data)[1]
