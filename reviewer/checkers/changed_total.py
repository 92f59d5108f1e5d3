"""A price that a supplement changes: the old one and what is added must make the new one.

原合同价款100万元，增加工程20万元，调整后合同总价为130万元.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Amount, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled, hanging_on
from reviewer.understanding.numerals import figures

_OLD = compiled(
    r"原(?:合同|协议|中标)?(?:总)?(?:价款?|金额|总价|总额|造价|合同价)[^。；，]{0,14}$"
    r"|(?:合同|协议)原(?:价|总价|金额)[^。；，]{0,10}$"
)
_MORE = compiled(r"(?:增加|新增|追加|调增|增补)[^。；，]{0,24}$")
_LESS = compiled(r"(?:减少|核减|调减|扣减|取消)[^。；，]{0,24}$")
_NEW = r"(?:调整|变更|增加|追加|补充|修改|增减)后[^。；，]{0,20}$|现(?:合同)?(?:总价|价款|金额)[^。；，]{0,12}$"
_NEW_TOTAL = compiled(_NEW)
_NEAR = 30
_WITHIN = 160  # code points from the old price to the new one


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def literals(options: Options) -> frozenset[str] | None:
    return hanging_on((_NEW,))


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    amounts = draft.facts.amounts
    for n, old in enumerate(amounts):
        if old.unit != "元" or not _said(_OLD, draft, old) or not in_parts(draft, old.span, ()):
            continue
        total, changed = old.value, False
        for amount in amounts[n + 1 :]:
            if amount.span.end - old.span.start > _WITHIN or (amount.value == total and not changed):
                break
            if amount.unit != old.unit:
                continue  # a price for each unit
            if _said(_NEW_TOTAL, draft, amount):
                if changed and amount.value != total:
                    yield _match(draft, old, amount, total, options)
                    return
                break
            if _said(_MORE, draft, amount):
                total, changed = total + amount.value, True
            elif _said(_LESS, draft, amount):
                total, changed = total - amount.value, True


def _said(words: re.Pattern[str], draft: Draft, amount: Amount) -> bool:
    return words.search(draft.folded[max(0, amount.span.start - _NEAR) : amount.span.start]) is not None


def _match(draft: Draft, old: Amount, new: Amount, total: Decimal, options: Options) -> Match:
    values = {"原价": figures(old.value), "应为": figures(total), "写作": figures(new.value)}
    because = f"原价{values['原价']}元，加减所列金额后应为{values['应为']}元，文中写作{values['写作']}元"
    return Match(Span(new.span.start, new.span.end), values, because, confidence=options.confidence)
