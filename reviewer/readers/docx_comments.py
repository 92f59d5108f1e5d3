"""comments.xml and its marks in the body of a .docx → the comments that people wrote into it before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import Block, Document, DocxAnchor, EarlierComment, Span
from reviewer.readers.docx_text import W, run_pieces

if TYPE_CHECKING:
    from lxml import etree

_P = W + "p"
_START, _END, _REFERENCE = (W + name for name in ("commentRangeStart", "commentRangeEnd", "commentReference"))


class Remarks(NamedTuple):
    """The part that the marks stand in, its tree, the ordinal of each w:p in it, and the root of the comments part."""

    part: str
    body: etree._Element
    ordinals: Mapping[etree._Element, int]
    comments: etree._Element


def earlier_comments(remarks: Remarks, document: Document) -> Iterator[EarlierComment]:
    """Every comment with words in it, in the order of the comments part."""
    marks: dict[tuple[str, str], etree._Element] = {}
    for mark in remarks.body.iter(_START, _END, _REFERENCE):
        marks.setdefault((mark.tag, mark.get(W + "id", "")), mark)
    offsets = _Offsets(remarks, document)
    for comment in remarks.comments.iter(W + "comment"):
        paragraphs = ("".join(piece.text for piece in run_pieces(p)) for p in comment.iter(_P))
        text = "\n".join(said for said in paragraphs if said.strip()).strip()
        identity = comment.get(W + "id", "")
        reference = marks.get((_REFERENCE, identity))
        start, end = marks.get((_START, identity), reference), marks.get((_END, identity), reference)
        if not text or start is None or end is None:  # an empty one, or one whose place was taken out of the text
            continue
        begins = offsets.of(start, opening=True)
        span = Span(begins, max(begins, offsets.of(end, opening=False)))
        yield EarlierComment(span, comment.get(W + "author", "").strip(), comment.get(W + "date", ""), text)


class _Offsets:
    """Where elements of the body stand in the text of the document."""

    def __init__(self, remarks: Remarks, document: Document) -> None:
        self._ordinals = remarks.ordinals
        self._blocks: dict[int, Block] = {
            block.anchor.index: block
            for block in document.blocks
            if isinstance(block.anchor, DocxAnchor) and block.anchor.part == remarks.part
        }

    def of(self, mark: etree._Element, *, opening: bool) -> int:
        """The offset of a mark; one that stands in no text moves to the text after it, a closing one to that before."""
        paragraph = next(mark.iterancestors(_P), None)
        if paragraph is None:
            beside = [p for element in mark.itersiblings(preceding=not opening) for p in element.iter(_P)]
            if not beside:
                return 0
            ordinal, before = self._ordinals.get(beside[0], 0), 0 if opening else None
        else:
            ordinal, before = self._ordinals.get(paragraph, 0), _characters_before(mark, paragraph)
        block = self._blocks.get(ordinal)
        if block is None:  # an empty paragraph
            return self._beside(ordinal, opening=opening)
        label = block.anchor.label if isinstance(block.anchor, DocxAnchor) else 0
        if before is None:
            return block.span.end
        start = block.span.start if opening and not before else block.span.start + label + before
        return min(start, block.span.end)

    def _beside(self, ordinal: int, *, opening: bool) -> int:
        if opening:
            after = [known for known in self._blocks if known > ordinal]
            return self._blocks[min(after)].span.start if after else 0
        earlier = [known for known in self._blocks if known < ordinal]
        return self._blocks[max(earlier)].span.end if earlier else 0


def _characters_before(mark: etree._Element, paragraph: etree._Element) -> int:
    """How many characters that a reader sees stand before a mark in its paragraph."""
    lengths: dict[etree._Element, int] = {}
    for piece in run_pieces(paragraph):
        lengths[piece.child] = lengths.get(piece.child, 0) + len(piece.text)
    count = 0
    for element in paragraph.iter():
        if element is mark:
            break
        count += lengths.get(element, 0)
    return count
