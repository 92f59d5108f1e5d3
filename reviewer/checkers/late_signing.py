"""A contract signed after its own performance began: 服务期自1月1日起, but signed on 7月1日."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import DateMention, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_SIGNED = compiled(r"(?:签订|签署|签约|订立)(?:日期|时间)?\s*[：为于]?\s*$|本(?:合同|协议)\s*[已]?于\s*$")
_BELOW = compiled(r"(?:日\s*期|时\s*间|签[订署约字章]|盖\s*章|代表人?)[^。\n]{0,20}$|\n\s*$")
_BEGINS = compiled(
    r"(?:服务|租赁|承包|合同|协议|履行|合作|委托|托管|物业|经营|运营|使用|承租|保洁|供货|有效)(?:的)?(?:有效)?(?:期限?|周期|时间|租期)"
    r"[^。；\n]{0,16}(?:自|从|：|为)?\s*$|(?:租期|服务期|合同期|工期)[^。；\n]{0,10}$|(?:计划)?(?:开工|起租|进场|交货|交付|竣工)(?:日期|时间)?\s*[：为]?\s*$"
)
_NEAR = 34
_GRACE = 15  # days that a signature may come late without a word


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.75


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    dated = [(m, m.date) for m in draft.facts.dates if m.date is not None]
    signed = _signing(draft, dated)
    if signed is None:
        return
    for mention, date in dated:
        if mention.span == signed[0].span or (signed[1] - date).days <= _GRACE or (signed[1] - date).days > 1100:
            continue
        before = draft.folded[max(0, mention.span.start - _NEAR) : mention.span.start]
        if not _BEGINS.search(before) or in_parts(draft, mention.span, ("signature",)):
            continue
        words = before.split("\n")[-1].split("。")[-1].strip()[-12:]
        values = {"事项": f"{words}{mention.span.of(draft.text)}".strip(), "起": _text(date), "签订": _text(signed[1])}
        because = f"{values['事项']}，签订日期为{values['签订']}"
        yield Match(Span(mention.span.start, mention.span.end), values, because, confidence=options.confidence)
        return


def _signing(draft: Draft, dated: list[tuple[DateMention, dt.date]]) -> tuple[DateMention, dt.date] | None:
    """The day that the text says it was signed on, else the last one under the signatures."""
    for mention, date in dated:
        if _SIGNED.search(draft.folded, max(0, mention.span.start - 14), mention.span.start):
            return mention, date
    part = draft.parts.signature
    below = [(m, d) for m, d in dated if part is not None and part.start <= m.span.start < part.end
             and _BELOW.search(draft.folded, max(part.start, m.span.start - _NEAR), m.span.start)]  # fmt: skip
    return max(below, key=lambda b: b[1], default=None)


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
