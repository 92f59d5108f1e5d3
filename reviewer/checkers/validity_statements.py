"""What a document says of itself: from when it applies (本办法自…起施行) and how long (有效期5年)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reviewer.checkers.pattern import in_parts
from reviewer.domain import DateMention, Draft, Period, Span
from reviewer.patterns import compiled

_KIND = (
    "办法|规定|细则|规则|通知|意见|方案|措施|标准|基准|公告|通告|决定|规程|制度|"
    "条例|预案|政策|规范|清单|目录|指引|指南|计划|文件|规划|准则"
)
OWN = rf"本(?:[^，。；、《》自从]{{0,8}}?)(?:{_KIND})"
_LABEL = r"(?:第[一二三四五六七八九十百零\d]+条|[（]?[一二三四五六七八九十\d]+[）、.．])?\s*(?:[^，。；：]{0,10}：)?\s*"
_ISSUE = r"(?:印发|发布|公布|颁布|发文|下发|签发|发出|公告|通过|批准)"
_START = compiled(
    rf"(?:{OWN}[^。；《》]{{0,50}}?|^{_LABEL}|(?:现予|现将|现)[^。；]{{0,60}}?(?:公布|发布|印发)[^。；]{{0,20}}?，)"
    rf"(?P<at>(?:自|从)\s*(?P<from>[^，。；]{{2,34}}?)\s*起?(?:正式|开始)?(?:施行|实施|执行|生效|试行|实行))"
)
_FROM_ISSUE = compiled(rf"{_ISSUE}之?(?:日|时)")
_DELAY = compiled(r"(?:(?P<n>\d{1,3})\s*(?P<unit>日|天|个?工作日|个月)|(?P<month>一个月|三十[日天]))(?:之?后|以后)")
_TERM = r"(?:有效期限?|试行期限?|暂行期限?|执行期限?|实施期限?|施行期限?|适用期限?|有效时间)"
_APPLIES = r"(?:施行|实施|执行|生效|试行|实行)"
_VALID = compiled(
    rf"(?:^|[，；,（、。])\s*{_LABEL}(?:{OWN}的?)?(?:暂定)?(?P<at>{_TERM}(?!届?满|内|结束)[^。；《》]{{0,60}})"
    rf"|(?:{_APPLIES}|起)[，、]?\s*(?P<at2>(?:暂定)?(?:有效(?!期)|{_APPLIES})(?:期)?(?:为|暂定)?\s*[\d一二两三四五六七八九十]{{1,2}}\s*(?:年|个月))"
    rf"|{_APPLIES}[，（]?\s*(?P<at3>(?:有效)?(?:至|到|截至|截止到?)[^。；，]{{4,24}}(?:止|废止|失效|停止|有效)?)"
    rf"|(?:批准|同意|决定|现)[，、]?(?P<at4>(?:暂定)?试行[\d一二两三]{{1,2}}\s*年)"
)
_OF_ITSELF = compiled(rf"{OWN}|(?:以上|上述)(?:规定|政策|措施)|^{_LABEL}{_TERM}")
OPEN = compiled(r"(?:长期|永久)(?:有效|施行|执行)|有效期(?:为|至)?长期")


@dataclass(frozen=True, slots=True)
class Start:
    """本办法自…起施行: a date, or so many days after the day of issue."""

    span: Span
    date: dt.date | None
    delay: int | None = None  # days after issue; None where a date is named


@dataclass(frozen=True, slots=True)
class Validity:
    """有效期5年, 有效期至…: months, or the last day, or both."""

    span: Span
    months: Decimal | None
    until: dt.date | None


def starts(draft: Draft) -> tuple[Start, ...]:
    """Where the document says from when it applies, in the order of the text."""
    return draft.once("starts", lambda: tuple(_starts(draft)))


def _starts(draft: Draft) -> Iterator[Start]:
    for sentence in draft.sentences:
        text = sentence.of(draft.folded)
        for place in _START.finditer(text):
            span = Span(sentence.start + place.start("at"), sentence.start + place.end("at"))
            words = place["from"]
            named = next((d for d in draft.facts.dates if span.contains(d.span)), None)
            issue = _FROM_ISSUE.search(words)
            if (named is None and issue is None) or not in_parts(draft, span, ()):
                continue
            if named is not None:
                yield Start(span, named.date)
            else:
                yield Start(span, _issued(draft, words), _delay(words))


def _delay(words: str) -> int:
    place = _DELAY.search(words)
    if place is None:
        return 0
    if place["month"]:
        return 30
    return int(place["n"]) * (30 if "月" in place["unit"] else 1)


def _issued(draft: Draft, words: str) -> dt.date | None:
    return draft.dated + dt.timedelta(days=_delay(words)) if draft.dated else None


def validities(draft: Draft) -> tuple[Validity, ...]:
    """Where the document says how long it is valid."""
    return draft.once("validities", lambda: tuple(_validities(draft)))


def _validities(draft: Draft) -> Iterator[Validity]:
    for sentence in draft.sentences:
        text = sentence.of(draft.folded)
        for place in _VALID.finditer(text):
            group = next(g for g in ("at", "at2", "at3", "at4") if place[g])
            span = Span(sentence.start + place.start(group), sentence.start + place.end(group))
            if not _of_document(draft, sentence, group):
                continue
            months, until = _months(draft, span), _until(draft, span)
            if months is not None or until is not None:
                yield Validity(span, months, until)


def _of_document(draft: Draft, sentence: Span, group: str) -> bool:
    """Does the sentence speak of the document itself, or follow the sentence that says when it takes effect?"""
    text = sentence.of(draft.folded)
    if group == "at4":
        return "印发" in text or compiled(OWN).search(text) is not None
    if _START.search(text) or (_OF_ITSELF.search(text) and group == "at"):
        return True
    before = draft.sentence_at(max(0, sentence.start - 2))
    return group == "at" and before.end > before.start and bool(_START.search(before.of(draft.folded)))


def _months(draft: Draft, span: Span) -> Decimal | None:
    for period in draft.facts.periods:
        if span.overlaps(period.span) and period.unit in ("年", "月"):
            return _in_months(period)
    return None


def _in_months(period: Period) -> Decimal:
    return period.value * 12 if period.unit == "年" else period.value


def _until(draft: Draft, span: Span) -> dt.date | None:
    inside = [d for d in draft.facts.dates if span.contains(d.span)]
    return last_day(inside[-1]) if inside else None


def last_day(date: DateMention) -> dt.date | None:
    """The day itself; of a month or year its last day."""
    if date.year is None:
        return None
    if date.day is not None:
        return date.date
    if date.month is not None and 1 <= date.month <= 12:
        return dt.date(date.year, date.month, calendar.monthrange(date.year, date.month)[1])
    return dt.date(date.year, 12, 31)


def last_day_of(start: dt.date, months: Decimal) -> dt.date:
    """The last day of a validity that begins on `start`."""
    whole = int(months)
    year, month = divmod(start.year * 12 + start.month - 1 + whole, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day) - dt.timedelta(days=1)
