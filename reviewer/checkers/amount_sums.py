"""Parts must add up to the whole: 分项 to 总价, percentages of a payment schedule to 100 %, stages to 总工期.

The whole and its parts stand in one provision; parts that name a rest (余款、其余) only must not exceed the whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, takewhile
from typing import Literal, TypeVar

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Amount, Draft, Match, Provision, Rate, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.numerals import figures, to_decimal

_WHOLE = compiled(
    r"(?:合同|协议|项目|工程|投标|报价|服务|采购|租金|费用|经费|报酬|设备|货款)?(?:总价款?|总额|总金额|总造价|总费用|总租金|总投资|合计金额)"
    r"|合同价款?|报酬总额|合同金额"
)
_SPLIT = compiled(
    r"分项|拆分|构成如下|组成如下|由(?:以下|下列)|分别为|分(?:为)?\s*[两二三四五六七八九十\d]\s*(?:期|次|笔|批|个阶段|部分)"
)
_OF_WHICH = compiled(r"其中|包括|包含")
_REST = compiled(r"余款|剩余|其余|尾款|余额|结余|等(?:费用|款项)")
_STOP = compiled(
    r"违约|罚|赔偿|保证金|定金|押金|超过|不足|每(?:日|天|月|次|逾期)|暂估|暂列|预留|折|优惠|税(?:额|率|金)|不含税"
    r"|产值|产出|纳税|税收|收入|利润|注册资本"
)
_SUBTOTAL = compiled(r"合计|小计|共计|总计")
_PAYS = compiled(r"支?付|付款|预付|结算|拨付|转账|缴纳")
_BASE = compiled(
    r"(?:合同|协议|工程|货|总|全部|项目|服务)[^。；，]{0,6}(?:价|款|额|费|金额|报酬)[^。；，]{0,3}的?\s*$"
    r"|的\s*$|付(?:款|清|总额)?[:\s]*$"
)
_UP_TO = compiled(r"(?:付款?(?:至|到)|累计(?:支?付)?(?:款)?(?:至|到|达)?|拨付(?:至|到))[^。；，]{0,14}$")
_LAST = compiled(r"余款|尾款|剩余|质保金|质量保证金|质保期|保修期满")
_CHANGED = compiled(r"(?:调整|变更|提高|降低|下调|上调|降|改|减)(?:为|至|到)")
"""支付80%调整为支付60%: the second rate takes the place of the first."""
_BASIS = compiled(r"\s*(?:的比例|的标准|的费率)?(?:计取|计收|收取|提取|计费|下浮)")
"""设计费按工程结算价的2%计取 is no share of a payment."""
_PENALTY = compiled(r"\s*(?:的|作为|计算)?(?:违约金|赔偿|罚款|滞纳金|利息)")
_STAGES = compiled(r"总?工期[：为是共]?\s*(?P<all>\d{1,4})\s*(?:个)?(?:日历)?[天日]\s*（(?P<parts>[^（）]{8,120})）")
_STAGE = compiled(r"(?P<days>\d{1,4})\s*(?:个)?(?:日历)?[天日]内?")


_Stated = TypeVar("_Stated", Amount, Rate)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["amounts", "percentages", "stages"]
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.look == "stages":
        yield from _stages(draft, options)
        return
    for provision in _leading(draft):
        if not in_parts(draft, provision.span, ()):
            continue
        if options.look == "amounts":
            yield from _amounts(draft, provision, options)
        else:
            yield from _percentages(draft, provision, options)


def _leading(draft: Draft) -> Iterator[Provision]:
    """Provisions that hold a whole: the innermost ones with an own text, and those just above a list of items."""
    for provision in draft.articles:
        if not provision.children or all(not c.children for c in provision.children):
            yield provision


def _starts(draft: Draft, what: Literal["amounts", "rates"]) -> list[int]:
    stated: Sequence[Amount] | Sequence[Rate] = draft.facts.amounts if what == "amounts" else draft.facts.rates
    return draft.once(f"starts of {what}", lambda: [s.span.start for s in stated])


def _inside(span: Span, stated: Sequence[_Stated], starts: Sequence[int]) -> list[_Stated]:
    """Those that stand in a span; they come in the order of the text, as their `starts` do."""
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    return [s for s in stated[first:last] if s.span.end <= span.end]


# ---------------------------------------------------------------- amounts


def _amounts(draft: Draft, provision: Provision, options: Options) -> Iterator[Match]:
    inside = _inside(provision.span, draft.facts.amounts, _starts(draft, "amounts"))
    if len(inside) < 3:
        return
    for whole in inside:
        before = draft.folded[max(provision.span.start, whole.span.start - 24) : whole.span.start]
        if not _WHOLE.search(before) or _STOP.search(before):
            continue
        after = [a for a in inside if a.span.start >= whole.span.end]
        sign = _split_after(draft, whole, provision)
        if sign is None:
            continue
        partition, start = sign
        parts = _parts(draft, whole, [a for a in after if a.span.start >= start])
        total = sum((p.value for p in parts), Decimal(0))
        if len(parts) < 2 or whole.value in accumulate(p.value for p in parts):
            continue
        text = draft.folded[start : parts[-1].span.end + 30]
        if total < whole.value and (not partition or _REST.search(text)):
            continue
        span = Span(whole.span.start, parts[-1].span.end)
        values = {"总额": figures(whole.value), "合计": figures(total)}
        because = f"总额{values['总额']}元，所列{len(parts)}项合计{values['合计']}元"
        yield Match(span, values, because, confidence=options.confidence)
        return


def _split_after(draft: Draft, whole: Amount, provision: Provision) -> tuple[bool, int] | None:
    """Is the whole divided after it (True: into all its parts; False: 其中), and where do the parts begin?"""
    end = min(provision.span.end, whole.span.end + 90)
    for regex, partition in ((_SPLIT, True), (_OF_WHICH, False)):
        found = regex.search(draft.folded, whole.span.end, end)
        if found is not None:
            return partition, found.end()
    return None


def _parts(draft: Draft, whole: Amount, after: list[Amount]) -> list[Amount]:
    """The amounts that follow, each once, up to a total or a word that shows something else."""
    parts: list[Amount] = []
    for amount in after:
        before = draft.folded[max(whole.span.end, amount.span.start - 20) : amount.span.start]
        clause = re.split(r"[。;,\n]", before)[-1]
        if _SUBTOTAL.search(clause) or amount.value == whole.value:
            break
        if _STOP.search(clause) or draft.folded[amount.span.end : amount.span.end + 1] in ("/", "/"):
            break
        if parts and amount.in_words != parts[-1].in_words and amount.value == parts[-1].value:
            continue
        parts.append(amount)
    return parts


# ---------------------------------------------------------------- percentages


def _percentages(draft: Draft, provision: Provision, options: Options) -> Iterator[Match]:
    rates = [r for r in _inside(provision.span, draft.facts.rates, _starts(draft, "rates")) if not r.per]
    if len(rates) < 2:
        return
    rates = [r for r in rates if "每" not in draft.folded[max(provision.span.start, r.span.start - 6) : r.span.start]]
    rates = [r for r in rates if not _BASIS.match(draft.folded, r.span.end)]
    if len(rates) < 2:
        return
    shares = list(takewhile(lambda s: s is not None, (_share(draft, provision, r) for r in rates)))
    if len(shares) != len(rates) or len(shares) < 2:
        return
    total, first, last = Decimal(0), rates[0], rates[-1]
    for rate, up_to in zip(rates, shares, strict=True):
        if up_to and rate.value < total:
            yield _schedule(draft, Span(first.span.start, rate.span.end), total, options,
                            f"此前已累计支付{_percent(total)}，又约定支付至{_percent(rate.value)}")  # fmt: skip
            return
        total = rate.value if up_to else total + rate.value
    closes = _LAST.search(draft.folded, rates[-2].span.end, min(provision.span.end, last.span.end + 12))
    short = len(shares) > 2 and Decimal("0.8") <= total < 1 and closes and not _rest_follows(draft, provision, last)
    if total > 1 or short:
        span = Span(first.span.start, last.span.end)
        yield _schedule(draft, span, total, options, f"各期付款比例合计{_percent(total)}")


def _share(draft: Draft, provision: Provision, rate: Rate) -> bool | None:
    """False for a share of the price, True for a share that counts from the beginning, None for another rate."""
    start = max(provision.span.start, rate.span.start - 30)
    clause = re.split(r"[。;\n]", draft.folded[start : rate.span.start])[-1]
    if _STOP.search(clause.replace("质量保证金", "").replace("保证金", "")) or not _BASE.search(clause):
        return None
    if not _PAYS.search(clause) and not _LAST.search(clause):
        return None
    if _PENALTY.match(draft.folded, rate.span.end) or _CHANGED.search(clause):
        return None
    return bool(_UP_TO.search(clause))


def _rest_follows(draft: Draft, provision: Provision, last: Rate) -> bool:
    return bool(_REST.search(draft.folded, last.span.end, provision.span.end))


def _schedule(draft: Draft, span: Span, total: Decimal, options: Options, because: str) -> Match:
    return Match(span, {"合计": _percent(total)}, because, confidence=options.confidence)


# ---------------------------------------------------------------- stages


def _stages(draft: Draft, options: Options) -> Iterator[Match]:
    for found in _STAGES.finditer(draft.folded):
        days = [to_decimal(m["days"]) for m in _STAGE.finditer(found["parts"])]
        whole = to_decimal(found["all"])
        known = [d for d in days if d is not None]
        if whole is None or len(known) < 2 or sum(known) == whole:
            continue
        values = {"总额": str(whole), "合计": str(sum(known))}
        because = f"总工期{whole}天，各阶段合计{sum(known)}天"
        yield Match(Span(*found.span()), values, because, confidence=options.confidence)


def _percent(value: Decimal) -> str:
    return f"{(value * 100).normalize():f}%"
