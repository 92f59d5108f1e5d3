"""A unit price times a quantity, in one sentence of text, that does not make the sum stated beside them.

35台，单价5200元，共计172000元. Tables are the matter of `table_totals`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts, is_taken, place_of
from reviewer.domain import Draft, Match
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, found, matches_by_sentence
from reviewer.understanding.numerals import money, to_decimal

_SLACK = Decimal("0.001")  # of the sum: rounding, a price with its digits cut
_PERIODS = 60  # months, years or sets that the sentence does not count


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # with the groups 量, 价 and 额
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    taken: list[tuple[int, int]] = []
    for pattern in options.any:
        for match in matches_by_sentence(pattern, draft):
            span = place_of(match)
            if is_taken(span, taken) or not in_parts(draft, span, ()):
                continue
            product, stated = _numbers(match)
            if product is None or stated is None or _agree(product, stated):
                continue
            if any(found(p, draft, draft.sentence_at(span.start)) for p in options.unless):
                continue
            taken = sorted([*taken, (span.start, span.end)])
            values = {"应为": f"{product:,f}元", "所写": draft.text[slice(*match.span("额"))].strip()}
            because = f"“{match['量']}”乘以“{match['价']}”是{values['应为']}，所写为{values['所写']}"
            yield Match(span, values, because, confidence=options.confidence)


def _numbers(match: re.Match[str]) -> tuple[Decimal | None, Decimal | None]:
    """Quantity × price, and the stated sum, in 元."""
    quantity, price = to_decimal(match["量"]), money(match["价"])
    product = (quantity * price).normalize() if quantity and price else None
    return product, money(match["额"])


def _agree(product: Decimal, stated: Decimal) -> bool:
    """The same sum, or a whole number of times the other: a price by the month, a sum for the year."""
    if abs(product - stated) <= max(Decimal(1), stated * _SLACK):
        return True
    times = max(product, stated) / min(product, stated)
    return times < _PERIODS and abs(times - round(times)) < _SLACK
