"""From when and how long a document applies: not said, over, too long, before its issue, too soon, contradictory.

Only what the document says of itself counts (本办法自…起施行，有效期5年), never that of a licence or another law.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.checkers.power_setting import Rank, rank_of
from reviewer.domain import DateMention, Draft, Level, Match, Period, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found

_KIND = (
    "办法|规定|细则|规则|通知|意见|方案|措施|标准|基准|公告|通告|决定|规程|制度|条例|预案|政策|规范|清单|目录|指引|指南|计划|文件|规划|准则"
)
_OWN = rf"本(?:[^，。；、《》自从]{{0,8}}?)(?:{_KIND})"
_LABEL = r"(?:第[一二三四五六七八九十百零\d]+条|[（]?[一二三四五六七八九十\d]+[）、.．])?\s*(?:[^，。；：]{0,10}：)?\s*"
_ISSUE = r"(?:印发|发布|公布|颁布|发文|下发|签发|发出|公告|通过|批准)"
_START = compiled(
    rf"(?:{_OWN}[^。；《》]{{0,50}}?|^{_LABEL}|(?:现予|现将|现)[^。；]{{0,60}}?(?:公布|发布|印发)[^。；]{{0,20}}?，)"
    rf"(?P<at>(?:自|从)\s*(?P<from>[^，。；]{{2,34}}?)\s*起?(?:正式|开始)?(?:施行|实施|执行|生效|试行|实行))"
)
_FROM_ISSUE = compiled(rf"{_ISSUE}之?(?:日|时)")
_DELAY = compiled(r"(?:(?P<n>\d{1,3})\s*(?P<unit>日|天|个?工作日|个月)|(?P<month>一个月|三十[日天]))(?:之?后|以后)")
_TERM = r"(?:有效期限?|试行期限?|暂行期限?|执行期限?|实施期限?|施行期限?|适用期限?|有效时间)"
_APPLIES = r"(?:施行|实施|执行|生效|试行|实行)"
_VALID = compiled(
    rf"(?:^|[，；,（、。])\s*{_LABEL}(?:{_OWN}的?)?(?:暂定)?(?P<at>{_TERM}(?!届?满|内|结束)[^。；《》]{{0,60}})"
    rf"|(?:{_APPLIES}|起)[，、]?\s*(?P<at2>(?:暂定)?(?:有效(?!期)|{_APPLIES})(?:期)?(?:为|暂定)?\s*[\d一二两三四五六七八九十]{{1,2}}\s*(?:年|个月))"
    rf"|{_APPLIES}[，（]?\s*(?P<at3>(?:有效)?(?:至|到|截至|截止到?)[^。；，]{{4,24}}(?:止|废止|失效|停止|有效)?)"
    rf"|(?:批准|同意|决定|现)[，、]?(?P<at4>(?:暂定)?试行[\d一二两三]{{1,2}}\s*年)"
)
_OF_ITSELF = compiled(rf"{_OWN}|(?:以上|上述)(?:规定|政策|措施)|^{_LABEL}{_TERM}")
_OPEN = compiled(r"(?:长期|永久)(?:有效|施行|执行)|有效期(?:为|至)?长期")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal[
        "missing", "expired", "over", "target", "longer", "early", "past", "lapsed", "soon", "at_once", "conflict"
    ]
    years: float = 5  # longer: the longest validity allowed
    days: int = 30  # soon, at_once: the days that should lie between issue and effect
    ranks: tuple[Rank, ...] = ("规范性文件",)
    except_of: tuple[Regex, ...] = ()  # on issuer, number and title: documents that are left alone
    needs: tuple[Regex, ...] = ()  # each must be found in the text
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence of the statement
    confidence: float = 0.85


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


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if rank_of(draft, knowledge.catalogue) not in options.ranks:
        return
    known = fold("\n".join((draft.issuer, draft.number, draft.title)))
    if any(compiled(p).search(known) for p in options.except_of):
        return
    if not all(found(p, draft) for p in options.needs):
        return
    for match in _LOOKS[options.look](draft, options, knowledge):
        sentence = draft.sentence_at(match.span.start)
        if not any(compiled(p).search(draft.folded, sentence.start, sentence.end) for p in options.unless):
            yield match


# ---------------------------------------------------------------- what the document says of itself


def starts(draft: Draft) -> list[Start]:
    """Where the document says from when it applies, in the order of the text."""
    out = []
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
                out.append(Start(span, named.date))
            else:
                out.append(Start(span, _issued(draft, words), _delay(words)))
    return out


def _delay(words: str) -> int:
    place = _DELAY.search(words)
    if place is None:
        return 0
    if place["month"]:
        return 30
    return int(place["n"]) * (30 if "月" in place["unit"] else 1)


def _issued(draft: Draft, words: str) -> dt.date | None:
    return draft.dated + dt.timedelta(days=_delay(words)) if draft.dated else None


def validities(draft: Draft) -> list[Validity]:
    """Where the document says how long it is valid."""
    out = []
    for sentence in draft.sentences:
        text = sentence.of(draft.folded)
        for place in _VALID.finditer(text):
            group = next(g for g in ("at", "at2", "at3", "at4") if place[g])
            span = Span(sentence.start + place.start(group), sentence.start + place.end(group))
            if not _of_document(draft, sentence, group):
                continue
            months, until = _months(draft, span), _until(draft, span)
            if months is not None or until is not None:
                out.append(Validity(span, months, until))
    return out


def _of_document(draft: Draft, sentence: Span, group: str) -> bool:
    """Does the sentence speak of the document itself, or follow the sentence that says when it takes effect?"""
    text = sentence.of(draft.folded)
    if group == "at4":
        return "印发" in text or compiled(_OWN).search(text) is not None
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
    return _last_day(inside[-1]) if inside else None


def _last_day(date: DateMention) -> dt.date | None:
    """The day itself; of a month or year its last day."""
    if date.year is None:
        return None
    if date.day is not None:
        return date.date
    if date.month is not None and 1 <= date.month <= 12:
        return dt.date(date.year, date.month, calendar.monthrange(date.year, date.month)[1])
    return dt.date(date.year, 12, 31)


def _after(start: dt.date, months: Decimal) -> dt.date:
    """The last day of a validity that begins on `start`."""
    whole = int(months)
    year, month = divmod(start.year * 12 + start.month - 1 + whole, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day) - dt.timedelta(days=1)


# ---------------------------------------------------------------- the looks


def _missing(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Takes effect, without any word on how long: the finding stands at the clause on taking effect."""
    begun = starts(draft)
    if validities(draft) or _OPEN.search(draft.folded):
        return
    if not begun:
        yield from _trial_without_end(draft, options)
        return
    place = begun[-1].span
    because = f"写有“{place.of(draft.text).strip()}”，全文没有出现本文件的有效期、试行期或者失效日期"
    yield Match(place, {"施行": place.of(draft.text).strip()}, because, clause="validity_period",
                confidence=options.confidence)  # fmt: skip


