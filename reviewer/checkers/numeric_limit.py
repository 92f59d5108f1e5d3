"""A number beside a quantity's name that is above or below what the law allows.

Rates are compared as fractions of one, periods in days (a month is 30 days, a year 365), amounts in 元, counts as is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Literal

import msgspec

from reviewer.checkers.pattern import Scope, in_parts, scope_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, candidate_sentences, compiled, found

DAYS: dict[str, Decimal] = {
    "日": Decimal(1), "天": Decimal(1), "工作日": Decimal("1.4"), "周": Decimal(7), "月": Decimal(30),
    "个月": Decimal(30), "季度": Decimal(90), "年": Decimal(365), "小时": Decimal(1) / 24,
}  # fmt: skip


_LONGEST_NUMBER = 100  # characters


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    quantity: tuple[Regex, ...]  # names of the quantity, found in the same sentence
    kind: Literal["rate", "period", "amount"]
    at_most: str = ""  # 20%, 0.5‰, 30日, 20年, 50000元
    at_least: str = ""
    per: str = ""  # rates: only those per 日, 月 or 年; "-" only those without
    unit: tuple[str, ...] = ()  # periods: only in these units
    within: int = 30  # code points between the quantity's name and the number
    side: Literal["after", "before", "either"] = "after"
    needs: tuple[Regex, ...] = ()  # each must be found in the scope: the second signal
    scope: Scope = "sentence"  # where `needs` look
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if not any(can_match(p, draft) for p in options.quantity):
        return
    numbers = sorted(_numbers(draft, options), key=lambda n: (n[0].start, n[0].end, n[1]))
    if not numbers:
        return
    starts = [span.start for span, _ in numbers]
    told: set[Span] = set()  # numbers already reported: two names may stand beside one number
    for pattern in options.quantity:
        if not can_match(pattern, draft):
            continue
        for sentence in candidate_sentences(pattern, draft):
            near = numbers[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
            if not near or not _context_fits(draft, sentence, options):
                continue
            for name in compiled(pattern).finditer(draft.folded, sentence.start, sentence.end):
                chosen = _nearest(Span(*name.span()), near, options)
                if chosen is None or chosen[0] in told:
                    continue
                span, value = chosen
                if _breaks(value, options) and in_parts(draft, span, ()):
                    told.add(span)
                    place = Span(min(name.start(), span.start), max(name.end(), span.end))
                    written = span.of(draft.text)
                    limit = f"不得高于{options.at_most}" if options.at_most and value > limit_of(options.at_most) else (
                        f"不得低于{options.at_least}")  # fmt: skip
                    because = f"“{name.group()}”为“{written}”，{limit}"
                    yield Match(place, {"值": written, "名称": name.group()}, because, confidence=options.confidence)
                    break


def _numbers(draft: Draft, options: Options) -> Iterator[tuple[Span, Decimal]]:
    if options.kind == "rate":
        for rate in draft.facts.rates:
            if not options.per or rate.per == options.per.replace("-", ""):
                yield rate.span, rate.value
    elif options.kind == "period":
        for period in draft.facts.periods:
            if period.unit in DAYS and (not options.unit or period.unit in options.unit):
                yield period.span, period.value * DAYS[period.unit]
    else:
        for amount in draft.facts.amounts:
            yield amount.span, amount.value


def _context_fits(draft: Draft, sentence: Span, options: Options) -> bool:
    around = sentence if options.scope == "sentence" else scope_of(draft, sentence, options.scope)
    return all(found(p, draft, around) for p in options.needs) and not any(
        found(p, draft, sentence) for p in options.unless
    )


def _nearest(name: Span, near: list[tuple[Span, Decimal]], options: Options) -> tuple[Span, Decimal] | None:
    """The number that belongs to a name: the first after it (or last before it) within reach."""
    reach = options.within + _LONGEST_NUMBER
    low = bisect_left(near, name.start - reach, key=lambda n: n[0].start)
    near = near[low : bisect_left(near, name.end + reach, key=lambda n: n[0].start)]
    after = [n for n in near if 0 <= n[0].start - name.end <= options.within]
    before = [n for n in near if 0 <= name.start - n[0].end <= options.within]
    if options.side != "before" and after:
        return after[0]
    if options.side != "after" and before:
        return before[-1]
    inside = [n for n in near if name.contains(n[0])]
    return inside[0] if inside else None


def _breaks(value: Decimal, options: Options) -> bool:
    if options.at_most and value > limit_of(options.at_most):
        return True
    return bool(options.at_least) and value < limit_of(options.at_least)


@cache
def limit_of(text: str) -> Decimal:
    """20% → 0.2, 0.5‰ → 0.0005, 3万元 → 30000, 20年 → 7300 (days); ValueError for anything else."""
    for suffix, factor in (
        ("%", Decimal("0.01")), ("‰", Decimal("0.001")), ("万元", Decimal(10000)), ("元", Decimal(1)),
        *((unit, days) for unit, days in sorted(DAYS.items(), key=lambda d: -len(d[0]))),
    ):  # fmt: skip
        if text.endswith(suffix):
            return Decimal(text.removesuffix(suffix)) * factor
    raise ValueError(text)
