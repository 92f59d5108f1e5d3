"""One quantity stated in several places with different numbers: 工期, 质保期, 付款期限, 到场时间.

Only the quantity itself counts: with words of its own before it (屋面防水工程保修期) it is another quantity.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts, is_taken, place_of, values_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, found, matches_by_sentence
from reviewer.understanding.numerals import rate, to_decimal

_DAYS = {"小时": Decimal(1) / 24, "日": Decimal(1), "天": Decimal(1), "日历日": Decimal(1), "日历天": Decimal(1),
         "个日历日": Decimal(1), "个日历天": Decimal(1), "月": Decimal(30), "个月": Decimal(30), "年": Decimal(360),
         "周": Decimal(7)}  # fmt: skip
_MONEY = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_WORKING = ("工作日", "个工作日")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # with the groups 数 and 单位; with 名 only the same 名 are compared
    name: str  # what is stated
    same_provision: bool = False  # compare only inside one provision
    attachments: bool = False  # also look at what stands in attachments
    unless: tuple[Regex, ...] = ()  # in the sentence: it is about something else
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    stated: list[tuple[Span, tuple[str, Decimal], str]] = []
    taken: list[tuple[int, int]] = []  # in order, none in another
    unless = [p for p in options.unless if can_match(p, draft)]
    for pattern in options.any:
        for match in matches_by_sentence(pattern, draft):
            span = place_of(match)
            value = _value(match["数"], match["单位"])
            own = match["名"] if "名" in match.re.groupindex else ""
            if value is None or not in_parts(draft, span, ()) or is_taken(span, taken):
                continue
            if any(found(p, draft, draft.sentence_at(span.start)) for p in unless):
                continue
            if not options.attachments and any(a.overlaps(span) for a in draft.parts.attachments):
                continue
            value = (own + value[0], value[1])
            insort(taken, (span.start, span.end))
            stated.append((span, value, values_of(match, draft)["数"] + match["单位"]))
    stated.sort()
    for first, second in _contradictions(draft, stated, options):
        values = {"名称": options.name, "前": first[2], "后": second[2], "前处": draft.where(first[0].start)}
        because = f"{values['前处']}写“{first[0].of(draft.text).strip()}”，此处写“{second[0].of(draft.text).strip()}”"
        yield Match(second[0], values, because, confidence=options.confidence)


def _contradictions(
    draft: Draft, stated: list[tuple[Span, tuple[str, Decimal], str]], options: Options
) -> Iterator[tuple[tuple[Span, tuple[str, Decimal], str], tuple[Span, tuple[str, Decimal], str]]]:
    """The first place that differs from an earlier one, and that one."""
    known: dict[str, tuple[Span, tuple[str, Decimal], str]] = {}
    for n, second in enumerate(stated):
        if not options.same_provision:
            first = known.setdefault(second[1][0], second)
            if first[1][1] != second[1][1]:
                yield first, second
                return
            continue
        for first in stated[:n]:
            if first[1][0] == second[1][0] and first[1][1] != second[1][1] and _together(draft, first[0], second[0]):
                yield first, second
                return


def _together(draft: Draft, first: Span, second: Span) -> bool:
    top = next((p for p in draft.articles if p.span.contains(first) and p.span.contains(second)), None)
    return top is not None and top.level.value in ("条", "款", "项")


def _value(number: str, unit: str) -> tuple[str, Decimal] | None:
    """(dimension, value): 12个月 and 1年 are equal, 3个工作日 and 3日 are not comparable."""
    if unit in ("%", "‰", "") and (share := rate(number + unit)) is not None:
        return "比例", share
    value = to_decimal(number)
    if value is None:
        return None
    if unit in _WORKING:
        return "工作日", value
    if unit in _MONEY:
        return "元", value * _MONEY[unit]
    return ("日", value * _DAYS[unit]) if unit in _DAYS else (unit, value)
