"""Pages whose words are pictures → recognised pages, with sentences about what was read in doubt or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reviewer.domain import PageAnchor
from reviewer.readers import ocr
from reviewer.readers.building import Piece
from reviewer.readers.layout import Page, page_of, ranges

MOST_PAGES = 500


class Scanned(NamedTuple):
    """The recognised pages by number (those with words on them) and what a person must know."""

    pages: dict[int, Page]
    said: tuple[str, ...]


def scanned(pictures: Iterable[ocr.Picture], numbers: Sequence[int]) -> Scanned:
    """Recognise the pages with these numbers; `pictures` are drawn one by one and only when they are needed."""
    if not numbers:
        return Scanned({}, ())
    if why := ocr.unavailable():
        return Scanned({}, (f"第{ranges(numbers)}页需要文字识别，未能读取；{why}",))
    pages: dict[int, Page] = {}
    sealed = []
    for content, seals in ocr.recognise(pictures, len(numbers)):
        if content.runs:
            pages[content.number] = page_of(content)
        if seals:
            sealed.append(content.number)
    said = (f"第{ranges(sealed)}页有红色印章，识别文字时已略去，印章上的文字未读取",) if sealed else ()
    return Scanned(pages, said)


def doubts(pieces: Iterable[Piece]) -> Iterator[str]:
    """A sentence when characters were recognised with little confidence."""
    anchors = (piece.anchor for piece in pieces if isinstance(piece.anchor, PageAnchor))
    lines = [line for anchor in anchors for line in anchor.lines if line.doubtful]
    if lines:
        characters = sum(len(line.doubtful) for line in lines)
        numbers = sorted({line.page for line in lines})
        yield f"第{ranges(numbers)}页有{characters}个字识别把握较低，请对照原件核对"