def _trial_without_end(draft: Draft, options: Options) -> Iterator[Match]:
    """（试行） in the title of articles, and not a word on when it begins or how long the trial lasts."""
    title = draft.parts.title
    articles = sum(p.level == Level.ARTICLE for p in draft.articles)
    if title is None or articles < 3 or compiled("[试暂]行").search(fold(draft.title)) is None:
        return
    if compiled(r"(?:有效|试行|暂行|执行|实施)期").search(draft.folded):
        return
    because = "题名为试行、暂行，全文没有写试行多久"
    yield Match(title, {"施行": "试行（暂行）"}, because, clause="validity_period", confidence=options.confidence)


def _expired(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    begun = [s for s in starts(draft) if s.date]
    for valid in validities(draft):
        start = begun[-1].date if begun else None
        end = valid.until or (_after(start, valid.months) if start and valid.months else None)
        if end is None or end >= knowledge.on:
            continue
        values = {"届满日": _text(end), "审查日": _text(knowledge.on)}
        counted = f"自{_text(start)}起算，" if valid.until is None and start else ""
        because = f"{counted}“{valid.span.of(draft.text).strip()}”至{_text(end)}届满，早于审查日{_text(knowledge.on)}"
        yield Match(valid.span, values, because, confidence=options.confidence)
        return


_YEARS = compiled(
    r"(?:[从自]\s*)?(?<!\d)(?P<a>20\d\d)\s*年?\s*(?:至|到|-|—|－|–|~|～)+\s*(?P<b>20\d\d)\s*年(?!\s*\d{1,2}\s*月)"
)
_FORWARD = compiled(r"每年|年度|考核|期间|试点|申报|享受|补贴|补助|奖励|适用|执行|实施|组织|开展|期限")


def _over(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A span of years that lay ahead when the document was issued and is over now: 从2018年到2020年，每年考核一次."""
    if draft.dated is None:
        return
    for sentence in draft.sentences:
        for place in _YEARS.finditer(draft.folded, sentence.start, sentence.end):
            first, last = int(place["a"]), int(place["b"])
            span = Span(*place.span())
            ahead = draft.dated.year <= first <= last < knowledge.on.year
            if not ahead or "《" in draft.text[sentence.start : span.start]:
                continue
            if not _FORWARD.search(draft.folded, span.end, min(sentence.end, span.end + 16)):
                continue
            values = {"期间": span.of(draft.text).strip(), "审查日": _text(knowledge.on)}
            because = f"“{values['期间']}”已于{last}年底届满，审查日为{values['审查日']}"
            yield Match(span, values, because, confidence=options.confidence)
            return


_TARGET = compiled(
    r"(?:到|确保|力争|至)\s*(?P<b>20\d\d)\s*年(?:底|末)?[，,]?"
    r"(?=[^。；]{0,16}(?:实现|达到|完成|建成|消除|全覆盖|基本|力争|确保|形成))"
)


def _target(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """An aim for a year that is over, in a document that is still to apply: 到2020年，实现全覆盖."""
    for sentence in draft.sentences:
        for place in _TARGET.finditer(draft.folded, sentence.start, sentence.end):
            last = int(place["b"])
            if last >= knowledge.on.year or (draft.dated is not None and last < draft.dated.year):
                continue
            span = Span(*place.span())
            values = {"期间": span.of(draft.text).strip("，, "), "审查日": _text(knowledge.on)}
            because = f"目标年份{last}年在审查日{values['审查日']}已经过去"
            yield Match(span, values, because, confidence=options.confidence)
            return


def _longer(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    limit = Decimal(str(options.years)) * 12
    begun = [s.date for s in starts(draft) if s.date]
    for valid in validities(draft):
        months = valid.months
        if months is None and valid.until and begun:
            months = Decimal((valid.until - begun[-1]).days) / Decimal("30.437")
        elif months is None and valid.until and draft.dated is None and starts(draft):
            months = Decimal((valid.until - knowledge.on).days) / Decimal("30.437")  # a draft, issued not before today
        if months is not None and months > limit + Decimal("0.5"):
            written = valid.span.of(draft.text).strip()
            years = f"{(months / 12).quantize(Decimal('0.1')).normalize():f}年"
            values = {"有效期": written, "年数": years}
            yield Match(valid.span, values, f"“{written}”，约{years}", confidence=options.confidence)
    for place in _OPEN.finditer(draft.folded):
        sentence = draft.sentence_at(place.start())
        if options.years >= 5 and compiled(_OWN).search(draft.folded, sentence.start, place.start()):
            span = Span(*place.span())
            values = {"有效期": span.of(draft.text), "年数": "没有期限"}
            yield Match(span, values, f"“{span.of(draft.text)}”没有终期", confidence=options.confidence)


def _early(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Takes effect before it was issued."""
    for start in starts(draft):
        if start.delay is None and start.date and draft.dated and start.date < draft.dated:
            days = (draft.dated - start.date).days
            values = {"施行日": _text(start.date), "印发日": _text(draft.dated), "天数": str(days)}
            because = f"施行日期{values['施行日']}早于落款日期{values['印发日']}{days}天"
            yield Match(start.span, values, because, confidence=options.confidence)


def _past(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """An undated draft that takes effect before the day of its review."""
    for start in starts(draft):
        if start.delay is None and start.date and not draft.dated and not draft.number and start.date < knowledge.on:
            values = {"施行日": _text(start.date), "审查日": _text(knowledge.on)}
            because = f"没有落款日期，施行日期{values['施行日']}早于审查日{values['审查日']}"
            yield Match(start.span, values, because, confidence=options.confidence)
            return


_POLICY_UNTIL = compiled(
    r"(?:执行|实施|政策|优惠|减免|补贴|适用|有效|支持|扶持|延续|延长)[^。；，]{0,12}(?:至|到|截至)\s?(?=20\d\d年)"
)


def _lapsed(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A measure inside the document whose own last day is over: 执行期限至2025年12月31日."""
    last = {d.span.start: (d, day) for d in draft.facts.dates if (day := _last_day(d)) is not None}
    whole = {v.span for v in validities(draft)}
    for sentence in draft.sentences:
        for place in _POLICY_UNTIL.finditer(draft.folded, sentence.start, sentence.end):
            found = next((last[i] for i in range(place.end(), place.end() + 2) if i in last), None)
            if found is None or found[1] >= knowledge.on:
                continue
            span = Span(place.start(), found[0].span.end)
            if any(span.overlaps(w) for w in whole) or not in_parts(draft, span, ()):
                continue
            values = {"届满日": _text(found[1]), "审查日": _text(knowledge.on)}
            because = f"“{span.of(draft.text).strip()}”早于审查日{values['审查日']}"
            yield Match(span, values, because, confidence=options.confidence)


def _soon(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A date named, fewer days after the issue than there should be."""
    for start in starts(draft):
        if start.delay is None and start.date and draft.dated:
            days = (start.date - draft.dated).days
            if 0 <= days < options.days - 1:
                values = {"施行日": _text(start.date), "印发日": _text(draft.dated), "天数": str(days)}
                because = f"{values['印发日']}印发，{values['施行日']}施行，相距{days}天"
                yield Match(start.span, values, because, confidence=options.confidence)


def _at_once(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """自印发之日起施行."""
    for start in starts(draft):
        if start.delay is not None and start.delay < options.days:
            written = start.span.of(draft.text).strip()
            yield Match(start.span, {"施行": written}, f"“{written}”，没有留出准备时间", confidence=options.confidence)


def _conflict(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Two dates of effect, or a last day that the stated years do not lead to."""
    begun = [s for s in starts(draft) if s.date and s.delay is None]
    if sum(p.level == Level.ARTICLE and p.number == 1 for p in draft.articles) <= 1:
        for first, second in pairwise(begun):
            if first.date and second.date and first.date != second.date:
                values = {"前": _text(first.date), "后": _text(second.date)}
                because = f"前文写自{values['前']}起，此处写自{values['后']}起"
                yield Match(second.span, values, because, confidence=options.confidence)
                return
    for valid in validities(draft):
        start = begun[-1].date if begun else None
        if not (start and valid.until and valid.months):
            continue
        end = _after(start, valid.months)
        if abs((end - valid.until).days) > 31:
            values = {"前": valid.span.of(draft.text).strip(), "后": _text(end)}
            yield Match(valid.span, values, f"自{_text(start)}起算应至{_text(end)}", confidence=options.confidence)


_Look = Callable[[Draft, Options, Knowledge], Iterator[Match]]
_LOOKS: dict[str, _Look] = {
    "missing": _missing, "expired": _expired, "over": _over, "target": _target, "longer": _longer, "early": _early,
    "past": _past, "lapsed": _lapsed, "soon": _soon, "at_once": _at_once, "conflict": _conflict,
}  # fmt: skip


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
