"""Dates and periods in folded text: 2024-03-01, 二○二六年三月, 30日, 三个工作日, 半年."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from reviewer.domain import DateMention, Period, Span
from reviewer.understanding.numerals import to_decimal, to_int

_YEAR_WORDS = r"[一二][一二三四五六七八九〇○零OΟ0][一二三四五六七八九〇○零OΟ\d]{2}"
_SMALL = r"\d{1,2}|[一二三四五六七八九十廿卅]{1,3}"
_DATE = re.compile(
    r"(?=[\d一二三四五六七八九十廿卅])(?:"  # one look at the letter spares three looks around it
    rf"(?<![\d.])(?P<y>(?:19|20)\d{{2}}|{_YEAR_WORDS})\s*年(?!\s*[度级份代龄])(?:\s*(?P<m>{_SMALL})\s*月(?!\s*[份内])?(?:\s*(?P<d>{_SMALL})\s*[日号](?!内))?)?"
    rf"|(?<![\d.A-Za-z-])(?P<y2>(?:19|20)\d{{2}})(?P<sep>[-./])(?P<m2>\d{{1,2}})(?P=sep)(?P<d2>\d{{1,2}})(?![\d.%])"
    rf"|(?<![\d.一二三四五六七八九十第个])(?P<m3>{_SMALL})\s*月\s*(?P<d3>{_SMALL})\s*[日号](?!内))"
)


def dates_in(folded: str) -> Iterator[DateMention]:
    """Full and partial dates; 2月30日 is a mention too, its `date` is None."""
    for found in _DATE.finditer(folded):
        group = found.groupdict()
        year = _number(group["y"] or group["y2"])
        month = _number(group["m"] or group["m2"] or group["m3"])
        day = _number(group["d"] or group["d2"] or group["d3"])
        if year is not None and not 1900 <= year <= 2199:
            continue
        if group["y2"] and not (1 <= (month or 0) <= 12 and 1 <= (day or 0) <= 31):
            continue
        yield DateMention(Span(*found.span()), year, month, day)


def _number(text: str | None) -> int | None:
    return None if text is None else to_int(text.replace("Ο", "0"))


_UNITS = {
    "工作日": "工作日",
    "交易日": "交易日",
    "日历日": "日",
    "日历天": "日",
    "自然日": "日",
    "天": "日",
    "日": "日",
    "周": "周",
    "星期": "周",
    "个月": "月",
    "月": "月",
    "季度": "季度",
    "年": "年",
    "小时": "小时",
    "分钟": "分钟",
}
_WORDS = "一二三四五六七八九十百两零〇壹贰叁肆伍陆柒捌玖拾佰"
_PERIOD = re.compile(
    rf"(?P<n>[\d{_WORDS}半](?:(?<=\d)\d*(?:\.\d+)?|(?<=半)|(?<![\d半])[{_WORDS}]{{0,4}}))\s*"
    r"(?:个?\s*(?P<u1>工作日|交易日|日历日|日历天|自然日|小时|星期|季度)|(?P<u2>个\s*月)|个?\s*(?P<u3>周)(?![岁年边转期])"
    r"|(?P<u4>天|日(?!元|常|前夕|光|历[史])|分钟)|(?:周(?=年(?!庆|纪念|活动|之际)))?(?P<u5>年)(?![级度代龄份检月])|(?P<u6>月)(?=期|以[上内下]|内))(?P<half>半)?"
)
_NOT_BEFORE = re.compile(
    r"(?:每|第|同|某|任|任何|唯|次|当|首|末|头|近|星期|周|每(?:逾期|延迟|延误|拖延|延期|迟延|超过|超期|增加|提前|满|推迟|迟|拖|晚|误|拖欠|超)"
    r"|每.{0,4}(?:逾期|延迟|延误|延期)|月|年)[ ]*$"
)


def periods_in(folded: str, dates: Sequence[DateMention]) -> Iterator[Period]:
    """Lengths of time; neither parts of a date nor the 一日 of 每逾期一日."""
    taken = iter([(d.span.start, d.span.end) for d in dates] + [(len(folded) + 1, len(folded) + 1)])
    low, high = next(taken)
    for found in _PERIOD.finditer(folded):
        start, end = found.span()
        while high <= start:
            low, high = next(taken)
        if low < end and start < high:
            continue
        period = _period(found, folded)
        if period is not None:
            yield period


def _period(found: re.Match[str], folded: str) -> Period | None:
    start, end = found.span()
    before = folded[max(0, start - 10) : start]
    number = found["n"]
    if before and (before[-1].isdigit() or before[-1] in ".零一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟"):
        return None
    if _NOT_BEFORE.search(before) and not before.endswith("近"):
        return None
    written = "".join(next(filter(None, found.group("u1", "u2", "u3", "u4", "u5", "u6"))).split())
    value = to_decimal(number)
    if written == "年" and re.fullmatch(r"(?:一九|二[〇○零]|19|20)\s{2,}年|(?:一九|二[〇○零])\s*年", found[0]):
        return None  # the blank of a date: 二〇  年  月  日
    if value is None or value == 0 or (written == "年" and value > 200):
        return None
    if written == "日" and number == "一" and before.endswith(("统", "逐", "单")):
        return None
    if found["half"]:
        value += Decimal("0.5")
    return Period(Span(start, end), value, _UNITS[written])


DATE_LINE = re.compile(
    r"(?:^|.*[:\s])((?:\d{4}|[一二三四五六七八九十〇○零O\d]{4})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月"
    r"\s*[\d一二三四五六七八九十廿卅]{1,3}\s*日)\s*(?:印发)?$"
)
"""A line that ends in a complete date, as the last line of 落款 does."""

_ANY_DATE = re.compile(
    r"(\d{4}|[一二三四五六七八九〇○零O][一二三四五六七八九十〇○零O\d]{3})\s*[年./-]\s*"
    r"([\d一二三四五六七八九十]{1,3})\s*[月./-]\s*([\d一二三四五六七八九十廿卅]{1,3})(?:\s*日|(?![\d.]))"
)


def date_in(text: str) -> dt.date | None:
    """The last complete calendar date in a piece of folded text."""
    for found in reversed(list(_ANY_DATE.finditer(text))):
        year, month, day = (to_int(re.sub(r"\s", "", g)) for g in found.groups())
        if year and month and day and 1900 <= year <= 2100:
            try:
                return dt.date(year, month, day)
            except ValueError:
                continue
    return None
