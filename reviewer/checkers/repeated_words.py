"""Words written twice in a row by a slip of copying: 位于位于, 你公司上述行为你公司上述行为."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge

_LONG = re.compile(r"(?P<once>[\u4e00-\u9fa5]{3,12})(?P=once)")
_DATES = re.compile(r"[年月日时分秒元章签字]+")  # the empty boxes of a form: 年月日年月日
_NESTED = re.compile(r"(?:委员会|管理|公司|协会|中心|集团)")  # 促进委员会仲裁委员会仲裁: a body of a body
_OR_MORE = re.compile(r"或.{1,3}")  # 或两项或两项以上
_SWAYING = re.compile(r"(?P<one>.{1,2})(?P=one)+")  # 一年一年又一年, 层层层层


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pairs: tuple[str, ...] = ()  # words of two characters that are never said twice
    least: int = 3  # characters of any other words
    confidence: float = 0.88


def literals(options: Options) -> frozenset[str] | None:
    """Always run: any words may be written twice."""
    return None


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for span, once in sorted(_places(draft.folded, options)):
        if in_parts(draft, span, ()):
            yield Match(span, {"词": once}, f"“{once}”接连写了两遍", confidence=options.confidence)


def _places(text: str, options: Options) -> Iterator[tuple[Span, str]]:
    for found in _LONG.finditer(text):
        once = found["once"]
        more = _OR_MORE.fullmatch(once) and text[found.end() : found.end() + 2] in ("以上", "以下")
        if len(once) >= options.least and not more and not _left_alone(once):
            yield Span(*found.span()), once
    for pair in options.pairs:
        start = text.find(pair + pair)
        while start >= 0:
            yield Span(start, start + 2 * len(pair)), pair
            start = text.find(pair + pair, start + 2 * len(pair))


def _left_alone(once: str) -> bool:
    return any(p.fullmatch(once) for p in (_DATES, _SWAYING)) or _NESTED.match(once) is not None
