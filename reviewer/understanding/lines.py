"""The lines of a document: folded text → what stands on one line, knowing tables, headers, footers and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.domain import BlockKind, Document

_FRAME = re.compile(r"^[|+]|[│┃├┌┏┠└┗┼┬┴╋]|[━─]{3}")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One physical line without its outer white space; `text` is folded."""

    start: int
    end: int
    text: str
    table: bool = False  # a cell, a row or the frame of a table
    aside: bool = False  # header, footer, note


def text_lines(document: Document) -> list[TextLine]:
    """The non-empty lines of a document, knowing which belong to tables, headers, footers and notes."""
    folded = document.folded
    kinds = [(b.span.start, b.kind) for b in document.blocks]
    mostly_table = _mostly_table(document)
    out: list[TextLine] = []
    at, block = 0, 0
    for raw in folded.split("\n"):
        start, at = at, at + len(raw) + 1
        text = raw.strip()
        if not text:
            continue
        start += len(raw) - len(raw.lstrip())
        while block + 1 < len(kinds) and kinds[block + 1][0] <= start:
            block += 1
        kind = kinds[block][1] if kinds else BlockKind.PARAGRAPH
        cell = kind is BlockKind.TABLE_CELL and not mostly_table
        row = " | " in text or text.endswith(" |") or _FRAME.search(text) is not None
        aside = kind in (BlockKind.HEADER, BlockKind.FOOTER, BlockKind.NOTE)
        out.append(TextLine(start, start + len(text), text, cell or row, aside))
    return out


def _mostly_table(document: Document) -> bool:
    """Some contracts are typed inside one big table; their cells are read as paragraphs."""
    cells = sum(len(b.span) for b in document.blocks if b.kind is BlockKind.TABLE_CELL)
    if cells * 10 < len(document.text) * 6:
        return False
    folded = document.folded
    articles = sum(
        1 for b in document.blocks if b.kind is BlockKind.TABLE_CELL and re.match(r"\s*第.{1,4}条", b.span.of(folded))
    )
    return articles >= 3
