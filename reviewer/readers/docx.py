""".docx → Document: what Word shows on the page, automatic numbers, notes and text boxes included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import BlockKind, Contents, Document, DocxAnchor, TableCell
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import Piece, assemble
from reviewer.readers.containers import open_archive, parts_of
from reviewer.readers.docx_comments import Remarks, earlier_comments
from reviewer.readers.docx_numbering import (
    Counters,
    Formatting,
    Style,
    next_label,
    outline_level,
    place_in_list,
    read_formatting,
)
from reviewer.readers.docx_package import Package, relation_id
from reviewer.readers.docx_revisions import mark_is_deleted
from reviewer.readers.docx_survey import Survey, is_deleted, sentences, survey
from reviewer.readers.docx_text import ALTERNATE, VAL, W, chosen, is_on, run_pieces

if TYPE_CHECKING:
    from lxml import etree

SUFFIXES: tuple[str, ...] = (".docx", ".docm", ".dotx", ".dotm")
FORMAT = "docx"
TRACKS_CHANGES = True
_MAIN = "word/document.xml"
_P, _TBL, _TR, _TC = (W + name for name in ("p", "tbl", "tr", "tc"))


def recognises(head: bytes, name: str) -> bool:
    """Whether it is a zip of the Office kind with a Word part in it, or a damaged one that claims to be."""
    if not head.startswith(b"PK"):
        return False
    named = Path(name).suffix.lower() in SUFFIXES
    if b"[Content_Types].xml" in head and b"word/" in head.replace(b"\\", b"/").lower():
        return True
    return named and not any(mark in head for mark in (b"OFD.xml", b"xl/workbook", b"ppt/presentation"))


def read(path: Path, *, original: bool = False) -> Document:
    """Body, notes, headers and footers in this order; tracked changes read as accepted, and counted.

    `original`: before its tracked changes: without insertions, with deletions, moved text where it was.
    """
    data = path.read_bytes()
    with open_archive(data, path.name) as archive:
        package = Package(path.name, archive, parts_of(archive), original=original)
        try:
            pieces, tally, remarks = _read_package(package)
        except RecursionError as error:
            raise UnreadableFileError(
                f"{path.name}：文档结构嵌套过深，可能是恶意文件，已拒绝读取。请用 Word、WPS 另存为新文件后再试。"
            ) from error
    insertions, deletions = tally["insertions"], tally["deletions"]
    contents = Contents(
        tables=tally["tables"],
        images=tally["images"],
        insertions=deletions if original else insertions,
        deletions=insertions if original else deletions,
        comments=tally["comments"],
        notes=tally["notes"],
        embedded=tally["embedded"] + tally["macros"] + tally["chunks"],
    )
    warnings = (*package.problems, *sentences(tally))
    document = assemble(path, FORMAT, pieces, contents=contents, warnings=warnings, data=data)
    comments = tuple(earlier_comments(remarks, document)) if remarks is not None else ()
    return replace(document, comments=comments, original=original)


# ---------------------------------------------------------------- package and parts


class _Story(NamedTuple):
    """One part while it is read: its name, formatting and paragraphs, and how far its lists have counted."""

    part: str
    formatting: Formatting
    survey: Survey
    tally: Counter[str]
    kind: BlockKind
    counters: Counters
    box_counters: Counters


def _read_package(package: Package) -> tuple[list[Piece], Counter[str], Remarks | None]:
    main = next((target for kind, target in package.related("").values() if kind == "officeDocument"), _MAIN)
    root = package.root(main)
    body = None if root is None else root.find(W + "body")
    if root is None or body is None:
        raise UnreadableFileError(f"{package.name}：压缩包里没有 Word 正文，不是完整的 .docx 文件。请重新获取原文件。")
    relations = package.related(main)
    by_kind = dict(relations.values())
    parts = (by_kind.get(kind, "") for kind in ("styles", "numbering"))
    formatting = read_formatting(*(package.optional_root(part) for part in parts))
    tally: Counter[str] = Counter()
    story = _story(main, root, formatting, tally, BlockKind.PARAGRAPH)
    pieces = list(_blocks(body, story, None))
    for kind in ("footnote", "endnote"):
        if kind + "s" in by_kind:
            pieces += _notes(package, by_kind[kind + "s"], root.iter(f"{W}{kind}Reference"), story)
    for kind, block_kind in (("header", BlockKind.HEADER), ("footer", BlockKind.FOOTER)):
        targets = (relations.get(relation_id(e)) for e in root.iter(f"{W}{kind}Reference"))
        names = dict.fromkeys(target[1] for target in targets if target is not None)
        pieces += _margins(package, names, story, block_kind)
    tally["embedded"] += sum("/embeddings/" in name or "/activex/activex" in name for name in package.entries)
    tally["macros"] += sum(name.endswith("vbaproject.bin") for name in package.entries)
    comments = package.optional_root(by_kind["comments"]) if tally["comments"] and "comments" in by_kind else None
    remarks = None if comments is None else Remarks(main, root, story.survey.ordinals, comments)
    return pieces, tally, remarks


def _story(part: str, root: etree._Element, formatting: Formatting, tally: Counter[str], kind: BlockKind) -> _Story:
    return _Story(part, formatting, survey(root, tally), tally, kind, Counters(), Counters())


def _notes(package: Package, part: str, references: Iterator[etree._Element], main: _Story) -> Iterator[Piece]:
    """Footnotes or endnotes in the order of their marks; those that nothing refers to are not on the page."""
    root = package.optional_root(part)
    if root is None:
        return
    story = _story(part, root, main.formatting, main.tally, BlockKind.NOTE)
    notes = {note.get(W + "id"): note for note in root if isinstance(note.tag, str) and note.get(W + "type") is None}
    for identity in dict.fromkeys(mark.get(W + "id") for mark in references if not is_deleted(mark)):
        if identity in notes:
            main.tally["notes"] += 1
            yield from _blocks(notes[identity], story, None)


def _margins(package: Package, parts: Mapping[str, object], main: _Story, kind: BlockKind) -> Iterator[Piece]:
    """Headers or footers of all sections; one that repeats an earlier text is left out."""
    seen: set[str] = set()
    for part in parts:
        root = package.optional_root(part)
        if root is not None:
            pieces = list(_blocks(root, _story(part, root, main.formatting, main.tally, kind), None))
            text = "\n".join(piece.text for piece in pieces)
            if text not in seen:
                seen.add(text)
                yield from pieces


# ---------------------------------------------------------------- blocks


def _blocks(container: etree._Element, story: _Story, cell: TableCell | None) -> Iterator[Piece]:
    """Paragraphs and tables below a container, through content controls and other wrappers."""
    joined = False  # the paragraph before ends in a deleted mark
    for element in container:
        tag = element.tag
        if tag == _P:
            piece = _paragraph(element, story, cell, joined=joined)
            yield piece
            boxed = element in story.survey.boxes
            joined = not boxed and bool(joined or piece.text.strip()) and mark_is_deleted(element.find(W + "pPr"))
            for box in story.survey.boxes.get(element, ()):
                yield from _blocks(box, story._replace(counters=story.box_counters), cell)
        elif tag == _TBL:
            joined = False
            yield from _table(element, story)
        elif tag == ALTERNATE:
            if (branch := chosen(element)) is not None:
                yield from _blocks(branch, story, cell)
        elif len(element) and tag not in _PROPERTIES:
            yield from _blocks(element, story, cell)


_PROPERTIES = frozenset(W + name for name in ("sectPr", "sdtPr", "sdtEndPr", "tcPr", "del", "moveFrom", "customXmlPr"))


def _paragraph(paragraph: etree._Element, story: _Story, cell: TableCell | None, *, joined: bool = False) -> Piece:
    properties = paragraph.find(W + "pPr")
    style_id, own_outline = "", None
    if properties is not None:
        for item in properties:
            if item.tag == W + "pStyle":
                style_id = item.get(VAL, "")
            elif item.tag == W + "outlineLvl":
                own_outline = item.get(VAL)
    style = story.formatting.styles.get(style_id) or story.formatting.styles.get("", Style())
    level = style.outline if own_outline is None else outline_level(own_outline)
    text = "".join([piece.text for piece in run_pieces(paragraph)])
    label = "" if joined else _label(properties, style_id, story, text)
    anchor = DocxAnchor(story.part, story.survey.ordinals[paragraph], len(label))
    kind = story.kind if cell is None else BlockKind.TABLE_CELL
    if level and kind is BlockKind.PARAGRAPH:
        kind = BlockKind.HEADING
    return Piece(label + text, kind, anchor, cell, level, joined)


def _label(properties: etree._Element | None, style_id: str, story: _Story, text: str) -> str:
    place = place_in_list(properties, style_id, story.formatting)
    if place is None or (not text and mark_is_deleted(properties)):
        return ""
    label = next_label(*place, story.counters)  # counts even where nothing is printed
    if text:
        return label
    return "" if properties is not None and _mark_is_hidden(properties) else label.rstrip()


def _mark_is_hidden(properties: etree._Element) -> bool:
    """Whether the paragraph mark is hidden text, and with it the number of a paragraph without text."""
    vanish = properties.find(f"{W}rPr/{W}vanish")
    return vanish is not None and is_on(vanish.get(VAL))


# ---------------------------------------------------------------- tables


def _table(table: etree._Element, story: _Story) -> Iterator[Piece]:
    number = story.tally["tables"]
    story.tally["tables"] += 1
    rows = (row for row in _members(table, _TR) if row.find(f"{W}trPr/{W}del") is None)
    for row_number, row in enumerate(rows):
        column = _grid(row, "trPr/gridBefore", 0)
        for cell in _members(row, _TC):
            if not _continues(cell) and cell.find(f"{W}tcPr/{W}cellDel") is None:
                yield from _blocks(cell, story, TableCell(number, row_number, column))
            column += _grid(cell, "tcPr/gridSpan", 1)


def _members(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also inside content controls and the like."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif len(element) and element.tag not in _NOT_MEMBERS:
            branch = chosen(element) if element.tag == ALTERNATE else element
            if branch is not None:
                yield from _members(branch, tag)


_NOT_MEMBERS = _PROPERTIES | {W + "tblPr", W + "tblGrid", W + "tblPrEx", W + "trPr", _P, _TBL}


def _continues(cell: etree._Element) -> bool:
    """Whether a cell is the covered part of a vertical merge."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(VAL, "continue") == "continue"


def _grid(element: etree._Element, path: str, otherwise: int) -> int:
    """A whole number from a property such as w:tcPr/w:gridSpan."""
    found = element.find("/".join(W + name for name in path.split("/")))
    text = "" if found is None else found.get(VAL, "")
    return int(text) if text.isdigit() and len(text) < 5 else otherwise
