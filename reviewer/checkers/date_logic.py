"""Dates that cannot be: days that no calendar has, ends before their start, lengths that the dates do not have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import DateMention, Draft, Match, Period, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_FULL = compiled(r"(?P<y>[12](?<!\d\d)\d{3})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日")
_SHORT = compiled(r"(?P<m>\d(?<!\d\d)(?<!\d年\d)(?<!\d年\s\d)\d?)\s?月\s?(?P<d>\d{1,2})\s?日(?!历|均)")
_UNTIL = compiled(
    r"\s*(?:（[^（）]{0,8}）)?\s*(?:00:00|0时|零时)?\s*(?:起|开始|开工|生效)?\s*[，,、]?\s*(?:至|到|—+|-+|–|~|～|止于)+\s*"
)
_SIGNED = compiled(r"(?:签订|签署|签约|订立)\s*(?:日期|时间)\s*[：为]?\s*$")
_MADE_ON = compiled(r"签[订署约]|日\s*期|时\s*间|盖\s*章|签\s*[字章名]")
_LENGTH = compiled(
    r"(?:(?:^|[，。；：、（\s])(?:本?合同|本?协议|服务|租赁|承包|合作|委托|运营|经营|有效|总)?(?:期限?|租期|工期)|为期|共计?|合计)"
    r"\s*(?:为|是|共|：|计)?\s*$"
)
_TOTAL = compiled(r"总?工期(?:总日历天数)?\s*(?:共计?|为|是|：)?\s*(?P<n>\d{2,4})\s*(?:个)?(?:日历)?天")
_START = compiled(r"(?:计划)?开工(?:日期|时间)?\s*(?:为|：|是)?\s*$")
_END = compiled(r"(?:计划)?(?:竣工|完工|投产|投料投产|交付使用|交工)(?:日期|时间)?\s*(?:为|：|是)?\s*$")
_AGREED = compiled(r"(?:签订|签署|签约|订立)(?:日期|时间)?\s*(?:为|：|于)?\s*$|本(?:合同|协议)\s*于\s*$")
_LONGEST = 60


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["impossible", "order", "length", "signing", "completion", "number_year"]
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    look = {"impossible": _impossible, "order": _order, "length": _length, "signing": _signing,
            "completion": _completion, "number_year": _number_year}[options.look]  # fmt: skip
    for match in look(draft):
        if in_parts(draft, match.span, ()):
            yield Match(match.span, match.values, match.because, confidence=options.confidence)


def _impossible(draft: Draft) -> Iterator[Match]:
    """2月30日, 13月, 2027年2月29日."""
    for found in _FULL.finditer(draft.folded):
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
        if _exists(year, month, day) or not 1900 <= year <= 2200:
            continue
        yield Match(Span(*found.span()), {"日期": found.group()}, f"公历没有{month}月{day}日这一天（{year}年）")
    for found in _SHORT.finditer(draft.folded):
        month, day = int(found["m"]), int(found["d"])
        if not _exists(2024, month, day):
            yield Match(Span(*found.span()), {"日期": found.group()}, f"公历没有{month}月{day}日这一天")
    for mention in draft.facts.dates:  # 二○二六年九月三十一日
        words = mention.span.of(draft.folded)
        if mention.date is None and mention.year and mention.month and mention.day and not words[0].isdigit():
            yield Match(mention.span, {"日期": words}, f"公历没有{mention.month}月{mention.day}日这一天")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _ranges(draft: Draft) -> Iterator[tuple[DateMention, DateMention, dt.date, dt.date]]:
    """自 A 至 B with both dates known; a year left out is that of A."""
    for first, second in pairwise(draft.facts.dates):
        gap = draft.folded[first.span.end : second.span.start]
        if len(gap) > 20 or not _UNTIL.fullmatch(gap) or first.date is None:
            continue
        end = second.date
        if end is None and second.year is None:
            end = _same_year(first.date, second)
        if end is not None:
            yield first, second, first.date, end


def _same_year(start: dt.date, end: DateMention) -> dt.date | None:
    """The 5月1日 of 自2026年3月1日至5月1日, None where it would lie before."""
    if end.month and end.day and _exists(start.year, end.month, end.day):
        date = dt.date(start.year, end.month, end.day)
        return date if date >= start else None
    return None


def _order(draft: Draft) -> Iterator[Match]:
    for first, second, start, end in _ranges(draft):
        if end < start:
            span = Span(first.span.start, second.span.end)
            yield Match(span, {"起": _text(start), "止": _text(end)}, f"起始日{_text(start)}晚于终止日{_text(end)}")


def _length(draft: Draft) -> Iterator[Match]:
    """期限一年, 自2026年1月1日至2027年12月31日."""
    for first, second, start, end in _ranges(draft):
        if end <= start:
            continue
        sentence = draft.sentence_at(first.span.start)
        for period in draft.facts.periods:
            if not sentence.start <= period.span.start < sentence.end or not _belongs(draft, period, first, second):
                continue
            if _fits(start, end, period):
                break
            whole = Span(min(first.span.start, period.span.start), max(second.span.end, period.span.end))
            values = {"期限": period.span.of(draft.text).strip(), "起": _text(start), "止": _text(end)}
            days = (end - start).days + 1
            yield Match(whole, values, f"所写期限为{values['期限']}，起止日期相距{days}日")
            break


def _belongs(draft: Draft, period: Period, first: DateMention, second: DateMention) -> bool:
    if period.unit not in ("年", "月", "个月", "日", "天"):
        return False
    before = draft.folded[max(0, period.span.start - 14) : period.span.start]
    if not _LENGTH.search(before):
        return False
    if period.span.start >= second.span.end:
        return period.span.start - second.span.end <= 12
    return 0 <= first.span.start - period.span.end <= 8


def _fits(start: dt.date, end: dt.date, period: Period) -> bool:
    """Within a few days: both ends counted or not, a month of 28 to 31 days."""
    days = Decimal((end - start).days)
    if period.unit in ("日", "天"):
        return abs(days - period.value) <= 2
    per, slack = (Decimal("365.25"), 3) if period.unit == "年" else (Decimal("30.44"), 3)
    return abs(days - period.value * per) <= slack + period.value / 12


def _signing(draft: Draft) -> Iterator[Match]:
    """签订日期 in the head and the dates under the signatures."""
    signature = draft.parts.signature
    if signature is None:
        return
    heads = [d for d in draft.facts.dates if d.date and d.span.start < signature.start
             and _SIGNED.search(draft.folded, max(0, d.span.start - 16), d.span.start)]  # fmt: skip
    below = [d for d in draft.facts.dates if d.date and signature.start <= d.span.start < signature.end
             and _MADE_ON.search(draft.folded, max(signature.start, d.span.start - _LONGEST), d.span.start)
             ]  # fmt: skip
    for head in heads[:1]:
        other = next((d for d in below if d.date != head.date), None)
        if other is not None and head.date is not None and other.date is not None:
            values = {"前": _text(head.date), "后": _text(other.date)}
            yield Match(other.span, values, f"首部签订日期为{values['前']}，落款日期为{values['后']}")


def _completion(draft: Draft) -> Iterator[Match]:
    """A day of completion that the stated 总工期 cannot reach from the start or from the signing of the contract."""
    length = _TOTAL.search(draft.folded)
    if length is None:
        return
    days = int(length["n"])
    start = _labelled(draft, _START)
    signed = _labelled(draft, _AGREED)
    end = _labelled(draft, _END)
    if end is None or end.date is None:
        return
    if start is not None and start.date is not None:
        between = (end.date - start.date).days
        wrong, since, first = abs(between - days) > max(3, days // 20), "开工日期", start.date
    elif signed is not None and signed.date is not None:
        between = (end.date - signed.date).days
        wrong, since, first = days - between > max(15, days // 10), "签订日期", signed.date
    else:
        return
    if wrong:
        values = {"工期": length["n"], "起": _text(first), "止": _text(end.date), "相距": str(between)}
        yield Match(end.span, values, f"{since}{values['起']}到{values['止']}共{between}天，总工期为{days}天")


def _number_year(draft: Draft) -> Iterator[Match]:
    """〔2025〕 in the number of a document dated 2026; January may still print what the old year numbered."""
    year = re.search(r"[〔\[(]((?:19|20)\d{2})[〕\])]", draft.number)
    if year is None or draft.dated is None or draft.parts.number is None:
        return
    late = draft.dated.year - int(year[1])
    if late and not (late == 1 and draft.dated.month == 1):
        values = {"文号": year[1], "成文": str(draft.dated.year)}
        because = f"发文字号年份为{year[1]}年，成文日期为{_text(draft.dated)}"
        yield Match(draft.parts.number, values, because)


def _labelled(draft: Draft, label: re.Pattern[str]) -> DateMention | None:
    for date in draft.facts.dates:
        if date.date and label.search(draft.folded, max(0, date.span.start - 20), date.span.start):
            return date
    return None


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
