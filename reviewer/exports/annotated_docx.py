"""Review + the reviewed .docx → the same file with a native Word comment on the exact words of every finding.

Only the body part, comments.xml, its relationship and its content type are written; every other part is copied as it
is, and comments that the file already has stay.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import Block, BlockKind, Document, DocxAnchor, Finding, Review
from reviewer.errors import UnreadableFileError, UsageError
from reviewer.exports import _docx_ranges as ranges
from reviewer.exports import _docx_suggestions as suggestions
from reviewer.exports import _wording as wording
from reviewer.exports._original import original_bytes
from reviewer.readers import legacy
from reviewer.readers.containers import open_archive, parse_xml, parts_of, unpack
from reviewer.readers.docx_revisions import invert
from reviewer.readers.docx_text import VAL, W

if TYPE_CHECKING:
    from lxml import etree

TITLE = "批注稿"
SUFFIX = ".docx"

AUTHOR, INITIALS = "合法性审查", "审"
PACKAGE_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML
ELSEWHERE = {BlockKind.HEADER: "页眉", BlockKind.FOOTER: "页脚", BlockKind.NOTE: "脚注或尾注"}


@dataclass
class _Package:
    """An opened .docx; `roots` are the parts parsed so far, `changed` those to be written anew."""

    name: str
    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    roots: dict[str, etree._Element] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    inverted: list[etree._Element] = field(default_factory=list)

    def root(self, part: str, otherwise: str) -> etree._Element:
        """The tree of a part; a part that the package lacks begins as the element `otherwise` ({namespace}name)."""
        from lxml import etree

        if part not in self.roots:
            entry = self.entries.get(part.lower())
            if entry is not None:
                self.roots[part] = parse_xml(unpack(self.archive, entry, self.name), part, self.name)
            else:
                namespace = otherwise[1:].partition("}")[0]
                prefix = "w" if otherwise.startswith(W) else None
                self.roots[part] = etree.Element(otherwise, nsmap={prefix: namespace})  # type: ignore[dict-item]
        return self.roots[part]

    def turn_back(self) -> None:
        """Give inverted parts their tracked changes back as they are in the file."""
        while self.inverted:
            invert(self.inverted.pop())


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
        package = _Package(review.draft.document.name, archive, parts_of(archive))
        main = _main_part(package)
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
        return _written(package)


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


def _main_part(package: _Package) -> str:
    root = package.root("_rels/.rels", PACKAGE_RELATIONS + "Relationships")
    found = next((r for r in root if r.get("Type", "").endswith("/officeDocument")), None)
    return "word/document.xml" if found is None else posixpath.normpath(found.get("Target", "").lstrip("/"))


def _comment(package: _Package, main: str, body: etree._Element, review: Review, *, suggest: bool) -> None:
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
    part = _comments_part(package, main)
    comments = package.root(part, W + "comments")
    package.changed.update((main, part))
    wanted = _suggestions(review, targets) if suggest else []
    free = _first_free_number(comments, body)
    styles = _comment_styles(package, main)
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


# ---------------------------------------------------------------- the package


def _comments_part(package: _Package, main: str) -> str:
    """The name of the comments part; where there is none yet, its relationship and content type are added."""
    from lxml import etree

    folder, file = posixpath.split(main)
    relations_part = posixpath.join(folder, "_rels", file + ".rels")
    relations = package.root(relations_part, PACKAGE_RELATIONS + "Relationships")
    part = next(
        (
            posixpath.normpath(posixpath.join("/", folder, r.get("Target", ""))).lstrip("/")
            for r in relations
            if r.get("Type") == OFFICE + "comments" and r.get("TargetMode") != "External"
        ),
        None,
    )
    if part is None:
        names = ("comments", *(f"comments{i}" for i in range(2, 1000)))
        free = next(n for n in names if posixpath.join(folder, n + ".xml").lower() not in package.entries)
        part = posixpath.join(folder, free + ".xml")
        used = {r.get("Id") for r in relations}
        identity = next(i for i in (f"rIdReview{n}" for n in range(1, len(used) + 2)) if i not in used)
        attributes = {"Id": identity, "Type": OFFICE + "comments", "Target": free + ".xml"}
        etree.SubElement(relations, PACKAGE_RELATIONS + "Relationship", attributes)
        package.changed.add(relations_part)
    types = package.root("[Content_Types].xml", CONTENT_TYPES + "Types")
    if not any(t.get("PartName", "").lower() == f"/{part}".lower() for t in types):
        attributes = {"PartName": f"/{part}", "ContentType": COMMENTS_TYPE}
        etree.SubElement(types, CONTENT_TYPES + "Override", attributes)
        package.changed.add("[Content_Types].xml")
    return part


def _first_free_number(comments: etree._Element, body: etree._Element) -> int:
    used = [e.get(W + "id", "") for e in comments.iter(W + "comment")]
    used += [e.get(W + "id", "") for e in body.iter(W + "commentRangeStart", W + "commentReference")]
    return max((int(u) for u in used if u.isdigit()), default=-1) + 1


def _comment_styles(package: _Package, main: str) -> tuple[str, str]:
    """Ids of the paragraph style of comment texts and of the character style of their marks, "" where absent."""
    root = package.root(posixpath.join(posixpath.dirname(main), "styles.xml"), W + "styles")
    ids = {}
    for style in root.iter(W + "style"):
        name = style.find(W + "name")
        if name is not None:
            ids[name.get(VAL, "").lower()] = style.get(W + "styleId", "")
    return ids.get("annotation text", ""), ids.get("annotation reference", "")


def _written(package: _Package) -> bytes:
    """The zip with the parsed parts written anew, in the order it had, new parts last."""
    changed = {part.lower(): (part, _serialised(package.roots[part])) for part in sorted(package.changed)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for key, entry in package.entries.items():
            copied = zipfile.ZipInfo(entry.filename, entry.date_time)
            copied.compress_type = entry.compress_type
            copied.external_attr = entry.external_attr
            data = changed.pop(key)[1] if key in changed else package.archive.read(entry)
            target.writestr(copied, data)
        for part, data in changed.values():
            added = zipfile.ZipInfo(part)  # a fixed date: the same review gives the same bytes
            added.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(added, data)
    return out.getvalue()


def _serialised(root: etree._Element) -> bytes:
    from lxml import etree

    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
