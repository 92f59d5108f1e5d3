"""Annotated PDF: highlights stand on the very words of the findings, with the comment inside."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pdf_builder import COLUMNS, PdfPage, make_pdf
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


def reviewed(engine: Engine, folder: Path, *pages: PdfPage) -> tuple[Review, Path]:
    path = folder / "合同.pdf"
    path.write_bytes(make_pdf(pages))
    return engine.review(readers.read(path), on=ON), path


def annotations(data: bytes, page: int = 0) -> list[dict[str, object]]:
    found = PdfReader(io.BytesIO(data)).pages[page].get("/Annots")
    return [a.get_object() for a in found.get_object()] if found is not None else []  # type: ignore[union-attr]


def words_under(data: bytes, page: int, quads: list[float]) -> str:
    """What PDFium finds inside the quadrilaterals of a highlight, in the page's own space."""
    text = pdfium.PdfDocument(data)[page].get_textpage()
    found = []
    for at in range(0, len(quads), 8):
        xs, ys = quads[at : at + 8 : 2], quads[at + 1 : at + 8 : 2]
        found.append(text.get_text_bounded(min(xs) + 1, min(ys) + 1, max(xs) - 1, max(ys) - 1))
    return re.sub(r"\s", "", "".join(found))


@pytest.mark.parametrize("rotate", [0, 180])
def test_each_highlight_covers_the_words_of_its_finding(engine: Engine, tmp_path: Path, rotate: int) -> None:
    if rotate:
        page = PdfPage(rotate=180)
        for i, line in enumerate(LINES):
            page.text(500, 700 - 30 * i, line, angle=180)
    else:
        page = PdfPage().lines(LINES)
    review, path = reviewed(engine, tmp_path, page)
    data = exports.export("annotated_pdf", review, path)
    by_name = {str(a["/NM"]): a for a in annotations(data) if "/NM" in a}
    worded = [f for f in review.findings if f.clause is None]
    assert {"定金", "《中华人民共和国合同法》"} <= {f.excerpt[:12].split("，")[0] for f in worded}
    for finding in worded:
        annotation = by_name[finding.fingerprint]
        assert annotation["/Subtype"] == "/Highlight"
        quads = [float(value) for value in annotation["/QuadPoints"]]  # type: ignore[attr-defined]
        assert words_under(data, 0, quads) == re.sub(r"\s", "", finding.excerpt)


def test_the_comment_says_what_is_wrong_and_under_which_law(engine: Engine, tmp_path: Path) -> None:
    review, path = reviewed(engine, tmp_path, PdfPage().lines(LINES))
    finding = next(f for f in review.findings if "定金" in f.excerpt)
    data = exports.export("annotated_pdf", review, path)
    said = next(a for a in annotations(data) if a.get("/NM") == finding.fingerprint)
    assert str(said["/Contents"]).startswith(f"【违法】{finding.title}\n")
    assert finding.message in str(said["/Contents"]) and finding.basis[0] in str(said["/Contents"])
    assert said["/T"] == "合法性审查"


def test_a_finding_on_two_pages_is_marked_on_both(engine: Engine, tmp_path: Path) -> None:
    full = "第一条　本合同由双方平等协商以后依据《中华人民共和国"
    assert len(full) == COLUMNS
    first = PdfPage().lines([*LINES[:3], full], y=120)
    review, path = reviewed(engine, tmp_path, first, PdfPage().lines(["合同法》订立。第二条　另行约定。"], y=120))
    text = review.draft.document.text
    joined = next(f for f in review.findings if f.excerpt == "《中华人民共和国合同法》")
    assert joined.excerpt in text
    data = exports.export("annotated_pdf", review, path)
    covered = [
        words_under(data, page, [float(v) for v in a["/QuadPoints"]])  # type: ignore[attr-defined]
        for page in (0, 1)
        for a in annotations(data, page)
        if a["/Subj"] == f"风险：{joined.title}"
    ]
    assert covered == ["《中华人民共和国", "合同法》"]


def test_text_that_runs_down_the_page_gets_notes_instead_of_misplaced_highlights(
    engine: Engine, tmp_path: Path
) -> None:
    review, path = reviewed(engine, tmp_path, PdfPage(rotate=90).lines(LINES))
    found = annotations(exports.export("annotated_pdf", review, path))
    assert review.findings
    assert {str(a["/Subtype"]) for a in found} == {"/Text"}
    assert len({tuple(map(float, a["/Rect"])) for a in found}) == len(found)  # type: ignore[attr-defined]


def test_the_words_and_the_earlier_annotations_of_the_file_stay(engine: Engine, tmp_path: Path) -> None:
    review, path = reviewed(engine, tmp_path, PdfPage().lines(LINES))
    once = tmp_path / "once.pdf"
    once.write_bytes(exports.export("annotated_pdf", review, path))
    again = engine.review(readers.read(once), on=ON)
    assert again.draft.document.text == review.draft.document.text
    data = exports.export("annotated_pdf", again, once)
    assert len(annotations(data)) == 2 * len(annotations(once.read_bytes()))


def test_the_same_review_gives_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    review, path = reviewed(engine, tmp_path, PdfPage().lines(LINES))
    assert exports.export("annotated_pdf", review, path) == exports.export("annotated_pdf", review, path)


def test_what_cannot_be_annotated_is_told(engine: Engine, tmp_path: Path) -> None:
    review, path = reviewed(engine, tmp_path, PdfPage().lines(LINES))
    with pytest.raises(UsageError, match="需要原文件"):
        exports.export("annotated_pdf", review)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(UsageError, match="内容不一致"):
        exports.export("annotated_pdf", review, path)
    draft = replace(review.draft, document=replace(review.draft.document, format="text"))
    with pytest.raises(UsageError, match=r"只能在 \.pdf、\.ofd 文件上"):
        exports.export("annotated_pdf", replace(review, draft=draft), path)
