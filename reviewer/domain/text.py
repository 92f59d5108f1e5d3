"""The text of a file and exactly where it is: spans, blocks, anchors, the document."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

_FOLD = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x3000, 0xA0, 0x09, 0x2002, 0x2003), 0x20)


_WIDE = {chr(wide): chr(narrow) for wide, narrow in _FOLD.items()}
_IS_WIDE = re.compile(f"[{''.join(_WIDE)}]")
_LONG = 500


def fold(text: str) -> str:
    """Full-width ASCII and wide spaces as ASCII; the length never changes, so offsets stay valid."""
    if len(text) < _LONG:
        return text.translate(_FOLD) if _IS_WIDE.search(text) else text
    for wide in _WIDE.keys() & set(text):  # few different ones are in any text: faster than letter by letter
        text = text.replace(wide, _WIDE[wide])
    return text


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """文字区间: half-open code-point offsets in `Document.text`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    TABLE_CELL = "table_cell"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class DocxAnchor:
    """A paragraph of a .docx: its part, its ordinal among that part's w:p, and how much of it was not typed."""

    part: str
    index: int
    label: int = 0  # code points at the start of the block that Word numbers by itself (第一条, （一）)


@dataclass(frozen=True, slots=True)
class LineBox:
    """One printed line: `edges` are the left x of each character and the right x of the last (len(span) + 1).

    Recognised (OCR) lines have a confidence; `doubtful` are the places in the line of characters read with little.
    """

    span: Span
    page: int  # from 1
    top: float  # points from the top of the page
    bottom: float
    edges: tuple[float, ...]
    confidence: float = 1.0
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PageAnchor:
    """Lines of a page, for formats that are drawn rather than written."""

    page: int
    lines: tuple[LineBox, ...] = ()


@dataclass(frozen=True, slots=True)
class TableCell:
    """Which table (from 0), row and column (from 0) a block stands in."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """段落块: a paragraph or table cell; blocks follow each other in `Document.text`, joined by newlines.

    Paragraphs that a tracked change makes one follow each other without a newline.
    """

    span: Span
    kind: BlockKind = BlockKind.PARAGRAPH
    anchor: DocxAnchor | PageAnchor | None = None
    cell: TableCell | None = None
    level: int = 0  # heading level from 1, where the file says so


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file held, for the coverage receipt. Pages are numbered from 1."""

    pages: int = 0  # 0: the format has no pages
    unreadable_pages: tuple[int, ...] = ()
    recognised_pages: tuple[int, ...] = ()  # read by OCR
    tables: int = 0
    images: int = 0
    insertions: int = 0
    deletions: int = 0
    comments: int = 0
    notes: int = 0
    embedded: int = 0


@dataclass(frozen=True, slots=True)
class EarlierComment:
    """原有批注: a comment that the file had before the review; `span` are its words, empty where it is on none."""

    span: Span
    author: str
    date: str  # as the file says it: 2026-11-20T09:30:00Z, or empty
    text: str


@dataclass(frozen=True)
class Document:
    """文档: what is written and exactly where."""

    name: str
    sha256: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    contents: Contents = Contents()
    warnings: tuple[str, ...] = ()
    comments: tuple[EarlierComment, ...] = ()
    original: bool = False  # the text before its tracked changes (修订); else as if all were accepted

    @cached_property
    def folded(self) -> str:
        """The text with full-width ASCII narrowed: same length, same offsets; rules match on this."""
        return fold(self.text)

    @cached_property
    def doubtful(self) -> tuple[Span, ...]:
        """Characters that recognition (OCR) read with little confidence, in order."""
        anchors = (b.anchor for b in self.blocks if isinstance(b.anchor, PageAnchor))
        lines = (line for anchor in anchors for line in anchor.lines if line.doubtful)
        return tuple(Span(line.span.start + i, line.span.start + i + 1) for line in lines for i in line.doubtful)

    @cached_property
    def _starts(self) -> list[int]:
        return [b.span.start for b in self.blocks]

    def block_at(self, offset: int) -> Block | None:
        """The block that an offset stands in (the newline after a block belongs to it)."""
        i = bisect_right(self._starts, offset) - 1
        return self.blocks[i] if i >= 0 else None
