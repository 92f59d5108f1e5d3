"""One amount written twice side by side, in figures and in words or in two units, must be the same amount."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Amount, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.numerals import figures

_LONGEST_GAP = 24
_MORE = r"人民币|大写|小写|金额|币种|RMB|CNY|元|圆|整|正|即|合计|共计|含税|总价|总额"
_BESIDE = compiled(rf"(?:[\s（）\[\]【】：/￥¥“”\"_]|{_MORE})*")
_TOGETHER = compiled(
    rf"(?:[\s（）\[\]【】：，、；。/￥¥“”\"_—-]|{_MORE})*(?:大写|小写|即)(?:[\s（）：￥¥_]|人民币|金额|为)*"
)
_BRACKET = compiled(r"\s*（\s*(?:即|折合|合|计|约)?\s*[￥¥]?\s*")
_FOREIGN = compiled(r"美元|欧元|港元|港币|日元|英镑|澳元|加元|法郎|卢布|USD|EUR|HKD|外币")
_BLANKED = compiled(r"[xX×*＿_]")  # ￥20xx元: a figure of which a part was blanked out
_NOT_A_SUM = compiled(r"\s*[/／每]")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.95


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    taken: Amount | None = None
    for first, second in pairwise(draft.facts.amounts):
        if first is taken or not same_thing(draft, first, second):
            continue
        taken = second
        span = Span(first.span.start, second.span.end)
        if first.value != second.value and in_parts(draft, span, ()):
            values = {"前": first.span.of(draft.text).strip(), "后": second.span.of(draft.text).strip()}
            yield Match(span, values, because(first, second), confidence=options.confidence)


def same_thing(draft: Draft, first: Amount, second: Amount) -> bool:
    """Do two neighbouring amounts state one sum: ￥10,000（大写：壹万元整）, 1200万元（12000000元）?"""
    if second.span.start - first.span.end > _LONGEST_GAP:
        return False
    gap = draft.folded[first.span.end : second.span.start]
    if any(_BLANKED.match(draft.folded, a.span.end) for a in (first, second)):
        return False
    if "\n\n" in gap or _FOREIGN.search(draft.folded, max(0, first.span.start - 4), second.span.end + 4):
        return False
    if first.in_words != second.in_words:
        return bool(_BESIDE.fullmatch(gap) or _TOGETHER.fullmatch(gap))
    closes = draft.folded[second.span.end : second.span.end + 3].lstrip("元整 ").startswith(")")
    return not first.in_words and closes and bool(_BRACKET.fullmatch(gap))


def because(first: Amount, second: Amount) -> str:
    both = f"前者为{figures(first.value)}元，后者为{figures(second.value)}元"
    low, high = sorted((first.value, second.value))
    if low and high / low in (Decimal(10_000), Decimal(1_000), Decimal(100), Decimal(10)):
        return f"{both}，相差{figures(high / low)}倍，可能是单位或位数有误"
    return both
