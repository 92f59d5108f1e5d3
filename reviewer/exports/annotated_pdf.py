"""Review + the reviewed PDF → the same file with a highlight on the words of every finding, its comment inside.

An OFD is drawn as a PDF first: the same pages with the same words at the same places.

The places are those that the reader measured, also on recognised (OCR) pages; nothing is searched for.
"""

from __future__ import annotations

import io
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.domain import Document, Finding, LineBox, PageAnchor, Review, Severity, Span
from reviewer.errors import UsageError
from reviewer.exports import _ofd_pages as ofd_pages
from reviewer.exports import _wording as wording
from reviewer.exports._original import original_bytes

if TYPE_CHECKING:
    from pypdf import PageObject, PdfWriter

TITLE = "批注稿"
SUFFIX = ".pdf"

AUTHOR = "合法性审查"
COLOURS = {Severity.ILLEGAL: "ff8a80", Severity.RISK: "ffd54f", Severity.ADVICE: "a5d6a7"}
NOTE = 18.0  # points, the side of the note that stands for a finding without words of its own
_REPORT = "请改用审查报告（html）"

Box = tuple[float, float, float, float]  # left, top, right, bottom in points of the displayed page


class Place(NamedTuple):
    """Printed boxes of one page (from 1); none where the page does not tell where its words are."""

    page: int
    boxes: tuple[Box, ...]


def export(review: Review, source: Path | None = None) -> bytes:
    """The bytes of the annotated PDF. Raises UsageError where the source is not the PDF that was reviewed."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it repairs is not for the user
    document = review.draft.document
    data = _source_bytes(document, source)
    try:
        if document.format == "ofd":
            writer = ofd_pages.drawn(data, document.name)
        else:
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted:
                reader.decrypt("")
            writer = PdfWriter(clone_from=reader)
        stacked: defaultdict[int, int] = defaultdict(int)  # notes that stand on a page so far
        for finding in review.findings:
            _annotate(writer, review, finding, stacked)
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, DependencyError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{document.name}：PDF 的内部结构不规范或已加密，不能加批注，{_REPORT}") from error
    return out.getvalue()


def _source_bytes(document: Document, source: Path | None) -> bytes:
    if source is None:
        raise UsageError(f"{document.name}：生成批注稿需要原文件，请指定送审的 .pdf 或 .ofd 文件")
    if document.format not in ("pdf", "ofd"):
        raise UsageError(
            f"{document.name}：PDF 批注稿只能在 .pdf、.ofd 文件上生成，该文件是 {document.format} 格式，{_REPORT}"
        )
    return original_bytes(document, source)


# ---------------------------------------------------------------- where


def places(document: Document, span: Span) -> Iterator[Place]:
    """The boxes of a span, page by page; a page of its block without boxes where there are none."""
    by_page: dict[int, list[Box]] = {}
    for block in document.blocks:
        if not isinstance(block.anchor, PageAnchor) or not (
            block.span.overlaps(span) or (not len(span) and block.span.start <= span.start <= block.span.end)
        ):
            continue
        if not block.anchor.lines:
            by_page.setdefault(block.anchor.page, [])
        for line in block.anchor.lines:
            if (box := _box(line, span)) is not None:
                by_page.setdefault(line.page, []).append(box)
    for page, boxes in by_page.items():
        yield Place(page, tuple(boxes))


def _box(line: LineBox, span: Span) -> Box | None:
    """The part of a printed line that belongs to a span; for an empty span the end of the line it stands on."""
    start, end = max(span.start, line.span.start), min(span.end, line.span.end)
    if not len(span) and line.span.start <= span.start <= line.span.end:
        at = line.edges[min(span.start - line.span.start, len(line.edges) - 1)]
        return at, line.top, at, line.bottom
    if start >= end:
        return None
    return line.edges[start - line.span.start], line.top, line.edges[end - line.span.start], line.bottom


def _to_page(page: PageObject, x: float, y: float) -> tuple[float, float]:
    """A point of the displayed page (y downwards) in the page's own space (y upwards, before /Rotate)."""
    media, crop = page.mediabox, page.cropbox
    left, bottom = max(float(media.left), float(crop.left)), max(float(media.bottom), float(crop.bottom))
    right, top = min(float(media.right), float(crop.right)), min(float(media.top), float(crop.top))
    turned = page.rotation % 360
    if turned == 90:
        return left + y, bottom + x
    if turned == 180:
        return right - x, bottom + y
    if turned == 270:
        return right - y, top - x
    return left + x, top - y


