"""Pieces of text → Document: joins blocks with newlines, computes spans, and makes the same checks for every format."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reviewer.domain import Block, BlockKind, Contents, Document, DocxAnchor, LineBox, PageAnchor, Span, TableCell
from reviewer.errors import UnreadableFileError

NOT_CHINESE = "文档不是中文或中文很少，规则按中文编写，结论不可靠"
NO_TEXT = "文档没有可以读取的文字，无法审查；如果是扫描件，请先做文字识别"
MINIMUM_CHINESE_SHARE = 0.1  # of all letters
MAXIMUM_KANA_SHARE = 0.2  # of all letters: above it the text is Japanese
MAX_BLOCK = 400_000  # code points of one paragraph, which are reviewed in seconds; 400 pages without a line break
MAX_UNBROKEN = 10_000  # code points without any punctuation that ends or parts a sentence
MAX_DIGITS = 500
_UNBROKEN = re.compile(rf"[^。，；：！？、,;:!?\n]{{{MAX_UNBROKEN}}}")
_DIGITS = re.compile(rf"[0-9０-９]{{{MAX_DIGITS}}}")

# The radicals of U+2E80 that fonts map common characters to; NFKC leaves them alone (EquivalentUnifiedIdeograph.txt).
_SUPPLEMENT = dict(
    zip(
        "⺁⺇⺋⺍⺎⺏⺐⺒⺓⺔⺗⺙⺛⺜⺟⺠⺢⺣⺥⺦⺧⺩⺫⺬⺮⺰⺱⺶⺷⺸⺹⺻⺼⺽⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻍⻏⻐⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂几㔾小尢尣尢巳幺彑心攵旡日母民氺灬爫丬牛王罒示竹纟罓羊羊羋耂聿肉臼艹艹虎衤覀西见角讠贝足车辶阝钅镸长门雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)


class Piece(NamedTuple):
    """One future block. Line boxes of a PageAnchor carry spans relative to this piece's own text."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    anchor: DocxAnchor | PageAnchor | None = None
    cell: TableCell | None = None
    level: int = 0
    joined: bool = False  # goes on with the block before it: no newline between them


@cache
def _ideograph_table() -> dict[int, str]:
    """Kangxi radicals, CJK radicals and compatibility ideographs → the ordinary character, one for one."""
    table = {ord(radical): plain for radical, plain in _SUPPLEMENT.items()}
    for start, end in ((0x2E80, 0x2FD6), (0xF900, 0xFB00), (0x2F800, 0x2FA20)):
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and ord(plain) != code:
                table[code] = plain
    return table


_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which no file could be written with
_ODD_IDEOGRAPH = re.compile("[\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f]")


def ordinary_ideographs(text: str) -> str:
    """The text with radicals and compatibility ideographs as ordinary characters; the length never changes."""
    return text.translate(_ideograph_table()) if _ODD_IDEOGRAPH.search(text) else text


def assemble(
    path: Path,
    format: str,
    pieces: Iterable[Piece],
    *,
    contents: Contents | None = None,
    warnings: Iterable[str] = (),
    data: bytes | None = None,
) -> Document:
    """A Document of the pieces in reading order; pieces without visible text are left out.

    `data` are the bytes of the file where the caller has them already (for the SHA-256).
    """
    blocks: list[Block] = []
    texts: list[str] = []
    start = 0
    for piece in pieces:
        if not piece.text or piece.text.isspace():
            continue
        if blocks and not piece.joined:
            texts.append("\n")
            start += 1
        span = Span(start, start + len(piece.text))
        blocks.append(Block(span, piece.kind, _shifted(piece.anchor, start), piece.cell, piece.level))
        texts.append(piece.text)
        start = span.end
    text = _SURROGATE.sub("\ufffd", ordinary_ideographs("".join(texts)))
    digest = hashlib.sha256(path.read_bytes() if data is None else data).hexdigest()
    _refuse_what_is_no_document(text, blocks, path.name)
    said = (*warnings, *_language_warnings(text))
    return Document(path.name, digest, format, text, tuple(blocks), contents or Contents(), said)


def _refuse_what_is_no_document(text: str, blocks: Sequence[Block], name: str) -> None:
    """Raise for text that nobody wrote as a document, and that rules would look at for ever."""
    longest = max((len(block.span) for block in blocks), default=0)
    if longest > MAX_BLOCK:
        raise UnreadableFileError(
            f"{name}：有一段文字长达 {longest} 字，超过 {MAX_BLOCK} 字的上限，不像正常的公文。请检查分段后另存再试。"
        )
    if longest > MAX_UNBROKEN and _UNBROKEN.search(text):
        raise UnreadableFileError(
            f"{name}：有一段文字连续 {MAX_UNBROKEN} 字没有句读，不像正常的公文。请确认文件内容，另存为新文件后再试。"
        )
    if longest > MAX_DIGITS and _DIGITS.search(text):
        raise UnreadableFileError(
            f"{name}：文字中有超过 {MAX_DIGITS} 位的数字，不像正常的公文。请确认文件内容，另存为新文件后再试。"
        )


def _shifted(anchor: DocxAnchor | PageAnchor | None, by: int) -> DocxAnchor | PageAnchor | None:
    if not isinstance(anchor, PageAnchor) or not by:
        return anchor
    return replace(anchor, lines=tuple(_shifted_lines(anchor.lines, by)))


def _shifted_lines(lines: Iterable[LineBox], by: int) -> Iterator[LineBox]:
    for line in lines:
        span = Span(line.span.start + by, line.span.end + by)
        yield LineBox(span, line.page, line.top, line.bottom, line.edges, line.confidence, line.doubtful)


_IDEOGRAPHS = re.compile("[\u3400-\u9fff\U00020000-\U000323af]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[\u3041-\u30fa]+")


def _language_warnings(text: str) -> Iterator[str]:
    """A sentence when the text is empty or is not Chinese."""
    if not text:
        yield NO_TEXT
        return
    chinese, kana = _amount(_IDEOGRAPHS, text), _amount(_KANA, text)
    if chinese * 2 > len(text) and not kana:  # most documents: the letters need not be counted
        return
    letters = _amount(_LETTERS, text)
    if chinese < MINIMUM_CHINESE_SHARE * letters or kana > MAXIMUM_KANA_SHARE * letters:
        yield NOT_CHINESE


def _amount(runs: re.Pattern[str], text: str) -> int:
    return len("".join(runs.findall(text)))
