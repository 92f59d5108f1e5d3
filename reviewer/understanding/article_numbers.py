"""第三条第二款第（一）项, 第五条、第七条, 五十三条、五十四条, 第12-15条 → the numbers and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.domain import Span
from reviewer.understanding.numerals import to_int

_N = r"[零〇○一二三四五六七八九十百千两\d]{1,9}"
_JOIN = r"\s*(?:、|,|;|和|及|与|以及|或者|或|至|到|[-—–~～])\s*"
_ARTICLE = re.compile(rf"第?\s*({_N}(?:(?:、|和|至|[-—–~～])第?{_N})*)\s*条(?!款)(?:之([一二三四五六七八九十]))?")
_PARAGRAPH = re.compile(rf"\s*第\s*({_N})\s*款")
_ITEM = re.compile(rf"\s*(?:第\s*)?\(?\s*({_N})\s*\)?\s*项")
_POINT = re.compile(rf"\s*第?\s*({_N})\s*目")
_JOINED = re.compile(_JOIN + rf"(?=第?\s*\(?{_N}\)?\s*(?:条|款|项))")
_PIECE = re.compile(_N)


@dataclass(frozen=True, slots=True)
class ArticleNumber:
    span: Span
    article: int
    paragraph: int | None = None
    item: int | None = None


def article_numbers(folded: str, start: int) -> tuple[ArticleNumber, ...]:
    """The list of articles that begins exactly at `start` of a folded text; empty when there is none."""
    found: list[ArticleNumber] = []
    at = start
    while True:
        previous = found[-1] if found else None
        units = _unit(folded, at, previous)
        if not units:
            return tuple(found)
        found.extend(units)
        joined = _JOINED.match(folded, found[-1].span.end)
        if joined is None:
            return tuple(found)
        at = joined.end()


def _unit(folded: str, at: int, previous: ArticleNumber | None) -> list[ArticleNumber]:
    """第三条第二款第（一）项, or in a list 第二款, 第（二）项 of the article before; 第三、五条 is two units."""
    article = _ARTICLE.match(folded, at)
    if article is None and previous is None:
        return []
    units: list[ArticleNumber] = []
    if article is not None:
        pieces = list(_PIECE.finditer(folded, article.start(1), article.end(1)))
        numbers = [(piece, to_int(piece[0])) for piece in pieces]
        units = [ArticleNumber(Span(piece.start(), piece.end()), n) for piece, n in numbers if n]
        if not units or units[0].article > 2000:
            return []
        units[0] = ArticleNumber(Span(at, units[0].span.end), units[0].article)
        end, number = article.end(), units[-1].article
        paragraph: int | None = None
    else:
        assert previous is not None
        end, number, paragraph = at, previous.article, previous.paragraph
    first = units.pop().span.start if units else at
    if match := _PARAGRAPH.match(folded, end):
        paragraph, end = to_int(match[1]), match.end()
    item = None
    if match := _ITEM.match(folded, end):
        item, end = to_int(match[1]), match.end()
        if point := _POINT.match(folded, end):
            end = point.end()
    if end == at:
        return []
    return [*units, ArticleNumber(Span(first, end), number, paragraph, item)]