# ---------------------------------------------------------------- annotations


def _annotate(writer: PdfWriter, review: Review, finding: Finding, stacked: defaultdict[int, int]) -> None:
    """The finding where it stands, and a short word at its further places."""
    document = review.draft.document
    said = "\n".join(wording.comment(review, finding))
    span = Span(finding.span.end, finding.span.end) if finding.clause is not None else finding.span
    found = list(places(document, span)) or [Place(1, ())]
    for i, place in enumerate(found):
        text = said if i == 0 else f"（接上页）{finding.title}"
        _mark(writer, review, finding, place, (text, finding.fingerprint if i == 0 else ""), stacked)
    for further in finding.also_at:
        for place in places(document, further):
            _mark(writer, review, finding, place, (f"同类问题：{finding.title}（说明见首处批注）", ""), stacked)


def _mark(
    writer: PdfWriter, review: Review, finding: Finding, place: Place, said: tuple[str, str],
    stacked: defaultdict[int, int],
) -> None:  # fmt: skip
    if not 1 <= place.page <= len(writer.pages):
        return
    page = writer.pages[place.page - 1]
    wide = [box for box in place.boxes if box[2] - box[0] > 0.5]
    annotation = _highlight(page, wide, COLOURS[finding.severity]) if wide else _note(page, place, stacked)
    from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject

    text, name = said
    colour = COLOURS[finding.severity]
    stamp = f"D:{review.reviewed_on:%Y%m%d}000000"
    annotation[NameObject("/Contents")] = TextStringObject(text)
    annotation[NameObject("/T")] = TextStringObject(AUTHOR)
    annotation[NameObject("/Subj")] = TextStringObject(f"{wording.SEVERITIES[finding.severity]}：{finding.title}")
    annotation[NameObject("/M")] = TextStringObject(stamp)
    annotation[NameObject("/C")] = ArrayObject(FloatObject(int(colour[i : i + 2], 16) / 255) for i in (0, 2, 4))
    if name:
        annotation[NameObject("/NM")] = TextStringObject(name)
    writer.add_annotation(place.page - 1, annotation)


def _highlight(page: PageObject, boxes: list[Box], colour: str) -> Any:
    from pypdf.annotations import Highlight
    from pypdf.generic import ArrayObject, FloatObject

    points: list[tuple[float, float]] = []
    for left, top, right, bottom in boxes:  # upper left, upper right, lower left, lower right
        points += [_to_page(page, x, y) for x, y in ((left, top), (right, top), (left, bottom), (right, bottom))]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    quads = ArrayObject(FloatObject(round(value, 2)) for point in points for value in point)
    return Highlight(
        rect=(min(xs), min(ys), max(xs), max(ys)), quad_points=quads, highlight_color=colour, printing=True
    )


def _note(page: PageObject, place: Place, stacked: defaultdict[int, int]) -> Any:
    """A note beside the place, or one under the other at the top of a page that does not tell."""
    from pypdf.annotations import Text

    if place.boxes:
        x, y = place.boxes[-1][2], place.boxes[-1][1]
    else:
        x, y = NOTE, NOTE + stacked[place.page] * (NOTE + 4)
        stacked[place.page] += 1
    corners = _to_page(page, x, y), _to_page(page, x + NOTE, y + NOTE)
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return Text(rect=(xs[0], ys[0], xs[1], ys[1]), text="")
