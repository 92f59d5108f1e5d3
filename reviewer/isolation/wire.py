"""Document ⇄ bytes between processes: plain data only, so that a reader taken over by a file cannot send code."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from reviewer.domain import (
    Block,
    BlockKind,
    Contents,
    Document,
    DocxAnchor,
    EarlierComment,
    LineBox,
    PageAnchor,
    Span,
    TableCell,
)

_Line = tuple[int, int, int, float, float, tuple[float, ...], float, tuple[int, ...]]


class _Block(msgspec.Struct, array_like=True):
    start: int
    end: int
    kind: str
    level: int
    docx: tuple[str, int, int] | None
    page: tuple[int, list[_Line]] | None
    cell: tuple[int, int, int] | None


class _Document(msgspec.Struct, array_like=True):
    name: bytes
    sha256: str
    format: str
    text: str
    blocks: list[_Block]
    contents: Contents
    warnings: tuple[str, ...]
    comments: list[tuple[int, int, str, str, str]]
    original: bool


def encoded(document: Document) -> bytes:
    """The bytes of a document."""
    blocks = [_block(block) for block in document.blocks]
    comments = [(c.span.start, c.span.end, c.author, c.date, c.text) for c in document.comments]
    return msgspec.msgpack.encode(
        _Document(
            os.fsencode(document.name), document.sha256, document.format, document.text, blocks, document.contents,
            document.warnings, comments, document.original,
        )
    )  # fmt: skip


def decoded(data: bytes) -> Document:
    """The document of these bytes; msgspec.DecodeError (a ValueError) where they are none."""
    found = msgspec.msgpack.decode(data, type=_Document)
    return Document(
        os.fsdecode(found.name), found.sha256, found.format, found.text,
        tuple(_read_block(block) for block in found.blocks), found.contents, found.warnings,
        tuple(EarlierComment(Span(start, end), *said) for start, end, *said in found.comments), found.original,
    )  # fmt: skip


def _block(block: Block) -> _Block:
    anchor, cell = block.anchor, block.cell
    docx = (anchor.part, anchor.index, anchor.label) if isinstance(anchor, DocxAnchor) else None
    page = (anchor.page, [_line(line) for line in anchor.lines]) if isinstance(anchor, PageAnchor) else None
    place = None if cell is None else (cell.table, cell.row, cell.column)
    return _Block(block.span.start, block.span.end, block.kind.value, block.level, docx, page, place)


def _line(line: LineBox) -> _Line:
    span = line.span
    return span.start, span.end, line.page, line.top, line.bottom, line.edges, line.confidence, line.doubtful


def _read_block(found: _Block) -> Block:
    anchor: Any = None
    if found.docx is not None:
        anchor = DocxAnchor(*found.docx)
    elif found.page is not None:
        number, lines = found.page
        anchor = PageAnchor(number, tuple(LineBox(Span(line[0], line[1]), *line[2:]) for line in lines))
    cell = None if found.cell is None else TableCell(*found.cell)
    return Block(Span(found.start, found.end), BlockKind(found.kind), anchor, cell, found.level)
