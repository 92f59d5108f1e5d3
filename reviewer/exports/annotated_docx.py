"""Review + the reviewed .docx → the same file with a native Word comment on the exact words of every finding.

Only the body part, comments.xml, its relationship and its content type are written; every other part is copied as it
is, and comments that the file already has stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import Block, BlockKind, Document, DocxAnchor, Finding, Review
from reviewer.errors import UnreadableFileError, UsageError
from reviewer.exports import _docx_ranges as ranges
from reviewer.exports import _docx_suggestions as suggestions
from reviewer.exports import _wording as wording
from reviewer.exports._docx_parts import Package, comment_styles, comments_part, first_free_number, main_part, written
from reviewer.exports._original import original_bytes
from reviewer.readers import legacy
from reviewer.readers.containers import open_archive, parts_of
from reviewer.readers.docx_revisions import invert
from reviewer.readers.docx_text import VAL, W

if TYPE_CHECKING:
    from lxml import etree

TITLE = "批注稿"
SUFFIX = ".docx"

AUTHOR, INITIALS = "合法性审查", "审"
INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML
ELSEWHERE = {BlockKind.HEADER: "页眉", BlockKind.FOOTER: "页脚", BlockKind.NOTE: "脚注或尾注"}


class _Target(NamedTuple):
    """Where a comment goes: a range of characters, or the text box `box` that hangs on its paragraph."""

    start: ranges.Point
    end: ranges.Point
    box: etree._Element | None
    note: str  # why it does not stand on the words themselves


def export(review: Review, source: Path | None = None, *, suggest: bool = False) -> bytes:
    """The bytes of the annotated .docx; a .doc, .wps or .odt comes back as .docx.

    With `suggest`, findings that have an exact rewording also become tracked changes (修订).
    Raises UsageError where the source is not the file that was reviewed.
    """
    data = _source_bytes(review.draft.document, source)
    with open_archive(data, review.draft.document.name) as archive:
        package = Package(review.draft.document.name, archive, parts_of(archive))
        main = main_part(package)
        body = package.root(main, W + "document")
        if not body.tag.startswith(W):
            raise UsageError(
                f"{package.name}：文件为“Strict Open XML”格式，不能直接加批注。请在 Word 中另存为普通 .docx 后重新审查"
            )
        if review.draft.document.original:
            invert(body)  # the anchors speak of the text before the tracked changes
            package.inverted.append(body)
        if review.findings:
            _comment(package, main, body, review, suggest=suggest)
        package.turn_back()
        return written(package)


def _source_bytes(document: Document, source: Path | None) -> bytes:
    if source is None:
        raise UsageError(f"{document.name}：生成批注稿需要原文件，请指定送审的 .docx 文件")
    if document.format != "docx" and f".{document.format}" not in legacy.SUFFIXES:
        raise UsageError(
            f"{document.name}：批注稿只能在 .docx 文件上生成，该文件是 {document.format} 格式；"
            "请用 Word 或 WPS 另存为 .docx 后重新审查，或改用审查报告（html）"
        )
    data = original_bytes(document, source)
    return data if document.format == "docx" else _converted(data, document)


def _converted(data: bytes, document: Document) -> bytes:
    """The .docx that LibreOffice makes of an older format: the one that the anchors of the document speak of."""
    try:
        converted = legacy.converted(data, document.name)
        again = legacy.read_converted(converted, document.name, original=document.original)
    except UnreadableFileError as error:
        raise UsageError(str(error)) from error
    if again.text != document.text:
        raise UsageError(f"{document.name}：再次转换的文字与审查时不同，批注会错位；请另存为 .docx 后重新审查")
    return converted


def _comment(package: Package, main: str, body: etree._Element, review: Review, *, suggest: bool) -> None:
    """One comment for every finding: first all runs are split, then the marks and the texts are written."""
    paragraphs = list(body.iter(ranges.PARAGRAPH))
    if not paragraphs:
        raise UsageError(f"{package.name}：正文没有段落，无法加批注，请改用审查报告（html）")
    targets = [_target(review, f, main, paragraphs) for f in review.findings]
    cuts: defaultdict[etree._Element, set[int]] = defaultdict(set)
    for target in targets:
        if target.box is None:
            for point in (target.start, target.end):
                cuts[point.paragraph].add(point.offset)
    for paragraph, offsets in cuts.items():
        ranges.split_runs(paragraph, offsets)
    part = comments_part(package, main)
    comments = package.root(part, W + "comments")
    package.changed.update((main, part))
    wanted = _suggestions(review, targets) if suggest else []
    free = first_free_number(comments, body)
    styles = comment_styles(package, main)
    for number, (finding, target) in enumerate(zip(review.findings, targets, strict=True), free):
        if target.box is None:
            ranges.mark(target.start, target.end, number)
        else:
            ranges.mark_child(target.start.paragraph, target.box, number)
        comments.append(_comment_element(review, finding, target, number, styles))
    package.turn_back()  # what is suggested is a change to the file as it is
    change = suggestions.first_free_number(body)
    for suggestion in wanted:
        if suggestions.suggest(suggestion, change, AUTHOR, f"{review.reviewed_on.isoformat()}T00:00:00Z"):
            change += len(suggestion.runs) + 1


def _suggestions(review: Review, targets: list[_Target]) -> list[suggestions.Suggestion]:
    """What can be written as tracked changes: exact rewordings of words that the file holds as they were read."""
    found = []
    for finding, target in zip(review.findings, targets, strict=True):
        if finding.edit is None or target.box is not None or target.note or finding.clause is not None:
            continue
        if target.end.offset - target.start.offset == len(finding.span):
            suggestion = suggestions.suggestion_for(target.start, target.end, INVALID.sub("", finding.edit))
            found += [suggestion] if suggestion is not None else []
    return found


# ---------------------------------------------------------------- where a comment goes


def _target(review: Review, finding: Finding, main: str, paragraphs: list[etree._Element]) -> _Target:
    """The words of the finding; the paragraph where they are not typed; the first paragraph for other parts."""
    document = review.draft.document
    span = finding.span
    block = document.block_at(span.start)
    found = None if block is None else _paragraph_of(block, main, paragraphs)
    if block is None or found is None:
        first = next((f for b in document.blocks if (f := _paragraph_of(b, main, paragraphs)) is not None), None)
        first = ranges.host(paragraphs[0] if first is None else first)
        place = "" if block is None else ELSEWHERE.get(block.kind, "")
        return _whole(first, f"位于{place or finding.where}，该处不能加批注，附于此")
    hosting = ranges.host(found)
    if hosting is not found:
        point = ranges.Point(hosting, 0)
        return _Target(point, point, next(found.iterancestors(ranges.BOX)), "位于此处的文本框中")
    start = _offset(block, span.start)
    if finding.clause is not None or not len(span):
        return _whole(found, "")
    last = document.block_at(span.end - 1)
    if last is not None and last is not block:
        ending = _paragraph_of(last, main, paragraphs)
        if ending is not None and ending.getparent() is found.getparent() and ranges.length_of(ending):
            return _Target(ranges.Point(found, start), ranges.Point(ending, _offset(last, span.end)), None, "")
    end = min(_offset(block, span.end), ranges.length_of(found))
    if end <= start:  # only the number that Word writes by itself
        return _whole(found, "")
    return _Target(ranges.Point(found, start), ranges.Point(found, end), None, "")


def _whole(paragraph: etree._Element, note: str) -> _Target:
    end = ranges.Point(paragraph, ranges.length_of(paragraph))
    return _Target(ranges.Point(paragraph, 0), end, None, note)


def _paragraph_of(block: Block, main: str, paragraphs: list[etree._Element]) -> etree._Element | None:
    anchor = block.anchor
    here = isinstance(anchor, DocxAnchor) and anchor.part.lower() == main.lower() and anchor.index < len(paragraphs)
    return paragraphs[anchor.index] if here and isinstance(anchor, DocxAnchor) else None


def _offset(block: Block, position: int) -> int:
    """An offset of the document as an offset in the typed text of its paragraph."""
    label = block.anchor.label if isinstance(block.anchor, DocxAnchor) else 0
    return max(position - block.span.start - label, 0)


# ---------------------------------------------------------------- what a comment says


def _comment_element(
    review: Review, finding: Finding, target: _Target, number: int, styles: tuple[str, str]
) -> etree._Element:
    from lxml import etree

    comment = etree.Element(
        W + "comment",
        {
            W + "id": str(number),
            W + "author": AUTHOR,
            W + "date": f"{review.reviewed_on.isoformat()}T00:00:00Z",
            W + "initials": INITIALS,
        },
    )
    for i, text in enumerate(wording.comment(review, finding, target.note)):
        paragraph = etree.SubElement(comment, W + "p")
        if styles[0]:
            properties = etree.SubElement(paragraph, W + "pPr")
            etree.SubElement(properties, W + "pStyle", {VAL: styles[0]})
        if i == 0:
            mark = etree.SubElement(paragraph, W + "r")
            if styles[1]:
                etree.SubElement(etree.SubElement(mark, W + "rPr"), W + "rStyle", {VAL: styles[1]})
            etree.SubElement(mark, W + "annotationRef")
        run = etree.SubElement(paragraph, W + "r")
        if i == 0:
            etree.SubElement(etree.SubElement(run, W + "rPr"), W + "b")
        written = etree.SubElement(run, W + "t", {ranges.SPACE: "preserve"})
        written.text = INVALID.sub("\ufffd", text)
    return comment
