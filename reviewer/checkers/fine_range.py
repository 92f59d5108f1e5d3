"""A fine that is decided outside the range that the same paper quotes from the law (处五千元以上五万元以下罚款).

Ranges in multiples (货值金额十倍以上二十倍以下) count when the paper states their base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts, place_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found, matches_by_sentence
from reviewer.understanding.numerals import money, to_decimal

_SUM = r"[\d,.]+[百千万]{0,2}|[一二三四五六七八九十百千万两零]+|[壹贰叁肆伍陆柒捌玖拾佰仟万零]+"
_RANGE = compiled(
    rf"(?P<low>{_SUM})元?以上(?P<high>{_SUM})元以下(?:的)?罚款|处(?:以)?(?P<only>{_SUM})元以下(?:的)?罚款"
)
_TIMES = compiled(
    r"(?P<base>违法所得|货值金额|销售金额|合同价款|工程造价|建设工程造价|违法经营额)(?P<low>[\d.一二三四五六七八九十]+)倍以上"
    r"(?P<high>[\d.一二三四五六七八九十]+)倍以下(?:的)?罚款"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    decided: tuple[Regex, ...]  # the decision on the fine, with the group 额
    look: Literal["below", "above"]
    unless: tuple[Regex, ...] = ()  # in the sentence of the fine: it is announced or quoted, not decided
    explained: tuple[Regex, ...] = ()  # anywhere in the text: why it is below the range
    confidence: float = 0.85


@dataclass(frozen=True, slots=True)
class Range:
    low: Decimal
    high: Decimal
    words: str


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if any(found(p, draft) for p in options.explained):
        return
    ranges = list(ranges_in(draft))
    if not ranges:
        return
    lowest = min(ranges, key=lambda r: r.low)
    most = sum((r.high for r in ranges), Decimal(0))
    for span, value in _decided(draft, options):
        outside = value < lowest.low if options.look == "below" else value > most
        if outside and in_parts(draft, span, ()):
            side = "低于" if options.look == "below" else "高于"
            values = {"罚款": span.of(draft.text).strip(), "幅度": lowest.words}
            because = f"决定的罚款为{value:,f}元，{side}文中所引幅度“{lowest.words}”"
            yield Match(span, values, because, confidence=options.confidence)
            return


def ranges_in(draft: Draft) -> Iterator[Range]:
    """The different ranges that the paper quotes, in the order of the text."""
    seen: set[tuple[Decimal, Decimal]] = set()
    for match in _RANGE.finditer(draft.folded):
        low = Decimal(0) if match["only"] else money(match["low"] + "元")
        high = money((match["only"] or match["high"]) + "元")
        if low is not None and high is not None and low < high and (low, high) not in seen:
            seen.add((low, high))
            yield Range(low, high, draft.text[slice(*match.span())])
    for match in _TIMES.finditer(draft.folded):
        base = _base(draft, match["base"])
        low, high = to_decimal(match["low"]), to_decimal(match["high"])
        if base is not None and low is not None and high is not None:
            yield Range(base * low, base * high, draft.text[slice(*match.span())])


def _base(draft: Draft, name: str) -> Decimal | None:
    """The one sum that the paper gives for 货值金额, 违法所得 …; None when there are several or none."""
    regex = compiled(rf"{name}(?:共计|合计|为|计|人民币|共|是|：|\s)*(?P<sum>{_SUM})元")
    sums = {value for m in regex.finditer(draft.folded) if (value := money(m["sum"] + "元")) is not None}
    return sums.pop() if len(sums) == 1 else None


def _decided(draft: Draft, options: Options) -> Iterator[tuple[Span, Decimal]]:
    for pattern in options.decided:
        for match in matches_by_sentence(pattern, draft):
            after = draft.folded[match.end("额") : match.end("额") + 4]
            value = money(match["额"])
            sentence = draft.sentence_at(match.start())
            if not value or re.match(r"\s*(?:以上|以下|至|-)", after):
                continue
            if not any(found(p, draft, sentence) for p in options.unless):
                yield place_of(match), value
