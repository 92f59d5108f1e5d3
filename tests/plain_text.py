"""Documents, lines and drafts from plain text, for tests of what is understood."""

from __future__ import annotations

from pathlib import Path

import yaml

from reviewer.domain import Block, BlockKind, BusinessLine, Document, DocumentType, Draft, Line, Provision, Span
from reviewer.laws import LawCatalogue
from reviewer.understanding import understand

LINES = Path(__file__).parent.parent / "lexicons" / "lines"


def document(text: str, name: str = "稿.txt", cells: frozenset[int] = frozenset()) -> Document:
    """Every line a block; `cells` are the numbers of lines that are table cells."""
    blocks, at = [], 0
    for number, line in enumerate(text.split("\n")):
        kind = BlockKind.TABLE_CELL if number in cells else BlockKind.PARAGRAPH
        blocks.append(Block(Span(at, at + len(line)), kind))
        at += len(line) + 1
    return Document(name, "0" * 64, "text", text, tuple(blocks))


def business_lines() -> dict[Line, BusinessLine]:
    out = {}
    for line in Line:
        source = yaml.safe_load((LINES / f"{line.value}.yaml").read_text(encoding="utf-8"))
        types = tuple(DocumentType(t["name"], tuple(t["title"]), tuple(t["body"])) for t in source["types"])
        out[line] = BusinessLine(line, source["name"], source["review_name"], types)
    return out


def draft(text: str, line: Line | None = None, **more: object) -> Draft:
    given = document(text, **more)  # type: ignore[arg-type]
    return understand(given, catalogue=LawCatalogue((), {}), lines=business_lines(), line=line)


def paths(given: Draft) -> list[str]:
    return [p.path for p in given.articles]


def provision(given: Draft, path: str) -> Provision:
    return next(p for p in given.articles if p.path == path)
