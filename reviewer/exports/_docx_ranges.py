"""Character offsets of one w:p → comment range marks around exactly those characters; runs are split where needed."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.readers.docx_text import RUN, RUN_FORMAT, RunPiece, W, run_pieces

if TYPE_CHECKING:
    from lxml import etree

PARAGRAPH, TEXT, BOX = W + "p", W + "t", W + "txbxContent"
DELETED_TEXT = W + "delText"  # read where the text before the tracked changes is
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Inside these a range mark may stand; inside anything else (ruby, formulas, drawings) it moves out around the whole.
OPEN = frozenset(
    W + name
    for name in ("hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "dir", "bdo")
)


@dataclass(frozen=True, slots=True)
class Point:
    """A character offset in the text of a w:p (`run_pieces` joined)."""

    paragraph: etree._Element
    offset: int


def split_runs(paragraph: etree._Element, offsets: Iterable[int]) -> None:
    """Make every offset a boundary between runs, where the text stands in a run that can be split."""
    pieces = run_pieces(paragraph)
    starts = _starts(pieces)
    for offset in sorted(set(offsets), reverse=True):  # from the end, so that earlier pieces stay what they are
        at = _piece_at(starts, pieces, offset)
        if at is None or _holder(pieces[at], paragraph) is not pieces[at].run:
            continue
        piece, inside = pieces[at], offset - starts[at]
        if inside and (piece.child.tag not in (TEXT, DELETED_TEXT) or piece.child.getparent() is not piece.run):
            continue
        if inside or (at and pieces[at - 1].run is piece.run):
            _split(piece, inside)


def mark(start: Point, end: Point, number: int) -> None:
    """Put the marks of comment `number` around the characters from `start` to `end`, and its reference after them."""
    opening, closing, reference = _mark_elements(number)
    first = _character_holder(start.paragraph, start.offset)
    last = _character_holder(end.paragraph, max(end.offset - 1, 0))
    if first is not None:
        first.addprevious(opening)
    elif (properties := start.paragraph.find(W + "pPr")) is not None:
        properties.addnext(opening)
    else:
        start.paragraph.insert(0, opening)
    if last is None:
        end.paragraph.extend((closing, reference))
    else:
        last.addnext(closing)
        _child_holding(end.paragraph, closing).addnext(reference)


def mark_child(paragraph: etree._Element, inner: etree._Element, number: int) -> None:
    """Put the marks around the child of a paragraph that holds `inner` (the run that a text box hangs on)."""
    opening, closing, reference = _mark_elements(number)
    child = _child_holding(paragraph, inner)
    child.addprevious(opening)
    child.addnext(closing)
    closing.addnext(reference)


def _mark_elements(number: int) -> tuple[etree._Element, etree._Element, etree._Element]:
    from lxml import etree

    identity = {W + "id": str(number)}
    reference = etree.Element(RUN)
    etree.SubElement(reference, W + "commentReference", identity)
    return etree.Element(W + "commentRangeStart", identity), etree.Element(W + "commentRangeEnd", identity), reference


def _child_holding(paragraph: etree._Element, inner: etree._Element) -> etree._Element:
    child = inner
    while (parent := child.getparent()) is not None and parent is not paragraph:
        child = parent
    return child


def length_of(paragraph: etree._Element) -> int:
    """How many characters the reader sees in a w:p."""
    return sum(len(piece.text) for piece in run_pieces(paragraph))


def host(paragraph: etree._Element) -> etree._Element:
    """The paragraph of the body that a paragraph of a text box hangs on; other paragraphs are their own."""
    found = paragraph
    while (box := next(found.iterancestors(BOX), None)) is not None:
        outer = next(box.iterancestors(PARAGRAPH), None)
        if outer is None:
            break
        found = outer
    return found


def _starts(pieces: list[RunPiece]) -> list[int]:
    starts, offset = [], 0
    for piece in pieces:
        starts.append(offset)
        offset += len(piece.text)
    return starts


def _piece_at(starts: list[int], pieces: list[RunPiece], offset: int) -> int | None:
    """Index of the piece that holds the character at an offset."""
    for i, (start, piece) in enumerate(zip(starts, pieces, strict=True)):
        if start <= offset < start + len(piece.text):
            return i
    return None


def _character_holder(paragraph: etree._Element, offset: int) -> etree._Element | None:
    """The element that marks of a character stand beside; the last one for an offset past the end."""
    pieces = run_pieces(paragraph)
    if not pieces:
        return None
    at = _piece_at(_starts(pieces), pieces, offset)
    return _holder(pieces[-1 if at is None else at], paragraph)


def _holder(piece: RunPiece, paragraph: etree._Element) -> etree._Element:
    """The run of a piece, or the outermost element around it that range marks may not stand in."""
    holder: etree._Element = piece.run
    for ancestor in piece.run.iterancestors():
        if ancestor is paragraph:
            break
        if ancestor.tag not in OPEN:
            holder = ancestor
    return holder


def _split(piece: RunPiece, inside: int) -> None:
    """Move everything of a run from a piece (or from `inside` that piece) on into a run of its own behind it."""
    run: etree._Element = piece.run
    child = _child_holding(run, piece.child)
    following = list(run)[run.index(child) :]
    right = run.makeelement(RUN)
    for name, value in run.attrib.items():
        right.set(name, value)
    formatting = run.find(RUN_FORMAT)
    if formatting is not None:
        right.append(copy.deepcopy(formatting))
    if inside:
        text = child.text or ""
        rest = copy.deepcopy(child)
        rest.tail = None
        child.text, rest.text = text[:inside], text[inside:]
        for part in (child, rest):
            part.set(SPACE, "preserve")
        right.append(rest)
        following = following[1:]
    right.extend(following)
    run.addnext(right)
