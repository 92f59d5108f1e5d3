"""Rich text (.rtf) → Document: paragraphs and tables straight from the file; LibreOffice where it tracks changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from pathlib import Path

from reviewer.domain import BlockKind, Contents, Document, TableCell
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import Piece, assemble
from reviewer.readers.legacy import read_converted
from reviewer.readers.soffice import as_docx, program

SUFFIXES: tuple[str, ...] = (".rtf",)
FORMAT = "rtf"
TRACKS_CHANGES = True
MAX_DEPTH = 2_000  # of groups; Word stops at far fewer
MAX_WORDS = 30 << 20  # bytes left without pictures

_CELL, _ROW, _START = "\ue001", "\ue002", "\ue003"
_MARKS = {"cell": _CELL, "nestcell": _CELL, "row": _ROW, "nestrow": _ROW, "trowd": _START}
_TABLE_WORDS = re.compile(r"\\(nestcell|nestrow|cell|row|trowd)(?![a-zA-Z])-?\d* ?")
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_ONLY_MARKS = re.compile(f"[{_CELL}{_ROW}{_START}]+")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}\s*){500,}")
_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_TRACKED = re.compile(rb"\\(?:deleted|crauthdel|mvf)(?![a-z])")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\u00ad\u200b\ufeff]")


def recognises(head: bytes, name: str) -> bool:
    """Whether it begins as RTF does."""
    del name
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{\\rtf")


def read(path: Path, *, original: bool = False) -> Document:
    """Text, automatic labels as the writing program left them, tables by cell. Pictures are counted.

    `original`: before its tracked changes, where LibreOffice can tell.
    """
    data = path.read_bytes()
    if _TRACKED.search(data) and program():
        document = read_converted(as_docx(data, ".rtf", path.name), path.name, original=original)
        return replace(document, sha256=sha256(data).hexdigest(), format=FORMAT)
    source = _source(data, path.name)
    text = _text(source, path.name)
    notes = list(_beside(source, "footnote", BlockKind.NOTE, path.name))
    margins = [*_beside(source, "header[lrf]?", BlockKind.HEADER, path.name),
               *_beside(source, "footer[lrf]?", BlockKind.FOOTER, path.name)]  # fmt: skip
    pieces = [*_pieces(text), *chain.from_iterable(notes), *chain.from_iterable(dict.fromkeys(margins))]
    contents = Contents(
        tables=1 + max((piece.cell.table for piece in pieces if piece.cell), default=-1),
        images=len(re.findall(rb"\\pict(?![a-z])", data)) - len(re.findall(rb"\\nonshppict(?![a-z])", data)),
        notes=len(notes),
        embedded=len(re.findall(rb"\\objdata(?![a-z])", data)),
    )
    return assemble(path, FORMAT, pieces, contents=replace(contents, images=max(contents.images, 0)),
                    warnings=_warnings(data, text), data=data)  # fmt: skip


def _source(data: bytes, name: str) -> str:
    """The file without pictures and bytes that are no text."""
    source = _HEX.sub(b"", _without_binary(data)).decode("latin-1")
    if len(source) > MAX_WORDS:
        raise UnreadableFileError(f"{name}：文字超过 {MAX_WORDS >> 20} MB 的上限。请拆分成几个文件后再试。")
    if _depth(source) > MAX_DEPTH:
        raise UnreadableFileError(
            f"{name}：文档结构嵌套过深，可能是恶意文件，已拒绝读取。请用 Word、WPS 另存为 .docx 后再试。"
        )
    return source.replace("HYPERLINK", "LINK")  # else the address would be written after the words


def _text(source: str, name: str) -> str:
    """The words, with marks where tables, rows and cells begin and end."""
    from striprtf.striprtf import rtf_to_text

    source = _TABLE_WORDS.sub(lambda word: f"{{\\uc0\\u{ord(_MARKS[word[1]])} }}", source)
    try:
        text: str = rtf_to_text(source, encoding="cp936", errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, LookupError, OverflowError, TypeError) as error:
        raise UnreadableFileError(
            f"{name}：RTF 文件已损坏，无法读取。请用 Word、WPS 打开后另存为 .docx 再试。"
        ) from error
    return _INVISIBLE.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _beside(source: str, word: str, kind: BlockKind, name: str) -> Iterator[tuple[Piece, ...]]:
    """The paragraphs of each note, header or footer; those without words are left out."""
    fonts = next(_groups(source, "fonttbl"), "")
    for inside in _groups(source, word):
        text = _text("{\\rtf1\\ansi\\ansicpg936{\\fonttbl" + fonts + "}" + inside + "}", name)
        pieces = tuple(piece._replace(kind=kind) for piece in _paragraphs(_ONLY_MARKS.sub("\t", text)))
        if pieces:
            yield pieces


def _groups(source: str, word: str) -> Iterator[str]:
    """What stands in the groups of a destination, after its control word."""
    end = 0
    for opening in re.finditer(rf"\{{\s*(?:\\\*\s*)?\\(?:{word})(?![a-zA-Z])-?\d* ?", source):
        if opening.start() < end:
            continue
        depth = 1
        for brace in _BRACE.finditer(source, opening.end()):
            if brace[1]:
                depth += 1 if brace[1] == "{" else -1
                if not depth:
                    end = brace.start()
                    yield source[opening.end() : end]
                    break
        else:
            return  # cut off: what follows has no end either


def _without_binary(data: bytes) -> bytes:
    """Without the bytes that follow \\bin: they are not text."""
    kept, at = [], 0
    for word in _BINARY.finditer(data):
        if word.start() >= at:
            kept.append(data[at : word.start()])
            at = min(len(data), word.end() + int(word[1]))
    return b"".join([*kept, data[at:]]) if kept else data


def _depth(source: str) -> int:
    depth = deepest = 0
    for brace in _BRACE.finditer(source):
        if brace[1]:
            depth += 1 if brace[1] == "{" else -1
            deepest = max(deepest, depth)
    return deepest


def _pieces(text: str) -> Iterator[Piece]:
    """Body paragraphs and, row by row, the paragraphs of cells."""
    table, row = -1, 0
    inside = False  # the last thing was a row
    *rows, rest = text.split(_ROW)
    for chunk in rows:
        before, started, cells = chunk.partition(_START)
        if not started:
            before, cells = "", chunk
        if before.strip() or not inside:
            table, row = table + 1, -1
        yield from _paragraphs(before)
        row += 1
        inside = True
        for column, cell in enumerate(cells.replace(_START, "").split(_CELL)):
            place = TableCell(table, row, column)
            yield from (piece._replace(kind=BlockKind.TABLE_CELL, cell=place) for piece in _paragraphs(cell))
    yield from _paragraphs(rest.replace(_START, "").replace(_CELL, "\t"))


def _paragraphs(text: str) -> Iterator[Piece]:
    return (Piece(line.rstrip()) for line in text.split("\n") if line.strip())


def _warnings(data: bytes, text: str) -> Iterator[str]:
    if "\ufffd" in text:
        yield f"文件中有 {text.count(chr(0xFFFD))} 个字的编码无法识别，已用 � 代替，请核对原件"
    if _TRACKED.search(data):
        yield "文件带有修订痕迹，本机没有 LibreOffice，被删除的文字也一并读入；请接受或拒绝修订后另存再审"
