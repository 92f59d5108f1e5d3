"""Points of a 百分制 that do not add up to a hundred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge

_SIGN = re.compile(r"百分制|(?:满分|总分|总分值|合计)(?:为|共计|计|是)?\s?(?P<total>\d{2,4})\s?分")
_PART = re.compile(
    r"(?P<what>[一-龥A-Za-z“”()]{2,24}?)(?:占|为|计|满分|权重为?|:)?\s?\(?\s?(?P<points>\d{1,3}(?:\.\d)?)\s?分(?:\s?\))?"
)
_NOT_A_PART = re.compile(
    r"以上|以下|不满|不足|低于|高于|达到|加|扣|减|每|最高|最低|满分|总分|得分|评分|合计|共计|等级|至|不超过"
)
_LEAST = 3


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for sentence in draft.sentences:
        sign = _SIGN.search(draft.folded, sentence.start, sentence.end)
        if sign is None or not in_parts(draft, sentence, ()):
            continue
        total = Decimal(sign["total"] or 100)
        parts = list(_parts(draft, Span(sign.end(), sentence.end)))
        together = sum((points for _, points in parts), Decimal(0))
        if len(parts) < _LEAST or together == total:
            continue
        place = Span(parts[0][0].start, parts[-1][0].end)
        values = {"合计": f"{together:f}", "满分": f"{total:f}"}
        because = f"{len(parts)}项分值合计{values['合计']}分，满分{values['满分']}分"
        yield Match(place, values, because, confidence=options.confidence)


def _parts(draft: Draft, within: Span) -> Iterator[tuple[Span, Decimal]]:
    """The points of each part, in the order of the text: 日常服务40分、业主满意度30分."""
    for found in _PART.finditer(draft.folded, within.start, within.end):
        if _NOT_A_PART.search(found["what"]) or re.match("以|及|\\)以", draft.folded[found.end() : found.end() + 2]):
            continue
        yield Span(*found.span()), Decimal(found["points"])
