"""What a checker sees in a plain text, for tests of checkers: matched words, or the whole matches."""

from __future__ import annotations

import datetime as dt
from types import ModuleType
from typing import Any

from plain_text import draft

from reviewer.domain import Block, BlockKind, Document, Draft, Line, Match, Span, TableCell
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon, Term, Theme
from reviewer.understanding import understand

TODAY = dt.date(2026, 11, 21)


def knowledge(*terms: Term) -> Knowledge:
    """Nothing but one theme of words."""
    theme = Theme("theme", "词表", terms)
    return Knowledge(Lexicon({}, {}, {"theme": theme}, {}, (), ""), LawCatalogue((), {}), TODAY, lambda *_: True)


def matches(checker: ModuleType, text: str, line: Line = Line.CONTRACT, **options: Any) -> list[Match]:
    return list(checker.find(draft(text, line), checker.Options(**options), knowledge()))


def seen(checker: ModuleType, text: str, line: Line = Line.CONTRACT, **options: Any) -> list[str]:
    """The words of each match, in the order found."""
    return [m.span.of(text).strip() for m in matches(checker, text, line, **options)]


def table_draft(rows: list[list[str]]) -> Draft:
    """A contract that is one table."""
    from plain_text import business_lines

    blocks, parts, at = [], [], 0
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            blocks.append(Block(Span(at, at + len(cell)), BlockKind.TABLE_CELL, cell=TableCell(0, r, c)))
            parts.append(cell)
            at += len(cell) + 1
    document = Document("表.docx", "0" * 64, "docx", "\n".join(parts), tuple(blocks))
    return understand(document, catalogue=LawCatalogue((), {}), lines=business_lines(), line=Line.CONTRACT)
